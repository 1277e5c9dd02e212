// The vectors of Project Wycheproof, on every provider that offers the algorithm.
#include <algorithm>
#include <iostream>
#include <map>
#include <string>

#include "contract.hpp"
#include "vectors.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

using Counts = std::map<std::string, std::size_t>;

/// Calls `run(provider, vector)` for each vector of a file and each provider. `run` returns true if
/// the provider offers the vector's algorithms. Prints how many vectors each provider ran.
template <typename Run>
void check_file(const std::string& name, std::size_t expected, Run run) {
  Counts ran;
  const std::string file = "wycheproof/" + name + ".json";
  const std::size_t total = for_each_vector(file, [&](const Vector& vector) {
    INFO("tcId " << vector.number("tcId"));
    bool offered = false;
    for (const Provider* provider : twoway::built::providers()) {
      INFO(provider->name());
      if (!run(*provider, vector)) continue;
      ++ran[provider->name()];
      offered = true;
    }
    if (!offered) vector.skip();
  });
  REQUIRE(total == expected);
  for (const auto& [provider, count] : ran) {
    std::cout << file << ": " << provider << " ran " << count << " of " << total << '\n';
  }
}

/// Seals and opens with one AEAD. A key or nonce of another length is an argument that is refused.
void check_aead(const Aead& aead, const Vector& vector) {
  const Bytes key = vector.bytes("key");
  const Bytes nonce = vector.bytes("nonce");
  const Bytes aad = vector.bytes("aad");
  const Bytes plaintext = vector.bytes("plaintext");
  const Bytes ciphertext = vector.bytes("ciphertext");
  const bool valid = vector.flag("valid");
  const std::size_t nt = aead.params().nt;

  auto sealer = aead.sealer(key);
  auto opener = aead.opener(key);
  if (key.size() != aead.params().nk) {
    REQUIRE_ERRC(sealer, Errc::invalid_argument);
    REQUIRE_ERRC(opener, Errc::invalid_argument);
    return;
  }
  REQUIRE_OK(sealer);
  REQUIRE_OK(opener);
  Bytes got(plaintext.size());
  Bytes got_tag(nt);
  if (nonce.size() != aead.params().nn) {  // some such cases have no ciphertext
    REQUIRE_ERRC((*sealer)->seal(got, got_tag, nonce, aad, plaintext), Errc::invalid_argument);
    REQUIRE_ERRC((*opener)->open(got, nonce, aad, plaintext, got_tag), Errc::invalid_argument);
    return;
  }
  REQUIRE(ciphertext.size() == plaintext.size() + nt);
  const ByteView sealed = ByteView(ciphertext).first(plaintext.size());
  const ByteView tag = ByteView(ciphertext).last(nt);
  REQUIRE_OK((*sealer)->seal(got, got_tag, nonce, aad, plaintext));
  const bool same = std::equal(got.begin(), got.end(), sealed.begin(), sealed.end()) &&
                    std::equal(got_tag.begin(), got_tag.end(), tag.begin(), tag.end());
  REQUIRE(same == valid);

  const Status opened = (*opener)->open(got, nonce, aad, sealed, tag);
  if (!valid) {
    REQUIRE_ERRC(opened, Errc::open_failed);
    REQUIRE(is_zero(got));
    return;
  }
  REQUIRE_OK(opened);
  REQUIRE(got == plaintext);
}

/// Returns the AEAD of `ids` whose key has the vector's length. If there is none, all of them must
/// refuse the key.
bool run_aead(const Provider& provider, std::initializer_list<AeadId> ids, const Vector& vector) {
  const std::size_t nk = vector.bytes("key").size();
  const bool known =
      std::any_of(ids.begin(), ids.end(), [nk](AeadId id) { return find_aead(id)->nk == nk; });
  bool ran = false;
  for (const AeadId id : ids) {
    const Aead* aead = provider.aead(id);
    if (aead == nullptr || (known && aead->params().nk != nk)) continue;
    check_aead(*aead, vector);
    ran = true;
  }
  return ran;
}

