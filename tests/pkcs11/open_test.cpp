// URIs, and what opening a token or key says when it cannot.
#include <fstream>

#include "token_keys.hpp"
#include "wrapping.hpp"

using namespace twoway;
using test::RawModule;
using test::SoftToken;

namespace {

core::SecretBuffer pin_of(const pkcs11::ParsedUri& parsed) {
  core::SecretBuffer pin;
  REQUIRE(parsed.pin != nullptr);
  REQUIRE_OK(parsed.pin->read(pin));
  return pin;
}

std::string text(const core::SecretBuffer& pin) { return {pin.begin(), pin.end()}; }

}  // namespace

TEST_CASE("a PKCS#11 URI names a token, a key, a module and a PIN") {
  const auto parsed = pkcs11::parse_uri(
      "pkcs11:token=my%20token;serial=42;manufacturer=Acme;model=X1;slot-id=7;object=hpke;"
      "id=%01%02;type=private?module-path=/lib/p11.so&pin-value=12%2034");
  REQUIRE_OK(parsed);
  const pkcs11::TokenLocation& token = parsed->location.token;
  REQUIRE(token.label == "my token");
  REQUIRE(token.serial == "42");
  REQUIRE(token.manufacturer == "Acme");
  REQUIRE(token.model == "X1");
  REQUIRE(token.slot_id == 7);
  REQUIRE(token.module_path == "/lib/p11.so");
  REQUIRE(parsed->location.key.label == "hpke");
  REQUIRE(parsed->location.key.id == Bytes{1, 2});
  REQUIRE(text(pin_of(*parsed)) == "12 34");

  const std::string uri = pkcs11::to_uri(parsed->location);
  REQUIRE(uri.find("34") == std::string::npos);
  const auto again = pkcs11::parse_uri(uri);
  REQUIRE_OK(again);
  REQUIRE(again->pin == nullptr);
  REQUIRE(pkcs11::to_uri(again->location) == uri);
  REQUIRE(again->location.token.label == "my token");
  REQUIRE(again->location.key.id == Bytes{1, 2});

  const auto empty = pkcs11::parse_uri("pkcs11:");
  REQUIRE_OK(empty);
  REQUIRE(empty->location.token.label.empty());
  REQUIRE(!empty->location.token.slot_id);
}

TEST_CASE("URIs that are wrong, or say what is not used, are refused") {
  for (const char* uri :
       {"", "pkcs12:token=a", "pkcs11:token=%zz", "pkcs11:id", "/dev/tpm0",
        "pkcs11:a?pin-source=file:/a&pin-value=b", "pkcs11:?pin-source=file:/a&pin-value=b",
        "pkcs11:?pin-value=a&pin-value=b", "pkcs11:?module-path=/a&module-path=/b"}) {
    INFO(uri);
    REQUIRE_ERRC(pkcs11::parse_uri(uri), Errc::malformed);
  }
  for (const char* uri :
       {"pkcs11:tokn=a", "pkcs11:token=a;type=public", "pkcs11:type=cert",
        "pkcs11:library-manufacturer=a", "pkcs11:library-version=3.0", "pkcs11:slot-description=a",
        "pkcs11:?modul-path=/a", "pkcs11:token=a?x-other=1", "pkcs11:?pin-source=%7C/bin/echo",
        "pkcs11:?pin-source=prompt:x"}) {
    INFO(uri);
    REQUIRE_ERRC(pkcs11::parse_uri(uri), Errc::not_supported);
  }
}

TEST_CASE("blanks in a URI are reported, in place of a token of another name") {
  for (const char* uri : {"pkcs11:token=my token", "pkcs11:token=a\n", " pkcs11:token=a",
                          "pkcs11:token=a?module-path=/my lib.so", "pkcs11:token=\ta"}) {
    INFO(uri);
    const auto parsed = pkcs11::parse_uri(uri);
    REQUIRE_ERRC(parsed, Errc::malformed);
    REQUIRE(std::string(parsed.error().message).find("%20") != std::string::npos);
  }
}

