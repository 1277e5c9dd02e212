// Which modules a location names: one by its path, or those that p11-kit is configured with.
#pragma once

#include <vector>

#include <twoway/core/error.hpp>
#include <twoway/pkcs11.hpp>

namespace twoway::pkcs11 {

/// The modules that may hold the token, at least one. Errors: invalid_argument (parts that
/// contradict each other), key_unavailable (p11-kit is configured with no module, or with none of
/// that name).
core::Result<std::vector<ConfiguredModule>> modules_for(const TokenLocation& location) noexcept;

}  // namespace twoway::pkcs11
