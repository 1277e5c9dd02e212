// Logging in, and never sending a refused PIN again.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include <twoway/core/error.hpp>
#include <twoway/pkcs11.hpp>

#include "native.hpp"
#include "per_process.hpp"

namespace twoway::pkcs11 {

/// Asks a session whether it is logged in. Errors: key_unavailable with CKR_USER_NOT_LOGGED_IN, or
/// with the result of C_GetSessionInfo.
core::Status check_login(CK_FUNCTION_LIST& p11, CK_SESSION_HANDLE session) noexcept;

/// Results of this process's logins with one token's PIN. All handles of the token share it.
/// Thread-safe.
class Login {
 public:
  /// Returns the object for a token. It lives as long as the process.
  static std::shared_ptr<Login> of(const TokenLocation& complete) noexcept;

  /// Logs a session in, one thread at a time. `flags` are the token's, read just now. With `force`
  /// C_Login is called even if the session says that it is logged in.
  core::Status log_in(CK_FUNCTION_LIST& p11, CK_SESSION_HANDLE session, CK_FLAGS flags,
                      core::SecretSource* pin, bool force,
                      std::chrono::steady_clock::time_point until) noexcept;

  void reset() noexcept { refused_ = CKR_OK; }

 private:
  struct Turn {
    std::mutex mutex;
    std::condition_variable changed;
    bool taken = false;
  };

  core::Status log_in_alone(CK_FUNCTION_LIST& p11, CK_SESSION_HANDLE session, CK_FLAGS flags,
                            core::SecretSource* pin) noexcept;

  std::atomic<CK_RV> refused_ = CKR_OK;  // a forked child knows of a refusal
  PerProcess<Turn> turn_;
};

}  // namespace twoway::pkcs11
