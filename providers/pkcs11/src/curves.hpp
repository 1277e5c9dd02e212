// The curves, as PKCS#11 writes them.
#pragma once

#include <array>
#include <optional>
#include <span>

#include <twoway/core/bytes.hpp>
#include <twoway/core/error.hpp>
#include <twoway/core/suite.hpp>

#include "native.hpp"

namespace twoway::pkcs11 {

/// One way to ask a token for a key pair.
struct Generation {
  CK_MECHANISM_TYPE mechanism;
  CK_KEY_TYPE key_type;
  core::ByteView ec_params;
};

struct Curve {
  core::KemId kem;
  const core::DhParams& dh;
  std::span<const core::ByteView> ec_params;  ///< values of CKA_EC_PARAMS that name it
  std::span<const Generation> generations;    ///< in the order in which they are tried
  const char* not_offered;  ///< the message if a crypto provider does not offer the KEM
};

/// The row for a KEM or for a value of CKA_EC_PARAMS, or null.
const Curve* find_curve(core::KemId kem) noexcept;
const Curve* find_curve(core::ByteView ec_params) noexcept;

/// SerializePublicKey of a CKA_EC_POINT: the point alone, or a DER OCTET STRING of it, a length
/// byte short as tpm2-pkcs11 writes it for P-521 included. Nothing for other bytes.
std::optional<core::ByteView> decode_point(const Curve& curve, core::ByteView ec_point) noexcept;

/// A point as a DER OCTET STRING.
core::Bytes encode_octet_string(core::ByteView point);

}  // namespace twoway::pkcs11
