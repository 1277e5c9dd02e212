// SoftHSM in a directory of its own, and PKCS#11 modules as "another component" of the process sees
// them. Throws if something fails.
#pragma once

#include <filesystem>
#include <string>

#include <p11-kit/pkcs11.h>

#include "temporary_directory.hpp"

namespace twoway::test {

inline constexpr const char* kPin = "123456";

/// A directory for tokens with one token in it. The process uses it from here on. Only one may
/// exist at a time, and every user of the module must end before it.
class SoftToken {
 public:
  explicit SoftToken(const std::string& label = "gateway", std::string pin = kPin);
  SoftToken(const SoftToken&) = delete;
  SoftToken& operator=(const SoftToken&) = delete;

  /// Adds a token to the directory.
  void add_token(const std::string& label) const;

  /// Runs a program with the directory's configuration in its environment.
  void run(const std::string& command) const;

  /// Returns the path of SoftHSM's module.
  static const char* module_path();

  const std::filesystem::path& directory() const { return directory_.path(); }
  std::filesystem::path store() const { return directory() / "tokens"; }

 private:
  const TemporaryDirectory directory_;
  const std::string pin_;
};

/// Returns a module's own functions.
class RawModule {
 public:
  explicit RawModule(const char* path = SoftToken::module_path());
  ~RawModule();
  RawModule(const RawModule&) = delete;
  RawModule& operator=(const RawModule&) = delete;

  CK_FUNCTION_LIST* operator->() const { return list_; }
  CK_FUNCTION_LIST& functions() const { return *list_; }
  void* symbol(const char* name) const;
  CK_RV initialize() const;

  /// Returns the slot of the initialised token with this label.
  CK_SLOT_ID slot(const std::string& label = "gateway") const;
  CK_TOKEN_INFO token_info(const std::string& label = "gateway") const;

  /// Opens a session that may write, and logs in with kPin unless the process is logged in.
  CK_SESSION_HANDLE open_session(const std::string& label = "gateway") const;

  /// Finds the one object of a class and label that the session sees.
  CK_OBJECT_HANDLE find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS kind,
                        const std::string& label) const;

 private:
  void* library_ = nullptr;
  CK_FUNCTION_LIST* list_ = nullptr;
};

}  // namespace twoway::test
