// The makers of what the provider offers. Each answers null where OpenSSL does not offer it.
#pragma once

#include <memory>

#include <twoway/core/provider.hpp>
#include <twoway/openssl.hpp>

namespace twoway::openssl {

std::unique_ptr<core::Aead> make_aead(const core::AeadParams& params, const Options& options);
std::unique_ptr<core::Kdf> make_kdf(const core::KdfParams& params, const Options& options);
std::unique_ptr<core::DhGroup> make_group(const core::DhParams& params, const Options& options);

}  // namespace twoway::openssl
