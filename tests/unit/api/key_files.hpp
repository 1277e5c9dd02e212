// Key files for tests, as text and as DER.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include <twoway/private_key_pem.hpp>

#include "pem.hpp"
#include "support.hpp"

namespace twoway::test {

inline std::string key_file(const std::string& name) {
  std::ifstream file(std::string(TWOWAY_KEYS_DIR) + "/" + name + ".pem", std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  INFO(name);
  REQUIRE_FALSE(text.empty());
  return text;
}

inline std::string as_string(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

inline Result<PrivateKeyData> read(std::string_view text) {
  return read_private_key_pem(as_bytes(text));
}

inline PrivateKeyData read_ok(std::string_view text) {
  auto data = read(text);
  REQUIRE_OK(data);
  return std::move(*data);
}

/// Returns the message of a refusal.
inline std::string refusal(std::string_view text) {
  const auto data = read(text);
  REQUIRE_ERRC(data, Errc::malformed);
  return data.error().message;
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

inline Bytes der_of(std::string_view text) {
  const auto opening = pem::open(as_bytes(text));
  REQUIRE(opening.has_value());
  const auto block = pem::decode(*opening);
  REQUIRE(block.has_value());
  return copy(block->content.view());
}

inline std::string pem_of(ByteView der) {
  return as_string(pem::encode("PRIVATE KEY", der).view());
}

inline std::string pem_of(std::string_view der_hex) { return pem_of(ByteView(unhex(der_hex))); }

}  // namespace twoway::test
