#include <twoway/core/keyed_aead.hpp>

#include "factories.hpp"

namespace twoway::sodium {
namespace {

using core::ByteSpan;
using core::ByteView;

/// libsodium takes no null pointer, not even for an empty text.
std::uint8_t* not_null(ByteSpan bytes) noexcept {
  static std::uint8_t none = 0;
  return bytes.data() == nullptr ? &none : bytes.data();
}
const std::uint8_t* not_null(ByteView bytes) noexcept {
  static const std::uint8_t none = 0;
  return bytes.data() == nullptr ? &none : bytes.data();
}

/// libsodium has a function for each algorithm. It would end the process at a text over its
/// maximum.
struct SodiumKey {
  struct Algorithm {};
  static core::Error failure() noexcept { return kBackendFailure; }
};

/// A ChaCha20Poly1305 key. libsodium keeps no state for it.
class ChaCha20Poly1305 : public SodiumKey {
 public:
  static std::size_t max_plaintext(Algorithm) noexcept {
    return crypto_aead_chacha20poly1305_ietf_messagebytes_max();
  }

  bool set(Algorithm, ByteView key) noexcept {
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

/// libsodium's AES-GCM leaves round keys, of which the first are the key, and nonces on the stack.
using StackWipe = core::StackWipe<2048>;

/// An AES-256-GCM key, expanded. The state's type asks for the alignment that libsodium needs.
class Aes256Gcm : public SodiumKey {
 public:
  static std::size_t max_plaintext(Algorithm) noexcept {
    return crypto_aead_aes256gcm_messagebytes_max();
  }

  bool set(Algorithm, ByteView key) noexcept {
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

}  // namespace

std::unique_ptr<core::Aead> make_aead(const core::AeadParams& params) {
  switch (params.id) {
    case core::AeadId::chacha20_poly1305:
      return std::make_unique<core::KeyedAead<ChaCha20Poly1305>>(params, SodiumKey::Algorithm{});
    case core::AeadId::aes256_gcm:
      if (crypto_aead_aes256gcm_is_available() == 0) return nullptr;
      return std::make_unique<core::KeyedAead<Aes256Gcm>>(params, SodiumKey::Algorithm{});
    default: return nullptr;
  }
}

}  // namespace twoway::sodium
