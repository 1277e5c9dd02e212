#include "support.hpp"

#include <algorithm>
#include <cstdlib>

#include <twoway/core/hpke.hpp>

namespace twoway::test {

core::Bytes unhex(std::string_view hex) {
  const auto digit = [](char c) -> unsigned {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    std::abort();
  };
  if (hex.size() % 2 != 0) std::abort();
  core::Bytes bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  return bytes;
}

std::string hex(core::ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

core::Status FixedRng::fill(core::ByteSpan out) noexcept {
  if (left() < out.size()) {
    core::wipe(out);
    return core::Error{core::Errc::provider_failure, "the test's random bytes are used up"};
  }
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(used_), out.size(), out.begin());
  used_ += out.size();
  return {};
}

bool offers(const core::Provider& provider, core::Suite suite) {
  return core::CipherSuite::find(provider, suite).ok();
}

}  // namespace twoway::test
