#include <array>
#include <cstring>

#include <openssl/aead.h>
#include <openssl/curve25519.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdh.h>
#include <openssl/nid.h>
#include <openssl/sha.h>

#include "../../providers/boringssl/src/native.hpp"
#if __has_include(<openssl/hpke.h>)
#include <openssl/hpke.h>
#define TWOWAY_BENCH_HPKE 1
#else
#define TWOWAY_BENCH_HPKE 0
#endif

#include <twoway/boringssl.hpp>

#include "raw.hpp"

namespace twoway::bench {
namespace {

using boringssl::Freer;
using core::ByteSpan;
using core::ByteView;

class RawX25519 final : public RawDh {
 public:
  explicit RawX25519(ByteView peer) {
    require(peer.size() == peer_.size());
    std::memcpy(peer_.data(), peer.data(), peer.size());
    X25519_keypair(public_.data(), key_.data());
  }

  void generate_and_derive(ByteSpan secret, ByteSpan enc) override {
    std::array<std::uint8_t, X25519_PRIVATE_KEY_LEN> key;
    X25519_keypair(enc.data(), key.data());
    require(X25519(secret.data(), key.data(), peer_.data()) == 1);
  }

  void import_and_derive(ByteSpan secret, ByteView enc) override {
    require(X25519(secret.data(), key_.data(), enc.data()) == 1);
  }

  void import(ByteView) override {}  // the library validates when it derives

 private:
  std::array<std::uint8_t, X25519_PRIVATE_KEY_LEN> key_;
  std::array<std::uint8_t, X25519_PUBLIC_VALUE_LEN> public_, peer_;
};

/// The key pair of a sender is made in one kept object, and every point is read into another.
class RawP256 final : public RawDh {
 public:
  explicit RawP256(ByteView peer)
      : group_(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)),
        key_(EC_KEY_new()),
        ephemeral_(EC_KEY_new()),
        peer_(EC_POINT_new(group_.get())),
        imported_(EC_POINT_new(group_.get())) {
    for (EC_KEY* key : {key_.get(), ephemeral_.get()}) {
      require(EC_KEY_set_group(key, group_.get()) == 1 && EC_KEY_generate_key(key) == 1);
    }
    read(peer_.get(), peer);
  }

  void generate_and_derive(ByteSpan secret, ByteSpan enc) override {
    require(EC_KEY_generate_key(ephemeral_.get()) == 1 &&
            EC_POINT_point2oct(group_.get(), EC_KEY_get0_public_key(ephemeral_.get()),
                               POINT_CONVERSION_UNCOMPRESSED, enc.data(), enc.size(),
                               nullptr) == enc.size());
    derive(secret, ephemeral_.get(), peer_.get());
  }

  void import_and_derive(ByteSpan secret, ByteView enc) override {
    import(enc);
    derive(secret, key_.get(), imported_.get());
  }

  void import(ByteView enc) override { read(imported_.get(), enc); }

 private:
  // It refuses a point that is off the curve.
  void read(EC_POINT* point, ByteView bytes) {
    require(EC_POINT_oct2point(group_.get(), point, bytes.data(), bytes.size(), nullptr) == 1);
  }

  static void derive(ByteSpan secret, const EC_KEY* key, const EC_POINT* peer) {
    require(ECDH_compute_key(secret.data(), secret.size(), peer, key, nullptr) ==
            static_cast<int>(secret.size()));
  }

  std::unique_ptr<EC_GROUP, Freer<EC_GROUP_free>> group_;
  std::unique_ptr<EC_KEY, Freer<EC_KEY_free>> key_, ephemeral_;
  std::unique_ptr<EC_POINT, Freer<EC_POINT_free>> peer_, imported_;
};

/// HMAC-SHA256 (RFC 2104) over the hash alone. It is faster than the library's HMAC, and so the
/// least that an HMAC could cost.
class HmacSha256 final : public RawHmac {
 public:
  void compute(ByteSpan mac, ByteView key, ByteView data) override {
    std::array<std::uint8_t, SHA256_CBLOCK> pad{};
    std::memcpy(pad.data(), key.data(), key.size());
    for (std::uint8_t& byte : pad) byte = static_cast<std::uint8_t>(byte ^ 0x36);
    hash(mac, pad, data);
    for (std::uint8_t& byte : pad) byte = static_cast<std::uint8_t>(byte ^ 0x36 ^ 0x5c);
    hash(mac, pad, mac);
  }

 private:
  static void hash(ByteSpan out, ByteView pad, ByteView data) {
    SHA256_CTX context;
    require(SHA256_Init(&context) == 1 && SHA256_Update(&context, pad.data(), pad.size()) == 1 &&
            SHA256_Update(&context, data.data(), data.size()) == 1 &&
            SHA256_Final(out.data(), &context) == 1);
  }
};

class Aead final : public RawAead {
 public:
  explicit Aead(const EVP_AEAD* aead) : aead_(aead) { EVP_AEAD_CTX_zero(&context_); }
  ~Aead() override { EVP_AEAD_CTX_cleanup(&context_); }

  void set_key(ByteView key) override {
    EVP_AEAD_CTX_cleanup(&context_);
    require(EVP_AEAD_CTX_init(&context_, aead_, key.data(), key.size(), EVP_AEAD_DEFAULT_TAG_LENGTH,
                              nullptr) == 1);
  }

