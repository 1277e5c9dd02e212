// The interface of a KDF (RFC 9180 section 7.2). For providers.
//
// Who needs it: providers.
#pragma once

#include <twoway/core/bytes.hpp>
#include <twoway/core/error.hpp>
#include <twoway/core/secret.hpp>
#include <twoway/core/suite.hpp>

namespace twoway::core {

/// One KDF of a provider. A two-stage KDF implements extract and expand, a one-stage KDF derive.
/// The other functions return not_supported. Thread-safe. Lives as long as its provider. Outputs
/// are disjoint from inputs, and wiped when a call fails.
class TWOWAY_INTERFACE Kdf {
 public:
  virtual ~Kdf() = default;
  /// Returns the row of the KDF.
  virtual const KdfParams& params() const noexcept = 0;

  /// Writes prk = Extract(salt, ikm), Nh bytes. `ikm` is gathered. An empty salt stands for Nh
  /// zeros.
  virtual Status extract(Prk& prk, ByteView /*salt*/, Gather /*ikm*/) const noexcept {
    prk.clear();
    return one_stage();
  }

  /// Fills `out` with Expand(prk, info, out.size()). Fails with invalid_argument if `out` has over
  /// 255*Nh bytes, `prk` has fewer than Nh, or `info` more than 14 inputs.
  virtual Status expand(ByteSpan out, ByteView /*prk*/, Gather /*info*/) const noexcept {
    wipe(out);
    return one_stage();
  }

  /// Fills `out`, at most 65535 bytes, with Derive(ikm, out.size()) (draft-ietf-hpke-hpke).
  virtual Status derive(ByteSpan out, Gather /*ikm*/) const noexcept {
    wipe(out);
    return Error{Errc::not_supported, "this KDF has two stages: use extract and expand"};
  }

 private:
  static Status one_stage() noexcept {
    return Error{Errc::not_supported, "this KDF has one stage: use derive"};
  }
};

}  // namespace twoway::core
