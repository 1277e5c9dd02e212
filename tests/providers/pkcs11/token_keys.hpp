// Keys in SoftHSM tokens: PINs, imported keys, calls into the module.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <twoway/pkcs11.hpp>
#include <twoway/twoway.hpp>

#include "soft_token.hpp"
#include "support.hpp"

namespace twoway::test {

/// A PIN source that counts the questions.
class CountingPin final : public core::SecretSource {
 public:
  explicit CountingPin(std::string pin = kPin) : pin_(std::move(pin)) {}
  Status read(core::SecretBuffer& pin) noexcept override;
  int asked() const { return asked_; }
  void set(std::string pin) { pin_ = std::move(pin); }

 private:
  std::string pin_;
  std::atomic<int> asked_ = 0;
};

/// Returns the location of the token with this label, and the URI of a key in the one called
/// gateway.
pkcs11::TokenLocation location(const std::string& label = "gateway");
std::string uri(const std::string& key_label);

/// The parts of an imported key.
struct ImportedKey {
  KemId kem = KemId::dhkem_p256;
  Bytes private_key;
  Bytes public_key;
  std::string label;
  Bytes id;
  bool derive = true;
  bool public_object = true;
  std::string public_label = {};  ///< of the public object, or empty for `label`
};

/// Imports a key pair into the token.
void import_key(const RawModule& module, CK_SESSION_HANDLE session, const ImportedKey& key);

/// Makes a software key pair of a KEM, to be imported.
ImportedKey fresh_key(KemId kem, const std::string& label, Bytes id);

/// Imports a certificate for `public_key` of P-256 into the token.
void import_certificate(const RawModule& module, CK_SESSION_HANDLE session, ByteView public_key,
                        const Bytes& id);

/// A module that another component has initialised, for tests that put their own objects on it.
struct Outside {
  Outside();
  ~Outside();

  SoftToken directory;
  RawModule module;
  CK_SESSION_HANDLE session = 0;
};

/// Counts the calls into the module, and can replace its functions. Only one may exist at a time.
/// Make and destroy it while nobody is inside the module.
class Calls {
 public:
  explicit Calls(const RawModule& module);
  ~Calls();
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  static long initialized();  ///< C_Initialize that returned CKR_OK
  static long finalized();    ///< C_Finalize with any result
  static long logins();       ///< C_Login with any result
  static long sessions();     ///< opened less closed
  static long most_sessions();
  static long secrets();  ///< objects derived less destroyed

  std::function<CK_RV(CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE, CK_ATTRIBUTE*, CK_ULONG,
                      CK_OBJECT_HANDLE*)>
      derive_key;
  std::function<CK_RV(CK_SESSION_HANDLE, CK_OBJECT_HANDLE, CK_ATTRIBUTE*, CK_ULONG)>
      get_attribute_value;
  std::function<CK_RV(CK_SLOT_ID, CK_FLAGS, CK_SESSION_HANDLE*)> open_session;
  std::function<CK_RV(CK_SLOT_ID, CK_TOKEN_INFO*)> get_token_info;

  /// Returns the module's own functions.
  static const CK_FUNCTION_LIST& own();
};

/// Returns options with the right PIN.
pkcs11::Options with_pin();

/// Returns the first provider of the build that offers the KEM, or null.
const Provider* provider_for(KemId kem);

/// Exchanges one request and its response through `key`. Returns the first error.
Status exchange(const Provider& crypto, std::shared_ptr<const PrivateKey> key);

/// The KEMs of keys in tokens.
inline constexpr KemId kTokenKems[] = {KemId::dhkem_p256, KemId::dhkem_p384, KemId::dhkem_p521,
                                       KemId::dhkem_x25519};

}  // namespace twoway::test
