// Keys of a token do what software keys do.
#include "token_keys.hpp"
#include "vectors.hpp"

using namespace twoway;
using test::RawModule;
using test::SoftToken;

namespace {

/// A module that another component has initialised, for tests that put their own objects on it.
struct Outside {
  Outside() {
    REQUIRE(module.initialize() == CKR_OK);
    session = module.open_session();
  }
  ~Outside() { module->C_Finalize(nullptr); }

  SoftToken directory;
  RawModule module;
  CK_SESSION_HANDLE session = 0;
};

}  // namespace

TEST_CASE("a key that is generated on the token receives requests") {
  const SoftToken directory;
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  for (const KemId kem : test::kTokenKems) {
    const Provider* crypto = test::provider_for(kem);
    if (crypto == nullptr) continue;
    INFO(core::find_kem(kem)->name);
    const std::string label = core::find_kem(kem)->short_name;
    auto made = token->generate_key(*crypto, kem, {label, {}});
    REQUIRE_OK(made);
    REQUIRE((*made)->kem_id() == kem);
    REQUIRE_OK(test::exchange(*crypto, std::move(*made)));

    auto opened = pkcs11::open_key(*crypto, test::uri(label), test::with_pin());
    REQUIRE_OK(opened);
    REQUIRE_OK(test::exchange(*crypto, std::move(*opened)));
  }
}

TEST_CASE("a generated key can derive, cannot leave the token, and can do nothing else") {
  const SoftToken directory;
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  const Provider* crypto = test::provider_for(KemId::dhkem_x25519);
  REQUIRE(crypto != nullptr);
  REQUIRE_OK(token->generate_key(*crypto, KemId::dhkem_x25519, {"hpke", {7}}));

  const RawModule module;
  const CK_SESSION_HANDLE session = module.open_session();
  CK_OBJECT_CLASS private_key = CKO_PRIVATE_KEY;
  CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &private_key, sizeof(private_key)}};
  REQUIRE(module->C_FindObjectsInit(session, wanted, 1) == CKR_OK);
  CK_OBJECT_HANDLE object = 0;
  CK_ULONG count = 0;
  REQUIRE(module->C_FindObjects(session, &object, 1, &count) == CKR_OK);
  REQUIRE(module->C_FindObjectsFinal(session) == CKR_OK);
  REQUIRE(count == 1);
  const auto flag = [&](CK_ATTRIBUTE_TYPE type) {
    CK_BBOOL value = 2;
    CK_ATTRIBUTE attribute{type, &value, sizeof(value)};
    REQUIRE(module->C_GetAttributeValue(session, object, &attribute, 1) == CKR_OK);
    return value == CK_TRUE;
  };
  for (const CK_ATTRIBUTE_TYPE yes : {CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE,
                                      CKA_NEVER_EXTRACTABLE, CKA_DERIVE, CKA_LOCAL}) {
    INFO(yes);
    REQUIRE(flag(yes));
  }
  for (const CK_ATTRIBUTE_TYPE no : {CKA_EXTRACTABLE, CKA_SIGN, CKA_DECRYPT, CKA_UNWRAP}) {
    INFO(no);
    REQUIRE(!flag(no));
  }
  module->C_CloseSession(session);

  REQUIRE_ERRC(token->generate_key(*crypto, KemId::dhkem_x25519, {"hpke", {8}}),
               Errc::invalid_argument);
  REQUIRE_ERRC(token->generate_key(*crypto, KemId::dhkem_x25519, {"other", {7}}),
               Errc::invalid_argument);
  REQUIRE_ERRC(token->generate_key(*crypto, KemId::dhkem_x25519, {}), Errc::invalid_argument);
  REQUIRE_ERRC(token->generate_key(*crypto, KemId::dhkem_x448, {"x448", {}}), Errc::not_supported);
  const auto keys = token->list_keys();
  REQUIRE_OK(keys);
  REQUIRE(keys->size() == 1);
}

TEST_CASE("keys of RFC 9180's vectors, on the token, compute the vectors' secrets") {
  const Outside outside;
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  std::uint8_t next_id = 0;
  std::size_t ran = 0, ran_auth = 0;
  test::for_each_vector(
      "hpke-rfc9180.json",
      [&](const test::Vector& v) {
        const auto id = static_cast<KemId>(v.number("kem_id"));
        const auto mode = v.number("mode");
        const Provider* crypto = test::provider_for(id);
        // One vector of a KEM and a mode is as good as another here.
        if (crypto == nullptr || id == KemId::dhkem_x448 || v.number("aead_id") != 1 ||
            v.number("kdf_id") != 1 || (mode != 0 && mode != 2)) {
          return;
        }
        INFO(core::find_kem(id)->name << " mode " << mode);
        const auto put = [&](const char* sk, const char* pk) {
          const test::ImportedKey key{.kem = id,
                                      .private_key = v.bytes(sk),
                                      .public_key = v.bytes(pk),
                                      .label = "vector",
                                      .id = {++next_id}};
          test::import_key(outside.module, outside.session, key);
          auto opened = token->open_key(*crypto, {{}, {next_id}});
          REQUIRE_OK(opened);
          REQUIRE(test::hex((*opened)->public_key()) == test::hex(v.bytes(pk)));
          return std::move(*opened);
        };
        const auto kem = Kem::find(*crypto, id);
        REQUIRE_OK(kem);
        const auto receiver = put("skRm", "pkRm");
        const Bytes enc = v.bytes("enc"), expected = v.bytes("shared_secret");
        SharedSecret secret;
        if (mode == 0) {
          REQUIRE_OK(kem->decap(secret, enc, *receiver));
          REQUIRE(test::hex(secret.view()) == test::hex(expected));
        } else {
          const auto sender_pk = kem->import_public(v.bytes("pkSm"));
          REQUIRE_OK(sender_pk);
          REQUIRE_OK(kem->auth_decap(secret, enc, *receiver, **sender_pk));
          REQUIRE(test::hex(secret.view()) == test::hex(expected));

          const auto sender = put("skSm", "pkSm");
          const auto receiver_pk = kem->import_public(v.bytes("pkRm"));
          REQUIRE_OK(receiver_pk);
          test::FixedRng rng(v.bytes("ikmE"));
          Bytes made(kem->params().nenc);
          REQUIRE_OK(kem->auth_encap(secret, made, **receiver_pk, *sender, &rng));
          REQUIRE(test::hex(made) == test::hex(enc));
          REQUIRE(test::hex(secret.view()) == test::hex(expected));
          ++ran_auth;
        }
        ++ran;
      },
      test::Reads::some);
  REQUIRE(ran > 0);
  REQUIRE(ran_auth > 0);
}

