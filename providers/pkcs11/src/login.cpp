#include "login.hpp"

#include <vector>

#include "errors.hpp"

namespace twoway::pkcs11 {
namespace {

using core::Errc;
using core::Error;
using core::Status;

}  // namespace

Status check_login(CK_FUNCTION_LIST& p11, CK_SESSION_HANDLE session) noexcept {
  CK_SESSION_INFO info{};
  const CK_RV rv = p11.C_GetSessionInfo(session, &info);
  if (rv != CKR_OK) return failure(rv);
  const bool there = info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS;
  return there ? Status{} : failure(CKR_USER_NOT_LOGGED_IN);
}

std::shared_ptr<Login> Login::of(const TokenLocation& complete) noexcept {
  struct Row {
    TokenLocation token;
    std::shared_ptr<Login> login;
  };
  struct Table {
    std::mutex mutex;
    std::vector<Row> rows;
  };
  static PerProcess<Table>& tables = *new PerProcess<Table>;
  Table& table = tables.get();
  const std::lock_guard lock(table.mutex);
  for (const Row& row : table.rows) {
    if (row.token.module_path == complete.module_path && row.token.label == complete.label &&
        row.token.serial == complete.serial && row.token.manufacturer == complete.manufacturer &&
        row.token.model == complete.model) {
      return row.login;
    }
  }
  return table.rows.emplace_back(Row{complete, std::make_shared<Login>()}).login;
}

Status Login::log_in(CK_FUNCTION_LIST& p11, CK_SESSION_HANDLE session, CK_FLAGS flags,
                     core::SecretSource* pin, bool force,
                     std::chrono::steady_clock::time_point until) noexcept {
  if ((flags & CKF_LOGIN_REQUIRED) == 0) return {};
  Turn& turn = turn_.get();
  {
    std::unique_lock lock(turn.mutex);
    if (!turn.changed.wait_until(lock, until, [&] { return !turn.taken; })) {
      return Error{Errc::key_unavailable, "another login to the token did not end in time"};
    }
    turn.taken = true;
  }
  Status status;
  if (force || !check_login(p11, session)) status = log_in_alone(p11, session, flags, pin);
  {
    const std::lock_guard lock(turn.mutex);
    turn.taken = false;
  }
  turn.changed.notify_one();
  return status;
}

Status Login::log_in_alone(CK_FUNCTION_LIST& p11, CK_SESSION_HANDLE session, CK_FLAGS flags,
                           core::SecretSource* source) noexcept {
  if (const CK_RV refused = refused_; refused != CKR_OK) {
    return coded(Errc::key_unavailable,
                 "the token refused the PIN before, so it is not sent again: correct its source, "
                 "then call reset_pin or start again",
                 refused);
  }
  if ((flags & CKF_USER_PIN_LOCKED) != 0) return failure(CKR_PIN_LOCKED);
  if ((flags & CKF_USER_PIN_FINAL_TRY) != 0) {
    return Error{Errc::key_unavailable,
                 "one more wrong PIN would lock the token: log in once with the token's own tool"};
  }
  CK_RV rv = CKR_OK;
  if ((flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0) {
    rv = p11.C_Login(session, CKU_USER, nullptr, 0);
  } else if (source == nullptr) {
    return coded(Errc::key_unavailable,
                 "the token asks for a PIN: give a PIN source (pin-source=file:... in a URI)",
                 CKR_USER_NOT_LOGGED_IN);
  } else {
    core::SecretBuffer pin;
    if (Status s = source->read(pin); !s) return s;
    rv = p11.C_Login(session, CKU_USER, pin.data(), pin.size());
  }
  if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN) return {};
  if (answer(rv).refused_pin) refused_ = rv;
  return failure(rv);
}

}  // namespace twoway::pkcs11
