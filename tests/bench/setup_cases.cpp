#include <array>
#include <string>

#include "cases.hpp"
#include "setup.hpp"

namespace twoway::bench {
namespace {

constexpr std::array<std::size_t, 3> kReceivers{1, 10, 1000};

constexpr std::array kSuites{
    Suite{KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::aes128_gcm},
    Suite{KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::aes256_gcm},
    Suite{KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::chacha20_poly1305},
    Suite{KemId::dhkem_p256, KdfId::hkdf_sha256, AeadId::aes128_gcm},
    Suite{KemId::mlkem768_x25519, KdfId::hkdf_sha256, AeadId::aes128_gcm},
    Suite{KemId::mlkem768_x25519, KdfId::hkdf_sha256, AeadId::chacha20_poly1305},
    Suite{KemId::mlkem768_p256, KdfId::hkdf_sha256, AeadId::aes128_gcm},
    Suite{KemId::mlkem1024_p384, KdfId::hkdf_sha256, AeadId::aes128_gcm},
};

/// A hybrid is compared with the sum of its parts, so `library` must offer them one by one.
bool comparable(const RawLibrary& library, const Suite& suite) {
  if (!framing::find_suite(library.provider(), suite)) return false;
  const core::HybridKemParams* hybrid = core::find_hybrid_kem(suite.kem);
  return hybrid == nullptr || library.ml_kem(hybrid->ml_kem) != nullptr;
}

}  // namespace

void add_setup_pairs(const RawLibrary& library) {
  for (const Suite& suite : kSuites) {
    if (!comparable(library, suite)) continue;
    const std::string name = std::string(library.provider().name()) + "/" +
                             core::find_kem(suite.kem)->short_name + "/" +
                             core::find_aead(suite.aead)->short_name + "/";
    add_pair(name + "send", [&library, suite] {
      const auto setup = std::make_shared<Setup>(library, suite, Direction::seal);
      return Pair{repeat(setup, &Setup::raw_send), repeat(setup, &Setup::our_send)};
    });
    add_pair(name + "receive", [&library, suite] {
      const auto setup = std::make_shared<Setup>(library, suite, Direction::open);
      return Pair{repeat(setup, &Setup::raw_receive), repeat(setup, &Setup::our_receive)};
    });
    for (const std::size_t receivers : kReceivers) {
      add_pair(name + "send-to-" + std::to_string(receivers), [&library, suite, receivers] {
        const auto setup = std::make_shared<Setup>(library, suite, Direction::seal);
        return Pair{repeat(setup, &Setup::raw_send_multi, receivers),
                    repeat(setup, &Setup::our_send_multi, receivers)};
      });
    }
  }
}

}  // namespace twoway::bench
