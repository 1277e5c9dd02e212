// Logins: as few as possible, and never twice with a PIN that was refused.
#include "token_keys.hpp"

using namespace twoway;
using test::Calls;
using test::RawModule;
using test::SoftToken;

TEST_CASE("a refused PIN is not sent again, through any handle, until it is reset") {
  const SoftToken directory;
  const Provider* crypto = test::provider_for(KemId::dhkem_x25519);
  const RawModule module;
  const Calls calls(module);
  const auto pin = std::make_shared<test::CountingPin>("000000");
  const auto token = pkcs11::Token::open(test::location(), {.pin = pin});
  REQUIRE_OK(token);
  REQUIRE(Calls::logins() == 0);
  const auto refused = token->list_keys();
  REQUIRE_ERRC(refused, Errc::key_unavailable);
  REQUIRE(refused.error().native == CKR_PIN_INCORRECT);
  REQUIRE(Calls::logins() == 1);
  REQUIRE(pin->asked() == 1);

  pin->set(test::kPin);
  REQUIRE_ERRC(token->list_keys(), Errc::key_unavailable);
  REQUIRE_ERRC(token->generate_key(*crypto, KemId::dhkem_x25519, {"a", {}}), Errc::key_unavailable);
  const auto other = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(other);
  const auto latched = other->list_keys();
  REQUIRE_ERRC(latched, Errc::key_unavailable);
  REQUIRE(latched.error().native == CKR_PIN_INCORRECT);
  REQUIRE(std::string(latched.error().message).find("reset_pin") != std::string::npos);
  REQUIRE(Calls::logins() == 1);
  REQUIRE(pin->asked() == 1);
  REQUIRE(Calls::sessions() == 0);

  other->reset_pin();
  REQUIRE_OK(token->list_keys());
  REQUIRE_OK(other->list_keys());
  REQUIRE(Calls::logins() == 2);
  REQUIRE(pin->asked() == 2);
}

TEST_CASE("PINs that a token cannot take latch as well") {
  const SoftToken directory;
  const RawModule module;
  const Calls calls(module);
  const auto pin = std::make_shared<test::CountingPin>(std::string(300, '1'));
  const auto token = pkcs11::Token::open(test::location(), {.pin = pin});
  REQUIRE_OK(token);
  for (int i = 0; i < 3; ++i) {
    const auto refused = token->list_keys();
    REQUIRE_ERRC(refused, Errc::key_unavailable);
    REQUIRE((refused.error().native == CKR_PIN_LEN_RANGE ||
             refused.error().native == CKR_PIN_INCORRECT));
  }
  REQUIRE(Calls::logins() == 1);
}

TEST_CASE("a token that would lock, or is locked, is not asked") {
  const SoftToken directory;
  const RawModule module;
  Calls calls(module);
  CK_FLAGS more = 0;
  calls.get_token_info = [&](CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
    const CK_RV rv = Calls::own().C_GetTokenInfo(slot, info);
    info->flags |= more;
    return rv;
  };
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  for (const CK_FLAGS flag : {CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED}) {
    more = flag;
    REQUIRE_ERRC(token->list_keys(), Errc::key_unavailable);
    const auto info = token->info();
    REQUIRE_OK(info);
    REQUIRE(info->pin_final_try == (flag == CKF_USER_PIN_FINAL_TRY));
    REQUIRE(info->pin_locked == (flag == CKF_USER_PIN_LOCKED));
  }
  REQUIRE(Calls::logins() == 0);
  more = 0;
  REQUIRE_OK(token->list_keys());
}

TEST_CASE("a token with a keypad is logged in without a PIN from here") {
  const SoftToken directory;
  const RawModule module;
  Calls calls(module);
  calls.get_token_info = [&](CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
    const CK_RV rv = Calls::own().C_GetTokenInfo(slot, info);
    info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    return rv;
  };
  const auto pin = std::make_shared<test::CountingPin>();
  const auto token = pkcs11::Token::open(test::location(), {.pin = pin});
  REQUIRE_OK(token);
  // SoftHSM has no keypad. It gets a null PIN, and refuses that.
  const auto asked = token->list_keys();
  REQUIRE_ERRC(asked, Errc::key_unavailable);
  REQUIRE(Calls::logins() == 1);
  REQUIRE(pin->asked() == 0);
}

TEST_CASE("errors name a source that fails, and a missing source") {
  const SoftToken directory;
  const auto none = pkcs11::Token::open(test::location());
  REQUIRE_OK(none);
  const auto without = none->list_keys();
  REQUIRE_ERRC(without, Errc::key_unavailable);
  REQUIRE(std::string(without.error().message).find("PIN source") != std::string::npos);

  const auto failing = pkcs11::Token::open(
      test::location(), {.pin = core::secret_from_function([](core::SecretBuffer&) -> Status {
                           return Error{Errc::source_failed, "the vault is sealed", 503};
                         })});
  REQUIRE_OK(failing);
  const auto failed = failing->list_keys();
  REQUIRE_ERRC(failed, Errc::source_failed);
  REQUIRE(failed.error().native == 503);
}

TEST_CASE("a login of another component is used, and not ended") {
  const SoftToken directory;
  const RawModule module;
  REQUIRE(module.initialize() == CKR_OK);
  const CK_SESSION_HANDLE session = module.open_session();
  {
    const auto token = pkcs11::Token::open(test::location());
    REQUIRE_OK(token);
    REQUIRE_OK(token->list_keys());
  }
  CK_SESSION_INFO info{};
  REQUIRE(module->C_GetSessionInfo(session, &info) == CKR_OK);
  REQUIRE(info.state == CKS_RW_USER_FUNCTIONS);
  module->C_Finalize(nullptr);
}
