// Names of PKCS#11 return values, and messages that hold them.
#pragma once

#include <twoway/core/error.hpp>
#include <twoway/core/lasting.hpp>

#include "native.hpp"

namespace twoway::pkcs11 {

/// Returns the name that the standard gives `rv`, such as "CKR_PIN_INCORRECT", or null.
const char* code_name(CK_RV rv) noexcept;

/// Makes an error with `rv` as its native code. In its message "(CKR_NAME, 0xnn)" follows the
/// event: it stands before the first ": " of `message`, or at the end. CKR_OK adds nothing.
core::Error coded(core::Errc code, const char* message, CK_RV rv) noexcept;

}  // namespace twoway::pkcs11
