#include "token.hpp"

#include <algorithm>

namespace twoway::pkcs11 {
namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;

/// Never 0, and never the same again, in a forked child too.
std::uint64_t next_generation() noexcept {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

Error timed_out() noexcept {
  return {Errc::key_unavailable,
          "no session of the token became free in time: raise max_sessions or the deadline"};
}

/// What stays true of a token that is plugged into another slot.
TokenLocation identity(const TokenLocation& found, const TokenLocation& wanted) {
  TokenLocation location = found;
  location.slot_id = wanted.slot_id;
  return location;
}

}  // namespace

TokenState::TokenState(ModuleRef module, TokenLocation location, Options options,
                       std::shared_ptr<Login> login) noexcept
    : module_(std::move(module)),
      location_(std::move(location)),
      options_(std::move(options)),
      login_(std::move(login)) {}

Result<std::shared_ptr<TokenState>> TokenState::open(const TokenLocation& location,
                                                     const Options& options) noexcept {
  if (options.max_sessions == 0) {
    return Error{Errc::invalid_argument, "max_sessions must be at least 1"};
  }
  Result<LocatedToken> found = locate_token(location);
  if (!found) return found.error();
  const TokenLocation& complete = found->token.info.location;
  std::shared_ptr<Login> login = Login::of(complete);
  return std::shared_ptr<TokenState>(new TokenState(
      std::move(found->module), identity(complete, location), options, std::move(login)));
}

TokenState::~TokenState() {
  const Pool* pool = pool_.find();
  if (pool == nullptr) return;
  for (const CK_SESSION_HANDLE session : pool->idle) close(session, pool->now.epoch);
}

Result<TokenInfo> TokenState::info() noexcept {
  if (Status s = module_->initialize(false); !s) return s.error();
  Result<TokenDescription> found = find_token(*module_, location_);
  if (!found && found.error().native == CKR_CRYPTOKI_NOT_INITIALIZED) {
    if (Status s = module_->initialize(true); !s) return s.error();
    found = find_token(*module_, location_);
  }
  if (!found) return found.error();
  return std::move(found->info);
}

Status TokenState::run(Call call, const void* context) noexcept {
  const Clock::time_point until = Clock::now() + options_.deadline;
  for (bool again = false;; again = true) {
    Session session{.p11 = module_->p11()};
    if (Status s = take(session, until); !s) {
      if (again || recovery(s.error()) == Recovery::none) return s;
      continue;
    }
    Status status = call(context, session);
    if (status || recovery(status.error()) == Recovery::none) {
      give_back(session);
      return status;
    }
    if (!lose(session, status.error().native) || again) return status;
  }
}

// An idle session, a new one below the limit, or the next that is given back. Whoever finds the
// connection lost makes it anew; the others wait, and share its failure.
Status TokenState::take(Session& session, Clock::time_point until) noexcept {
  Pool& pool = pool_.get();
  Lock lock(pool.mutex);
  if (pool.limit == 0) pool.limit = options_.max_sessions;
  for (bool expired = false;;) {
    if (pool.connecting) {
      const std::uint64_t attempt = pool.attempts;
      if (!pool.settled.wait_until(lock, until, [&] { return pool.attempts != attempt; })) {
        return timed_out();
      }
      if (!pool.connected && !pool.connecting) return pool.failed;
    } else if (!pool.connected && pool.open < pool.limit) {
      if (Status s = connect(pool, lock, until); !s) return s;
    } else if (pool.connected && !pool.idle.empty()) {
      session.handle = pool.idle.back();
      pool.idle.pop_back();
      session.generation = pool.generation;
      session.epoch = pool.now.epoch;
      session.login_required = pool.now.login_required;
      return {};
    } else if (pool.connected && pool.open < pool.limit) {
      if (Status s = open_another(pool, lock); !s) return s;
    } else if (expired) {
      return timed_out();
    } else {
      expired = pool.room.wait_until(lock, until) == std::cv_status::timeout;
    }
  }
}

Status TokenState::connect(Pool& pool, Lock& lock, Clock::time_point until) noexcept {
  pool.connecting = true;
  ++pool.open;
  Connection made;
  made.writable = pool.writable;
  const CK_RV lost = pool.lost;
  lock.unlock();
  const Result<CK_SESSION_HANDLE> session = new_connection(made, lost, until);
  lock.lock();
  pool.connecting = false;
  pool.connected = session.ok();
  ++pool.attempts;
  if (session) {
    pool.now = made;
    pool.limit = made.limit;
    pool.generation = next_generation();
    pool.lost = CKR_OK;
    pool.idle.push_back(*session);
  } else {
    --pool.open;
    pool.failed = session.error();
    if (recovery(session.error()) != Recovery::none) pool.lost = session.error().native;
  }
  pool.settled.notify_all();
  pool.room.notify_all();
  if (!session) return session.error();
  return {};
}

Result<CK_SESSION_HANDLE> TokenState::new_connection(Connection& made, CK_RV lost,
                                                     Clock::time_point until) noexcept {
  if (Status s = module_->initialize(lost == CKR_CRYPTOKI_NOT_INITIALIZED); !s) return s.error();
  made.epoch = module_->epoch();
  const Result<TokenDescription> token = find_token(*module_, location_);
  if (!token) return token.error();
  made.slot = token->slot;
  made.login_required = token->info.login_required;
  made.limit = options_.max_sessions;
  if (token->max_sessions != 0) made.limit = std::min<std::size_t>(made.limit, token->max_sessions);
  const Result<CK_SESSION_HANDLE> session = open_session(made);
  if (!session) return session;
  const bool force = lost == CKR_USER_NOT_LOGGED_IN;
  if (Status s =
          login_->log_in(module_->p11(), *session, token->flags, options_.pin.get(), force, until);
      !s) {
    close(*session, made.epoch);
    return s.error();
  }
  return session;
}

Result<CK_SESSION_HANDLE> TokenState::open_session(const Connection& connection) noexcept {
  const CK_FLAGS flags = CKF_SERIAL_SESSION | (connection.writable ? CKF_RW_SESSION : 0);
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  const CK_RV rv = module_->p11().C_OpenSession(connection.slot, flags, nullptr, nullptr, &session);
  if (rv != CKR_OK) return failure(rv);
  return session;
}

// Adds an idle session. Success also where the token has none left, but gave some before: the
// limit is then what it gave.
Status TokenState::open_another(Pool& pool, Lock& lock) noexcept {
  ++pool.open;
  const std::uint64_t generation = pool.generation;
  const Connection connection = pool.now;
  lock.unlock();
  const Result<CK_SESSION_HANDLE> opened = open_session(connection);
  lock.lock();
  const bool current = pool.connected && pool.generation == generation;
  if (opened && current) {
    pool.idle.push_back(*opened);
    return {};
  }
  if (opened) {
    lock.unlock();
    close(*opened, connection.epoch);
    lock.lock();
  }
  --pool.open;
  pool.room.notify_one();
  if (opened || !current) return {};
  if (opened.error().native == CKR_SESSION_COUNT && pool.open != 0) {
    pool.limit = std::min(pool.limit, pool.open);
    return {};
  }
  if (recovery(opened.error()) != Recovery::none) end_connection(pool, lock, opened.error().native);
  return opened.error();
}

void TokenState::give_back(const Session& session) noexcept {
  Pool& pool = pool_.get();
  Lock lock(pool.mutex);
  if (pool.connected && pool.generation == session.generation && !session.discard) {
    pool.idle.push_back(session.handle);
  } else {
    lock.unlock();
    close(session.handle, session.epoch);
    lock.lock();
    --pool.open;
  }
  pool.room.notify_one();
}

/// Ends the session, and the connection that it belongs to. False where a new one would not help.
bool TokenState::lose(const Session& session, CK_RV why) noexcept {
  Pool& pool = pool_.get();
  close(session.handle, session.epoch);
  Lock lock(pool.mutex);
  --pool.open;
  pool.room.notify_one();
  if (!pool.connected || pool.generation != session.generation) return true;
  if (answer(why).recovery == Recovery::writable) {
    if (pool.now.writable) return false;
    pool.writable = true;
  }
  end_connection(pool, lock, why);
  return true;
}

void TokenState::need_writable() noexcept {
  Pool& pool = pool_.get();
  Lock lock(pool.mutex);
  pool.writable = true;
  if (pool.connected && !pool.now.writable) end_connection(pool, lock, CKR_OK);
}

void TokenState::end_connection(Pool& pool, Lock& lock, CK_RV why) noexcept {
  pool.connected = false;
  pool.lost = why;
  const std::vector<CK_SESSION_HANDLE> idle = std::move(pool.idle);
  pool.idle.clear();
  const std::uint64_t epoch = pool.now.epoch;
  lock.unlock();
  for (const CK_SESSION_HANDLE handle : idle) close(handle, epoch);
  lock.lock();
  pool.open -= idle.size();
  pool.room.notify_all();
}

// A handle from before the module was initialised again may be somebody else's by now.
void TokenState::close(CK_SESSION_HANDLE session, std::uint64_t epoch) noexcept {
  if (epoch != module_->epoch()) return;
  const CK_RV rv = module_->p11().C_CloseSession(session);
  if (rv != CKR_OK && recovery({Errc::key_unavailable, "", rv}) == Recovery::none) {
    module_->p11().C_CloseSession(
        session);  // a session that is left behind lasts as long as the process
  }
}

}  // namespace twoway::pkcs11
