// The interface of an AEAD (RFC 9180 section 7.3, RFC 5116). For providers.
//
// Who needs it: providers.
#pragma once

#include <memory>

#include <twoway/core/bytes.hpp>
#include <twoway/core/error.hpp>
#include <twoway/core/suite.hpp>

namespace twoway::core {

/// Seals under one key. Belongs to one thread at a time.
class TWOWAY_INTERFACE AeadSealer {
 public:
  virtual ~AeadSealer() = default;

  /// Writes in.size() bytes of ciphertext to `out` and Nt bytes to `tag`. `out` has the length of
  /// `in`, and is `in` itself or disjoint from it. `tag` is disjoint from both, and may be
  /// adjacent. `nonce`, Nn bytes, and `aad` are disjoint from `out` and `tag`. Never pass a nonce
  /// twice: SealSequence counts them. The object may be used again after a failure.
  ///
  /// Errors:
  ///   invalid_argument  other lengths or overlaps (aead_buffers_ok): nothing is written
  ///   provider_failure  the library failed: `out` and `tag` are wiped
  virtual Status seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad,
                      ByteView in) noexcept = 0;
};

/// Opens under one key. Belongs to one thread at a time.
class TWOWAY_INTERFACE AeadOpener {
 public:
  virtual ~AeadOpener() = default;

  /// Writes in.size() bytes of plaintext to `out`, which is `in` itself or disjoint from it.
  /// Lengths and overlaps are as for seal. The object may be used again after a failure.
  ///
  /// Errors:
  ///   invalid_argument  other lengths or overlaps: nothing is written
  ///   open_failed       the tag does not match: `out` is wiped, which in place destroys `in`
  virtual Status open(ByteSpan out, ByteView nonce, ByteView aad, ByteView in,
                      ByteView tag) noexcept = 0;
};

/// One AEAD algorithm of a provider. Thread-safe. Lives as long as its provider.
class TWOWAY_INTERFACE Aead {
 public:
  virtual ~Aead() = default;
  /// Returns the row of the AEAD.
  virtual const AeadParams& params() const noexcept = 0;

  /// Makes a sealer or opener for `key`, which is copied. Fails with invalid_argument unless `key`
  /// has Nk bytes.
  virtual Result<std::unique_ptr<AeadSealer>> sealer(ByteView key) const noexcept = 0;
  virtual Result<std::unique_ptr<AeadOpener>> opener(ByteView key) const noexcept = 0;
};

/// Returns true if the buffers of one seal or open obey the rules above.
inline bool aead_buffers_ok(const AeadParams& aead, ByteView out, ByteView tag, ByteView nonce,
                            ByteView aad, ByteView in) noexcept {
  return out.size() == in.size() && nonce.size() == aead.nn && tag.size() == aead.nt &&
         apart_or_at(out, in, 0) && !overlap(out, tag) && !overlap(out, nonce) &&
         !overlap(out, aad) && !overlap(tag, in) && !overlap(tag, nonce) && !overlap(tag, aad);
}

/// The errors of an AEAD for buffers, keys and tags that it refuses.
inline constexpr Error kBadAeadBuffers{
    Errc::invalid_argument,
    "AEAD buffers: out as long as in and the same or disjoint, nonce Nn bytes, tag Nt bytes, aad "
    "disjoint"};
inline constexpr Error kBadOverlap{
    Errc::invalid_argument,
    "the input and the output overlap: give buffers that do not, or the place for work in place"};
inline constexpr Error kBadAeadKey{Errc::invalid_argument, "an AEAD key must be Nk bytes"};
inline constexpr Error kBadAeadTag{Errc::open_failed,
                                   "the message is not authentic: wrong key, or it was changed"};

}  // namespace twoway::core
