#include "failure.hpp"

#include <array>
#include <utility>

#include "descriptor.hpp"

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
  // Messages about tokens hold the code by name.
  const bool named = line.find("(CKR") != line.npos;
  if (error.native != 0 && !named) line += " (native error " + std::to_string(error.native) + ")";
  return {exit_code(error.code), std::move(line)};
}

void tell(const std::string& text) noexcept {
  static_cast<void>(write_all(STDERR_FILENO, core::as_bytes(text)));
}

std::string one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      line += ' ';
    } else {
      line += byte < 0x20 || byte == 0x7f ? '?' : c;
    }
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace twoway::cli
