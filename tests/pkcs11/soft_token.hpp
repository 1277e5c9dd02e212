// A SoftHSM token in a directory of its own, and the module as "another component" sees it.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <p11-kit/pkcs11.h>

#include <twoway/pkcs11.hpp>
#include <twoway/twoway.hpp>

#include "support.hpp"

namespace twoway::test {

inline constexpr const char* kPin = "123456";

/// PIN source that counts how often it is asked.
class CountingPin final : public pkcs11::PinSource {
 public:
  explicit CountingPin(std::string pin = kPin) : pin_(std::move(pin)) {}
  Status read(core::SecretBuffer& pin) noexcept override;
  int asked() const { return asked_; }
  void set(std::string pin) { pin_ = std::move(pin); }

 private:
  std::string pin_;
  std::atomic<int> asked_ = 0;
};

/// A directory for tokens, which the process uses from here on, with one token in it. One at a
/// time; whatever uses the module must end before it.
class SoftToken {
 public:
  explicit SoftToken(const std::string& label = "gateway");
  ~SoftToken();
  SoftToken(const SoftToken&) = delete;
  SoftToken& operator=(const SoftToken&) = delete;

  /// Adds a token to the directory.
  void add_token(const std::string& label) const;

  /// Runs a program with the directory's configuration in its environment; requires success.
  void run(const std::string& command) const;

  pkcs11::TokenLocation location(const std::string& label = "gateway") const;
  std::string uri(const std::string& key_label) const;
  const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
};

/// The module's own functions, for what only another component of the process would do.
class RawModule {
 public:
  RawModule();
  ~RawModule();
  RawModule(const RawModule&) = delete;
  RawModule& operator=(const RawModule&) = delete;

  CK_FUNCTION_LIST* operator->() const { return list_; }
  CK_RV initialize() const;

  /// The slot of the initialised token with this label.
  CK_SLOT_ID slot(const std::string& label = "gateway") const;
  CK_TOKEN_INFO token_info(const std::string& label = "gateway") const;

  /// A session of the other component's; logged in unless the process is already.
  CK_SESSION_HANDLE open_session() const;

 private:
  void* library_ = nullptr;
  CK_FUNCTION_LIST* list_ = nullptr;
};

/// What an imported key consists of.
struct ImportedKey {
  KemId kem = KemId::dhkem_p256;
  Bytes private_key;
  Bytes public_key;
  std::string label;
  Bytes id;
  bool derive = true;
  bool public_object = true;
};

/// Puts a key pair on the token.
void import_key(const RawModule& module, CK_SESSION_HANDLE session, const ImportedKey& key);

/// A fresh software key pair of a KEM, to be imported.
ImportedKey fresh_key(KemId kem, const std::string& label, Bytes id);

/// Puts a certificate for `public_key` of P-256 on the token.
void import_certificate(const RawModule& module, CK_SESSION_HANDLE session, ByteView public_key,
                        const Bytes& id);

/// Calls into the module, counted. The functions may be replaced: they are called in place of the
/// module's. One at a time; made and destroyed while nobody is inside the module.
class Calls {
 public:
  explicit Calls(const RawModule& module);
  ~Calls();
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  static long initialized();  ///< C_Initialize that answered CKR_OK
  static long finalized();    ///< C_Finalize, whatever it answered
  static long logins();       ///< C_Login, whatever it answered
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

  /// The module's own functions.
  static const CK_FUNCTION_LIST& own();
};

/// Options with the right PIN.
pkcs11::Options with_pin();

/// The first provider of the build that offers the KEM, or null.
const Provider* provider_for(KemId kem);

/// One request and its response through `key`; the first error, if any.
Status exchange(const Provider& crypto, std::shared_ptr<const PrivateKey> key);

/// The KEMs of keys on tokens.
inline constexpr KemId kTokenKems[] = {KemId::dhkem_p256, KemId::dhkem_p384, KemId::dhkem_p521,
                                       KemId::dhkem_x25519};

}  // namespace twoway::test
