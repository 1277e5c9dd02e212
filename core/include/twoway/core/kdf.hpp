// What core asks of a KDF (RFC 9180 section 7.2).
#pragma once

#include <twoway/core/bytes.hpp>
#include <twoway/core/error.hpp>
#include <twoway/core/secret.hpp>
#include <twoway/core/suite.hpp>

namespace twoway::core {

/// One KDF of a provider. A two-stage KDF implements extract and expand, a one-stage KDF derive;
/// what it lacks answers not_supported. Thread-safe; lives as long as its provider. Outputs are
/// disjoint from inputs, and wiped when a call fails.
class TWOWAY_INTERFACE Kdf {
 public:
  virtual ~Kdf() = default;
  virtual const KdfParams& params() const noexcept = 0;

  /// prk = Extract(salt, ikm), Nh bytes; `ikm` is gathered. An empty salt stands for Nh zeros.
  virtual Status extract(Prk& prk, ByteView salt, Gather ikm) const noexcept {
    static_cast<void>(salt), static_cast<void>(ikm);
    prk.clear();
    return one_stage();
  }

  /// out = Expand(prk, info, out.size()). At most 255*Nh bytes, from a prk of at least Nh bytes and
  /// at most 14 gathered parts; else invalid_argument.
  virtual Status expand(ByteSpan out, ByteView prk, Gather info) const noexcept {
    static_cast<void>(prk), static_cast<void>(info);
    wipe(out);
    return one_stage();
  }

  /// out = Derive(ikm, out.size()) (draft-ietf-hpke-hpke); at most 65535 bytes.
  virtual Status derive(ByteSpan out, Gather ikm) const noexcept {
    static_cast<void>(ikm);
    wipe(out);
    return Error{Errc::not_supported, "this KDF has two stages: use extract and expand"};
  }

 private:
  static Status one_stage() noexcept {
    return Error{Errc::not_supported, "this KDF has one stage: use derive"};
  }
};

}  // namespace twoway::core
