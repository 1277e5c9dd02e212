// The providers of a program for tests: OpenSSL with a stand-in for ML-KEM, so that the program's
// hybrid keys are tested with every OpenSSL. Its messages are no one's but the test's.
#include <array>

#include <twoway/openssl.hpp>

#include "built_providers.hpp"
#include "ml_kem_stand_in.hpp"

namespace twoway::built {

std::span<const core::Provider* const> providers() {
  static const test::StandInProvider provider(openssl::provider());
  static const std::array<const core::Provider*, 1> all{&provider};
  return all;
}

}  // namespace twoway::built
