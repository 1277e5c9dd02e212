// If the reader accepts a key file, the writer writes the key, and the reader reads it back as the
// same key.
#include <cstddef>
#include <cstdint>

#include <twoway/private_key_pem.hpp>

#include "fuzz.hpp"
#include "pem.hpp"

using namespace twoway;

namespace {

void check(core::ByteView text) {
  const core::Result<PrivateKeyData> first = read_private_key_pem(text);
  if (!first) {
    FUZZ_REQUIRE(first.error().code == core::Errc::malformed);
    return;
  }
  const core::KemParams* kem = core::find_kem(first->kem);
  FUZZ_REQUIRE(kem != nullptr && first->bytes.size() == kem->nsk);
  core::Bytes pk = first->public_key;
  FUZZ_REQUIRE(pk.empty() || pk.size() == kem->npk);
  if (pk.empty()) {  // the writer needs one for EC, and only checks its form
    pk.resize(kem->npk);
    pk[0] = 0x04;
  }
  const core::Result<core::SecretBytes> written =
      write_private_key_pem(first->kem, first->bytes.view(), pk);
  FUZZ_REQUIRE(written.ok());
  const core::Result<PrivateKeyData> second = read_private_key_pem(written->view());
  FUZZ_REQUIRE(second.ok() && second->kem == first->kem);
  FUZZ_REQUIRE(fuzz::equal(second->bytes.view(), first->bytes.view()));
  FUZZ_REQUIRE(second->public_key.empty() || second->public_key == pk);
}

}  // namespace

// The input is read as a file, and as the DER within one, so that changes reach past the base64.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const core::ByteView input(data, size);
  check(input);
  check(pem::encode("PRIVATE KEY", input).view());
  if (const auto opening = pem::open(input)) {
    if (const auto block = pem::decode(*opening)) {
      const core::SecretBytes again = pem::encode(opening->label, block->content.view());
      const auto reopened = pem::open(again.view());
      FUZZ_REQUIRE(reopened.has_value() && reopened->label == opening->label);
      const auto decoded = pem::decode(*reopened);
      FUZZ_REQUIRE(decoded.has_value() &&
                   fuzz::equal(decoded->content.view(), block->content.view()));
    }
  }
  return 0;
}
