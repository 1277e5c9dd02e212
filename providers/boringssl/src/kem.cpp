// The KEMs that BoringSSL has whole: ML-KEM (FIPS 203) and MLKEM768-X25519, as
// draft-ietf-hpke-pq uses them. A private key is a seed.
#include "factories.hpp"
#include "native.hpp"

#if !TWOWAY_BORINGSSL_KEMS
std::unique_ptr<twoway::core::NativeKem> twoway::boringssl::make_kem(const core::KemParams&) {
  return nullptr;
}
#else

#include <algorithm>
#include <array>

#include <openssl/bytestring.h>
#include <openssl/hpke.h>
#include <openssl/mlkem.h>
#include <openssl/xwing.h>

#include <twoway/core/kem.hpp>
#include <twoway/core/secret.hpp>

namespace twoway::boringssl {
namespace {

using core::ByteSpan;
using core::ByteView;
using core::Errc;
using core::Error;
using core::Result;
using core::Status;

/// BoringSSL leaves seeds and secrets on the stack. Its functions here use up to 16 KiB of it, and
/// the derivation of a key 33.
using StackWipe = core::StackWipe<20480>;
using DeriveStackWipe = core::StackWipe<40960>;

CBS reader(ByteView bytes) noexcept {
  CBS cbs;
  CBS_init(&cbs, bytes.data(), bytes.size());
  return cbs;
}

/// Runs `write` with a CBB over exactly `out`.
template <typename Write>
bool fill(ByteSpan out, Write write) noexcept {
  CBB cbb;
  std::size_t size = 0;
  if (CBB_init_fixed(&cbb, out.data(), out.size()) == 1 && write(&cbb) == 1 &&
      CBB_finish(&cbb, nullptr, &size) == 1) {
    return size == out.size();
  }
  CBB_cleanup(&cbb);
  return false;
}

/// BoringSSL's functions for one parameter set of ML-KEM.
template <typename Public, typename Private, std::size_t PublicSize, auto Parse, auto FromSeed,
          auto PublicOf, auto Marshal, auto Encap, auto Decap, auto Hpke>
struct MlKem {
  using PublicKey = Public;
  using PrivateKey = Private;
  static constexpr auto hpke = Hpke;
  static constexpr std::size_t kEntropy = 0;  // not exported

  static bool parse(PublicKey& key, ByteView pk) noexcept {
    CBS cbs = reader(pk);
    return Parse(&key, &cbs) == 1 && CBS_len(&cbs) == 0;
  }
  static bool load(PrivateKey& key, ByteSpan pk, ByteView seed) noexcept {
    if (FromSeed(&key, seed.data(), seed.size()) != 1) return false;
    PublicKey made;
    PublicOf(&made, &key);
    return fill(pk, [&](CBB* cbb) { return Marshal(cbb, &made); });
  }
  static bool encap(ByteSpan enc, ByteSpan secret, const PublicKey& key, const std::uint8_t*) {
    Encap(enc.data(), secret.data(), &key);
    return true;
  }
  static bool decap(ByteSpan secret, ByteView enc, const PrivateKey& key) noexcept {
    return Decap(secret.data(), enc.data(), enc.size(), &key) == 1;
  }
};

using MlKem768 =
    MlKem<MLKEM768_public_key, MLKEM768_private_key, MLKEM768_PUBLIC_KEY_BYTES,
          MLKEM768_parse_public_key, MLKEM768_private_key_from_seed, MLKEM768_public_from_private,
          MLKEM768_marshal_public_key, MLKEM768_encap, MLKEM768_decap, EVP_hpke_mlkem768>;
using MlKem1024 = MlKem<MLKEM1024_public_key, MLKEM1024_private_key, MLKEM1024_PUBLIC_KEY_BYTES,
                        MLKEM1024_parse_public_key, MLKEM1024_private_key_from_seed,
                        MLKEM1024_public_from_private, MLKEM1024_marshal_public_key,
                        MLKEM1024_encap, MLKEM1024_decap, EVP_hpke_mlkem1024>;

/// MLKEM768-X25519, which is called X-Wing there. A public key is its bytes.
struct XWing {
  using PublicKey = std::array<std::uint8_t, XWING_PUBLIC_KEY_BYTES>;
  using PrivateKey = XWING_private_key;
  static constexpr auto hpke = EVP_hpke_xwing;
  static constexpr std::size_t kEntropy = 64;

  // The first part is a key of ML-KEM-768. Every X25519 value after it is a key.
  static bool parse(PublicKey& key, ByteView pk) noexcept {
    MLKEM768_public_key first;
    if (!MlKem768::parse(first, pk.first(MLKEM768_PUBLIC_KEY_BYTES))) return false;
    std::copy(pk.begin(), pk.end(), key.begin());
    return true;
  }
  static bool load(PrivateKey& key, ByteSpan pk, ByteView seed) noexcept {
    CBS cbs = reader(seed);
    return XWING_parse_private_key(&key, &cbs) == 1 &&
           XWING_public_from_private(pk.data(), &key) == 1;
  }
  static bool encap(ByteSpan enc, ByteSpan secret, const PublicKey& key,
                    const std::uint8_t* entropy) noexcept {
    if (entropy == nullptr) return XWING_encap(enc.data(), secret.data(), key.data()) == 1;
    return XWING_encap_external_entropy(enc.data(), secret.data(), key.data(), entropy) == 1;
  }
  static bool decap(ByteSpan secret, ByteView enc, const PrivateKey& key) noexcept {
    return XWING_decap(secret.data(), enc.data(), &key) == 1;
  }
};

template <typename Scheme>
class Public final : public core::PublicKey {
 public:
  explicit Public(const core::NativeKem& kem, ByteView bytes)
      : kem_(kem), bytes_(bytes.begin(), bytes.end()) {}

