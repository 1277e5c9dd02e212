// A file of its own, so that programs with their own main do not link Catch2's.
#include "support.hpp"

namespace twoway::test {

core::Encapsulation encapsulation(const core::Kem& kem, core::ByteView enc) {
  auto valid = kem.import_enc(enc);
  REQUIRE_OK(valid);
  return std::move(*valid);
}

}  // namespace twoway::test