TEST_CASE("a URI names a module by path or name, and what its C_Initialize is given") {
  const auto nss = pkcs11::parse_uri(
      "PKCS11:token=a?module-path=/lib/n.so&x-init-reserved=configdir%3D'sql%3A/my%20db'%20%26");
  REQUIRE_OK(nss);
  REQUIRE(nss->location.token.module_path == "/lib/n.so");
  REQUIRE(nss->location.token.init_arguments == "configdir='sql:/my db' &");
  const auto again = pkcs11::parse_uri(pkcs11::to_uri(nss->location));
  REQUIRE_OK(again);
  REQUIRE(again->location.token.init_arguments == nss->location.token.init_arguments);

  const auto by_name = pkcs11::parse_uri("Pkcs11:?module-name=softhsm2");
  REQUIRE_OK(by_name);
  REQUIRE(by_name->location.token.module_name == "softhsm2");
  REQUIRE(pkcs11::to_uri(by_name->location) == "pkcs11:?module-name=softhsm2");
}

TEST_CASE("a written URI names the slot only if neither label nor serial number names the token") {
  pkcs11::KeyLocation place;
  place.token.slot_id = 7;
  REQUIRE(pkcs11::to_uri(place) == "pkcs11:slot-id=7");
  place.token.model = "X1";
  REQUIRE(pkcs11::to_uri(place) == "pkcs11:slot-id=7;model=X1");
  place.token.label = "a";
  REQUIRE(pkcs11::to_uri(place) == "pkcs11:model=X1;token=a");
  place.token.label.clear();
  place.token.serial = "42";
  REQUIRE(pkcs11::to_uri(place) == "pkcs11:model=X1;serial=42");
}

TEST_CASE("PINs come from files, the environment, functions and URIs") {
  const SoftToken directory;
  const auto path = directory.directory() / "pin";
  const auto read = [](const std::shared_ptr<pkcs11::PinSource>& source) {
    core::SecretBuffer pin;
    REQUIRE_OK(source->read(pin));
    return text(pin);
  };
  const auto write = [&](const std::string& bytes) { std::ofstream(path) << bytes; };
  const struct {
    std::string file, pin;
  } rows[] = {{"123456", "123456"},
              {"123456\n", "123456"},
              {"123456\r\n", "123456"},
              {"123456\n\n", "123456\n"},
              {" 1 \n", " 1 "},
              {"", ""},
              {std::string(1024, '7') + "\n", std::string(1024, '7')}};
  for (const auto& row : rows) {
    write(row.file);
    REQUIRE(read(pkcs11::pin_from_file(path.string())) == row.pin);
  }
  core::SecretBuffer pin;
  write(std::string(1025, '7'));
  REQUIRE_ERRC(pkcs11::pin_from_file(path.string())->read(pin), Errc::key_unavailable);
  const auto missing = pkcs11::pin_from_file("/nonexistent/pin")->read(pin);
  REQUIRE_ERRC(missing, Errc::key_unavailable);
  REQUIRE(missing.error().native == ENOENT);

  ::setenv("TWOWAY_TEST_PIN", "4711", 1);
  REQUIRE(read(pkcs11::pin_from_environment("TWOWAY_TEST_PIN")) == "4711");
  ::unsetenv("TWOWAY_TEST_PIN");
  REQUIRE_ERRC(pkcs11::pin_from_environment("TWOWAY_TEST_PIN")->read(pin), Errc::key_unavailable);

  REQUIRE(read(pkcs11::pin_from_function([](core::SecretBuffer& out) -> Status {
            out.assign(3, '9');
            return {};
          })) == "999");
  REQUIRE_ERRC(pkcs11::pin_from_function({})->read(pin), Errc::invalid_argument);

  write("123456\n");
  for (const char* prefix : {"file:", "file://", ""}) {
    const auto parsed =
        pkcs11::parse_uri("pkcs11:?pin-source=" + std::string(prefix) + path.string());
    REQUIRE_OK(parsed);
    REQUIRE(text(pin_of(*parsed)) == "123456");
  }

  const Provider* crypto = test::provider_for(KemId::dhkem_x25519);
  const auto token =
      pkcs11::Token::open(test::location(), {.pin = pkcs11::pin_from_file(path.string())});
  REQUIRE_OK(token);
  REQUIRE_OK(token->generate_key(*crypto, KemId::dhkem_x25519, {"hpke", {}}));
  REQUIRE_OK(pkcs11::open_key(*crypto, test::uri("hpke") + "&pin-source=file:" + path.string()));
}

