// The meaning of a token's return values for the caller and for the connection.
#pragma once

#include <twoway/core/error.hpp>

#include "codes.hpp"

namespace twoway::pkcs11 {

enum class Recovery : unsigned char {
  none,       ///< trying again is pointless
  reconnect,  ///< the session, the login, the token or the module's state was lost
  restart,    ///< the same, and the module may have to be initialised again for it
  writable,   ///< the token wants sessions that may write
};

struct Answer {
  CK_RV rv;
  core::Errc code;
  Recovery recovery;
  bool refused_pin;  ///< the PIN must not be sent again
  const char* message;
};

/// Returns the row for `rv`, or a general row for a code without one.
const Answer& answer(CK_RV rv) noexcept;

/// `rv`, which is not CKR_OK, as an Error.
core::Error failure(CK_RV rv) noexcept;

/// The same for a code of C_Initialize, which tells of a module's configuration and service.
core::Error start_failure(CK_RV rv) noexcept;

inline Recovery recovery(const core::Error& error) noexcept {
  return answer(error.native).recovery;
}

/// Codes that do not say whether the module is broken.
inline bool is_unclear(CK_RV rv) noexcept {
  return rv == CKR_GENERAL_ERROR || rv == CKR_FUNCTION_FAILED;
}

}  // namespace twoway::pkcs11
