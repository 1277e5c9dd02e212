// Imports keys into the token from outside.
#include <map>
#include <vector>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/x509.h>

#include "token_keys.hpp"

namespace twoway::test {
namespace {

struct Form {
  CK_KEY_TYPE type;
  Bytes ec_params;
};

const Form& form(KemId kem) {
  static const std::map<KemId, Form> forms{
      {KemId::dhkem_p256, {CKK_EC, unhex("06082a8648ce3d030107")}},
      {KemId::dhkem_p384, {CKK_EC, unhex("06052b81040022")}},
      {KemId::dhkem_p521, {CKK_EC, unhex("06052b81040023")}},
      {KemId::dhkem_x25519, {CKK_EC_EDWARDS, unhex("130a63757276653235353139")}},
  };
  return forms.at(kem);
}

/// Attributes that own their values.
class Attributes {
 public:
  Attributes& add(CK_ATTRIBUTE_TYPE type, Bytes value) {
    values_.push_back({type, std::move(value)});
    return *this;
  }
  Attributes& add(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
    const auto* at = reinterpret_cast<const std::uint8_t*>(&value);
    return add(type, Bytes(at, at + sizeof(value)));
  }
  Attributes& flag(CK_ATTRIBUTE_TYPE type, bool value) {
    return add(type, Bytes{static_cast<std::uint8_t>(value ? CK_TRUE : CK_FALSE)});
  }
  void create(const RawModule& module, CK_SESSION_HANDLE session) {
    std::vector<CK_ATTRIBUTE> rows;
    for (auto& [type, value] : values_) rows.push_back({type, value.data(), value.size()});
    CK_OBJECT_HANDLE object = 0;
    REQUIRE(module->C_CreateObject(session, rows.data(), rows.size(), &object) == CKR_OK);
  }

 private:
  std::vector<std::pair<CK_ATTRIBUTE_TYPE, Bytes>> values_;
};

Bytes octet_string(const Bytes& point) {
  Bytes der{0x04};
  if (point.size() >= 0x80) der.push_back(0x81);
  der.push_back(static_cast<std::uint8_t>(point.size()));
  der.insert(der.end(), point.begin(), point.end());
  return der;
}

}  // namespace

Outside::Outside() {
  REQUIRE(module.initialize() == CKR_OK);
  session = module.open_session();
}

Outside::~Outside() { module->C_Finalize(nullptr); }

void import_key(const RawModule& module, CK_SESSION_HANDLE session, const ImportedKey& key) {
  INFO(key.label);
  const Form& as = form(key.kem);
  Attributes()
      .add(CKA_CLASS, CKO_PRIVATE_KEY)
      .add(CKA_KEY_TYPE, as.type)
      .add(CKA_EC_PARAMS, as.ec_params)
      .add(CKA_VALUE, key.private_key)
      .add(CKA_LABEL, copy(as_bytes(key.label)))
      .add(CKA_ID, key.id)
      .flag(CKA_TOKEN, true)
      .flag(CKA_PRIVATE, true)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, false)
      .flag(CKA_DERIVE, key.derive)
      .create(module, session);
  if (!key.public_object) return;
  Attributes()
      .add(CKA_CLASS, CKO_PUBLIC_KEY)
      .add(CKA_KEY_TYPE, as.type)
      .add(CKA_EC_PARAMS, as.ec_params)
      .add(CKA_EC_POINT, octet_string(key.public_key))
      .add(CKA_LABEL, copy(as_bytes(key.public_label.empty() ? key.label : key.public_label)))
      .add(CKA_ID, key.id)
      .flag(CKA_TOKEN, true)
      .create(module, session);
}

ImportedKey fresh_key(KemId id, const std::string& label, Bytes key_id) {
  const Provider* crypto = provider_for(id);
  REQUIRE(crypto != nullptr);
  auto kem = Kem::find(*crypto, id);
  REQUIRE_OK(kem);
  Bytes ikm(kem->params().nsk);
  REQUIRE_OK(crypto->rng().fill(ikm));
  core::PrivateKeyBytes sk;
  REQUIRE_OK(kem->derive_private(sk, ikm));
  auto pair = kem->derive_key_pair(ikm);
  REQUIRE_OK(pair);
  ImportedKey key;
  key.kem = id;
  key.private_key = copy(sk.view());
  key.public_key = copy((*pair)->public_key());
  key.label = label;
  key.id = std::move(key_id);
  return key;
}

void import_certificate(const RawModule& module, CK_SESSION_HANDLE session, ByteView public_key,
                        const Bytes& id) {
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
  char group[] = "P-256";
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_octet_string(
          OSSL_PKEY_PARAM_PUB_KEY, const_cast<std::uint8_t*>(public_key.data()), public_key.size()),
      OSSL_PARAM_construct_end()};
  EVP_PKEY* subject = nullptr;
  REQUIRE(EVP_PKEY_fromdata_init(context) == 1);
  REQUIRE(EVP_PKEY_fromdata(context, &subject, EVP_PKEY_PUBLIC_KEY, params) == 1);
  EVP_PKEY* issuer = EVP_EC_gen("P-256");
  REQUIRE(issuer != nullptr);
  X509* certificate = X509_new();
  X509_NAME* name = X509_get_subject_name(certificate);
  REQUIRE(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                     reinterpret_cast<const unsigned char*>("gateway"), -1, -1,
                                     0) == 1);
  X509_set_issuer_name(certificate, name);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  REQUIRE(X509_set_pubkey(certificate, subject) == 1);
  REQUIRE(X509_sign(certificate, issuer, EVP_sha256()) > 0);
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  REQUIRE(size > 0);
  unsigned char* subject_der = nullptr;
  const int subject_size = i2d_X509_NAME(name, &subject_der);
  Attributes()
      .add(CKA_CLASS, CKO_CERTIFICATE)
      .add(CKA_CERTIFICATE_TYPE, CKC_X_509)
      .add(CKA_VALUE, Bytes(der, der + size))
      .add(CKA_SUBJECT, Bytes(subject_der, subject_der + subject_size))
      .add(CKA_ID, id)
      .flag(CKA_TOKEN, true)
      .create(module, session);
  OPENSSL_free(der);
  OPENSSL_free(subject_der);
  X509_free(certificate);
  EVP_PKEY_free(issuer);
  EVP_PKEY_free(subject);
  EVP_PKEY_CTX_free(context);
}

}  // namespace twoway::test
