#include "parts.hpp"

namespace twoway::sodium {
namespace {

using core::AeadParams;
using core::ByteSpan;
using core::ByteView;
using core::Result;
using core::Status;

constexpr core::Error kTooLong{core::Errc::invalid_argument,
                               "the message is longer than this AEAD may seal under one nonce"};

/// libsodium takes no null pointer, not even for an empty text.
std::uint8_t* not_null(ByteSpan bytes) noexcept {
  static std::uint8_t none = 0;
  return bytes.data() == nullptr ? &none : bytes.data();
}
const std::uint8_t* not_null(ByteView bytes) noexcept {
  static const std::uint8_t none = 0;
  return bytes.data() == nullptr ? &none : bytes.data();
}

/// A ChaCha20Poly1305 key; libsodium keeps no state for it.
class ChaCha20Poly1305 {
 public:
  static std::size_t max_text() noexcept {
    return crypto_aead_chacha20poly1305_ietf_messagebytes_max();
  }

  bool set(ByteView key) noexcept {
    key_.assign(key);
    return true;
  }

  bool seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad, ByteView in) const noexcept {
    return crypto_aead_chacha20poly1305_ietf_encrypt_detached(
               not_null(out), tag.data(), nullptr, in.data(), in.size(), aad.data(), aad.size(),
               nullptr, nonce.data(), key_.view().data()) == 0;
  }

  bool open(ByteSpan out, ByteView nonce, ByteView aad, ByteView in, ByteView tag) const noexcept {
    return crypto_aead_chacha20poly1305_ietf_decrypt_detached(
               not_null(out), nullptr, not_null(in), in.size(), tag.data(), aad.data(), aad.size(),
               nonce.data(), key_.view().data()) == 0;
  }

 private:
  core::AeadKey key_;
};

/// Overwrites, when it ends, the stack that a call of libsodium used: its AES-GCM leaves round keys
/// there, the first of which are the key.
struct StackWipe {
  ~StackWipe() { sodium_stackzero(1024); }
};

/// An AES-256-GCM key, expanded. The state's type asks for the alignment that libsodium needs.
class Aes256Gcm {
 public:
  static std::size_t max_text() noexcept { return crypto_aead_aes256gcm_messagebytes_max(); }

  bool set(ByteView key) noexcept {
    const StackWipe wipe;
    return crypto_aead_aes256gcm_beforenm(state_.get(), key.data()) == 0;
  }

  bool seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad, ByteView in) const noexcept {
    const StackWipe wipe;
    return crypto_aead_aes256gcm_encrypt_detached_afternm(
               not_null(out), tag.data(), nullptr, in.data(), in.size(), aad.data(), aad.size(),
               nullptr, nonce.data(), state_.get()) == 0;
  }

  bool open(ByteSpan out, ByteView nonce, ByteView aad, ByteView in, ByteView tag) const noexcept {
    const StackWipe wipe;
    return crypto_aead_aes256gcm_decrypt_detached_afternm(
               not_null(out), nullptr, not_null(in), in.size(), tag.data(), aad.data(), aad.size(),
               nonce.data(), state_.get()) == 0;
  }

 private:
  Wiped<crypto_aead_aes256gcm_state> state_;
};
static_assert(alignof(Aes256Gcm) >= 16);

/// What sealer and opener share: a key, and the checks before libsodium is called. It would end
/// the process at a text over its maximum.
template <typename Interface, typename Key>
class Keyed : public Interface {
 public:
  explicit Keyed(const AeadParams& params) noexcept : params_(params) {}
  bool set(ByteView key) noexcept { return key_.set(key); }

 protected:
  Status check(ByteView out, ByteView tag, ByteView nonce, ByteView in) const noexcept {
    if (!aead_buffers_ok(params_, out, tag, nonce, in)) return core::kBadAeadBuffers;
    if (in.size() > Key::max_text()) return kTooLong;
    return {};
  }
  const Key& key() const noexcept { return key_; }

 private:
  const AeadParams& params_;
  Key key_;
};

template <typename Key>
class Sealer final : public Keyed<core::AeadSealer, Key> {
 public:
  using Keyed<core::AeadSealer, Key>::Keyed;

  Status seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad,
              ByteView in) noexcept override {
    if (Status s = this->check(out, tag, nonce, in); !s) return s;
    if (this->key().seal(out, tag, nonce, aad, in)) return {};
    core::wipe(out);
    core::wipe(tag);
    return kBackendFailure;
  }
};

template <typename Key>
class Opener final : public Keyed<core::AeadOpener, Key> {
 public:
  using Keyed<core::AeadOpener, Key>::Keyed;

  Status open(ByteSpan out, ByteView nonce, ByteView aad, ByteView in,
              ByteView tag) noexcept override {
    if (Status s = this->check(out, tag, nonce, in); !s) return s;
    if (this->key().open(out, nonce, aad, in, tag)) return {};
    core::wipe(out);
    return core::kBadAeadTag;
  }
};

template <typename Key>
class SodiumAead final : public core::Aead {
 public:
  explicit SodiumAead(const AeadParams& params) noexcept : params_(params) {}

  const AeadParams& params() const noexcept override { return params_; }

  Result<std::unique_ptr<core::AeadSealer>> sealer(ByteView key) const noexcept override {
    return make<core::AeadSealer, Sealer<Key>>(key);
  }
  Result<std::unique_ptr<core::AeadOpener>> opener(ByteView key) const noexcept override {
    return make<core::AeadOpener, Opener<Key>>(key);
  }

 private:
  template <typename Interface, typename Object>
  Result<std::unique_ptr<Interface>> make(ByteView key) const noexcept {
    if (key.size() != params_.nk) return core::kBadAeadKey;
    auto made = std::make_unique<Object>(params_);
    if (!made->set(key)) return kBackendFailure;
    return std::unique_ptr<Interface>(std::move(made));
  }

  const AeadParams& params_;
};

}  // namespace

std::unique_ptr<core::Aead> make_aead(const AeadParams& params) {
  switch (params.id) {
    case core::AeadId::chacha20_poly1305:
      return std::make_unique<SodiumAead<ChaCha20Poly1305>>(params);
    case core::AeadId::aes256_gcm:
      if (crypto_aead_aes256gcm_is_available() == 0) return nullptr;
      return std::make_unique<SodiumAead<Aes256Gcm>>(params);
    default: return nullptr;
  }
}

}  // namespace twoway::sodium
