#include "prompt.hpp"

#include <algorithm>
#include <cerrno>

#include <bsd/readpassphrase.h>

#include "signals.hpp"

namespace twoway::cli {
Status ask_for_pin(const std::string& prompt, core::SecretBuffer& pin) noexcept {
  pin.assign(core::kMaxPassphrase + 2, 0);  // a byte too many, and the end of the string
  char* const text = reinterpret_cast<char*>(pin.data());
  bool read = false;
  int error = 0;
  {
    // readpassphrase restores the terminal for these signals. The others wait.
    const SignalsHeld held{SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    read = readpassphrase(prompt.c_str(), text, pin.size(), RPP_REQUIRE_TTY) != nullptr;
    error = errno;
  }
  if (!read) {
    pin.clear();
    if (error == ENOTTY || error == ENXIO || error == ENOENT || error == EACCES) {
      return Error{Errc::key_unavailable,
                   "the key needs a PIN and there is no terminal to ask for it: give --pin-file, "
                   "--pin-env or the URI's pin-source"};
    }
    return Error{Errc::key_unavailable, "the terminal cannot be read",
                 static_cast<std::uint64_t>(error)};
  }
  pin.resize(static_cast<std::size_t>(std::find(pin.begin(), pin.end(), 0) - pin.begin()));
  if (pin.empty()) return Error{Errc::key_unavailable, "no PIN was typed"};
  if (pin.size() > core::kMaxPassphrase) {
    pin.clear();
    return Error{Errc::key_unavailable, "the PIN is too long: it has at most 1024 bytes"};
  }
  return {};
}

}  // namespace twoway::cli
