// Algorithm identifiers and their constants (RFC 9180 section 7), as tables.
//
// Who needs it: applications, for the ids. The tables are for providers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <twoway/core/export.hpp>

namespace twoway::core {

/// RFC 9180 section 7.1 and draft-ietf-hpke-pq. An id without a row in the table is "unknown".
enum class KemId : std::uint16_t {
  dhkem_p256 = 0x0010,
  dhkem_p384 = 0x0011,
  dhkem_p521 = 0x0012,
  dhkem_x25519 = 0x0020,
  dhkem_x448 = 0x0021,
  ml_kem_512 = 0x0040,
  ml_kem_768 = 0x0041,
  ml_kem_1024 = 0x0042,
  mlkem768_p256 = 0x0050,
  mlkem1024_p384 = 0x0051,
  mlkem768_x25519 = 0x647a,  ///< also called X-Wing
};

/// RFC 9180 section 7.2, and the one-stage functions of draft-ietf-hpke-hpke.
enum class KdfId : std::uint16_t {
  hkdf_sha256 = 0x0001,
  hkdf_sha384 = 0x0002,
  hkdf_sha512 = 0x0003,
  shake128 = 0x0010,
  shake256 = 0x0011,
  turboshake128 = 0x0012,
  turboshake256 = 0x0013,
};

/// RFC 9180 section 7.3.
enum class AeadId : std::uint16_t {
  aes128_gcm = 0x0001,
  aes256_gcm = 0x0002,
  chacha20_poly1305 = 0x0003,
  export_only = 0xffff,
};

/// Diffie-Hellman groups, numbered as in the TLS Supported Groups registry.
enum class DhId : std::uint16_t { p256 = 23, p384 = 24, p521 = 25, x25519 = 29, x448 = 30 };

/// The algorithms of HPKE by their ids.
struct Suite {
  KemId kem;    ///< as registered with IANA
  KdfId kdf;    ///< the same
  AeadId aead;  ///< the same
  friend bool operator==(const Suite&, const Suite&) = default;
};

/// One Diffie-Hellman group. `order` is big-endian and empty for X25519 and X448, whose scalars are
/// any Nsk bytes. `candidate_mask` is DeriveKeyPair's bitmask (RFC 9180 section 7.1.3).
/// `refuse_zero` is section 7.1.4's rule for a Diffie-Hellman result of zeros: X25519 and X448 give
/// it for a value of small order, a NIST curve for an honest point whose x coordinate is 0.
struct DhParams {
  DhId id;                              ///< the number of the row
  const char* name;                     ///< for people
  std::size_t ndh;                      ///< bytes of a shared secret
  std::size_t npk;                      ///< bytes of a public key (a NIST point is uncompressed)
  std::size_t nsk;                      ///< bytes of a private key
  KemId kem;                            ///< the DHKEM over this group
  std::uint8_t candidate_mask;          ///< for the first byte of a candidate
  std::span<const std::uint8_t> order;  ///< of the group
  bool refuse_zero;                     ///< of a result of zeros
};

/// The name and sizes of a KEM, in bytes (RFC 9180 table 2).
struct KemParams {
  KemId id;                ///< the number of the row
  const char* name;        ///< as in RFC 9180 table 2
  const char* short_name;  ///< as in the program's arguments
  std::size_t nsecret;     ///< of a shared secret
  std::size_t nenc;        ///< of an encapsulation
  std::size_t npk;         ///< of a public key
  std::size_t nsk;         ///< of a private key
  bool auth;               ///< offers AuthEncap and AuthDecap
};

/// How DHKEM composes a KEM of a group and a KDF (RFC 9180 section 4.1).
struct DhKemParams {
  KemId id;   ///< of the KEM that is composed
  DhId dh;    ///< its group
  KdfId kdf;  ///< its KDF
};

/// How a hybrid KEM composes ML-KEM and a group (draft-irtf-cfrg-concrete-hybrid-kems).
struct HybridKemParams {
  KemId id;             ///< of the KEM that is composed
  KemId ml_kem;         ///< its ML-KEM
  DhId dh;              ///< its group
  std::size_t dh_seed;  ///< bytes of the expanded seed that the group's private key is chosen from
  const char* label;    ///< of the combiner
};

/// How a KDF derives: in one stage, or by Extract and Expand.
enum class KdfStages : std::uint8_t { one, two };

/// The name and sizes of a KDF (RFC 9180 table 3).
struct KdfParams {
  KdfId id;                ///< the number of the row
  const char* name;        ///< as in RFC 9180 table 3
  const char* short_name;  ///< as in the program's arguments
  std::size_t nh;          ///< bytes of Extract's output
  std::size_t max_output;  ///< longest output of one Expand or Derive: 255*Nh, or 65535
  KdfStages stages;        ///< one or two
};

/// The name and sizes of an AEAD, in bytes (RFC 9180 table 5).
struct AeadParams {
  AeadId id;               ///< the number of the row
  const char* name;        ///< as in RFC 9180 table 5
  const char* short_name;  ///< as in the program's arguments
  std::size_t nk;          ///< of a key
  std::size_t nn;          ///< of a nonce
  std::size_t nt;          ///< of a tag
};

/// Bounds on the sizes of tables and providers, with room for the hybrid KEMs of
/// draft-ietf-hpke-pq. Algorithms outside of them are not_supported.
inline constexpr std::size_t kMaxEnc = 1665;
inline constexpr std::size_t kMaxPublicKey = 1665;
inline constexpr std::size_t kMaxNk = 32;
inline constexpr std::size_t kMinNn = 8;  ///< least room for the 64-bit message counter
inline constexpr std::size_t kMaxNn = 12;
inline constexpr std::size_t kMaxNt = 16;
inline constexpr std::size_t kMaxNh = 64;
inline constexpr std::size_t kMaxNsecret = 64;
inline constexpr std::size_t kMaxNsk = 66;
inline constexpr std::size_t kMaxNdh = 66;
inline constexpr std::size_t kMlKemSeed = 64;  ///< d || z (FIPS 203 section 7.1)
inline constexpr std::size_t kMaxDhSeed = 128;

/// Returns the row for an id, or null if the id is unknown. Rows live for ever. A native KEM may
/// have an id that is unknown here: it brings its own row (NativeKem::params).
TWOWAY_API const DhParams* find_dh(DhId id) noexcept;
TWOWAY_API const KemParams* find_kem(KemId id) noexcept;
TWOWAY_API const DhKemParams* find_dhkem(KemId id) noexcept;
TWOWAY_API const HybridKemParams* find_hybrid_kem(KemId id) noexcept;
TWOWAY_API const KdfParams* find_kdf(KdfId id) noexcept;
TWOWAY_API const AeadParams* find_aead(AeadId id) noexcept;

/// All rows, in the order of their ids. `kem_table` has the DHKEMs, `pq_kem_table` the KEMs of
/// draft-ietf-hpke-pq: ML-KEM, and its hybrids.
TWOWAY_API std::span<const DhParams> dh_table() noexcept;
TWOWAY_API std::span<const KemParams> kem_table() noexcept;
TWOWAY_API std::span<const KemParams> pq_kem_table() noexcept;
TWOWAY_API std::span<const KdfParams> kdf_table() noexcept;
TWOWAY_API std::span<const AeadParams> aead_table() noexcept;

}  // namespace twoway::core
