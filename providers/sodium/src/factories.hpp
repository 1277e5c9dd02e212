// Makes the algorithms of the provider. Each function returns null if libsodium does not offer the
// part. sodium_init has succeeded before any is called.
#pragma once

#include <memory>

#include <sodium.h>

#include <twoway/core/provider.hpp>

namespace twoway::sodium {

std::unique_ptr<core::Aead> make_aead(const core::AeadParams& params);
std::unique_ptr<core::Kdf> make_kdf(const core::KdfParams& params);
std::unique_ptr<core::DhGroup> make_group(const core::DhParams& params);
std::unique_ptr<core::Hash> make_sha3_256();

/// `shake256` may be null, and must outlive the KEM.
std::unique_ptr<core::NativeKem> make_kem(const core::KemParams& params, const core::Kdf* shake256);

/// libsodium gives no reasons, so the native code stays 0.
inline constexpr core::Error kBackendFailure{core::Errc::provider_failure, "libsodium failed"};

/// A state of libsodium's that is wiped when it ends.
template <typename State>
class Wiped {
 public:
  Wiped() noexcept = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { sodium_memzero(&state_, sizeof state_); }

  State* get() noexcept { return &state_; }
  const State* get() const noexcept { return &state_; }

 private:
  State state_;
};

}  // namespace twoway::sodium
