// Errors of opening a token or key.
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

#include "token_keys.hpp"
#include "wrapping.hpp"

using namespace twoway;
using test::RawModule;
using test::SoftToken;

TEST_CASE("codes of a token are named in the messages") {
  const SoftToken directory;
  const RawModule module;
  test::Calls calls(module);
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  const auto said = [&](CK_RV rv) {
    calls.open_session = [rv](auto...) { return rv; };
    const auto keys = token->list_keys();
    REQUIRE_ERRC(keys, Errc::key_unavailable);
    REQUIRE(keys.error().native == rv);
    return std::string(keys.error().message);
  };
  REQUIRE(said(CKR_DEVICE_MEMORY).find(" (CKR_DEVICE_MEMORY, 0x31): ") != std::string::npos);
  REQUIRE(said(CKR_KEY_CHANGED).find(" (CKR_KEY_CHANGED, 0x65): ") != std::string::npos);
  REQUIRE(said(0x80000123).find(" (CKR 0x80000123): ") != std::string::npos);
  // A token that returns ever new codes does not fill the memory. In a child, because messages last
  // as long as their process.
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    CK_RV rv = 0x80001000;
    calls.open_session = [&rv](auto...) { return rv; };
    const auto named = [&] {
      return std::string_view(token->list_keys().error().message).find("(CKR ") !=
             std::string_view::npos;
    };
    const bool first = named();
    while (rv < 0x80002000 && named()) ++rv;
    ::_exit(first && rv < 0x80002000 ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
}

TEST_CASE("errors name a token or key that is missing, ambiguous or of another kind") {
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

TEST_CASE("opening a key finds the form of input that its token wants") {
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
