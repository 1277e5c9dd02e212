#include "failure.hpp"

#include <array>
#include <utility>

#include <unistd.h>

#include "descriptor.hpp"
#include "text.hpp"

namespace twoway::cli {
namespace {

constexpr std::array kExitCodes{
    std::pair{Errc::invalid_argument, Exit::usage},  std::pair{Errc::buffer_too_small, Exit::io},
    std::pair{Errc::wrong_state, Exit::refused},     std::pair{Errc::not_supported, Exit::refused},
    std::pair{Errc::invalid_key, Exit::refused},     std::pair{Errc::malformed, Exit::refused},
    std::pair{Errc::unknown_key, Exit::refused},     std::pair{Errc::open_failed, Exit::refused},
    std::pair{Errc::key_unavailable, Exit::refused}, std::pair{Errc::message_limit, Exit::refused},
    std::pair{Errc::limit_exceeded, Exit::refused},  std::pair{Errc::truncated, Exit::refused},
    std::pair{Errc::replayed, Exit::refused},        std::pair{Errc::source_failed, Exit::io},
    std::pair{Errc::provider_failure, Exit::io},     std::pair{Errc::filter_full, Exit::io},
};

}  // namespace

Exit exit_code(Errc code) noexcept {
  for (const auto& [errc, exit] : kExitCodes) {
    if (errc == code) return exit;
  }
  return Exit::io;
}

Failure failure(const Error& error, const std::string& about) {
  std::string line = about.empty() ? std::string() : about + ": ";
  line += error.message;
  // Messages about tokens contain the code by name.
  const bool named = line.find("(CKR") != line.npos;
  if (error.native != 0 && !named) line += " (error code " + std::to_string(error.native) + ")";
  return {exit_code(error.code), std::move(line)};
}

void tell(const std::string& text) noexcept {
  static_cast<void>(write_all(STDERR_FILENO, core::as_bytes(text)));
}

void say(const std::string& line) { tell(program_name() + ": " + printable(line) + "\n"); }

}  // namespace twoway::cli