TEST_CASE("what is missing, ambiguous or of another kind is named") {
  const SoftToken directory;
  directory.add_token("second");
  directory.add_token("twin");
  directory.add_token("twin");
  const Provider* crypto = test::provider_for(KemId::dhkem_x25519);
  REQUIRE(crypto != nullptr);

  pkcs11::TokenLocation twice = test::location();
  twice.module_name = "softhsm2";
  REQUIRE_ERRC(pkcs11::Token::open(twice), Errc::invalid_argument);
  REQUIRE_ERRC(pkcs11::Token::open({.init_arguments = "a"}), Errc::invalid_argument);
  pkcs11::TokenLocation nowhere = test::location();
  nowhere.module_path = "/nonexistent/module.so";
  REQUIRE_ERRC(pkcs11::Token::open(nowhere), Errc::key_unavailable);
  nowhere.module_path = "libc.so.6";
  REQUIRE_ERRC(pkcs11::Token::open(nowhere), Errc::key_unavailable);
  REQUIRE_ERRC(pkcs11::Token::open(test::location("none")), Errc::key_unavailable);
  REQUIRE_ERRC(pkcs11::Token::open(test::location("twin")), Errc::invalid_argument);
  REQUIRE_ERRC(pkcs11::Token::open(test::location(), {.max_sessions = 0}), Errc::invalid_argument);

  const auto tokens = pkcs11::list_tokens(SoftToken::module_path());
  REQUIRE_OK(tokens);
  REQUIRE(tokens->size() == 4);
  for (const pkcs11::TokenInfo& info : *tokens) {
    REQUIRE(info.login_required);
    REQUIRE(!info.pin_locked);
    const auto same = pkcs11::Token::open(info.location);
    REQUIRE_OK(same);
    REQUIRE(same->info()->location.serial == info.location.serial);
  }

  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  const RawModule module;
  {
    const CK_SESSION_HANDLE session = module.open_session();
    test::import_key(module, session, test::fresh_key(KemId::dhkem_x25519, "twice", {1}));
    test::import_key(module, session, test::fresh_key(KemId::dhkem_x25519, "twice", {2}));
    test::ImportedKey idle = test::fresh_key(KemId::dhkem_x25519, "idle", {3});
    idle.derive = false;
    test::import_key(module, session, idle);
    CK_MECHANISM rsa{CKM_RSA_PKCS_KEY_PAIR_GEN, nullptr, 0};
    CK_ULONG bits = 1024;
    CK_BBOOL yes = CK_TRUE;
    char label[] = "rsa";
    CK_ATTRIBUTE public_key[] = {{CKA_MODULUS_BITS, &bits, sizeof(bits)}};
    CK_ATTRIBUTE private_key[] = {{CKA_TOKEN, &yes, 1}, {CKA_LABEL, label, 3}};
    CK_OBJECT_HANDLE made[2];
    REQUIRE(module->C_GenerateKeyPair(session, &rsa, public_key, 1, private_key, 2, &made[0],
                                      &made[1]) == CKR_OK);
    REQUIRE(module->C_CloseSession(session) == CKR_OK);
  }
  REQUIRE_ERRC(token->open_key(*crypto, {"twice", {}}), Errc::invalid_argument);
  REQUIRE_OK(token->open_key(*crypto, {"twice", {1}}));
  REQUIRE_OK(token->open_key(*crypto, {{}, {2}}));
  REQUIRE_ERRC(token->open_key(*crypto, {"none", {}}), Errc::key_unavailable);
  REQUIRE_ERRC(token->open_key(*crypto, {"rsa", {}}), Errc::not_supported);
  const auto idle = token->open_key(*crypto, {"idle", {}});
  REQUIRE_ERRC(idle, Errc::not_supported);
  REQUIRE(std::string(idle.error().message).find("CKA_DERIVE") != std::string::npos);

  const auto keys = token->list_keys();
  REQUIRE_OK(keys);
  REQUIRE(keys->size() == 3);
  for (const pkcs11::KeyInfo& key : *keys) {
    REQUIRE(key.kem == KemId::dhkem_x25519);
    REQUIRE(key.derivable == (key.name.label != "idle"));
    REQUIRE(!key.extractable);
    REQUIRE(key.public_key.size() == 32);
  }
}

