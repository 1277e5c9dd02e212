// Reads PKCS#11 URIs and writes them again. Both URIs must name the same key, and the written one
// must hold no PIN.
#include <cstdint>
#include <string>
#include <string_view>

#include <twoway/pkcs11.hpp>

#include "fuzz.hpp"

using namespace twoway;
using core::Errc;
using core::Result;

namespace {

bool same(const pkcs11::KeyLocation& a, const pkcs11::KeyLocation& b) {
  // A written URI names a slot only if the token has no label and no serial number.
  const bool slot_matters = a.token.label.empty() && a.token.serial.empty();
  return a.token.module_path == b.token.module_path && a.token.module_name == b.token.module_name &&
         a.token.init_arguments == b.token.init_arguments && a.token.label == b.token.label &&
         a.token.serial == b.token.serial && a.token.manufacturer == b.token.manufacturer &&
         a.token.model == b.token.model &&
         b.token.slot_id == (slot_matters ? a.token.slot_id : std::nullopt) &&
         a.key.label == b.key.label && a.key.id == b.key.id;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const Result<pkcs11::ParsedUri> uri = pkcs11::parse_uri(input);
  if (!uri) {
    FUZZ_REQUIRE(uri.error().code == Errc::malformed || uri.error().code == Errc::not_supported);
    return 0;
  }
  const std::string written = pkcs11::to_uri(uri->location);
  FUZZ_REQUIRE(written.starts_with("pkcs11:"));
  const Result<pkcs11::ParsedUri> again = pkcs11::parse_uri(written);
  FUZZ_REQUIRE(again.ok() && again->pin == nullptr);
  FUZZ_REQUIRE(same(uri->location, again->location));
  FUZZ_REQUIRE(pkcs11::to_uri(again->location) == written);
  return 0;
}
