// Private keys of a token behind core's interface.
#pragma once

#include <memory>

#include "objects.hpp"

namespace twoway::pkcs11 {

/// Returns the parts of `crypto` for a key of this curve. Fails with not_supported if one is
/// missing.
core::Result<const core::DhGroup*> group_for(const core::Provider& crypto,
                                             const Curve& curve) noexcept;

/// Token::open_key.
core::Result<std::unique_ptr<core::DhPrivateKey>> open_token_key(
    std::shared_ptr<TokenState> token, const core::Provider& crypto, const KeyName& name,
    core::ByteView public_key) noexcept;

/// Token::generate_key.
core::Result<std::unique_ptr<core::DhPrivateKey>> generate_token_key(
    std::shared_ptr<TokenState> token, const core::Provider& crypto, core::KemId kem,
    const KeyName& name) noexcept;

}  // namespace twoway::pkcs11
