// Keys in a token work like software keys.
#include "token_keys.hpp"
#include "vectors.hpp"

using namespace twoway;
using test::RawModule;
using test::SoftToken;

TEST_CASE("a key that is generated in the token receives requests") {
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
  const test::Outside outside;
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
        // One vector for each KEM and mode is enough here.
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
