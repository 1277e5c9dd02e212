// Refusing requests that were accepted before (RFC 9458 section 6.5).
#pragma once

#include <twoway/names.hpp>

namespace twoway {

/// Remembers accepted requests. A receiver asks it once for each request, after the request's
/// first text was found authentic, so that forgeries cannot fill it, and before anything of the
/// plaintext is released. Implement it over a shared store where several receivers hold one key.
/// Must be thread-safe where its receiver is shared.
class ReplayFilter {
 public:
  virtual ~ReplayFilter() = default;

  /// Atomically looks for the request that `key_id` and `enc` name, and remembers it: true where
  /// it was absent, false where it was there already. An error refuses the request with that
  /// error. `enc` is Nenc bytes, and unique to a request whose sender is honest.
  virtual Result<bool> insert_if_absent(std::uint8_t key_id, ByteView enc) noexcept = 0;
};

}  // namespace twoway
