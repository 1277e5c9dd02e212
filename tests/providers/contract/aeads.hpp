// Sealers and openers of AEADs, and an example of each.
#pragma once

#include <algorithm>
#include <vector>

#include "contract.hpp"

namespace twoway::test {

using namespace core;

struct Sealed {
  Bytes text;
  Bytes tag;
  friend bool operator==(const Sealed&, const Sealed&) = default;
};

inline std::unique_ptr<AeadSealer> sealer_of(const Aead& aead, ByteView key) {
  auto sealer = aead.sealer(key);
  REQUIRE_OK(sealer);
  return std::move(*sealer);
}

inline std::unique_ptr<AeadOpener> opener_of(const Aead& aead, ByteView key) {
  auto opener = aead.opener(key);
  REQUIRE_OK(opener);
  return std::move(*opener);
}

inline Sealed seal(AeadSealer& sealer, const AeadParams& params, ByteView nonce, ByteView aad,
                   ByteView in) {
  Sealed sealed{Bytes(in.size()), Bytes(params.nt)};
  REQUIRE_OK(sealer.seal(sealed.text, sealed.tag, nonce, aad, in));
  return sealed;
}

inline Bytes open(AeadOpener& opener, ByteView nonce, ByteView aad, const Sealed& sealed) {
  Bytes out(sealed.text.size());
  REQUIRE_OK(opener.open(out, nonce, aad, sealed.text, sealed.tag));
  return out;
}

/// One algorithm with a key, a nonce, an aad and a text, and their ciphertext.
struct Example {
  explicit Example(const Aead& aead, std::size_t size = 100)
      : params(aead.params()),
        key(pattern(params.nk, 1)),
        nonce(pattern(params.nn, 2)),
        aad(pattern(20, 3)),
        text(pattern(size, 4)),
        sealed(seal(*sealer_of(aead, key), params, nonce, aad, text)) {}

  const AeadParams& params;
  Bytes key, nonce, aad, text;
  Sealed sealed;
};

using Sizes = std::vector<std::size_t>;

inline constexpr std::uint8_t kUntouched = 0xa5;

inline bool untouched(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == kUntouched; });
}

/// Bytes in the middle of others that must stay as they are.
struct Guarded {
  explicit Guarded(std::size_t size) : all(size + 64, kUntouched), size(size) {}
  ByteSpan span() { return ByteSpan(all).subspan(32, size); }
  bool intact() const {
    return untouched(ByteView(all).first(32)) && untouched(ByteView(all).last(32));
  }

  Bytes all;
  std::size_t size;
};

}  // namespace twoway::test
