#include "curves.hpp"

#include <algorithm>

namespace twoway::pkcs11 {
namespace {

using core::ByteView;
using core::KemId;

// Object identifiers, in DER.
constexpr std::uint8_t kP256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::uint8_t kP384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::uint8_t kP521[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23};
constexpr std::uint8_t kX25519[] = {0x06, 0x03, 0x2b, 0x65, 0x6e};
// X25519 of NSS, whose keys are CKK_EC: 1.3.6.1.4.1.11591.15.1.
constexpr std::uint8_t kNssX25519[] = {0x06, 0x09, 0x2b, 0x06, 0x01, 0x04,
                                       0x01, 0xda, 0x47, 0x0f, 0x01};
// PrintableString "curve25519", and the identifier 1.3.6.1.4.1.3029.1.5.1 from before RFC 8410.
constexpr std::uint8_t kCurve25519[] = {0x13, 0x0a, 'c', 'u', 'r', 'v',
                                        'e',  '2',  '5', '5', '1', '9'};
constexpr std::uint8_t kCryptlib[] = {0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04,
                                      0x01, 0x97, 0x55, 0x01, 0x05, 0x01};

constexpr ByteView kP256Names[] = {kP256};
constexpr ByteView kP384Names[] = {kP384};
constexpr ByteView kP521Names[] = {kP521};
constexpr ByteView kX25519Names[] = {kX25519, kCurve25519, kCryptlib, kNssX25519};

constexpr Generation kP256Generations[] = {{CKM_EC_KEY_PAIR_GEN, CKK_EC, kP256}};
constexpr Generation kP384Generations[] = {{CKM_EC_KEY_PAIR_GEN, CKK_EC, kP384}};
constexpr Generation kP521Generations[] = {{CKM_EC_KEY_PAIR_GEN, CKK_EC, kP521}};
constexpr Generation kX25519Generations[] = {
    {kMechanismMontgomeryKeyPairGen, kKeyTypeMontgomery, kX25519},
    {kMechanismMontgomeryKeyPairGen, kKeyTypeMontgomery, kCurve25519},
    {kMechanismEdwardsKeyPairGen, CKK_EC_EDWARDS, kX25519},
    {kMechanismEdwardsKeyPairGen, CKK_EC_EDWARDS, kCurve25519},
    {CKM_EC_KEY_PAIR_GEN, CKK_EC, kNssX25519},
};

std::span<const Curve> curves() noexcept {
  static const std::array<Curve, 4> table{{
      {KemId::dhkem_p256, *core::find_dh(core::DhId::p256), kP256Names, kP256Generations,
       "the crypto provider does not offer P-256 with HKDF-SHA256: use one that does, as openssl"},
      {KemId::dhkem_p384, *core::find_dh(core::DhId::p384), kP384Names, kP384Generations,
       "the crypto provider does not offer P-384 with HKDF-SHA384: use one that does, as openssl"},
      {KemId::dhkem_p521, *core::find_dh(core::DhId::p521), kP521Names, kP521Generations,
       "the crypto provider does not offer P-521 with HKDF-SHA512: use one that does, as openssl"},
      {KemId::dhkem_x25519, *core::find_dh(core::DhId::x25519), kX25519Names, kX25519Generations,
       "the crypto provider does not offer X25519 with HKDF-SHA256: use one that does, as openssl "
       "or sodium"},
  }};
  return table;
}

}  // namespace

const Curve* find_curve(KemId kem) noexcept {
  for (const Curve& curve : curves()) {
    if (curve.kem == kem) return &curve;
  }
  return nullptr;
}

const Curve* find_curve(ByteView ec_params) noexcept {
  for (const Curve& curve : curves()) {
    for (const ByteView name : curve.ec_params) {
      if (core::equal(name, ec_params)) return &curve;
    }
  }
  return nullptr;
}

std::optional<ByteView> decode_point(const Curve& curve, ByteView ec_point) noexcept {
  const std::size_t npk = curve.dh.npk;
  if (ec_point.size() == npk) return ec_point;
  if (ec_point.size() < npk) return std::nullopt;
  const ByteView header = ec_point.first(ec_point.size() - npk);
  const auto length = static_cast<std::uint8_t>(npk);
  const bool short_form = header.size() == 2 && header[1] == length;
  const bool long_form = header.size() == 3 && header[1] == 0x81 && header[2] == length;
  if ((!short_form && !long_form) || header[0] != 0x04) return std::nullopt;
  return ec_point.last(npk);
}

core::Bytes encode_octet_string(ByteView point) {
  core::Bytes der{0x04};
  if (point.size() >= 0x80) der.push_back(0x81);
  der.push_back(static_cast<std::uint8_t>(point.size()));
  der.insert(der.end(), point.begin(), point.end());
  return der;
}

}  // namespace twoway::pkcs11
