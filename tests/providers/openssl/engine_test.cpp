// The OpenSSL provider in a process in which an engine is the default one for keys and ciphers.
// Engines are global, so this is a program of its own.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <vector>

#include <openssl/engine.h>

#include "objects.hpp"
#include "offering.hpp"

using namespace twoway::core;
using namespace twoway::test;
namespace openssl = twoway::openssl;

namespace {

constexpr int kKeyTypes[]{EVP_PKEY_EC, EVP_PKEY_X25519, EVP_PKEY_X448};
constexpr int kCiphers[]{NID_aes_128_gcm, NID_aes_256_gcm, NID_chacha20_poly1305};

int asked_for_ciphers = 0;
bool has_aes128 = true;

/// The form of all of an engine's callbacks: the list of NIDs, or the method of one.
template <std::size_t N, typename Method, typename Find>
int answer(const int (&list)[N], Method** method, const int** nids, Find find) {
  if (method == nullptr) {
    *nids = list;
    return static_cast<int>(N);
  }
  *method = find();
  return *method != nullptr ? 1 : 0;
}

/// Engines and the methods that they gave out, which OpenSSL may hold to the end of the process.
std::vector<void*>& kept = *new std::vector<void*>;

// Copies of OpenSSL's methods, like those of an engine that adds keys of its own to a type.
int key_methods(ENGINE*, EVP_PKEY_METHOD** method, const int** nids, int nid) {
  return answer(kKeyTypes, method, nids, [nid] {
    EVP_PKEY_METHOD* const copy = EVP_PKEY_meth_new(nid, 0);
    EVP_PKEY_meth_copy(copy, EVP_PKEY_meth_find(nid));
    kept.push_back(copy);
    return copy;
  });
}

// Ciphers that work. OpenSSL's constants are in the form in which engines have them.
int ciphers(ENGINE*, const EVP_CIPHER** cipher, const int** nids, int nid) {
  return answer(kCiphers, cipher, nids, [nid]() -> const EVP_CIPHER* {
    ++asked_for_ciphers;
    if (nid == NID_aes_128_gcm) return has_aes128 ? EVP_aes_128_gcm() : nullptr;
    return nid == NID_aes_256_gcm ? EVP_aes_256_gcm() : EVP_chacha20_poly1305();
  });
}

/// An engine that is the default one for everything as long as this lives.
class DefaultEngine {
 public:
  DefaultEngine() : engine_(ENGINE_new()) {
    REQUIRE(engine_ != nullptr);
    kept.push_back(engine_);
    REQUIRE(ENGINE_set_id(engine_, "test") == 1);
    REQUIRE(ENGINE_set_pkey_meths(engine_, key_methods) == 1);
    REQUIRE(ENGINE_set_ciphers(engine_, ciphers) == 1);
    REQUIRE(ENGINE_set_default(engine_, ENGINE_METHOD_ALL) == 1);
  }
  DefaultEngine(const DefaultEngine&) = delete;
  DefaultEngine& operator=(const DefaultEngine&) = delete;
  ~DefaultEngine() {
    ENGINE_unregister_pkey_meths(engine_);
    ENGINE_unregister_ciphers(engine_);
    ENGINE_free(engine_);
  }

 private:
  ENGINE* engine_;
};

void require_everything(const Provider& provider) {
  REQUIRE(offering(provider) == kAll);
  for (const KemParams& kem : kem_table()) {
    for (const AeadParams& aead : aead_table()) {
      if (aead.id == AeadId::export_only) continue;
      carries_a_message(provider, {kem.id, KdfId::hkdf_sha256, aead.id});
    }
  }
  REQUIRE(ERR_peek_error() == 0);
}

}  // namespace

TEST_CASE("an engine that is the default one takes nothing away") {
  const Pkey native = generate("EC", "P-256");
  auto before = openssl::create({});
  REQUIRE_OK(before);
  const DefaultEngine engine;
  {
    INFO("a provider made before the engine came");
    require_everything(**before);
  }
  auto made = openssl::create({});
  REQUIRE_OK(made);
  require_everything(**made);
  REQUIRE(asked_for_ciphers > 0);

  const auto key = openssl::opaque_key(native.get());
  REQUIRE_OK(key);
  const auto kem = Kem::find(**made, KemId::dhkem_p256);
  REQUIRE_OK(kem);
  const auto pk = kem->import_public((*key)->public_key());
  REQUIRE_OK(pk);
  Bytes enc(kem->params().nenc);
  SharedSecret sent, received;
  REQUIRE_OK(kem->encap(sent, enc, **pk));
  REQUIRE_OK(kem->decap(received, enc, **key));
  REQUIRE(copy(sent.view()) == copy(received.view()));
}

TEST_CASE("a cipher that the default engine announces but does not have is not offered") {
  has_aes128 = false;
  const DefaultEngine engine;
  auto made = openssl::create({});
  has_aes128 = true;
  REQUIRE_OK(made);
  REQUIRE((*made)->aead(AeadId::aes128_gcm) == nullptr);
  REQUIRE(offering(**made) == Offering{5, 5, 2});
  REQUIRE(ERR_peek_error() == 0);
}
