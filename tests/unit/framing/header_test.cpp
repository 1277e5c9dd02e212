#include <twoway/framing/header.hpp>

#include "support.hpp"

using namespace twoway;
using namespace twoway::framing;

namespace {

const core::Provider& any_provider() { return *built::providers().front(); }

}  // namespace

TEST_CASE("a request header is seven bytes, big-endian") {
  const RequestHeader header{
      0xfe, {core::KemId::dhkem_x25519, core::KdfId::hkdf_sha512, core::AeadId::aes256_gcm}};
  const auto bytes = serialize(header);
  REQUIRE(test::hex(bytes) == "fe002000030002");
  auto parsed = parse_header(bytes);
  REQUIRE_OK(parsed);
  REQUIRE(*parsed == header);
}

TEST_CASE("unknown ids survive a header") {
  auto parsed = parse_header(test::unhex("01abcdef010203ffff"));
  REQUIRE_OK(parsed);
  REQUIRE(static_cast<unsigned>(parsed->suite.kem) == 0xabcd);
  REQUIRE(test::hex(serialize(*parsed)) == "01abcdef010203");
}

TEST_CASE("a header that is cut is malformed") {
  const core::Bytes bytes = test::unhex("01002000010001");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    REQUIRE_ERRC(parse_header(core::ByteView(bytes).first(size)), core::Errc::malformed);
  }
  REQUIRE_OK(parse_header(bytes));
}

TEST_CASE("OHTTP refuses one-stage KDFs and the export-only AEAD") {
  using enum core::AeadId;
  const core::KemId kem = core::KemId::dhkem_x25519;
  for (const core::KdfId kdf : {core::KdfId::shake128, core::KdfId::shake256}) {
    REQUIRE_ERRC(find_suite(any_provider(), {kem, kdf, chacha20_poly1305}),
                 core::Errc::not_supported);
  }
  const core::KdfId hkdf = core::KdfId::hkdf_sha256;
  REQUIRE_ERRC(find_suite(any_provider(), {kem, hkdf, export_only}), core::Errc::not_supported);
  REQUIRE_OK(find_suite(any_provider(), {kem, hkdf, chacha20_poly1305}));
  REQUIRE_ERRC(find_suite(any_provider(), {core::KemId{0x9999}, hkdf, chacha20_poly1305}),
               core::Errc::not_supported);
}
