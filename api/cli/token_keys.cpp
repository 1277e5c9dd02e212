#include "token_keys.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <twoway/pkcs11.hpp>

#include "descriptor.hpp"
#include "failure.hpp"
#include "pin.hpp"

namespace twoway::cli {
namespace {

constexpr std::size_t kMaxPin = 1024;

/// A terminal that does not show what is typed.
class Silent {
 public:
  explicit Silent(int fd) noexcept : fd_(fd), changed_(tcgetattr(fd, &before_) == 0) {
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = changed_ && tcsetattr(fd, TCSAFLUSH, &silent) == 0;
  }
  Silent(const Silent&) = delete;
  Silent& operator=(const Silent&) = delete;
  ~Silent() {
    if (changed_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }

 private:
  int fd_;
  termios before_{};
  bool changed_;
};

/// Asks at the controlling terminal, if there is one.
Status ask_for_pin(core::SecretBuffer& pin) noexcept {
  const Descriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal) {
    return Error{Errc::key_unavailable,
                 "the token needs a PIN and there is no terminal: give --pin-file, --pin-env or "
                 "the URI's pin-source"};
  }
  const Silent silent(terminal.get());
  dprintf(terminal.get(), "PIN of the token: ");
  pin.resize(kMaxPin);
  const ssize_t got = read(terminal.get(), pin.data(), pin.size());
  dprintf(terminal.get(), "\n");
  pin.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (!pin.empty() && pin.back() == '\n') pin.pop_back();
  if (pin.empty()) return Error{Errc::key_unavailable, "no PIN was given"};
  return {};
}

struct Place {
  pkcs11::KeyLocation location;
  pkcs11::Options options;
};

Place place_of(const std::string& uri, const PinOptions& pin) {
  if (uri.find("pin-value=") != std::string::npos) {
    throw Failure(Exit::usage,
                  "a PIN in an argument can be seen by others: use --pin-file, --pin-env or "
                  "pin-source in place of pin-value");
  }
  pkcs11::ParsedUri parsed = require(pkcs11::parse_uri(uri), uri);
  Place place{std::move(parsed.location), {}};
  place.options.pin = pin_source(pin, std::move(parsed.pin));
  return place;
}

/// As `require`. The advice on a refused PIN names the program's options.
template <typename T>
T require_of_token(Result<T> result, const std::string& uri) {
  constexpr std::uint64_t kPinIncorrect = 0xa0, kPinInvalid = 0xa1, kPinLenRange = 0xa2;
  if (result) return std::move(*result);
  const Error& error = result.error();
  const bool refused =
      error.native == kPinIncorrect || error.native == kPinInvalid || error.native == kPinLenRange;
  const std::string message = error.message;
  if (!refused) throw failure(error, uri);
  throw Failure(exit_code(error.code), uri + ": " + message.substr(0, message.find(": ")) +
                                           ": give the right one with --pin-file or --pin-env");
}

}  // namespace

std::shared_ptr<pkcs11::PinSource> pin_source(const PinOptions& pin,
                                              std::shared_ptr<pkcs11::PinSource> of_uri) {
  if (!pin.file.empty()) return pkcs11::pin_from_file(pin.file);
  if (!pin.environment.empty()) return pkcs11::pin_from_environment(pin.environment);
  if (of_uri != nullptr) return of_uri;
  return pkcs11::pin_from_function(ask_for_pin);
}

std::shared_ptr<const PrivateKey> open_token_key(const Provider& provider, const std::string& uri,
                                                 const PinOptions& pin) {
  const Place place = place_of(uri, pin);
  const auto token =
      require_of_token(pkcs11::Token::open(place.location.token, place.options), uri);
  return require_of_token(token.open_key(provider, place.location.key), uri);
}

void generate_token_key(const Provider& provider, const std::string& uri, KemId kem,
                        const PinOptions& pin) {
  const Place place = place_of(uri, pin);
  const auto token =
      require_of_token(pkcs11::Token::open(place.location.token, place.options), uri);
  require_of_token(token.generate_key(provider, kem, place.location.key), uri);
}

}  // namespace twoway::cli
