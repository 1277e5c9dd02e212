#include <sodium.h>
#include <sys/mman.h>

#include <twoway/core/kem.hpp>
#include <twoway/sodium.hpp>

#include "support.hpp"

using namespace twoway::core;
using twoway::test::copy;
using twoway::test::FixedRng;

namespace {

/// ML-KEM, SHA3 and SHAKE came with libsodium 1.0.22.
#if __has_include(<sodium/crypto_kem_mlkem768.h>)
constexpr bool kHasMlKem = true;
#else
constexpr bool kHasMlKem = false;
#endif

}  // namespace

TEST_CASE("the libsodium provider offers the algorithms that libsodium has, and no more") {
  const Provider& provider = twoway::sodium::provider();
  REQUIRE(std::string(provider.name()) == "sodium");
  REQUIRE(&provider == &twoway::sodium::provider());
  for (const DhParams& row : dh_table()) {
    INFO(row.name);
    REQUIRE((provider.dh(row.id) != nullptr) == (row.id == DhId::x25519));
  }
  for (const KdfParams& row : kdf_table()) {
    INFO(row.name);
    const bool offered = row.stages == KdfStages::one
                             ? kHasMlKem
                             : row.id == KdfId::hkdf_sha256 || row.id == KdfId::hkdf_sha512;
    REQUIRE((provider.kdf(row.id) != nullptr) == offered);
  }
  const bool aes = crypto_aead_aes256gcm_is_available() != 0;
  for (const AeadParams& row : aead_table()) {
    INFO(row.name);
    const bool offered =
        row.id == AeadId::chacha20_poly1305 || (row.id == AeadId::aes256_gcm && aes);
    REQUIRE((provider.aead(row.id) != nullptr) == offered);
  }
  for (const KemParams& row : kem_table()) {
    INFO(row.name);
    const Result<Kem> kem = Kem::find(provider, row.id);
    REQUIRE(kem.ok() == (row.id == KemId::dhkem_x25519));
    if (!kem) REQUIRE(kem.error().code == Errc::not_supported);
  }
  for (const KemParams& row : pq_kem_table()) {
    INFO(row.name);
    const bool offered = row.id == KemId::ml_kem_768 || row.id == KemId::mlkem768_x25519;
    REQUIRE(Kem::find(provider, row.id).ok() == (offered && kHasMlKem));
  }
  REQUIRE((provider.sha3_256() != nullptr) == kHasMlKem);
}

#if __has_include(<sodium/crypto_kem_xwing.h>)
// libsodium expands the seed of its own hybrid in each decapsulation, so the provider leaves the
// hybrid to core, which expands it once.
TEST_CASE("the hybrid that core composes gives the bytes of libsodium's own") {
  const Result<Kem> kem = Kem::find(twoway::sodium::provider(), KemId::mlkem768_x25519);
  REQUIRE_OK(kem);
  REQUIRE(kem->params().npk == crypto_kem_xwing_PUBLICKEYBYTES);
  REQUIRE(kem->params().nenc == crypto_kem_xwing_CIPHERTEXTBYTES);
  for (std::uint8_t round = 0; round < 8; ++round) {
    const Bytes seed(crypto_kem_xwing_SEEDBYTES, round);
    Bytes pk(crypto_kem_xwing_PUBLICKEYBYTES), sk(crypto_kem_xwing_SECRETKEYBYTES);
    REQUIRE(crypto_kem_xwing_seed_keypair(pk.data(), sk.data(), seed.data()) == 0);
    const auto key = kem->import_private(seed);
    REQUIRE_OK(key);
    REQUIRE(copy((*key)->public_key()) == pk);
    const auto receiver = kem->import_public(pk);
    REQUIRE_OK(receiver);

    const Bytes randomness(64, static_cast<std::uint8_t>(0x80 + round));
    Bytes expected_enc(crypto_kem_xwing_CIPHERTEXTBYTES);
    Bytes expected(crypto_kem_xwing_SHAREDSECRETBYTES);
    REQUIRE(crypto_kem_xwing_enc_deterministic(expected_enc.data(), expected.data(), pk.data(),
                                               randomness.data()) == 0);
    Bytes enc(kem->params().nenc);
    SharedSecret sent, received;
    FixedRng rng(randomness);
    REQUIRE_OK(kem->encap(sent, enc, **receiver, &rng));
    REQUIRE(enc == expected_enc);
    REQUIRE(copy(sent.view()) == expected);

    // A changed `enc` gives the same secret that nobody knows (FIPS 203 section 6.3).
    for (const bool change : {false, true}) {
      if (change) enc[0] ^= 1;
      REQUIRE(crypto_kem_xwing_dec(expected.data(), enc.data(), sk.data()) == 0);
      REQUIRE_OK(kem->decap(received, enc, **key));
      REQUIRE(copy(received.view()) == expected);
      REQUIRE((copy(received.view()) == copy(sent.view())) != change);
    }
  }
}
#endif

// libsodium would end the process, so the provider must refuse first. The text is address space
// alone: reading a byte of it would crash the test.
TEST_CASE("a text over libsodium's limit is refused") {
  const Provider& provider = twoway::sodium::provider();
  for (const AeadId id : {AeadId::aes256_gcm, AeadId::chacha20_poly1305}) {
    const Aead* aead = provider.aead(id);
    if (aead == nullptr) continue;
    INFO(aead->params().name);
    const std::size_t size =
        1 + (id == AeadId::aes256_gcm ? crypto_aead_aes256gcm_messagebytes_max()
                                      : crypto_aead_chacha20poly1305_ietf_messagebytes_max());
    void* const memory =
        mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    const ByteSpan text(static_cast<std::uint8_t*>(memory), size);
    auto sealer = aead->sealer(Bytes(32));
    auto opener = aead->opener(Bytes(32));
    REQUIRE_OK(sealer);
    REQUIRE_OK(opener);
    Bytes tag(16);
    const Bytes nonce(12);
    REQUIRE_ERRC((*sealer)->seal(text, tag, nonce, {}, text), Errc::invalid_argument);
    REQUIRE_ERRC((*opener)->open(text, nonce, {}, text, tag), Errc::invalid_argument);
    munmap(memory, size);
  }
}
