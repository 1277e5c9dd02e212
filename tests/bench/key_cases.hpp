// Receivers with a private key in a token.
//
// Our side opens a request with 1 KiB. The raw side does the least that a careful caller of the
// same token would have to do. It runs the key's Diffie-Hellman operation by the token's own
// functions, and the software part by the crypto library's best path: validation of the peer's
// point, the HMACs and the AEAD of the suite. So the ratio is ours by (raw derivation + software
// part). Every thread has its own message and its own raw objects. Our threads share one receiver
// and one key.
#pragma once

#include <array>
#include <span>

#include "setup.hpp"

namespace twoway::bench {

/// A token with one private key. Made anew for each benchmark. The objects that it makes are
/// destroyed first.
class KeyPlace {
 public:
  virtual ~KeyPlace() = default;
  virtual std::shared_ptr<const PrivateKey> key() const = 0;
  /// Makes the same key, or a similar one, as a caller would use it without this library. One for a
  /// thread.
  virtual std::unique_ptr<RawKey> raw_key() const = 0;
};

/// Makes a token. Throws std::exception if that is not possible.
using MakeKeyPlace = std::function<std::shared_ptr<const KeyPlace>(const core::Provider&, KemId)>;

/// Adds a benchmark for each number of threads, if the library offers the KEM.
void add_key_pairs(const RawLibrary& library, KemId kem, const char* place,
                   std::span<const std::size_t> threads, std::chrono::microseconds slice,
                   const MakeKeyPlace& make);

}  // namespace twoway::bench
