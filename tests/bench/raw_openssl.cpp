#include <array>
#include <cstring>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "../../providers/openssl/src/native.hpp"
#include "raw.hpp"

namespace twoway::bench {
namespace {

using core::ByteSpan;
using core::ByteView;
using namespace openssl;

void derive(EVP_PKEY_CTX* context, EVP_PKEY* peer, ByteSpan secret) {
  std::size_t size = secret.size();
  require(EVP_PKEY_derive_set_peer_ex(context, peer, 0) == 1 &&
          EVP_PKEY_derive(context, secret.data(), &size) == 1);
}

PkeyCtx derive_context(EVP_PKEY* key) {
  PkeyCtx context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  require(context != nullptr && EVP_PKEY_derive_init(context.get()) == 1);
  return context;
}

Pkey generate(EVP_PKEY_CTX* context) {
  EVP_PKEY* key = nullptr;
  require(EVP_PKEY_generate(context, &key) == 1);
  return Pkey(key);
}

class Dh final : public RawDh {
 public:
  /// `group` is null if the type is the group.
  Dh(const char* type, const char* group, ByteView peer)
      : generator_(make_generator(type, group)),
        key_(generate(generator_.get())),
        derive_(derive_context(key_.get())),
        peer_(imported(peer)) {}

  void generate_and_derive(ByteSpan secret, ByteSpan enc) override {
    const Pkey key = generate(generator_.get());
    std::size_t size = 0;
    require(EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
                                            enc.data(), enc.size(), &size) == 1);
    derive(derive_context(key.get()).get(), peer_.get(), secret);
  }

  void import_and_derive(ByteSpan secret, ByteView enc) override {
    derive(derive_.get(), imported(enc).get(), secret);
  }

  void import(ByteView enc) override { imported(enc); }

 private:
  static PkeyCtx make_generator(const char* type, const char* group) {
    PkeyCtx context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    require(EVP_PKEY_keygen_init(context.get()) == 1 &&
            (group == nullptr || EVP_PKEY_CTX_set_group_name(context.get(), group) == 1));
    return context;
  }

  // The fastest import for every group. It refuses a point that is off its curve.
  Pkey imported(ByteView pk) const {
    Pkey key(EVP_PKEY_new());
    require(EVP_PKEY_copy_parameters(key.get(), key_.get()) == 1 &&
            EVP_PKEY_set1_encoded_public_key(key.get(), pk.data(), pk.size()) == 1);
    return key;
  }

  PkeyCtx generator_;
  Pkey key_;
  PkeyCtx derive_;
  Pkey peer_;
};

/// Both directions over a kept context.
class MlKem final : public RawMlKem {
 public:
  explicit MlKem(const char* name) {
    PkeyCtx generator(EVP_PKEY_CTX_new_from_name(nullptr, name, nullptr));
    require(EVP_PKEY_keygen_init(generator.get()) == 1);
    key_ = generate(generator.get());
    encap_ = context();
    decap_ = context();
    require(EVP_PKEY_encapsulate_init(encap_.get(), nullptr) == 1 &&
            EVP_PKEY_decapsulate_init(decap_.get(), nullptr) == 1);
  }

  void encapsulate(ByteSpan secret, ByteSpan enc) override {
    std::size_t size = secret.size();
    std::size_t enc_size = enc.size();
    require(EVP_PKEY_encapsulate(encap_.get(), enc.data(), &enc_size, secret.data(), &size) == 1);
  }

  void decapsulate(ByteSpan secret, ByteView enc) override {
    std::size_t size = secret.size();
    require(EVP_PKEY_decapsulate(decap_.get(), secret.data(), &size, enc.data(), enc.size()) == 1);
  }

 private:
  PkeyCtx context() const {
    return PkeyCtx(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  }

  Pkey key_;
  PkeyCtx encap_, decap_;
};

class Sha3 final : public RawHash {
 public:
  Sha3() { require(EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr) == 1); }

  void digest(ByteSpan out, ByteView data) override {
    require(EVP_DigestUpdate(context_.get(), data.data(), data.size()) == 1 &&
            EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) == 1 &&
            EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1);
  }

 private:
  Digest digest_{EVP_MD_fetch(nullptr, "SHA3-256", nullptr)};
  DigestCtx context_{EVP_MD_CTX_new()};
};

