#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <twoway/private_key_pem.hpp>

#include "pem.hpp"
#include "pkcs8.hpp"

namespace twoway {
namespace {

using pkcs8::malformed;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Other files than PKCS#8 in PEM, by their BEGIN line.
constexpr std::string_view kLabel = "PRIVATE KEY";
constexpr Error kEncrypted = malformed(
    "this is an encrypted PKCS#8 file: decrypt it first with openssl pkcs8 -in FILE -out NEW");
constexpr Error kSec1 = malformed(
    "this is a SEC 1 file ('EC PRIVATE KEY'): convert it with openssl pkcs8 -topk8 -nocrypt -in "
    "FILE -out NEW");
constexpr Error kOpenSsh = malformed(
    "this is an OpenSSH key, not a key for HPKE: make one with openssl genpkey -algorithm X25519");
constexpr Error kPublic =
    malformed("this file has no private key: give the file that openssl genpkey wrote");

struct Label {
  std::string_view label;
  const Error& error;
};
constexpr std::array<Label, 8> kOtherLabels{{
    {"ENCRYPTED PRIVATE KEY", kEncrypted},
    {"EC PRIVATE KEY", kSec1},
    {"EC PARAMETERS", kSec1},
    {"RSA PRIVATE KEY", pkcs8::kRsa},
    {"DSA PRIVATE KEY", pkcs8::kRsa},
    {"OPENSSH PRIVATE KEY", kOpenSsh},
    {"PUBLIC KEY", kPublic},
    {"CERTIFICATE", kPublic},
}};

// No standard has key files for the hybrids, so theirs have a label of their own. The block holds
// the seed.
std::string hybrid_label(const core::KemParams& kem) {
  return std::string(kem.name) + " " + std::string(kLabel);
}

/// The hybrid KEM whose key files have this label, if there is one.
std::optional<KemId> hybrid_of(std::string_view label) {
  for (const core::KemParams& kem : core::pq_kem_table()) {
    if (core::find_hybrid_kem(kem.id) != nullptr && label == hybrid_label(kem)) return kem.id;
  }
  return std::nullopt;
}

Result<PrivateKeyData> read_hybrid(KemId kem, ByteView content) noexcept {
  PrivateKeyData data{kem, {}, {}};
  Status s = pkcs8::read_secret(data, content);
  if (!s) return s.error();
  return data;
}

}  // namespace

Result<PrivateKeyData> read_private_key_pem(ByteView text) noexcept {
  if (text.size() > kMaxPrivateKeyPem) {
    return malformed("the key file has over 16384 bytes: give one key in PEM and nothing else");
  }
  const std::optional<pem::Opening> opening = pem::open(text);
  if (!opening) {
    if (!text.empty() && text[0] == static_cast<std::uint8_t>(der::Tag::sequence)) {
      return malformed(
          "this looks like a DER file: convert it with openssl pkey -inform DER -in FILE -out NEW");
    }
    if (core::equal(text.first(std::min(text.size(), kByteOrderMark.size())),
                    core::as_bytes(kByteOrderMark))) {
      return malformed(
          "the key file begins with a byte order mark: save it as plain UTF-8 without one");
    }
    return malformed(
        "there is no line -----BEGIN PRIVATE KEY----- in the key file: make a key with openssl "
        "genpkey");
  }
  for (const Label& other : kOtherLabels) {
    if (opening->label == other.label) return other.error;
  }
  const std::optional<KemId> hybrid = hybrid_of(opening->label);
  if (opening->label != kLabel && !hybrid) {
    return malformed(
        "this PEM file is not a private key: give the file that openssl genpkey wrote");
  }
  const std::optional<pem::Block> block = pem::decode(*opening);
  if (!block) {
    return malformed(
        "the key file is damaged: between its BEGIN and END lines there must be base64 and nothing "
        "else");
  }
  if (pem::open(block->rest)) {
    return malformed(
        "the key file holds more than one PEM block: give a file with the private key alone");
  }
  return hybrid ? read_hybrid(*hybrid, block->content.view()) : pkcs8::read(block->content.view());
}

Result<SecretBytes> write_private_key_pem(KemId id, ByteView sk, ByteView pk) noexcept {
  const core::KemParams* kem = core::find_kem(id);
  const bool hybrid = core::find_hybrid_kem(id) != nullptr;
  if (kem == nullptr || (!hybrid && !pkcs8::has_form(id))) {
    return Error{Errc::not_supported, "there is no key file format for this KEM"};
  }
  if (sk.size() != kem->nsk) {
    return Error{Errc::invalid_argument, "a private key must be Nsk bytes"};
  }
  if (hybrid) {
    if (!pk.empty() && pk.size() != kem->npk) {
      return Error{Errc::invalid_argument, "a public key must be Npk bytes"};
    }
    return pem::encode(hybrid_label(*kem), sk);
  }
  const Result<der::Writer> file = pkcs8::write(*kem, sk, pk);
  if (!file) return file.error();
  return pem::encode(kLabel, file->view());
}

}  // namespace twoway