/// Imports both keys of a vector and computes their shared secret.
bool run_dh(const Provider& provider, DhId id, const Vector& vector) {
  const Result<Kem> kem = Kem::find(provider, find_dh(id)->kem);
  if (!kem) return false;
  const Bytes sk = vector.bytes("private");
  const Bytes pk = vector.bytes("public");
  const Bytes shared = vector.bytes("shared");
  const auto peer = kem->import_public(pk);
  if (!vector.flag("valid")) {
    REQUIRE_ERRC(peer, Errc::invalid_key);
    return true;
  }
  REQUIRE_OK(peer);
  const auto key = provider.dh(id)->import_private(sk);
  REQUIRE_OK(key);
  DhSecret secret;
  REQUIRE_OK((*key)->dh(secret, **peer));
  REQUIRE(copy(secret.view()) == shared);
  return true;
}

// RFC 5869: OKM = HKDF-Expand(HKDF-Extract(salt, IKM), info, L)
bool run_hkdf(const Provider& provider, KdfId id, const Vector& vector) {
  const Kdf* kdf = provider.kdf(id);
  if (kdf == nullptr) return false;
  const Bytes ikm = vector.bytes("ikm");
  const Bytes salt = vector.bytes("salt");
  const Bytes info = vector.bytes("info");
  const Bytes okm = vector.bytes("okm");
  const ByteView ikm_inputs[] = {ikm};
  const ByteView info_inputs[] = {info};
  Prk prk;
  REQUIRE_OK(kdf->extract(prk, salt, ikm_inputs));
  Bytes got(vector.number("L"));
  const Status expanded = kdf->expand(got, prk.view(), info_inputs);
  if (!vector.flag("valid")) {
    REQUIRE_ERRC(expanded, Errc::invalid_argument);
    return true;
  }
  REQUIRE_OK(expanded);
  REQUIRE(got == okm);
  return true;
}

// RFC 5869 section 2.2: HKDF-Extract is HMAC with the salt as its key. Tags may be truncated.
bool run_hmac(const Provider& provider, KdfId id, const Vector& vector) {
  const Kdf* kdf = provider.kdf(id);
  if (kdf == nullptr) return false;
  const Bytes key = vector.bytes("key");
  const Bytes message = vector.bytes("message");
  const Bytes tag = vector.bytes("tag");
  const ByteView inputs[] = {message};
  Prk mac;
  REQUIRE_OK(kdf->extract(mac, key, inputs));
  REQUIRE(tag.size() <= mac.size());
  REQUIRE(std::equal(tag.begin(), tag.end(), mac.view().begin()) == vector.flag("valid"));
  return true;
}

/// HMAC-SHA256 with a key of zeros, which stands for `bytes` in the files.
Bytes short_form(const Provider& provider, ByteView bytes) {
  Prk prk;
  REQUIRE_OK(provider.kdf(KdfId::hkdf_sha256)->extract(prk, {}, Gather(&bytes, 1)));
  return copy(prk.view());
}

bool run_ml_kem_keygen(const Provider& provider, KemId id, const Vector& vector) {
  const Result<Kem> kem = Kem::find(provider, id);
  if (!kem) return false;
  const auto key = kem->import_private(vector.bytes("seed"));
  REQUIRE_OK(key);
  REQUIRE(short_form(provider, (*key)->public_key()) == vector.bytes("public_hmac"));
  return true;
}

bool run_ml_kem_encaps(const Provider& provider, KemId id, const Vector& vector) {
  const Result<Kem> kem = Kem::find(provider, id);
  if (!kem) return false;
  const auto receiver = kem->import_public(vector.bytes("public"));
  FixedRng rng(vector.bytes("m"));
  if (!vector.flag("valid")) {
    REQUIRE_ERRC(receiver, Errc::invalid_key);
    return true;
  }
  REQUIRE_OK(receiver);
  SharedSecret secret;
  Bytes enc(kem->params().nenc);
  const Status status = kem->encap(secret, enc, **receiver, &rng);
  const Bytes expected_secret = vector.bytes("secret"), expected_enc = vector.bytes("enc_hmac");
  if (!status) {
    REQUIRE_ERRC(status, Errc::not_supported);  // the library draws m itself
    return true;
  }
  REQUIRE(copy(secret.view()) == expected_secret);
  REQUIRE(short_form(provider, enc) == expected_enc);
  return true;
}

