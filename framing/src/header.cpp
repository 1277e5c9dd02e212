#include <twoway/framing/header.hpp>

#include "wire.hpp"

namespace twoway::framing {

Result<RequestHeader> parse_header(ByteView message) noexcept {
  Reader reader(message);
  const auto key_id = reader.u8();
  const auto kem = reader.u16();
  const auto kdf = reader.u16();
  const auto aead = reader.u16();
  if (reader.failed()) {
    return Error{Errc::malformed, "a request starts with a header of 7 bytes: this one is shorter"};
  }
  return RequestHeader{key_id, {core::KemId{kem}, core::KdfId{kdf}, AeadId{aead}}};
}

std::array<std::uint8_t, kHeaderSize> serialize(const RequestHeader& header) noexcept {
  std::array<std::uint8_t, kHeaderSize> bytes{};
  Writer writer(bytes);
  writer.u8(header.key_id);
  writer.u16(static_cast<std::uint16_t>(header.suite.kem));
  writer.u16(static_cast<std::uint16_t>(header.suite.kdf));
  writer.u16(static_cast<std::uint16_t>(header.suite.aead));
  return bytes;
}

Result<core::CipherSuite> find_suite(const Provider& provider, core::Suite suite) noexcept {
  if (suite.aead == AeadId::export_only) {
    return Error{Errc::not_supported, "OHTTP needs an AEAD that seals, not the export-only one"};
  }
  Result<core::CipherSuite> found = core::CipherSuite::find(provider, suite);
  if (found && found->kdf().params().stages != core::KdfStages::two) {
    return Error{Errc::not_supported, "OHTTP needs a two-stage KDF: choose HKDF"};
  }
  return found;
}

}  // namespace twoway::framing
