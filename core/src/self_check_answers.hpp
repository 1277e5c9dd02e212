// The known answers of self_check: one row per algorithm.
#pragma once

#include <array>
#include <cstdlib>
#include <span>
#include <string_view>

#include <twoway/core/bytes.hpp>
#include <twoway/core/suite.hpp>

namespace twoway::core {

/// The bytes of a hex literal, decoded by the compiler. A bad one does not compile.
class HexBytes {
 public:
  static constexpr std::size_t kMax = 133;

  constexpr HexBytes(const char* hex) noexcept {  // NOLINT: implicit, so that rows read as literals
    const std::string_view digits(hex);
    if (digits.size() % 2 != 0 || digits.size() / 2 > kMax) std::abort();
    for (std::size_t i = 0; i < digits.size(); i += 2) {
      bytes_[size_++] = static_cast<std::uint8_t>(nibble(digits[i]) * 16 + nibble(digits[i + 1]));
    }
  }

  constexpr ByteView view() const noexcept { return {bytes_.data(), size_}; }

 private:
  static constexpr unsigned nibble(char c) noexcept {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    std::abort();
  }

  std::array<std::uint8_t, kMax> bytes_{};
  std::size_t size_ = 0;
};

struct AeadAnswer {
  AeadId id;
  HexBytes key, nonce, aad, plaintext, ciphertext, tag;
};

/// A one-stage KDF has `ikm` and `output` only.
struct KdfAnswer {
  KdfId id;
  HexBytes ikm, salt, info, prk, output;
};

struct DhAnswer {
  DhId id;
  HexBytes sk, pk, peer, secret;
};

/// Of ML-KEM or a hybrid: the key pair of DeriveKeyPair(ikm), of the public key its first and last
/// 32 bytes, and the secret for an `enc` that nobody made. All bytes of ML-KEM's part are
/// kForgedByte. A group's part is the public key of the receiver's own half.
struct KemAnswer {
  static constexpr std::size_t kEnd = 32;
  static constexpr std::uint8_t kForgedByte = 9;

  KemId id;
  HexBytes ikm, sk, pk_ends, rejected;
};

std::span<const AeadAnswer> aead_answers() noexcept;
std::span<const KdfAnswer> kdf_answers() noexcept;
std::span<const DhAnswer> dh_answers() noexcept;
std::span<const KemAnswer> kem_answers() noexcept;

}  // namespace twoway::core
