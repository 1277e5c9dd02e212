// The sessions of one token: lent, waited for, lost.
#include <algorithm>

#include "token.hpp"

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

}  // namespace

// Takes an idle session, a new one below the limit, or the next that is given back. The thread that
// finds the connection lost makes it anew. The others wait, and share its failure.
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
      // An attempt that succeeded may have been for nothing already: then this thread tries itself.
      const bool settled = !pool.connected && !pool.connecting;
      if (settled && pool.failed.message != nullptr) return pool.failed;
    } else if (pool.connected && pool.now.epoch != module_->epoch()) {
      end_connection(pool, lock, CKR_SESSION_HANDLE_INVALID);
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
      if (Status s = open_another(pool, lock, until); !s) return s;
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
  made.epoch = pool.now.epoch;
  made.writable = pool.writable;
  const CK_RV lost = pool.lost;
  const unsigned failures = pool.failures;
  lock.unlock();
  const Result<CK_SESSION_HANDLE> session = new_connection(made, lost, failures, until);
  lock.lock();
  pool.connecting = false;
  pool.connected = session.ok();
  ++pool.attempts;
  pool.now = made;
  if (session) {
    module_->count_connection(+1);
    pool.failed = {};
    pool.failures = 0;
    pool.limit = made.limit;
    pool.generation = next_generation();
    pool.lost = CKR_OK;
    pool.idle.push_back(*session);
  } else {
    --pool.open;
    ++pool.failures;
    pool.failed = session.error();
    if (recovery(session.error()) != Recovery::none) pool.lost = session.error().native;
  }
  pool.settled.notify_all();
  pool.room.notify_all();
  if (!session) return session.error();
  return {};
}

// Adds an idle session. Succeeds also if the token has none left but gave some before, which then
// are the limit, and if the connection proves lost, which then has ended.
Status TokenState::open_another(Pool& pool, Lock& lock, Clock::time_point until) noexcept {
  ++pool.open;
  const std::uint64_t generation = pool.generation;
  const Connection connection = pool.now;
  lock.unlock();
  const Result<CK_SESSION_HANDLE> opened = [&]() noexcept -> Result<CK_SESSION_HANDLE> {
    const Module::Inside inside(*module_, until);
    if (!inside.ok()) return inside.error();
    if (connection.epoch != module_->epoch()) return failure(CKR_SESSION_HANDLE_INVALID);
    return open_session(connection);
  }();
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
  const CK_RV why = opened.error().native;
  const bool lost =
      recovery(opened.error()) != Recovery::none || (is_unclear(why) && pool.open == 0);
  if (!lost) return opened.error();
  end_connection(pool, lock, why);
  return {};
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

/// Ends the session, and the connection that it belongs to. False if a new one would not help.
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
  module_->count_connection(-1);
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
  const Module::Inside inside(*module_);
  if (!inside.ok() || epoch != module_->epoch()) return;
  const CK_RV rv = module_->p11().C_CloseSession(session);
  if (rv != CKR_OK && recovery({Errc::key_unavailable, "", rv}) == Recovery::none) {
    module_->p11().C_CloseSession(
        session);  // a session that is left behind lasts as long as the process
  }
}

}  // namespace twoway::pkcs11