bool run_ml_kem_decaps(const Provider& provider, KemId id, const Vector& vector) {
  const Result<Kem> kem = Kem::find(provider, id);
  if (!kem) return false;
  const Bytes seed = vector.bytes("seed"), enc = vector.bytes("enc");
  const bool valid = vector.flag("valid");
  const auto key = kem->import_private(seed);
  if (seed.size() != kem->params().nsk) {
    REQUIRE_FALSE(valid);
    REQUIRE_ERRC(key, Errc::invalid_key);
    return true;
  }
  REQUIRE_OK(key);
  SharedSecret secret;
  const Status status = kem->decap(secret, enc, **key);
  if (!valid) {
    REQUIRE_ERRC(status, Errc::open_failed);
    return true;
  }
  REQUIRE_OK(status);
  REQUIRE(copy(secret.view()) == vector.bytes("secret"));
  return true;
}

template <typename Run, typename Id>
auto with(Run run, Id id) {
  return [run, id](const Provider& provider, const Vector& vector) {
    return run(provider, id, vector);
  };
}

}  // namespace

TEST_CASE("Wycheproof: AES-GCM") {
  check_file("aes-gcm", 316, [](const Provider& provider, const Vector& vector) {
    return run_aead(provider, {AeadId::aes128_gcm, AeadId::aes256_gcm}, vector);
  });
}

TEST_CASE("Wycheproof: ChaCha20-Poly1305") {
  check_file("chacha20-poly1305", 325, [](const Provider& provider, const Vector& vector) {
    return run_aead(provider, {AeadId::chacha20_poly1305}, vector);
  });
}

TEST_CASE("Wycheproof: X25519 and X448") {
  check_file("x25519", 518, with(run_dh, DhId::x25519));
  check_file("x448", 510, with(run_dh, DhId::x448));
}

TEST_CASE("Wycheproof: ECDH points of the NIST curves") {
  check_file("p256", 355, with(run_dh, DhId::p256));
  check_file("p384", 790, with(run_dh, DhId::p384));
  check_file("p521", 661, with(run_dh, DhId::p521));
}

TEST_CASE("Wycheproof: HKDF") {
  check_file("hkdf-sha256", 86, with(run_hkdf, KdfId::hkdf_sha256));
  check_file("hkdf-sha384", 83, with(run_hkdf, KdfId::hkdf_sha384));
  check_file("hkdf-sha512", 83, with(run_hkdf, KdfId::hkdf_sha512));
}

TEST_CASE("Wycheproof: HMAC") {
  check_file("hmac-sha256", 174, with(run_hmac, KdfId::hkdf_sha256));
  check_file("hmac-sha384", 174, with(run_hmac, KdfId::hkdf_sha384));
  check_file("hmac-sha512", 174, with(run_hmac, KdfId::hkdf_sha512));
}

TEST_CASE("Wycheproof: ML-KEM") {
  const struct {
    KemId id;
    std::size_t encaps;
  } rows[] = {{KemId::ml_kem_512, 261}, {KemId::ml_kem_768, 265}, {KemId::ml_kem_1024, 269}};
  for (const auto& row : rows) {
    const std::string name = find_kem(row.id)->short_name;
    check_file(name + "-keygen", 100, with(run_ml_kem_keygen, row.id));
    check_file(name + "-encaps", row.encaps, with(run_ml_kem_encaps, row.id));
    check_file(name + "-decaps", 193, with(run_ml_kem_decaps, row.id));
  }
}
