// Finds the public half of a private key in a token.
#include <algorithm>
#include <memory>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "objects.hpp"

namespace twoway::pkcs11 {
namespace {

using core::Bytes;
using core::ByteView;
using core::Result;
using core::Status;

struct FreeX509 {
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

/// The bits of SubjectPublicKeyInfo: an EC point or an X25519 key as it is.
std::optional<Bytes> subject_public_key(ByteView der) noexcept {
  const unsigned char* at = der.data();
  const std::unique_ptr<X509, FreeX509> certificate(
      d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (certificate == nullptr) {
    ERR_clear_error();
    return std::nullopt;
  }
  const ASN1_BIT_STRING* bits = X509_get0_pubkey_bitstr(certificate.get());
  if (bits == nullptr) return std::nullopt;
  const unsigned char* data = ASN1_STRING_get0_data(bits);
  return Bytes(data, data + ASN1_STRING_length(bits));
}

std::optional<Bytes> as_it_is(ByteView value) noexcept { return Bytes(value.begin(), value.end()); }

struct Source {
  CK_ULONG object_class;
  CK_ATTRIBUTE_TYPE attribute;
  std::optional<Bytes> (*point)(ByteView value) noexcept;
};
constexpr Source kSources[] = {
    {CKO_PUBLIC_KEY, CKA_EC_POINT, as_it_is},
    {CKO_CERTIFICATE, CKA_VALUE, subject_public_key},
};
constexpr Source kPrivateKey{CKO_PRIVATE_KEY, CKA_EC_POINT, as_it_is};

constexpr std::size_t kMostCandidates = 16;

/// The point in an object's attribute, if it is one of the key's curve.
Result<std::optional<Bytes>> read_point(Session& session, CK_OBJECT_HANDLE object,
                                        const Source& source, const Curve& curve) noexcept {
  const auto value = read_attribute(session, object, source.attribute);
  if (!value) return value.error();
  if (!*value) return std::optional<Bytes>{};
  const std::optional<Bytes> point = source.point(**value);
  if (!point) return std::optional<Bytes>{};
  const std::optional<ByteView> decoded = decode_point(curve, *point);
  if (!decoded) return std::optional<Bytes>{};
  return std::optional(Bytes(decoded->begin(), decoded->end()));
}

}  // namespace

Result<std::vector<Bytes>> read_public_keys(Session& session, const TokenKeyRecord& key) noexcept {
  std::vector<Bytes> candidates;
  const auto collect = [&](CK_OBJECT_HANDLE object, const Source& source) -> Status {
    const auto point = read_point(session, object, source, *key.curve);
    if (!point) return point.error();
    const bool known = !*point || std::count(candidates.begin(), candidates.end(), **point) != 0;
    if (!known && candidates.size() < kMostCandidates) candidates.push_back(**point);
    return {};
  };
  for (const Source& source : kSources) {
    // Two keys may share a CKA_ID. The label then tells whose object it is.
    for (const bool same_label : {true, false}) {
      Template wanted;
      wanted.add(CKA_CLASS, source.object_class);
      if (same_label && key.name.label.empty()) continue;
      if (!same_label && key.name.id.empty()) continue;
      if (!key.name.id.empty()) wanted.add(CKA_ID, key.name.id);
      if (same_label) wanted.add(CKA_LABEL, core::as_bytes(key.name.label));
      const Result<std::vector<CK_OBJECT_HANDLE>> objects = find_objects(session, wanted);
      if (!objects) return objects.error();
      for (const CK_OBJECT_HANDLE object : *objects) {
        if (Status s = collect(object, source); !s) return s.error();
      }
    }
  }
  if (Status s = collect(key.handle, kPrivateKey); !s) return s.error();
  return candidates;
}

}  // namespace twoway::pkcs11
