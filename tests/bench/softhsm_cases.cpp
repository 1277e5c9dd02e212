// Keys in a SoftHSM token.
#include <twoway/pkcs11.hpp>

#include "cases.hpp"
#include "key_cases.hpp"
#include "soft_token.hpp"

namespace twoway::bench {
namespace {

constexpr std::array<std::size_t, 4> kThreads{1, 2, 4, 8};
constexpr std::chrono::milliseconds kSlice{10};
constexpr const char* kLabel = "hpke";

class SoftHsm final : public KeyPlace, public std::enable_shared_from_this<SoftHsm> {
 public:
  SoftHsm(const core::Provider& crypto, KemId kem) {
    require(module_.initialize() == CKR_OK);
    module_.open_session();  // keeps the process logged in
    require(open().generate_key(crypto, kem, {kLabel, {}}).ok());
    key_ = take(open().open_key(crypto, {kLabel, {}}));
  }
  ~SoftHsm() override {
    key_.reset();
    module_->C_Finalize(nullptr);
  }

  std::shared_ptr<const PrivateKey> key() const override {
    return {shared_from_this(), key_.get()};
  }
  std::unique_ptr<RawKey> raw_key() const override;

  const test::RawModule& module() const { return module_; }

 private:
  static pkcs11::Token open() {
    const auto pin = core::secret_from_function([](core::SecretBuffer& out) -> Status {
      const ByteView bytes = as_bytes(test::kPin);
      out.assign(bytes.begin(), bytes.end());
      return {};
    });
    return take(pkcs11::Token::open(
        {.module_path = test::SoftToken::module_path(), .label = "gateway"}, {.pin = pin}));
  }

  test::SoftToken token_;
  test::RawModule module_;
  std::unique_ptr<DhPrivateKey> key_;
};

/// Derives in a session of its own.
class RawSoftKey final : public RawKey {
 public:
  explicit RawSoftKey(std::shared_ptr<const SoftHsm> place)
      : place_(std::move(place)),
        p11_(place_->module().functions()),
        session_(place_->module().open_session()),
        key_(place_->module().find(session_, CKO_PRIVATE_KEY, kLabel)) {}
  ~RawSoftKey() override { p11_.C_CloseSession(session_); }

  void derive(ByteSpan secret, ByteView enc) override {
    CK_ECDH1_DERIVE_PARAMS parameters{CKD_NULL, 0, nullptr, enc.size(),
                                      const_cast<CK_BYTE*>(enc.data())};
    CK_MECHANISM mechanism{CKM_ECDH1_DERIVE, &parameters, sizeof(parameters)};
    CK_OBJECT_CLASS secret_key = CKO_SECRET_KEY;
    CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG size = secret.size();
    CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &secret_key, sizeof(secret_key)},
                             {CKA_KEY_TYPE, &generic, sizeof(generic)},
                             {CKA_TOKEN, &no, sizeof(no)},
                             {CKA_SENSITIVE, &no, sizeof(no)},
                             {CKA_EXTRACTABLE, &yes, sizeof(yes)},
                             {CKA_VALUE_LEN, &size, sizeof(size)}};
    CK_OBJECT_HANDLE object = 0;
    require(p11_.C_DeriveKey(session_, &mechanism, key_, wanted, std::size(wanted), &object) ==
            CKR_OK);
    CK_ATTRIBUTE value{CKA_VALUE, secret.data(), secret.size()};
    require(p11_.C_GetAttributeValue(session_, object, &value, 1) == CKR_OK &&
            value.ulValueLen == secret.size());
    require(p11_.C_DestroyObject(session_, object) == CKR_OK);
  }

 private:
  const std::shared_ptr<const SoftHsm> place_;
  const CK_FUNCTION_LIST& p11_;
  const CK_SESSION_HANDLE session_;
  const CK_OBJECT_HANDLE key_;
};

std::unique_ptr<RawKey> SoftHsm::raw_key() const {
  return std::make_unique<RawSoftKey>(shared_from_this());
}

const KeyRegistration registration([](const RawLibrary& library) {
  for (const KemId kem : {KemId::dhkem_x25519, KemId::dhkem_p256}) {
    add_key_pairs(library, kem, "softhsm", kThreads, kSlice,
                  [](const core::Provider& crypto, KemId id) {
                    return std::make_shared<SoftHsm>(crypto, id);
                  });
  }
});

}  // namespace
}  // namespace twoway::bench
