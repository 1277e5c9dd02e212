// One token's connection: finding it, its login, its sessions, and getting all of them back.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "errors.hpp"
#include "login.hpp"
#include "module.hpp"

namespace twoway::pkcs11 {

/// A session that is lent for one operation.
struct Session {
  CK_FUNCTION_LIST& p11;
  CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
  std::uint64_t generation = 0;  ///< object handles are good within one
  std::uint64_t epoch = 0;
  bool login_required = false;
  bool discard = false;  ///< set if something was left in it: it is closed and not used again
};

class TokenState {
 public:
  static core::Result<std::shared_ptr<TokenState>> open(const TokenLocation& location,
                                                        const Options& options) noexcept;
  ~TokenState();
  TokenState(const TokenState&) = delete;
  TokenState& operator=(const TokenState&) = delete;

  core::Result<TokenInfo> info() noexcept;
  void reset_pin() noexcept { login_->reset(); }
  void guard_exit() const noexcept { module_->guard_exit(Module::Milestone::used); }

  /// Calls `operation` with a session. Connects again and calls it once more if it fails because
  /// the connection was lost (Error::native or the session says so). It may write its output both
  /// times.
  template <typename Operation>
  core::Status run(const Operation& operation) noexcept {
    return run(
        [](const void* context, Session& session) noexcept {
          return (*static_cast<const Operation*>(context))(session);
        },
        &operation);
  }

  /// From here on sessions may write.
  void need_writable() noexcept;

 private:
  using Call = core::Status (*)(const void* context, Session& session) noexcept;

  /// The parts of one connection.
  struct Connection {
    CK_SLOT_ID slot = 0;
    std::uint64_t epoch = 0;
    std::size_t limit = 0;
    bool writable = false;
    bool login_required = false;
    bool at_login = false;  // it came as far as that
  };

  struct Pool {
    std::mutex mutex;
    std::condition_variable room;     // a session is idle, or fewer are open
    std::condition_variable settled;  // an attempt to connect has ended
    std::vector<CK_SESSION_HANDLE> idle;
    std::size_t open = 0;   // sessions that are not closed yet: idle and lent
    std::size_t limit = 0;  // 0 before the first use
    bool connected = false;
    bool connecting = false;
    bool writable = false;  // whether the next connection must be writable
    CK_RV lost = CKR_OK;    // why the last connection ended
    std::uint64_t generation = 0;
    std::uint64_t attempts = 0;
    core::Error failed{};   // of the last attempt, without a message if it succeeded
    unsigned failures = 0;  // attempts in a row that failed
    Connection now;         // or the last one
  };
  using Lock = std::unique_lock<std::mutex>;

  TokenState(ModuleRef module, TokenLocation location, Options options,
             std::shared_ptr<Login> login) noexcept;

  core::Status run(Call call, const void* context) noexcept;
  core::Status use(Session& session, Clock::time_point until, Call call, const void* context,
                   CK_RV& lost) noexcept;
  core::Status take(Session& session, Clock::time_point until) noexcept;
  core::Status connect(Pool& pool, Lock& lock, Clock::time_point until) noexcept;
  core::Result<CK_SESSION_HANDLE> new_connection(Connection& made, CK_RV lost, unsigned failures,
                                                 Clock::time_point until) noexcept;
  core::Result<CK_SESSION_HANDLE> try_connection(Connection& made, CK_RV lost, bool force_login,
                                                 Clock::time_point until) noexcept;
  core::Result<CK_SESSION_HANDLE> open_session(const Connection& connection) noexcept;
  core::Status open_another(Pool& pool, Lock& lock, Clock::time_point until) noexcept;
  void give_back(const Session& session) noexcept;
  bool lose(const Session& session, CK_RV why) noexcept;
  void end_connection(Pool& pool, Lock& lock, CK_RV why) noexcept;
  void close(CK_SESSION_HANDLE session, std::uint64_t epoch) noexcept;

  ModuleRef module_;
  const TokenLocation location_;  // complete except for a slot that nobody asked for
  const Options options_;
  const std::shared_ptr<Login> login_;
  PerProcess<Pool> pool_;
};

/// A token's fields from the module, with the flags that tell the effect of a login.
struct TokenDescription {
  TokenInfo info;
  CK_FLAGS flags = 0;
  CK_ULONG max_sessions = 0;  ///< 0 if the token does not say
  CK_SLOT_ID slot = 0;
};

/// Returns the initialised tokens of a module that match. A slot that fails is left out, and its
/// code is written to `failed`.
core::Result<std::vector<TokenDescription>> find_tokens(Module& module, const TokenLocation& wanted,
                                                        Module::Slots where,
                                                        CK_RV& failed) noexcept;

/// The one token that matches.
core::Result<TokenDescription> find_token(Module& module, const TokenLocation& wanted) noexcept;

/// A token and the module that it was found in.
struct LocatedToken {
  ModuleRef module;
  TokenDescription token;
};

/// The one token that matches in the modules that `location` names, which are initialised. If they
/// are several, one that fails is passed over.
core::Result<LocatedToken> locate_token(const TokenLocation& location,
                                        Clock::time_point until) noexcept;

}  // namespace twoway::pkcs11
