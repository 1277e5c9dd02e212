// Keys that generate_key must not return.
#include <array>

#include "token_keys.hpp"
#include "wrapping.hpp"

using namespace twoway;
using test::RawModule;
using test::SoftToken;

namespace {

/// Returns the number of objects of all classes in the token.
CK_ULONG objects_of_token() {
  const RawModule module;
  const CK_SESSION_HANDLE session = module.open_session();
  std::array<CK_OBJECT_HANDLE, 16> found{};
  CK_ULONG count = 0;
  REQUIRE(module->C_FindObjectsInit(session, nullptr, 0) == CKR_OK);
  REQUIRE(module->C_FindObjects(session, found.data(), found.size(), &count) == CKR_OK);
  REQUIRE(module->C_FindObjectsFinal(session) == CKR_OK);
  REQUIRE(module->C_CloseSession(session) == CKR_OK);
  return count;
}

class FailingRng final : public core::Rng {
 public:
  Status fill(ByteSpan) noexcept override {
    return Error{Errc::provider_failure, "the test's generator fails"};
  }
};

class WithoutRandom final : public test::WrappingProvider {
 public:
  using WrappingProvider::WrappingProvider;
  core::Rng& rng() const noexcept override { return rng_; }

 private:
  mutable FailingRng rng_;
};

}  // namespace

TEST_CASE("no key is made with the CKA_ID of a generator that fails") {
  const SoftToken directory;
  const Provider* crypto = test::provider_for(KemId::dhkem_x25519);
  REQUIRE(crypto != nullptr);
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  const WithoutRandom failing(*crypto);
  REQUIRE_ERRC(token->generate_key(failing, KemId::dhkem_x25519, {"hpke", {}}),
               Errc::provider_failure);
  REQUIRE(objects_of_token() == 0);
  // An id of the caller's needs no random bytes.
  REQUIRE_OK(token->generate_key(failing, KemId::dhkem_x25519, {"hpke", {1}}));
  REQUIRE(objects_of_token() == 2);
}

TEST_CASE("a generated key that could leave its token is refused, and both halves are removed") {
  const SoftToken directory;
  const Provider* crypto = test::provider_for(KemId::dhkem_x25519);
  REQUIRE(crypto != nullptr);
  const RawModule module;
  test::Calls calls(module);
  const auto token = pkcs11::Token::open(test::location(), test::with_pin());
  REQUIRE_OK(token);
  REQUIRE_OK(token->generate_key(*crypto, KemId::dhkem_x25519, {"good", {}}));
  REQUIRE(objects_of_token() == 2);

  // Makes the token give a value for one attribute of private keys, or say that it has no such
  // attribute.
  const struct {
    CK_ATTRIBUTE_TYPE attribute;
    CK_RV answer;
    CK_BBOOL value;
  } rows[] = {{CKA_EXTRACTABLE, CKR_OK, CK_TRUE},
              {CKA_SENSITIVE, CKR_OK, CK_FALSE},
              {CKA_EXTRACTABLE, CKR_ATTRIBUTE_TYPE_INVALID, CK_FALSE},
              {CKA_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID, CK_TRUE}};
  for (const auto& row : rows) {
    INFO("attribute " << row.attribute << " answer " << row.answer);
    int told = 0;
    calls.get_attribute_value = [&](CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                                    CK_ATTRIBUTE* attributes, CK_ULONG count) -> CK_RV {
      if (count != 1 || attributes[0].type != row.attribute) {
        return test::Calls::own().C_GetAttributeValue(session, object, attributes, count);
      }
      ++told;
      if (row.answer != CKR_OK) return row.answer;
      attributes[0].ulValueLen = sizeof(CK_BBOOL);
      if (attributes[0].pValue != nullptr) {
        *static_cast<CK_BBOOL*>(attributes[0].pValue) = row.value;
      }
      return CKR_OK;
    };
    REQUIRE_ERRC(token->generate_key(*crypto, KemId::dhkem_x25519, {"bad", {}}),
                 Errc::not_supported);
    REQUIRE(told > 0);
    calls.get_attribute_value = nullptr;
    REQUIRE(objects_of_token() == 2);
  }
  REQUIRE_OK(token->open_key(*crypto, {"good", {}}));
}
