#include <array>
#include <cstring>

#include <sodium.h>

#include <twoway/sodium.hpp>

#include "raw.hpp"

namespace twoway::bench {
namespace {

using core::ByteSpan;
using core::ByteView;

class X25519 final : public RawDh {
 public:
  explicit X25519(ByteView peer) {
    require(peer.size() == peer_.size());
    randombytes_buf(key_.data(), key_.size());
    std::memcpy(peer_.data(), peer.data(), peer.size());
  }

  void generate_and_derive(ByteSpan secret, ByteSpan enc) override {
    std::array<std::uint8_t, crypto_scalarmult_SCALARBYTES> key;
    randombytes_buf(key.data(), key.size());
    require(crypto_scalarmult_base(enc.data(), key.data()) == 0 &&
            crypto_scalarmult(secret.data(), key.data(), peer_.data()) == 0);
  }

  void import_and_derive(ByteSpan secret, ByteView enc) override {
    require(crypto_scalarmult(secret.data(), key_.data(), enc.data()) == 0);
  }

  void import(ByteView) override {}  // the library validates when it derives

 private:
  std::array<std::uint8_t, crypto_scalarmult_SCALARBYTES> key_{};
  std::array<std::uint8_t, crypto_scalarmult_BYTES> peer_{};
};

class HmacSha256 final : public RawHmac {
 public:
  void compute(ByteSpan mac, ByteView key, ByteView data) override {
    crypto_auth_hmacsha256_state state;
    require(crypto_auth_hmacsha256_init(&state, key.data(), key.size()) == 0 &&
            crypto_auth_hmacsha256_update(&state, data.data(), data.size()) == 0 &&
            crypto_auth_hmacsha256_final(&state, mac.data()) == 0);
  }
};

#if __has_include(<sodium/crypto_kem_mlkem768.h>)
class MlKem768 final : public RawMlKem {
 public:
  MlKem768() { require(crypto_kem_mlkem768_keypair(public_.data(), key_.data()) == 0); }

  void encapsulate(ByteSpan secret, ByteSpan enc) override {
    require(crypto_kem_mlkem768_enc(enc.data(), secret.data(), public_.data()) == 0);
  }

  void decapsulate(ByteSpan secret, ByteView enc) override {
    require(crypto_kem_mlkem768_dec(secret.data(), enc.data(), key_.data()) == 0);
  }

 private:
  std::array<std::uint8_t, crypto_kem_mlkem768_PUBLICKEYBYTES> public_;
  std::array<std::uint8_t, crypto_kem_mlkem768_SECRETKEYBYTES> key_;
};

class Sha3 final : public RawHash {
 public:
  void digest(ByteSpan out, ByteView data) override {
    require(crypto_hash_sha3256(out.data(), data.data(), data.size()) == 0);
  }
};
#endif

class ChaCha20Poly1305 final : public RawAead {
 public:
  void set_key(ByteView key) override { std::memcpy(key_.data(), key.data(), key_.size()); }

  void seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView in) override {
    require(crypto_aead_chacha20poly1305_ietf_encrypt_detached(
                out.data(), tag.data(), nullptr, in.data(), in.size(), nullptr, 0, nullptr,
                nonce.data(), key_.data()) == 0);
  }

  void open(ByteSpan out, ByteView nonce, ByteView in, ByteView tag) override {
    require(crypto_aead_chacha20poly1305_ietf_decrypt_detached(out.data(), nullptr, in.data(),
                                                               in.size(), tag.data(), nullptr, 0,
                                                               nonce.data(), key_.data()) == 0);
  }

 private:
  std::array<std::uint8_t, crypto_aead_chacha20poly1305_ietf_KEYBYTES> key_{};
};

class Aes256Gcm final : public RawAead {
 public:
  void set_key(ByteView key) override {
    require(crypto_aead_aes256gcm_beforenm(&state_, key.data()) == 0);
  }

  void seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView in) override {
    require(crypto_aead_aes256gcm_encrypt_detached_afternm(out.data(), tag.data(), nullptr,
                                                           in.data(), in.size(), nullptr, 0,
                                                           nullptr, nonce.data(), &state_) == 0);
  }

  void open(ByteSpan out, ByteView nonce, ByteView in, ByteView tag) override {
    require(crypto_aead_aes256gcm_decrypt_detached_afternm(out.data(), nullptr, in.data(),
                                                           in.size(), tag.data(), nullptr, 0,
                                                           nonce.data(), &state_) == 0);
  }

 private:
  crypto_aead_aes256gcm_state state_;
};

class Library final : public RawLibrary {
 public:
  // The provider may hold a copy of the library of its own. Until it is initialised, a copy takes
  // the slow code that runs on every processor.
  Library() { require(sodium_init() >= 0); }

  const core::Provider& provider() const override { return sodium::provider(); }

  std::unique_ptr<RawDh> dh(core::DhId id, ByteView peer) const override {
    require(id == core::DhId::x25519);
    return std::make_unique<X25519>(peer);
  }

  std::unique_ptr<RawHmac> hmac(core::KdfId id) const override {
    require(id == core::KdfId::hkdf_sha256);
    return std::make_unique<HmacSha256>();
  }

#if __has_include(<sodium/crypto_kem_mlkem768.h>)
  std::unique_ptr<RawMlKem> ml_kem(core::KemId id) const override {
    require(id == core::KemId::ml_kem_768);
    return std::make_unique<MlKem768>();
  }

  std::unique_ptr<RawHash> sha3_256() const override { return std::make_unique<Sha3>(); }
#endif

  std::unique_ptr<RawAead> aead(core::AeadId id, Direction) const override {
    if (id == core::AeadId::aes256_gcm) return std::make_unique<Aes256Gcm>();
    require(id == core::AeadId::chacha20_poly1305);
    return std::make_unique<ChaCha20Poly1305>();
  }
};

const Library library;
const Registration registration(library);

}  // namespace
}  // namespace twoway::bench