/// HMAC-SHA256 (RFC 2104) over one kept digest context. It is faster than the library's HMAC, and
/// so the least that an HMAC could cost.
class HmacSha256 final : public RawHmac {
 public:
  HmacSha256() { require(EVP_DigestInit_ex2(context_.get(), digest_.get(), nullptr) == 1); }

  void compute(ByteSpan mac, ByteView key, ByteView data) override {
    std::array<std::uint8_t, 64> pad{};
    std::memcpy(pad.data(), key.data(), key.size());
    for (std::uint8_t& byte : pad) byte = static_cast<std::uint8_t>(byte ^ 0x36);
    hash(mac, pad, data);
    for (std::uint8_t& byte : pad) byte = static_cast<std::uint8_t>(byte ^ 0x36 ^ 0x5c);
    hash(mac, pad, mac);
  }

 private:
  void hash(ByteSpan out, ByteView pad, ByteView data) {
    require(EVP_DigestUpdate(context_.get(), pad.data(), pad.size()) == 1 &&
            EVP_DigestUpdate(context_.get(), data.data(), data.size()) == 1 &&
            EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) == 1 &&
            EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1);
  }

  Digest digest_{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  DigestCtx context_{EVP_MD_CTX_new()};
};

class Aead final : public RawAead {
 public:
  Aead(const char* name, Direction direction)
      : cipher_(EVP_CIPHER_fetch(nullptr, name, nullptr)), context_(EVP_CIPHER_CTX_new()) {
    require(EVP_CipherInit_ex2(context_.get(), cipher_.get(), nullptr, nullptr,
                               direction == Direction::seal ? 1 : 0, nullptr) == 1);
  }

  void set_key(ByteView key) override {
    require(EVP_CipherInit_ex2(context_.get(), nullptr, key.data(), nullptr, -1, nullptr) == 1);
  }

  void seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView in) override {
    process(out, nonce, in);
    finish();
    OSSL_PARAM get_tag[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag.data(), tag.size()),
        OSSL_PARAM_construct_end()};
    require(EVP_CIPHER_CTX_get_params(context_.get(), get_tag) == 1);
  }

  void open(ByteSpan out, ByteView nonce, ByteView in, ByteView tag) override {
    process(out, nonce, in);
    OSSL_PARAM set_tag[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG,
                                          const_cast<std::uint8_t*>(tag.data()), tag.size()),
        OSSL_PARAM_construct_end()};
    require(EVP_CIPHER_CTX_set_params(context_.get(), set_tag) == 1);
    finish();
  }

 private:
  void process(ByteSpan out, ByteView nonce, ByteView in) {
    int written = 0;
    require(EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, nonce.data(), -1, nullptr) == 1 &&
            EVP_CipherUpdate(context_.get(), out.data(), &written, in.data(),
                             static_cast<int>(in.size())) == 1);
  }

  void finish() {
    std::uint8_t none = 0;
    int written = 0;
    require(EVP_CipherFinal_ex(context_.get(), &none, &written) == 1);
  }

  Cipher cipher_;
  CipherCtx context_;
};

class Library final : public RawLibrary {
 public:
  const core::Provider& provider() const override { return openssl::provider(); }

  std::unique_ptr<RawDh> dh(core::DhId id, ByteView peer) const override {
    if (id == core::DhId::x25519) return std::make_unique<Dh>("X25519", nullptr, peer);
    require(id == core::DhId::p256 || id == core::DhId::p384);
    return std::make_unique<Dh>("EC", id == core::DhId::p256 ? "P-256" : "P-384", peer);
  }

  std::unique_ptr<RawMlKem> ml_kem(core::KemId id) const override {
    return std::make_unique<MlKem>(core::find_kem(id)->name);
  }

  std::unique_ptr<RawHash> sha3_256() const override { return std::make_unique<Sha3>(); }

  std::unique_ptr<RawHmac> hmac(core::KdfId id) const override {
    require(id == core::KdfId::hkdf_sha256);
    return std::make_unique<HmacSha256>();
  }

  // The core's names of the AEADs are OpenSSL's, except for a hyphen.
  std::unique_ptr<RawAead> aead(core::AeadId id, Direction direction) const override {
    const char* name =
        id == core::AeadId::chacha20_poly1305 ? "ChaCha20-Poly1305" : core::find_aead(id)->name;
    return std::make_unique<Aead>(name, direction);
  }
};

const Library library;
const Registration registration(library);

}  // namespace
}  // namespace twoway::bench
