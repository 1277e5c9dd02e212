// HMAC (RFC 2104) over a library's hash. For providers whose library has a slower HMAC, or one that
// keeps its key.
//
// Who needs it: providers.
#pragma once

#include <algorithm>
#include <utility>

#include <twoway/core/kdf.hpp>

namespace twoway::core {

/// `Hash` supplies
///   std::size_t block_size() const noexcept   bytes of the hash's block, at most 128;
///   Error failure() const noexcept            the error if the library fails;
///   auto start() const noexcept               an object for one HMAC, with
///     bool hash(ByteSpan out, ByteView first, Gather rest) noexcept
/// which writes H(first, rest), Nh bytes, may be called again, and keeps nothing of its inputs
/// when it ends.
template <typename Hash>
class Hmac {
 public:
  /// Makes HMAC of `hash`.
  explicit Hmac(Hash hash) noexcept : hash_(std::move(hash)) {}

  // RFC 2104 section 2: H(K XOR opad, H(K XOR ipad, text)), where K is padded with zeros to the
  // hash's block, and a longer key is hashed first.
  /// Writes HMAC(key, data) to `mac`.
  Status operator()(ByteSpan mac, ByteView key, Gather data) const noexcept {
    constexpr std::uint8_t kIpad = 0x36;
    constexpr std::uint8_t kOpad = 0x5c;
    auto run = hash_.start();
    Secret<kMaxBlock> padded;
    const ByteSpan k = padded.reset(hash_.block_size());
    bool ok = true;
    if (key.size() > k.size()) {
      ok = run.hash(k.first(mac.size()), {}, {&key, 1});
    } else {
      std::copy(key.begin(), key.end(), k.begin());
    }
    for (std::uint8_t& byte : k) byte = static_cast<std::uint8_t>(byte ^ kIpad);
    ok = ok && run.hash(mac, k, data);
    for (std::uint8_t& byte : k) byte = static_cast<std::uint8_t>(byte ^ kIpad ^ kOpad);
    const ByteView inner = mac;
    if (ok && run.hash(mac, k, {&inner, 1})) return {};
    wipe(mac);
    return hash_.failure();
  }

 private:
  static constexpr std::size_t kMaxBlock = 128;  // SHA-384 and SHA-512

  Hash hash_;
};

}  // namespace twoway::core
