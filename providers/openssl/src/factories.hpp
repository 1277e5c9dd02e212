// Makes the algorithms of the provider. Each function returns null if OpenSSL does not offer the
// part.
#pragma once

#include <memory>

#include <twoway/core/provider.hpp>
#include <twoway/openssl.hpp>

namespace twoway::openssl {

std::unique_ptr<core::Aead> make_aead(const core::AeadParams& params, const Options& options);
std::unique_ptr<core::Kdf> make_kdf(const core::KdfParams& params, const Options& options);
std::unique_ptr<core::DhGroup> make_group(const core::DhParams& params, const Options& options);
std::unique_ptr<core::Hash> make_sha3_256(const Options& options);

/// `shake256` may be null, and must outlive the KEM.
std::unique_ptr<core::NativeKem> make_ml_kem(const core::KemParams& params, const Options& options,
                                             const core::Kdf* shake256);

}  // namespace twoway::openssl
