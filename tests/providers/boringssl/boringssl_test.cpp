#include <twoway/boringssl.hpp>
#include <twoway/core/kem.hpp>

#include "native.hpp"
#include "support.hpp"

using namespace twoway::core;

TEST_CASE("the BoringSSL provider offers the algorithms that BoringSSL has, and no more") {
  const Provider& provider = twoway::boringssl::provider();
  REQUIRE(std::string(provider.name()) == "boringssl");
  REQUIRE(&provider == &twoway::boringssl::provider());
  REQUIRE(provider.unusable() == nullptr);
  for (const DhParams& row : dh_table()) {
    INFO(row.name);
    REQUIRE((provider.dh(row.id) != nullptr) == (row.id != DhId::x448));
  }
  for (const KdfParams& row : kdf_table()) {
    INFO(row.name);
    REQUIRE((provider.kdf(row.id) != nullptr) == (row.stages == KdfStages::two));
  }
  for (const AeadParams& row : aead_table()) {
    INFO(row.name);
    REQUIRE((provider.aead(row.id) != nullptr) == (row.id != AeadId::export_only));
  }
  for (const KemParams& row : pq_kem_table()) {
    INFO(row.name);
    const bool current = row.id == KemId::ml_kem_768 || row.id == KemId::ml_kem_1024 ||
                         row.id == KemId::mlkem768_x25519;
    REQUIRE((provider.native_kem(row.id) != nullptr) == (TWOWAY_BORINGSSL_KEMS != 0 && current));
  }
}