TEST_CASE("a provider without the key's curve or hash is refused by name") {
  const SoftToken directory;
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  const Provider* whole = test::provider_for(KemId::dhkem_x25519);
  REQUIRE_OK(token->generate_key(*whole, KemId::dhkem_x25519, {"hpke", {}}));

  class Without final : public test::WrappingProvider {
   public:
    Without(const Provider& inner, bool curve) : WrappingProvider(inner), curve_(curve) {}
    const core::DhGroup* dh(core::DhId id) const noexcept override {
      return curve_ ? nullptr : WrappingProvider::dh(id);
    }
    const core::Kdf* kdf(KdfId id) const noexcept override {
      return curve_ ? WrappingProvider::kdf(id) : nullptr;
    }

   private:
    bool curve_;
  };
  for (const bool curve : {true, false}) {
    const Without part(*whole, curve);
    const auto opened = token->open_key(part, {"hpke", {}});
    REQUIRE_ERRC(opened, Errc::not_supported);
    REQUIRE(std::string(opened.error().message).find("X25519 with HKDF-SHA256") !=
            std::string::npos);
    REQUIRE_ERRC(token->generate_key(part, KemId::dhkem_x25519, {"new", {}}), Errc::not_supported);
  }
}

TEST_CASE("the form in which a token wants to be asked is found when a key is opened") {
  const SoftToken directory;
  const Provider* crypto = test::provider_for(KemId::dhkem_x25519);
  const RawModule module;
  test::Calls calls(module);
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  REQUIRE_OK(token->generate_key(*crypto, KemId::dhkem_x25519, {"hpke", {}}));

  for (const bool der : {false, true}) {
    for (const bool with_length : {false, true}) {
      INFO("der " << der << " with length " << with_length);
      int refused = 0;
      calls.derive_key = [&](CK_SESSION_HANDLE session, CK_MECHANISM* mechanism,
                             CK_OBJECT_HANDLE key, CK_ATTRIBUTE* attributes, CK_ULONG count,
                             CK_OBJECT_HANDLE* made) -> CK_RV {
        const auto& p = *static_cast<CK_ECDH1_DERIVE_PARAMS*>(mechanism->pParameter);
        bool length = false;
        for (CK_ULONG i = 0; i < count; ++i) length = length || attributes[i].type == CKA_VALUE_LEN;
        if ((p.ulPublicDataLen == 34) != der || length != with_length) {
          ++refused;
          return length != with_length ? CKR_TEMPLATE_INCONSISTENT : CKR_MECHANISM_PARAM_INVALID;
        }
        return test::Calls::own().C_DeriveKey(session, mechanism, key, attributes, count, made);
      };
      auto key = token->open_key(*crypto, {"hpke", {}});
      REQUIRE_OK(key);
      const int tried = refused;
      REQUIRE_OK(test::exchange(*crypto, std::move(*key)));
      REQUIRE(refused == tried);
    }
  }

  calls.derive_key = [](auto...) -> CK_RV { return CKR_MECHANISM_INVALID; };
  REQUIRE_ERRC(token->open_key(*crypto, {"hpke", {}}), Errc::not_supported);
  calls.derive_key = nullptr;

  // A token that hides the secret, and one that gives another length of it.
  CK_RV answer = CKR_ATTRIBUTE_SENSITIVE;
  CK_ULONG length = 0;
  calls.get_attribute_value = [&](CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                                  CK_ATTRIBUTE* attributes, CK_ULONG count) -> CK_RV {
    const CK_RV rv = test::Calls::own().C_GetAttributeValue(session, object, attributes, count);
    if (attributes[0].type != CKA_VALUE) return rv;
    attributes[0].ulValueLen = length;
    return answer;
  };
  const auto hidden = token->open_key(*crypto, {"hpke", {}});
  REQUIRE_ERRC(hidden, Errc::key_unavailable);
  REQUIRE(std::string(hidden.error().message).find("refuses to reveal") != std::string::npos);
  answer = CKR_OK;
  for (const CK_ULONG wrong : {CK_ULONG{0}, CK_ULONG{31}, CK_ULONG{33}, ~CK_ULONG{0}}) {
    length = wrong;
    REQUIRE_ERRC(token->open_key(*crypto, {"hpke", {}}), Errc::key_unavailable);
  }
  calls.get_attribute_value = nullptr;
  REQUIRE(test::Calls::secrets() == 0);
  REQUIRE_OK(token->open_key(*crypto, {"hpke", {}}));
}
