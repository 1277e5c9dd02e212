#include "token.hpp"

#include <algorithm>

namespace twoway::pkcs11 {
namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;

/// The properties of a token that stay when it is plugged into another slot.
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
  Result<LocatedToken> found = locate_token(location, Clock::now() + options.deadline);
  if (!found) return found.error();
  const TokenLocation& complete = found->token.info.location;
  std::shared_ptr<Login> login = Login::of(complete);
  return std::shared_ptr<TokenState>(new TokenState(
      std::move(found->module), identity(complete, location), options, std::move(login)));
}

TokenState::~TokenState() {
  const Pool* pool = pool_.find();
  if (pool == nullptr) return;
  if (pool->connected) module_->count_connection(-1);
  for (const CK_SESSION_HANDLE session : pool->idle) close(session, pool->now.epoch);
}

Result<TokenInfo> TokenState::info() noexcept {
  Result<TokenDescription> found = module_->ask(
      Clock::now() + options_.deadline, [&]() noexcept { return find_token(*module_, location_); });
  if (!found) return found.error();
  return std::move(found->info);
}

Status TokenState::run(Call call, const void* context) noexcept {
  const Clock::time_point until = Clock::now() + options_.deadline;
  for (bool again = false;; again = true) {
    Session session{.p11 = module_->p11()};
    if (Status s = take(session, until); !s) return s;
    CK_RV lost = CKR_OK;
    Status status = use(session, until, call, context, lost);
    if (lost == CKR_OK) {
      give_back(session);
      return status;
    }
    if (!lose(session, lost) || again) return status;
  }
}

// `lost` says why the session's connection has ended, if it has.
Status TokenState::use(Session& session, Clock::time_point until, Call call, const void* context,
                       CK_RV& lost) noexcept {
  const Module::Inside inside(*module_, until);
  if (!inside.ok()) return inside.error();
  if (session.epoch != module_->epoch()) {
    lost = CKR_SESSION_HANDLE_INVALID;
    return failure(lost);
  }
  Status status = call(context, session);
  if (status) return status;
  const CK_RV rv = status.error().native;
  if (recovery(status.error()) != Recovery::none) {
    lost = rv;
  } else if (rv != CKR_OK) {
    // A session that another thread closes may fail with any code.
    const Status login = check_login(session.p11, session.handle);
    const bool matters =
        !login && (session.login_required || login.error().native != CKR_USER_NOT_LOGGED_IN);
    if (matters) lost = login.error().native;
  }
  return status;
}

// Two attempts. Between them the module is initialised again, if that may help.
Result<CK_SESSION_HANDLE> TokenState::new_connection(Connection& made, CK_RV lost,
                                                     unsigned failures,
                                                     Clock::time_point until) noexcept {
  const bool force_login = lost == CKR_USER_NOT_LOGGED_IN;
  const Result<CK_SESSION_HANDLE> session = try_connection(made, lost, force_login, until);
  if (session) return session;
  const CK_RV why = session.error().native;
  // A PIN must not be sent twice to a token that does not say why it refused it.
  const bool unclear = is_unclear(why);
  if (unclear ? made.at_login : recovery(session.error()) == Recovery::none) return session;
  if (unclear || recovery(session.error()) == Recovery::restart) {
    const Result<bool> restarted = module_->restart(made.epoch, failures, until);
    if (!restarted) return restarted.error();
    if (!*restarted && unclear) return session;
  }
  return try_connection(made, why, force_login, until);
}

Result<CK_SESSION_HANDLE> TokenState::try_connection(Connection& made, CK_RV lost, bool force_login,
                                                     Clock::time_point until) noexcept {
  const Status ready = lost == CKR_CRYPTOKI_NOT_INITIALIZED
                           ? module_->initialize_again(made.epoch, until)
                           : module_->initialize(until);
  made.epoch = module_->epoch();
  made.at_login = false;
  if (!ready) return ready.error();
  Result<CK_SESSION_HANDLE> session = CK_SESSION_HANDLE{CK_INVALID_HANDLE};
  Status logged_in;
  {
    const Module::Inside inside(*module_, until);
    if (!inside.ok()) return inside.error();
    made.epoch = module_->epoch();
    const Result<TokenDescription> token = find_token(*module_, location_);
    if (!token) return token.error();
    made.slot = token->slot;
    made.login_required = token->info.login_required;
    made.limit = options_.max_sessions;
    if (token->max_sessions != 0) {
      made.limit = std::min<std::size_t>(made.limit, token->max_sessions);
    }
    session = open_session(made);
    if (!session) return session;
    made.at_login = true;
    logged_in = login_->log_in(module_->p11(), *session, token->flags, options_.pin.get(),
                               force_login, until);
  }
  if (logged_in) return session;
  close(*session, made.epoch);
  return logged_in.error();
}

Result<CK_SESSION_HANDLE> TokenState::open_session(const Connection& connection) noexcept {
  const CK_FLAGS flags = CKF_SERIAL_SESSION | (connection.writable ? CKF_RW_SESSION : 0);
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  const CK_RV rv = module_->p11().C_OpenSession(connection.slot, flags, nullptr, nullptr, &session);
  if (rv != CKR_OK) return failure(rv);
  return session;
}

}  // namespace twoway::pkcs11
