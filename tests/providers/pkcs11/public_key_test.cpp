// Sources of a key's public half.
#include "token_keys.hpp"

using namespace twoway;

TEST_CASE("the public key is the caller's, the object's, the certificate's or the private key's") {
  const test::Outside outside;
  const Provider* crypto = test::provider_for(KemId::dhkem_p256);
  if (crypto == nullptr) return;
  test::ImportedKey key = test::fresh_key(KemId::dhkem_p256, "bare", {1});
  key.public_object = false;
  test::import_key(outside.module, outside.session, key);
  test::Calls calls(outside.module);
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  const pkcs11::KeyName name{{}, {1}};

  const auto none = token->open_key(*crypto, name);
  REQUIRE_ERRC(none, Errc::key_unavailable);
  const std::string message = none.error().message;
  for (const char* source :
       {"give it to open_key", "public key object", "certificate", "CKA_EC_POINT"}) {
    INFO(source);
    REQUIRE(message.find(source) != std::string::npos);
  }

  REQUIRE_OK(token->open_key(*crypto, name, key.public_key));
  const Bytes other = test::fresh_key(KemId::dhkem_p256, "other", {2}).public_key;
  REQUIRE_ERRC(token->open_key(*crypto, name, other), Errc::key_unavailable);
  REQUIRE_ERRC(token->open_key(*crypto, name, ByteView(other).first(64)), Errc::invalid_key);

  // CKA_EC_POINT of the private key, raw and in DER. Malformed values are ignored.
  Bytes der{0x04, 65};
  der.insert(der.end(), key.public_key.begin(), key.public_key.end());
  Bytes shown;
  calls.get_attribute_value = [&](CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                                  CK_ATTRIBUTE* attributes, CK_ULONG count) -> CK_RV {
    if (count != 1 || attributes[0].type != CKA_EC_POINT) {
      return test::Calls::own().C_GetAttributeValue(session, object, attributes, count);
    }
    if (attributes[0].pValue != nullptr) {
      std::copy(shown.begin(), shown.end(), static_cast<std::uint8_t*>(attributes[0].pValue));
    }
    attributes[0].ulValueLen = shown.size();
    return CKR_OK;
  };
  for (const Bytes& form : {key.public_key, der}) {
    shown = form;
    REQUIRE_OK(token->open_key(*crypto, name));
  }
  shown = {0x04, 64};
  shown.insert(shown.end(), key.public_key.begin(), key.public_key.end());
  REQUIRE_ERRC(token->open_key(*crypto, name), Errc::key_unavailable);
  shown.assign(4, 0x04);
  REQUIRE_ERRC(token->open_key(*crypto, name), Errc::key_unavailable);
  calls.get_attribute_value = nullptr;

  test::import_certificate(outside.module, outside.session, key.public_key, {1});
  const auto by_certificate = token->open_key(*crypto, name);
  REQUIRE_OK(by_certificate);
  REQUIRE((*by_certificate)->public_key().size() == 65);

  // An object is preferred to a certificate, and a certificate that does not fit is skipped.
  test::ImportedKey wrong = test::fresh_key(KemId::dhkem_p256, "wrong", {3});
  test::import_certificate(outside.module, outside.session, other, {3});
  test::import_key(outside.module, outside.session, wrong);
  REQUIRE_OK(token->open_key(*crypto, {{}, {3}}));
}

TEST_CASE("keys that share a CKA_ID are told apart by their labels, else by their results") {
  const test::Outside outside;
  const Provider* crypto = test::provider_for(KemId::dhkem_p256);
  if (crypto == nullptr) return;
  test::ImportedKey first = test::fresh_key(KemId::dhkem_p256, "first", {1});
  test::ImportedKey second = test::fresh_key(KemId::dhkem_p256, "second", {1});
  test::import_key(outside.module, outside.session, first);
  test::import_key(outside.module, outside.session, second);
  // Public objects of the same id, but of another label than their private keys.
  test::ImportedKey third = test::fresh_key(KemId::dhkem_p256, "third", {1});
  third.public_label = "public half of the third";
  test::import_key(outside.module, outside.session, third);
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  for (test::ImportedKey* key : {&first, &second, &third}) {
    INFO(key->label);
    auto opened = token->open_key(*crypto, {key->label, {}});
    REQUIRE_OK(opened);
    REQUIRE(test::hex((*opened)->public_key()) == test::hex(key->public_key));
    REQUIRE_OK(test::exchange(*crypto, std::move(*opened)));
  }
  REQUIRE_ERRC(token->open_key(*crypto, {{}, {1}}), Errc::invalid_argument);

  // The list shows the one with the same label.
  const auto keys = token->list_keys();
  REQUIRE_OK(keys);
  for (const pkcs11::KeyInfo& key : *keys) {
    if (key.name.label == "first") REQUIRE(key.public_key == first.public_key);
    if (key.name.label == "second") REQUIRE(key.public_key == second.public_key);
  }

  // A foreign public object in place of the right one is not accepted.
  test::ImportedKey bare = test::fresh_key(KemId::dhkem_p256, "bare", {1});
  bare.public_object = false;
  test::import_key(outside.module, outside.session, bare);
  REQUIRE_ERRC(token->open_key(*crypto, {"bare", {}}), Errc::key_unavailable);
  REQUIRE_OK(token->open_key(*crypto, {"bare", {}}, bare.public_key));
}