  ByteView bytes() const noexcept override { return bytes_; }
  const void* maker() const noexcept override { return &kem_; }
  typename Scheme::PublicKey& native() noexcept { return native_; }
  const typename Scheme::PublicKey& native() const noexcept { return native_; }

 private:
  const core::NativeKem& kem_;
  core::Bytes bytes_;
  typename Scheme::PublicKey native_;
};

template <typename Scheme>
class Private final : public core::PrivateKey {
 public:
  explicit Private(const core::KemParams& params) : params_(params), public_(params.npk) {}

  bool load(ByteView seed) noexcept {
    const StackWipe wipe;
    return Scheme::load(*native_.get(), public_, seed);
  }

  core::KemId kem_id() const noexcept override { return params_.id; }
  ByteView public_key() const noexcept override { return public_; }

  // FIPS 203 section 7.3: a ciphertext of the right length always gives a secret. A forged one
  // gives one that nobody knows.
  Status decap(core::SharedSecret& secret, const core::Kem& kem,
               const core::Encapsulation& enc) const noexcept override {
    secret.clear();
    if (kem.params().id != params_.id || enc.kem_id() != params_.id) {
      return Error{Errc::invalid_argument, "the key belongs to another KEM than the suite"};
    }
    const StackWipe wipe;
    if (Scheme::decap(secret.reset(params_.nsecret), enc.bytes(), *native_.get())) return {};
    secret.clear();
    ERR_clear_error();
    return Error{Errc::open_failed, core::kBadAeadTag.message};
  }

 private:
  const core::KemParams& params_;
  core::Bytes public_;
  Wiped<typename Scheme::PrivateKey> native_;
};

template <typename Scheme>
class Kem final : public core::NativeKem {
 public:
  explicit Kem(const core::KemParams& params) noexcept : params_(params) {}

  const core::KemParams& params() const noexcept override { return params_; }

  Result<std::unique_ptr<core::PublicKey>> import_public(ByteView pk) const noexcept override {
    auto key = std::make_unique<Public<Scheme>>(*this, pk);
    if (pk.size() != params_.npk || !Scheme::parse(key->native(), pk)) {
      return failure(Errc::invalid_key, "the public key is not valid for its KEM");
    }
    return std::unique_ptr<core::PublicKey>(std::move(key));
  }

  Result<std::unique_ptr<core::PrivateKey>> import_private(ByteView sk) const noexcept override {
    auto key = std::make_unique<Private<Scheme>>(params_);
    if (sk.size() != params_.nsk || !key->load(sk)) {
      return failure(Errc::invalid_key, "the private key is not a seed of its KEM");
    }
    return std::unique_ptr<core::PrivateKey>(std::move(key));
  }

  // draft-ietf-hpke-pq: a one-stage derivation with SHAKE256, which BoringSSL exports in this form
  // alone.
  Status derive_private(core::PrivateKeyBytes& sk, ByteView ikm) const noexcept override {
    using HpkeKey = std::unique_ptr<EVP_HPKE_KEY, Freer<EVP_HPKE_KEY_free>>;
    const DeriveStackWipe wipe;
    const HpkeKey key(EVP_HPKE_KEY_new());
    const ByteSpan out = sk.reset(params_.nsk);
    std::size_t size = 0;
    if (key != nullptr &&
        EVP_HPKE_KEY_derive(key.get(), Scheme::hpke(), ikm.data(), ikm.size()) == 1 &&
        EVP_HPKE_KEY_private_key(key.get(), out.data(), &size, out.size()) == 1 &&
        size == out.size()) {
      return {};
    }
    sk.clear();
    return backend_failure();
  }

  Status encap(core::SharedSecret& secret, ByteSpan enc, const core::PublicKey& receiver,
               core::Rng* rng) const noexcept override {
    secret.clear();
    core::Secret<64> entropy;
    if (rng != nullptr) {
      if (Scheme::kEntropy == 0) {
        return Error{Errc::not_supported, "BoringSSL draws the randomness of ML-KEM itself"};
      }
      if (Status s = rng->fill(entropy.reset(Scheme::kEntropy)); !s) return s;
    }
    const auto& key = static_cast<const Public<Scheme>&>(receiver).native();
    const StackWipe wipe;
    if (Scheme::encap(enc, secret.reset(params_.nsecret), key,
                      rng == nullptr ? nullptr : entropy.view().data())) {
      return {};
    }
    secret.clear();
    return backend_failure();
  }

 private:
  const core::KemParams& params_;
};

}  // namespace

std::unique_ptr<core::NativeKem> make_kem(const core::KemParams& params) {
  switch (params.id) {
    case core::KemId::ml_kem_768: return std::make_unique<Kem<MlKem768>>(params);
    case core::KemId::ml_kem_1024: return std::make_unique<Kem<MlKem1024>>(params);
    case core::KemId::mlkem768_x25519: return std::make_unique<Kem<XWing>>(params);
    default: return nullptr;
  }
}

}  // namespace twoway::boringssl

#endif
