// A product that links OpenSSL and a BoringSSL without a symbol prefix all the same. One of them
// gets the calls of both. Its provider works, the other refuses and says why, and nothing crashes.
// The order in which they were linked decides which. If BoringSSL is hidden inside the provider's
// shared library, both work.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <twoway/boringssl.hpp>
#include <twoway/core/self_check.hpp>
#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>
#ifdef SOFTHSM_MODULE
#include <twoway/pkcs11.hpp>
#endif

using namespace twoway;

namespace {

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "FAILED: %s\n", what);
  std::exit(1);
}

void require_works(const Provider& provider) {
  require(provider.unusable() == nullptr, "the usable provider says that it is not");
  for (const core::DhParams& row : core::dh_table()) {
    const core::DhGroup* group = provider.dh(row.id);
    require(group == nullptr || core::self_check(*group).ok(), row.name);
  }
  for (const core::KdfParams& row : core::kdf_table()) {
    const core::Kdf* kdf = provider.kdf(row.id);
    require(kdf == nullptr || core::self_check(*kdf).ok(), row.name);
  }
  for (const core::AeadParams& row : core::aead_table()) {
    const core::Aead* aead = provider.aead(row.id);
    require(aead == nullptr || core::self_check(*aead).ok(), row.name);
  }
  require(core::self_check(provider.rng()).ok(), "random bytes");
  require(Kem::find(provider, KemId::dhkem_p256).ok(), "DHKEM");
}

/// An error that shows which library is linked.
template <typename Outcome>
void require_explained(const Outcome& outcome, const char* what) {
  require(!outcome.ok(), what);
  std::printf("%s: %s\n", what, outcome.error().message);
  require(std::string_view(outcome.error().message).find("BoringSSL without a symbol prefix") !=
              std::string_view::npos,
          "the message explains it");
}

void require_refuses(const Provider& provider) {
  require(provider.unusable() != nullptr, "the provider that was not reached says so");
  require_explained(Kem::find(provider, KemId::dhkem_p256), "Kem::find");
  Bytes random(16, 1);
  require_explained(provider.rng().fill(random), "random bytes");
  require(random == Bytes(16), "they are wiped");
  for (const core::AeadParams& row : core::aead_table()) {
    require(provider.aead(row.id) == nullptr, "no AEAD is offered");
  }
}

}  // namespace

int main() {
  const Provider& boring = boringssl::provider();
  const Provider& open = openssl::provider();
#ifdef MAY_HIDE_BORINGSSL
  if (boring.unusable() == nullptr && open.unusable() == nullptr) {
    require_works(boring);
    require_works(open);
    return 0;
  }
#endif
  const bool boring_first = open.unusable() != nullptr;
  std::printf("%s\n", boring_first ? "boringssl" : "openssl");
  require_works(boring_first ? boring : open);
  require_refuses(boring_first ? open : boring);
  if (boring_first) {
    require_explained(openssl::create({}), "openssl::create");
    require_explained(openssl::KeyStore::open({}), "KeyStore::open");
    char no_key = 0;  // not read
    require_explained(openssl::opaque_key(reinterpret_cast<evp_pkey_st*>(&no_key)), "opaque_key");
#ifdef SOFTHSM_MODULE
    require_explained(pkcs11::list_tokens(SOFTHSM_MODULE), "a token");
#endif
  }
  return 0;
}
