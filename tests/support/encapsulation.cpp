// Apart from support.cpp, so that programs with a main of their own do not link Catch2's.
#include "support.hpp"

namespace twoway::test {

core::Encapsulation encapsulation(const core::Kem& kem, core::ByteView enc) {
  auto valid = kem.import_enc(enc);
  REQUIRE_OK(valid);
  return std::move(*valid);
}

}  // namespace twoway::test
