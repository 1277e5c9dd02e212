#include "pkcs8.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace twoway::pkcs8 {
namespace {

using der::Tag;

constexpr Error kDamaged = malformed(
    "the key file is damaged or not strict DER: make it again with openssl pkey -in FILE -out NEW");

// Contents of object identifiers.
constexpr std::array<std::uint8_t, 7> kEcPublicKey{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::array<std::uint8_t, 8> kP256{0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 5> kP384{0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::array<std::uint8_t, 5> kP521{0x2b, 0x81, 0x04, 0x00, 0x23};
constexpr std::array<std::uint8_t, 3> kX25519{0x2b, 0x65, 0x6e};
constexpr std::array<std::uint8_t, 3> kX448{0x2b, 0x65, 0x6f};
constexpr std::array<std::uint8_t, 3> kEd25519{0x2b, 0x65, 0x70};
constexpr std::array<std::uint8_t, 3> kEd448{0x2b, 0x65, 0x71};
constexpr std::array<std::uint8_t, 9> kMlKem512{0x60, 0x86, 0x48, 0x01, 0x65,
                                                0x03, 0x04, 0x04, 0x01};
constexpr std::array<std::uint8_t, 9> kMlKem768{0x60, 0x86, 0x48, 0x01, 0x65,
                                                0x03, 0x04, 0x04, 0x02};
constexpr std::array<std::uint8_t, 9> kMlKem1024{0x60, 0x86, 0x48, 0x01, 0x65,
                                                 0x03, 0x04, 0x04, 0x03};
constexpr std::array<std::uint8_t, 8> kPkcs1{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01};
constexpr std::array<std::uint8_t, 7> kDsa{0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01};

/// The identifiers of a KEM's keys (RFC 5480 section 2.1.1, RFC 8410 section 3).
struct Algorithm {
  KemId kem;
  ByteView id;
  ByteView curve;  ///< the parameters of id-ecPublicKey, or empty for the others
  bool is_ec() const noexcept { return !curve.empty(); }
  bool is_ml_kem() const noexcept { return core::find_dhkem(kem) == nullptr; }
};
constexpr std::array<Algorithm, 8> kAlgorithms{{
    {KemId::dhkem_p256, kEcPublicKey, kP256},
    {KemId::dhkem_p384, kEcPublicKey, kP384},
    {KemId::dhkem_p521, kEcPublicKey, kP521},
    {KemId::dhkem_x25519, kX25519, {}},
    {KemId::dhkem_x448, kX448, {}},
    {KemId::ml_kem_512, kMlKem512, {}},
    {KemId::ml_kem_768, kMlKem768, {}},
    {KemId::ml_kem_1024, kMlKem1024, {}},
}};

constexpr std::array<std::uint8_t, 1> kVersion1{0};
constexpr std::array<std::uint8_t, 1> kVersion2{1};
constexpr std::array<std::uint8_t, 1> kEcVersion{1};
constexpr std::uint8_t kUncompressed = 0x04;

const Algorithm* find(KemId id) noexcept {
  const auto found = std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                                  [id](const Algorithm& row) { return row.kem == id; });
  return found == kAlgorithms.end() ? nullptr : &*found;
}

bool is_point(const core::KemParams& kem, const Algorithm& algorithm, ByteView pk) noexcept {
  return pk.size() == kem.npk && (!algorithm.is_ec() || pk[0] == kUncompressed);
}

// RFC 5280 section 4.1.1.2, RFC 5480 section 2.1.1:
//   AlgorithmIdentifier ::= SEQUENCE {
//     algorithm   OBJECT IDENTIFIER,
//     parameters  ANY DEFINED BY algorithm OPTIONAL }   -- here: the curve's OBJECT IDENTIFIER
Result<const Algorithm*> read_algorithm(ByteView content) noexcept {
  der::Reader reader(content);
  const std::optional<ByteView> id = reader.take(Tag::object_id);
  if (!id) return kDamaged;
  if (core::equal(*id, kEd25519) || core::equal(*id, kEd448)) {
    return malformed(
        "this is a signature key (Ed25519 or Ed448), not a key for HPKE: make one with openssl "
        "genpkey -algorithm X25519");
  }
  if (core::equal(id->first(std::min(id->size(), kPkcs1.size())), kPkcs1) || core::equal(*id, kDsa))
    return kRsa;
  ByteView curve;
  if (core::equal(*id, kEcPublicKey)) {
    if (reader.next_is(Tag::sequence)) {
      return malformed(
          "the key file spells its curve out: convert it with openssl pkey -ec_param_enc "
          "named_curve -in FILE -out NEW");
    }
    const std::optional<ByteView> parameters = reader.take(Tag::object_id);
    if (!parameters) return kDamaged;
    curve = *parameters;
  }
  for (const Algorithm& algorithm : kAlgorithms) {
    if (!core::equal(algorithm.id, *id) || !core::equal(algorithm.curve, curve)) continue;
    if (!reader.empty()) return kDamaged;
    return &algorithm;
  }
  return malformed(
      "the key's curve is not one of HPKE's: use P-256, P-384, P-521, X25519 or X448, for example "
      "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256");
}

/// Reads the public key of a BIT STRING, which must be a whole number of octets and agree with one
/// that was read before.
Status read_public(PrivateKeyData& data, const Algorithm& algorithm, ByteView bits) noexcept {
  if (bits.empty() || bits[0] != 0) return kDamaged;
  const ByteView pk = bits.subspan(1);
  if (algorithm.is_ec() && !pk.empty() && pk[0] != kUncompressed) {
    return malformed(
        "the key file's public key is a compressed point: convert it with openssl pkey "
        "-ec_conv_form uncompressed -in FILE -out NEW");
  }
  if (!is_point(*core::find_kem(algorithm.kem), algorithm, pk)) {
    return malformed("the key file's public key has a wrong length for its curve");
  }
  if (!data.public_key.empty() && !core::equal(data.public_key, pk)) {
    return malformed("the key file states two different public keys: do not use it");
  }
  data.public_key.assign(pk.begin(), pk.end());
  return {};
}

// RFC 5915 section 3:
//   ECPrivateKey ::= SEQUENCE {
//     version        INTEGER { ecPrivkeyVer1(1) } (ecPrivkeyVer1),
//     privateKey     OCTET STRING,
//     parameters [0] ECParameters {{ NamedCurve }} OPTIONAL,
//     publicKey  [1] BIT STRING OPTIONAL }
Status read_ec(PrivateKeyData& data, const Algorithm& algorithm, ByteView key) noexcept {
  const std::optional<ByteView> content = der::whole(key, Tag::sequence);
  if (!content) return kDamaged;
  der::Reader reader(*content);
  const std::optional<ByteView> version = reader.take(Tag::integer);
  if (!version || !core::equal(*version, kEcVersion)) return kDamaged;
  const std::optional<ByteView> secret = reader.take(Tag::octet_string);
  if (!secret) return kDamaged;
  if (Status s = read_secret(data, *secret); !s) return s;
  if (reader.next_is(Tag::explicit_0)) {
    const std::optional<ByteView> outer = reader.take(Tag::explicit_0);
    if (!outer) return kDamaged;
    const std::optional<ByteView> curve = der::whole(*outer, Tag::object_id);
    if (!curve) return kDamaged;
    if (!core::equal(*curve, algorithm.curve)) {
      return malformed("the key file states two different curves: do not use it");
    }
  }
  if (reader.next_is(Tag::explicit_1)) {
    const std::optional<ByteView> outer = reader.take(Tag::explicit_1);
    if (!outer) return kDamaged;
    const std::optional<ByteView> bits = der::whole(*outer, Tag::bit_string);
    if (!bits) return kDamaged;
    if (Status s = read_public(data, algorithm, *bits); !s) return s;
  }
  if (!reader.empty()) return kDamaged;
  return {};
}

// RFC 8410 section 7:
//   CurvePrivateKey ::= OCTET STRING
Status read_curve_private_key(PrivateKeyData& data, ByteView key) noexcept {
  const std::optional<ByteView> secret = der::whole(key, Tag::octet_string);
  if (!secret) return kDamaged;
  return read_secret(data, *secret);
}

// RFC 9935 section 6:
//   ML-KEM-768-PrivateKey ::= CHOICE {
//     seed         [0] OCTET STRING (SIZE (64)),
//     expandedKey  OCTET STRING (SIZE (2400)),
//     both         SEQUENCE { seed OCTET STRING (SIZE (64)), expandedKey OCTET STRING } }
Status read_ml_kem_private_key(PrivateKeyData& data, ByteView key) noexcept {
  if (const std::optional<ByteView> seed = der::whole(key, Tag::implicit_0)) {
    return read_secret(data, *seed);
  }
  if (der::whole(key, Tag::octet_string)) {
    return malformed(
        "the ML-KEM key file has an expanded key and no seed: make a new one with openssl genpkey");
  }
  const std::optional<ByteView> both = der::whole(key, Tag::sequence);
  if (!both) return kDamaged;
  der::Reader reader(*both);
  const std::optional<ByteView> seed = reader.take(Tag::octet_string);
  if (!seed || !reader.take(Tag::octet_string) || !reader.empty()) return kDamaged;
  return read_secret(data, *seed);
}

// RFC 5958 section 2:
//   Attributes ::= SET OF Attribute
// RFC 5652 section 5.3:
//   Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }
bool are_attributes(ByteView content) noexcept {
  for (der::Reader attributes(content); !attributes.empty();) {
    const std::optional<ByteView> attribute = attributes.take(Tag::sequence);
    if (!attribute) return false;
    der::Reader reader(*attribute);
    if (!reader.take(Tag::object_id)) return false;
    const std::optional<ByteView> values = reader.take(Tag::set);
    if (!values || !reader.empty()) return false;
    for (der::Reader value(*values); !value.empty();) {
      if (!value.skip()) return false;
    }
  }
  return true;
}

}  // namespace

Status read_secret(PrivateKeyData& data, ByteView secret) noexcept {
  if (secret.size() != core::find_kem(data.kem)->nsk) {
    return malformed(
        "the private key has a wrong length for its kind: make the file again with openssl pkey "
        "-in FILE -out NEW");
  }
  data.bytes.assign(secret);
  return {};
}

// RFC 5958 section 2:
//   OneAsymmetricKey ::= SEQUENCE {
//     version              Version,            -- v1(0), or v2(1) where publicKey is present
//     privateKeyAlgorithm  AlgorithmIdentifier,
//     privateKey           OCTET STRING,
//     attributes       [0] IMPLICIT Attributes OPTIONAL,
//     publicKey        [1] IMPLICIT BIT STRING OPTIONAL }
Result<PrivateKeyData> read(ByteView file) noexcept {
  const std::optional<ByteView> content = der::whole(file, Tag::sequence);
  if (!content) return kDamaged;
  der::Reader reader(*content);
  const std::optional<ByteView> version = reader.take(Tag::integer);
  if (!version || (!core::equal(*version, kVersion1) && !core::equal(*version, kVersion2)))
    return kDamaged;

  const std::optional<ByteView> identifier = reader.take(Tag::sequence);
  if (!identifier) return kDamaged;
  const Result<const Algorithm*> found = read_algorithm(*identifier);
  if (!found) return found.error();
  const Algorithm& algorithm = **found;

  const std::optional<ByteView> key = reader.take(Tag::octet_string);
  if (!key) return kDamaged;
  PrivateKeyData data{algorithm.kem, {}, {}};
  Status s = algorithm.is_ec()       ? read_ec(data, algorithm, *key)
             : algorithm.is_ml_kem() ? read_ml_kem_private_key(data, *key)
                                     : read_curve_private_key(data, *key);
  if (!s) return s.error();

  if (reader.next_is(Tag::explicit_0)) {
    const std::optional<ByteView> attributes = reader.take(Tag::explicit_0);
    if (!attributes || !are_attributes(*attributes)) return kDamaged;
  }
  const bool has_public = reader.next_is(Tag::implicit_1);
  if (has_public != core::equal(*version, kVersion2)) {
    return malformed(
        "the key file's version must be 2 if it states a public key, and else 1: make it again "
        "with openssl pkey -in FILE -out NEW");
  }
  if (has_public) {
    const std::optional<ByteView> bits = reader.take(Tag::implicit_1);
    if (!bits) return kDamaged;
    if (Status p = read_public(data, algorithm, *bits); !p) return p.error();
  }
  if (!reader.empty()) return kDamaged;
  return data;
}

bool has_form(KemId id) noexcept { return find(id) != nullptr; }

Result<der::Writer> write(const core::KemParams& kem, ByteView sk, ByteView pk) noexcept {
  const Algorithm* algorithm = find(kem.id);
  if (!is_point(kem, *algorithm, pk) && (algorithm->is_ec() || !pk.empty())) {
    return Error{Errc::invalid_argument,
                 "a public key must be Npk bytes, and a NIST point uncompressed"};
  }

  // The structures of `read` and its parts, from back to front.
  der::Writer file;
  if (algorithm->is_ec()) {
    file.put(pk);
    file.put(std::array<std::uint8_t, 1>{0});  // no unused bits
    file.wrap(Tag::bit_string, 0);
    file.wrap(Tag::explicit_1, 0);
    file.element(Tag::octet_string, sk);
    file.element(Tag::integer, kEcVersion);
    file.wrap(Tag::sequence, 0);
  } else {
    file.element(algorithm->is_ml_kem() ? Tag::implicit_0 : Tag::octet_string, sk);
  }
  file.wrap(Tag::octet_string, 0);
  const std::size_t private_key = file.size();
  if (algorithm->is_ec()) file.element(Tag::object_id, algorithm->curve);
  file.element(Tag::object_id, algorithm->id);
  file.wrap(Tag::sequence, private_key);
  file.element(Tag::integer, kVersion1);
  file.wrap(Tag::sequence, 0);
  return file;
}

}  // namespace twoway::pkcs8
