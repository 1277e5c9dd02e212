// Private key files: PKCS#8 in PEM, as `openssl genpkey` makes them, and seeds of hybrid KEMs.
//
// Who needs it: applications whose private keys are files.
#pragma once

#include <twoway/core/bytes.hpp>
#include <twoway/core/error.hpp>
#include <twoway/core/export.hpp>
#include <twoway/core/secret.hpp>
#include <twoway/core/suite.hpp>

namespace twoway {

/// Largest key file that is read, in bytes.
inline constexpr std::size_t kMaxPrivateKeyPem = 16384;

/// The content of a key file.
struct PrivateKeyData {
  core::KemId kem;              ///< of the key (for a curve, the DHKEM over it)
  core::PrivateKeyBytes bytes;  ///< Nsk bytes for Kem::import_private, which checks their range
  /// Npk bytes if the file states its public key, else empty. Nothing here proves that it belongs
  /// to `bytes`, so compare it with PrivateKey::public_key() after the import.
  core::Bytes public_key;
};

/// Reads one unencrypted private key for P-256, P-384, P-521, X25519, X448 or ML-KEM: PEM (RFC
/// 7468) with one "PRIVATE KEY" block, which holds PKCS#8 version 1 or 2 (RFC 5958) with an
/// ECPrivateKey (RFC 5915), a CurvePrivateKey (RFC 8410) or the seed of ML-KEM (RFC 9935). An
/// expanded key beside the seed is ignored. The key of a hybrid KEM is a block that is named after
/// it and holds its seed: "MLKEM768-P256 PRIVATE KEY". Attributes are ignored. Everything must be
/// DER, of exact lengths, and the curve and public key the same wherever they are stated. Lines may
/// have any length and end in LF, CRLF or CR. Blanks, empty lines, and text before and after the
/// block are ignored. Wipes what it decodes.
///
/// Errors:
///   malformed   anything else, also a second block (the message says how to convert the file)
TWOWAY_API core::Result<PrivateKeyData> read_private_key_pem(core::ByteView pem) noexcept;

/// Writes the file that `openssl genpkey` would write for this key. `sk` has Nsk bytes, `pk` Npk
/// bytes. Only files of NIST curves state the public key, so `pk` may be empty for the others. The
/// caller must ensure that both belong together.
///
/// Errors:
///   not_supported     a KEM without a key file format
///   invalid_argument  wrong lengths, or a NIST point that is not uncompressed
TWOWAY_API core::Result<core::SecretBytes> write_private_key_pem(core::KemId kem, core::ByteView sk,
                                                                 core::ByteView pk) noexcept;

}  // namespace twoway
