// The tables of RFC 9180 section 7 agree with themselves and with the maxima.
#include <algorithm>

#include <twoway/core/suite.hpp>

#include "support.hpp"

using namespace twoway::core;

namespace {

template <typename Row>
bool ordered(std::span<const Row> table) {
  return !table.empty() && std::is_sorted(table.begin(), table.end(),
                                          [](const Row& a, const Row& b) { return a.id < b.id; });
}

}  // namespace

TEST_CASE("every row is found by its id, and the ids are in order") {
  REQUIRE(ordered(dh_table()));
  REQUIRE(ordered(kem_table()));
  REQUIRE(ordered(pq_kem_table()));
  REQUIRE(ordered(kdf_table()));
  REQUIRE(ordered(aead_table()));
  for (const DhParams& row : dh_table()) REQUIRE(find_dh(row.id) == &row);
  for (const KemParams& row : kem_table()) REQUIRE(find_kem(row.id) == &row);
  for (const KemParams& row : pq_kem_table()) REQUIRE(find_kem(row.id) == &row);
  for (const KdfParams& row : kdf_table()) REQUIRE(find_kdf(row.id) == &row);
  for (const AeadParams& row : aead_table()) REQUIRE(find_aead(row.id) == &row);
  REQUIRE(dh_table().size() == 5);
  REQUIRE(kem_table().size() == 5);
  REQUIRE(pq_kem_table().size() == 6);
  REQUIRE(kdf_table().size() == 7);
  REQUIRE(aead_table().size() == 4);
}

TEST_CASE("an unknown id has no row") {
  for (const unsigned id : {0U, 4U, 0x14U, 0x22U, 0x43U, 0xfffeU}) {
    REQUIRE(find_dh(static_cast<DhId>(id)) == nullptr);
    REQUIRE(find_kem(static_cast<KemId>(id)) == nullptr);
    REQUIRE(find_dhkem(static_cast<KemId>(id)) == nullptr);
    REQUIRE(find_hybrid_kem(static_cast<KemId>(id)) == nullptr);
    REQUIRE(find_kdf(static_cast<KdfId>(id)) == nullptr);
    REQUIRE(find_aead(static_cast<AeadId>(id)) == nullptr);
  }
}

TEST_CASE("a DHKEM's sizes are its group's, and no size exceeds the maxima") {
  for (const KemParams& kem : kem_table()) {
    INFO(kem.name);
    const DhKemParams* dhkem = find_dhkem(kem.id);
    REQUIRE(dhkem != nullptr);
    const DhParams* dh = find_dh(dhkem->dh);
    REQUIRE(dh != nullptr);
    REQUIRE(dh->kem == kem.id);
    REQUIRE(kem.npk == dh->npk);
    REQUIRE(kem.nenc == dh->npk);
    REQUIRE(kem.nsk == dh->nsk);
    REQUIRE(kem.nsecret == find_kdf(dhkem->kdf)->nh);
    REQUIRE(kem.auth);
    REQUIRE((dh->order.empty() || dh->order.size() == dh->nsk));
    REQUIRE((kem.npk <= kMaxPublicKey && kem.nsk <= kMaxNsk && kem.nsecret <= kMaxNsecret));
    REQUIRE(dh->ndh <= kMaxNdh);
  }
  for (const KemParams& kem : pq_kem_table()) {
    INFO(kem.name);
    REQUIRE(find_dhkem(kem.id) == nullptr);
    REQUIRE_FALSE(kem.auth);
    REQUIRE((kem.npk <= kMaxPublicKey && kem.nenc <= kMaxEnc && kem.nsk <= kMaxNsk));
    const HybridKemParams* row = find_hybrid_kem(kem.id);
    if (row == nullptr) {
      REQUIRE(kem.nsk == kMlKemSeed);
      continue;
    }
    const KemParams& ml_kem = *find_kem(row->ml_kem);
    const DhParams& dh = *find_dh(row->dh);
    REQUIRE(kem.nsk == 32);
    REQUIRE(kem.npk == ml_kem.npk + dh.npk);
    REQUIRE(kem.nenc == ml_kem.nenc + dh.npk);
    REQUIRE((row->dh_seed >= dh.nsk && row->dh_seed <= kMaxDhSeed));
  }
  for (const KdfParams& kdf : kdf_table()) {
    INFO(kdf.name);
    REQUIRE(kdf.nh <= kMaxNh);
    REQUIRE(kdf.max_output == (kdf.stages == KdfStages::two ? 255 * kdf.nh : 65535));
  }
  for (const AeadParams& aead : aead_table()) {
    INFO(aead.name);
    REQUIRE((aead.nk <= kMaxNk && aead.nn <= kMaxNn && aead.nt <= kMaxNt));
  }
}