  void seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView in) override {
    std::size_t size = 0;
    require(EVP_AEAD_CTX_seal_scatter(&context_, out.data(), tag.data(), &size, tag.size(),
                                      nonce.data(), nonce.size(), in.data(), in.size(), nullptr, 0,
                                      nullptr, 0) == 1);
  }

  void open(ByteSpan out, ByteView nonce, ByteView in, ByteView tag) override {
    require(EVP_AEAD_CTX_open_gather(&context_, out.data(), nonce.data(), nonce.size(), in.data(),
                                     in.size(), tag.data(), tag.size(), nullptr, 0) == 1);
  }

 private:
  const EVP_AEAD* aead_;
  EVP_AEAD_CTX context_;
};

#if TWOWAY_BENCH_HPKE
class Hpke final : public RawHpke {
 public:
  Hpke(const EVP_HPKE_KEM* kem, const EVP_HPKE_AEAD* aead)
      : kem_(kem), aead_(aead), public_(EVP_HPKE_MAX_PUBLIC_KEY_LENGTH) {
    EVP_HPKE_KEY_zero(&key_);
    std::size_t size = 0;
    require(EVP_HPKE_KEY_generate(&key_, kem_) == 1 &&
            EVP_HPKE_KEY_public_key(&key_, public_.data(), &size, public_.size()) == 1);
    public_.resize(size);
  }
  ~Hpke() override { EVP_HPKE_KEY_cleanup(&key_); }

  ByteView public_key() const override { return public_; }

  void send(ByteSpan enc, ByteSpan out, ByteView peer, ByteView info, ByteView pt) override {
    EVP_HPKE_CTX context;
    EVP_HPKE_CTX_zero(&context);
    std::size_t enc_size = 0;
    std::size_t size = 0;
    require(EVP_HPKE_CTX_setup_sender(&context, enc.data(), &enc_size, enc.size(), kem_,
                                      EVP_hpke_hkdf_sha256(), aead_, peer.data(), peer.size(),
                                      info.data(), info.size()) == 1 &&
            EVP_HPKE_CTX_seal(&context, out.data(), &size, out.size(), pt.data(), pt.size(),
                              nullptr, 0) == 1);
    EVP_HPKE_CTX_cleanup(&context);
  }

  void receive(ByteSpan out, ByteView enc, ByteView info, ByteView ct) override {
    EVP_HPKE_CTX context;
    EVP_HPKE_CTX_zero(&context);
    std::size_t size = 0;
    require(EVP_HPKE_CTX_setup_recipient(&context, &key_, EVP_hpke_hkdf_sha256(), aead_, enc.data(),
                                         enc.size(), info.data(), info.size()) == 1 &&
            EVP_HPKE_CTX_open(&context, out.data(), &size, out.size(), ct.data(), ct.size(),
                              nullptr, 0) == 1);
    EVP_HPKE_CTX_cleanup(&context);
  }

 private:
  const EVP_HPKE_KEM* kem_;
  const EVP_HPKE_AEAD* aead_;
  EVP_HPKE_KEY key_;
  core::Bytes public_;
};

const EVP_HPKE_KEM* hpke_kem(core::KemId id) {
  if (id == core::KemId::dhkem_x25519) return EVP_hpke_x25519_hkdf_sha256();
#if TWOWAY_BORINGSSL_KEMS
  if (id == core::KemId::mlkem768_x25519) return EVP_hpke_xwing();
#endif
  return nullptr;
}

const EVP_HPKE_AEAD* hpke_aead(core::AeadId id) {
  switch (id) {
    case core::AeadId::aes128_gcm: return EVP_hpke_aes_128_gcm();
    case core::AeadId::aes256_gcm: return EVP_hpke_aes_256_gcm();
    default: return EVP_hpke_chacha20_poly1305();
  }
}
#endif

class Library final : public RawLibrary {
 public:
  const core::Provider& provider() const override { return boringssl::provider(); }

  std::unique_ptr<RawDh> dh(core::DhId id, ByteView peer) const override {
    require(id == core::DhId::x25519 || id == core::DhId::p256);
    if (id == core::DhId::x25519) return std::make_unique<RawX25519>(peer);
    return std::make_unique<RawP256>(peer);
  }

  std::unique_ptr<RawHmac> hmac(core::KdfId id) const override {
    require(id == core::KdfId::hkdf_sha256);
    return std::make_unique<HmacSha256>();
  }

  std::unique_ptr<RawAead> aead(core::AeadId id, Direction) const override {
    switch (id) {
      case core::AeadId::aes128_gcm: return std::make_unique<Aead>(EVP_aead_aes_128_gcm());
      case core::AeadId::aes256_gcm: return std::make_unique<Aead>(EVP_aead_aes_256_gcm());
      default: return std::make_unique<Aead>(EVP_aead_chacha20_poly1305());
    }
  }

#if TWOWAY_BENCH_HPKE
  std::unique_ptr<RawHpke> hpke(core::Suite suite) const override {
    const EVP_HPKE_KEM* kem = hpke_kem(suite.kem);
    if (kem == nullptr || suite.kdf != core::KdfId::hkdf_sha256) return nullptr;
    return std::make_unique<Hpke>(kem, hpke_aead(suite.aead));
  }
#endif
};

const Library library;
const Registration registration(library);

}  // namespace
}  // namespace twoway::bench
