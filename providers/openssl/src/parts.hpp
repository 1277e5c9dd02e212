// Makes the parts of the provider. Each function returns null if OpenSSL does not offer the part.
#pragma once

#include <memory>

#include <twoway/core/provider.hpp>
#include <twoway/openssl.hpp>

namespace twoway::openssl {

std::unique_ptr<core::Aead> make_aead(const core::AeadParams& params, const Options& options);
std::unique_ptr<core::Kdf> make_kdf(const core::KdfParams& params, const Options& options);
std::unique_ptr<core::DhGroup> make_group(const core::DhParams& params, const Options& options);

}  // namespace twoway::openssl
