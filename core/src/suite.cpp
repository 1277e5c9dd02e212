#include <algorithm>
#include <array>
#include <utility>

#include <twoway/core/suite.hpp>

namespace twoway::core {
namespace {

// Orders n of the base points: SEC 2 version 2, sections 2.4.2, 2.5.1 and 2.6.1.
constexpr std::array<std::uint8_t, 32> kOrderP256{
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
constexpr std::array<std::uint8_t, 48> kOrderP384{
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73};
constexpr std::array<std::uint8_t, 66> kOrderP521{
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b,
    0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c,
    0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09};

// clang-format off
// RFC 9180 sections 7.1.1 to 7.1.4.
constexpr std::array kDhTable{
    DhParams{DhId::p256, "P-256", 32, 65, 32, KemId::dhkem_p256, 0xff, kOrderP256, false},
    DhParams{DhId::p384, "P-384", 48, 97, 48, KemId::dhkem_p384, 0xff, kOrderP384, false},
    DhParams{DhId::p521, "P-521", 66, 133, 66, KemId::dhkem_p521, 0x01, kOrderP521, false},
    DhParams{DhId::x25519, "X25519", 32, 32, 32, KemId::dhkem_x25519, 0, {}, true},
    DhParams{DhId::x448, "X448", 56, 56, 56, KemId::dhkem_x448, 0, {}, true},
};

// RFC 9180 table 2.
constexpr std::array kKemTable{
    KemParams{KemId::dhkem_p256, "DHKEM(P-256, HKDF-SHA256)", "p256", 32, 65, 65, 32, true},
    KemParams{KemId::dhkem_p384, "DHKEM(P-384, HKDF-SHA384)", "p384", 48, 97, 97, 48, true},
    KemParams{KemId::dhkem_p521, "DHKEM(P-521, HKDF-SHA512)", "p521", 64, 133, 133, 66, true},
    KemParams{KemId::dhkem_x25519, "DHKEM(X25519, HKDF-SHA256)", "x25519", 32, 32, 32, 32, true},
    KemParams{KemId::dhkem_x448, "DHKEM(X448, HKDF-SHA512)", "x448", 64, 56, 56, 56, true},
};

// draft-ietf-hpke-pq. A private key of ML-KEM is its seed d || z, one of a hybrid a seed of both.
constexpr std::array kPqKemTable{
    KemParams{KemId::ml_kem_512, "ML-KEM-512", "ml-kem-512", 32, 768, 800, 64, false},
    KemParams{KemId::ml_kem_768, "ML-KEM-768", "ml-kem-768", 32, 1088, 1184, 64, false},
    KemParams{KemId::ml_kem_1024, "ML-KEM-1024", "ml-kem-1024", 32, 1568, 1568, 64, false},
    KemParams{KemId::mlkem768_p256, "MLKEM768-P256", "mlkem768-p256", 32, 1153, 1249, 32, false},
    KemParams{KemId::mlkem1024_p384, "MLKEM1024-P384", "mlkem1024-p384", 32, 1665, 1665, 32, false},
    KemParams{KemId::mlkem768_x25519, "MLKEM768-X25519", "mlkem768-x25519", 32, 1120, 1216, 32, false},
};

constexpr std::array kDhKemTable{
    DhKemParams{KemId::dhkem_p256, DhId::p256, KdfId::hkdf_sha256},
    DhKemParams{KemId::dhkem_p384, DhId::p384, KdfId::hkdf_sha384},
    DhKemParams{KemId::dhkem_p521, DhId::p521, KdfId::hkdf_sha512},
    DhKemParams{KemId::dhkem_x25519, DhId::x25519, KdfId::hkdf_sha256},
    DhKemParams{KemId::dhkem_x448, DhId::x448, KdfId::hkdf_sha512},
};

// draft-irtf-cfrg-concrete-hybrid-kems. A P-256 key takes the first of four candidates in range.
constexpr std::array kHybridKemTable{
    HybridKemParams{KemId::mlkem768_p256, KemId::ml_kem_768, DhId::p256, 128, "MLKEM768-P256"},
    HybridKemParams{KemId::mlkem1024_p384, KemId::ml_kem_1024, DhId::p384, 48, "MLKEM1024-P384"},
    HybridKemParams{KemId::mlkem768_x25519, KemId::ml_kem_768, DhId::x25519, 32, "\\.//^\\"},
};

// RFC 9180 table 3, and draft-ietf-hpke-hpke for the one-stage functions.
constexpr std::array kKdfTable{
    KdfParams{KdfId::hkdf_sha256, "HKDF-SHA256", "hkdf-sha256", 32, 255 * 32, KdfStages::two},
    KdfParams{KdfId::hkdf_sha384, "HKDF-SHA384", "hkdf-sha384", 48, 255 * 48, KdfStages::two},
    KdfParams{KdfId::hkdf_sha512, "HKDF-SHA512", "hkdf-sha512", 64, 255 * 64, KdfStages::two},
    KdfParams{KdfId::shake128, "SHAKE128", "shake128", 32, 65535, KdfStages::one},
    KdfParams{KdfId::shake256, "SHAKE256", "shake256", 64, 65535, KdfStages::one},
    KdfParams{KdfId::turboshake128, "TurboSHAKE128", "turboshake128", 32, 65535, KdfStages::one},
    KdfParams{KdfId::turboshake256, "TurboSHAKE256", "turboshake256", 64, 65535, KdfStages::one},
};

// RFC 9180 table 5.
constexpr std::array kAeadTable{
    AeadParams{AeadId::aes128_gcm, "AES-128-GCM", "aes-128-gcm", 16, 12, 16},
    AeadParams{AeadId::aes256_gcm, "AES-256-GCM", "aes-256-gcm", 32, 12, 16},
    AeadParams{AeadId::chacha20_poly1305, "ChaCha20Poly1305", "chacha20-poly1305", 32, 12, 16},
    AeadParams{AeadId::export_only, "Export-only", "export-only", 0, 0, 0},
};
// clang-format on

template <typename Row, std::size_t N, typename Value>
constexpr std::size_t largest(const std::array<Row, N>& table, Value Row::*member) {
  std::size_t result = 0;
  for (const Row& row : table) result = std::max(result, row.*member);
  return result;
}

static_assert(largest(kKemTable, &KemParams::nenc) <= kMaxEnc);
static_assert(largest(kKemTable, &KemParams::npk) <= kMaxPublicKey);
static_assert(largest(kKemTable, &KemParams::nsecret) <= kMaxNsecret);
static_assert(largest(kKemTable, &KemParams::nsk) <= kMaxNsk);
static_assert(largest(kPqKemTable, &KemParams::nenc) <= kMaxEnc);
static_assert(largest(kPqKemTable, &KemParams::npk) <= kMaxPublicKey);
static_assert(largest(kPqKemTable, &KemParams::nsecret) <= kMaxNsecret);
static_assert(largest(kPqKemTable, &KemParams::nsk) <= kMaxNsk);
static_assert(largest(kHybridKemTable, &HybridKemParams::dh_seed) <= kMaxDhSeed);
static_assert(largest(kDhTable, &DhParams::ndh) <= kMaxNdh);
static_assert(largest(kKdfTable, &KdfParams::nh) <= kMaxNh);
static_assert(largest(kAeadTable, &AeadParams::nk) <= kMaxNk);
static_assert(largest(kAeadTable, &AeadParams::nn) <= kMaxNn);
static_assert(largest(kAeadTable, &AeadParams::nt) <= kMaxNt);

template <typename Row, std::size_t N, typename Id>
const Row* find(const std::array<Row, N>& table, Id id) noexcept {
  const auto row =
      std::find_if(table.begin(), table.end(), [id](const Row& r) { return r.id == id; });
  return row == table.end() ? nullptr : &*row;
}

}  // namespace

const DhParams* find_dh(DhId id) noexcept { return find(kDhTable, id); }
const KemParams* find_kem(KemId id) noexcept {
  const KemParams* row = find(kKemTable, id);
  return row != nullptr ? row : find(kPqKemTable, id);
}
const DhKemParams* find_dhkem(KemId id) noexcept { return find(kDhKemTable, id); }
const HybridKemParams* find_hybrid_kem(KemId id) noexcept { return find(kHybridKemTable, id); }
const KdfParams* find_kdf(KdfId id) noexcept { return find(kKdfTable, id); }
const AeadParams* find_aead(AeadId id) noexcept { return find(kAeadTable, id); }

std::span<const DhParams> dh_table() noexcept { return kDhTable; }
std::span<const KemParams> kem_table() noexcept { return kKemTable; }
std::span<const KemParams> pq_kem_table() noexcept { return kPqKemTable; }
std::span<const KdfParams> kdf_table() noexcept { return kKdfTable; }
std::span<const AeadParams> aead_table() noexcept { return kAeadTable; }

}  // namespace twoway::core