TEST_CASE("a token key authenticates a sender") {
  const SoftToken directory;
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  for (const KemId id : test::kTokenKems) {
    const Provider* crypto = test::provider_for(id);
    if (crypto == nullptr) continue;
    INFO(core::find_kem(id)->name);
    const auto sender = token->generate_key(*crypto, id, {core::find_kem(id)->short_name, {}});
    REQUIRE_OK(sender);
    const auto suite =
        core::CipherSuite::find(*crypto, {id, KdfId::hkdf_sha256, AeadId::chacha20_poly1305});
    REQUIRE_OK(suite);
    const auto receiver = suite->kem().generate_key_pair();
    REQUIRE_OK(receiver);
    const auto receiver_pk = suite->kem().import_public((*receiver)->public_key());
    REQUIRE_OK(receiver_pk);
    const auto sender_pk = suite->kem().import_public((*sender)->public_key());
    REQUIRE_OK(sender_pk);
    Bytes enc(suite->nenc()), ct(2 + suite->nt()), pt(2);
    REQUIRE_OK(
        core::seal(*suite, enc, ct, **receiver_pk, {}, {}, as_bytes("hi"), {.key = sender->get()}));
    REQUIRE_OK(core::open(*suite, pt, enc, **receiver, {}, {}, ct, {.sender = sender_pk->get()}));
    REQUIRE(pt == test::copy(as_bytes("hi")));
  }
}

TEST_CASE("keys that pkcs11-tool makes can be opened") {
  if (std::string(PKCS11_TOOL).empty()) {
    WARN("pkcs11-tool is not there");
    return;
  }
  const SoftToken directory;
  const struct {
    KemId kem;
    const char* curve;
    const char* id;
  } rows[] = {{KemId::dhkem_p256, "prime256v1", "01"},
              {KemId::dhkem_p384, "secp384r1", "02"},
              {KemId::dhkem_p521, "secp521r1", "03"}};
  for (const auto& row : rows) {
    const Provider* crypto = test::provider_for(row.kem);
    if (crypto == nullptr) continue;
    INFO(row.curve);
    directory.run(std::string(PKCS11_TOOL) + " --module " + SoftToken::module_path() +
                  " --token-label gateway --login --pin " + test::kPin +
                  " --keypairgen --key-type EC:" + row.curve + " --id " + row.id +
                  " --label tool --usage-derive");
    auto key = pkcs11::open_key(*crypto, std::string("pkcs11:token=gateway;id=%") + row.id +
                                             "?module-path=" + SoftToken::module_path() +
                                             "&pin-value=" + test::kPin);
    REQUIRE_OK(key);
    REQUIRE((*key)->kem_id() == row.kem);
    REQUIRE_OK(test::exchange(*crypto, std::move(*key)));
  }
}

TEST_CASE("the public key is the caller's, the object's, the certificate's or the private key's") {
  const Outside outside;
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

  // CKA_EC_POINT of the private key, as it is and in DER; malformed values are none.
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

  // An object goes before a certificate, and a certificate that does not fit is passed over.
  test::ImportedKey wrong = test::fresh_key(KemId::dhkem_p256, "wrong", {3});
  test::import_certificate(outside.module, outside.session, other, {3});
  test::import_key(outside.module, outside.session, wrong);
  REQUIRE_OK(token->open_key(*crypto, {{}, {3}}));
}

TEST_CASE("keys that share a CKA_ID are told apart by their labels, else by what they derive") {
  const Outside outside;
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

  // What is listed is that of the same label.
  const auto keys = token->list_keys();
  REQUIRE_OK(keys);
  for (const pkcs11::KeyInfo& key : *keys) {
    if (key.name.label == "first") REQUIRE(key.public_key == first.public_key);
    if (key.name.label == "second") REQUIRE(key.public_key == second.public_key);
  }

  // A stranger's public object in place of the right one is not taken for it.
  test::ImportedKey bare = test::fresh_key(KemId::dhkem_p256, "bare", {1});
  bare.public_object = false;
  test::import_key(outside.module, outside.session, bare);
  REQUIRE_ERRC(token->open_key(*crypto, {"bare", {}}), Errc::key_unavailable);
  REQUIRE_OK(token->open_key(*crypto, {"bare", {}}, bare.public_key));
}
