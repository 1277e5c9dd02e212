// The PKCS#11 types, and constants of version 3.0 that the header of version 2.40 lacks.
#pragma once

#include <p11-kit/pkcs11.h>

namespace twoway::pkcs11 {

inline constexpr CK_KEY_TYPE kKeyTypeMontgomery = 0x41;                   // CKK_EC_MONTGOMERY
inline constexpr CK_MECHANISM_TYPE kMechanismEdwardsKeyPairGen = 0x1055;  // CKM_EC_EDWARDS_…
inline constexpr CK_MECHANISM_TYPE kMechanismMontgomeryKeyPairGen = 0x1056;
inline constexpr CK_ULONG kUnavailable = ~CK_ULONG{0};  // CK_UNAVAILABLE_INFORMATION

}  // namespace twoway::pkcs11
