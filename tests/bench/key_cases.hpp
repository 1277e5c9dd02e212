// Receivers whose private key is elsewhere.
//
// Ours is the opening of a request with 1 KiB. The raw side is what a careful caller of the same
// token would have to do at least: the key's Diffie-Hellman operation by the token's own functions,
// and the software part: validation of the peer's point, the HMACs and the AEAD of the suite, by
// the crypto library's best path. So the ratio is ours by (raw derivation + software part). Every
// thread has its own message and its own raw objects; ours share one receiver and one key.
#pragma once

#include <array>
#include <span>

#include "setup.hpp"

namespace twoway::bench {

/// A token with one private key. Made anew for each benchmark; what it hands out is destroyed
/// first.
class KeyPlace {
 public:
  virtual ~KeyPlace() = default;
  virtual std::shared_ptr<const PrivateKey> key() const = 0;
  /// The same key, or one like it, as a caller would use it without this library; one for a thread.
  virtual std::unique_ptr<RawKey> raw_key() const = 0;
};

/// What is made throws std::exception where the token cannot be had.
using MakeKeyPlace = std::function<std::shared_ptr<const KeyPlace>(const core::Provider&, KemId)>;

/// Adds a benchmark for each number of threads, if the library offers the KEM.
void add_key_pairs(const RawLibrary& library, KemId kem, const char* place,
                   std::span<const std::size_t> threads, std::chrono::microseconds slice,
                   const MakeKeyPlace& make);

}  // namespace twoway::bench
