// Makes the algorithms of the provider. Each function returns null if BoringSSL does not offer the
// part.
#pragma once

#include <memory>

#include <twoway/core/provider.hpp>

namespace twoway::boringssl {

std::unique_ptr<core::Aead> make_aead(const core::AeadParams& params);
std::unique_ptr<core::Kdf> make_kdf(const core::KdfParams& params);
std::unique_ptr<core::DhGroup> make_group(const core::DhParams& params);
std::unique_ptr<core::NativeKem> make_kem(const core::KemParams& params);

/// Returns a NIST curve, or null if BoringSSL has none with this NID.
std::unique_ptr<core::DhGroup> make_nist_group(const core::DhParams& params, int nid);

}  // namespace twoway::boringssl
