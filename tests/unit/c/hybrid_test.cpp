// Runs the tests of hybrid KEMs in C over every hybrid that is made of parts.
#include "cpp.hpp"
#include "hybrid_cases.h"
#include "hybrids.hpp"

using namespace twoway;

namespace {

constexpr core::AeadId kAead = core::AeadId::chacha20_poly1305;

/// A provider without the groups, or without ML-KEM and all that is made of it.
class Lacking final : public test::WrappingProvider {
 public:
  Lacking(const core::Provider& inner, bool groups) : WrappingProvider(inner), groups_(groups) {}
  const core::DhGroup* dh(core::DhId id) const noexcept override {
    return groups_ ? WrappingProvider::dh(id) : nullptr;
  }
  const core::NativeKem* native_kem(core::KemId id) const noexcept override {
    return groups_ ? nullptr : WrappingProvider::native_kem(id);
  }

 private:
  bool groups_;
};

hybrid hybrid_of(const core::Provider& provider, core::KemId id) {
  const core::HybridKemParams& row = *core::find_hybrid_kem(id);
  const core::DhParams& dh = *core::find_dh(row.dh);
  return {{c::handle(provider),
           {static_cast<std::uint16_t>(id), TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305}},
          static_cast<std::uint16_t>(row.ml_kem),
          static_cast<std::uint16_t>(dh.kem),
          core::find_kem(row.ml_kem)->nenc,
          dh.ndh};
}

template <typename Test>
void for_each_composed(Test test) {
  test::for_each_hybrid(kAead, [&](const core::Provider& provider, const core::Kem& kem) {
    if (provider.native_kem(kem.params().id) != nullptr) return;
    test(provider, kem.params().id);
  });
}

}  // namespace

#define HYBRID_CASE(name, title)                                            \
  TEST_CASE(title) {                                                        \
    for_each_composed([](const core::Provider& provider, core::KemId kem) { \
      const hybrid parts = hybrid_of(provider, kem);                        \
      name(&parts);                                                         \
    });                                                                     \
  }

HYBRID_CASE(hybrid_joined, "a hybrid's key is joined from two that live elsewhere")
HYBRID_CASE(hybrid_elsewhere, "both operations of a hybrid's key run elsewhere")
HYBRID_CASE(hybrid_chunked, "a chunked request to a hybrid is pushed and pulled")
HYBRID_CASE(hybrid_multi, "one request to a hybrid and a classical receiver in C")

TEST_CASE("two providers that each lack a half of a hybrid offer it together") {
  for_each_composed([](const core::Provider& provider, core::KemId kem) {
    const Lacking groups(provider, true);
    const Lacking ml_kem(provider, false);
    const hybrid parts = hybrid_of(ml_kem, kem);
    const fixture alone{c::handle(groups), parts.fixture.suite};
    combined_provider(&alone, &parts);
    const hybrid other = hybrid_of(groups, kem);
    const fixture first{c::handle(ml_kem), other.fixture.suite};
    combined_provider(&first, &other);
  });
}
