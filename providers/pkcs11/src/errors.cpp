#include "errors.hpp"

#include <array>

namespace twoway::pkcs11 {
namespace {

using core::Errc;

constexpr Errc kUnavailableKey = Errc::key_unavailable;
constexpr bool kRefused = true;

constexpr std::array kAnswers{
    Answer{CKR_HOST_MEMORY, kUnavailableKey, Recovery::none, false, "the module is out of memory"},
    Answer{CKR_GENERAL_ERROR, kUnavailableKey, Recovery::none, false,
           "the token failed without saying why: see its own log"},
    Answer{CKR_FUNCTION_FAILED, kUnavailableKey, Recovery::none, false,
           "the token failed without saying why: see its own log"},
    Answer{CKR_ATTRIBUTE_SENSITIVE, kUnavailableKey, Recovery::none, false,
           "the token refuses to reveal the derived secret: its policy must allow "
           "CKA_SENSITIVE=false and CKA_EXTRACTABLE=true for keys that CKM_ECDH1_DERIVE makes"},
    Answer{CKR_DEVICE_ERROR, kUnavailableKey, Recovery::restart, false,
           "the token reports a device error: see its own log"},
    Answer{CKR_DEVICE_MEMORY, kUnavailableKey, Recovery::none, false,
           "the token has no memory left: close sessions or delete objects"},
    Answer{CKR_DEVICE_REMOVED, kUnavailableKey, Recovery::restart, false,
           "the token was removed: insert it again"},
    Answer{CKR_FUNCTION_NOT_SUPPORTED, Errc::not_supported, Recovery::none, false,
           "the module does not implement this function: a newer version of it may"},
    Answer{CKR_KEY_HANDLE_INVALID, kUnavailableKey, Recovery::reconnect, false,
           "the key is no longer on the token"},
    Answer{CKR_KEY_FUNCTION_NOT_PERMITTED, Errc::not_supported, Recovery::none, false,
           "the key may not derive: make it with CKA_DERIVE=true"},
    Answer{CKR_KEY_TYPE_INCONSISTENT, Errc::not_supported, Recovery::none, false,
           "the token cannot derive with a key of this type"},
    Answer{CKR_MECHANISM_INVALID, Errc::not_supported, Recovery::none, false,
           "the token does not offer the mechanism that this key needs"},
    Answer{CKR_OBJECT_HANDLE_INVALID, kUnavailableKey, Recovery::reconnect, false,
           "the key is no longer on the token"},
    Answer{CKR_PIN_INCORRECT, kUnavailableKey, Recovery::none, kRefused,
           "wrong PIN: correct its source, then call reset_pin or start again"},
    Answer{CKR_PIN_INVALID, kUnavailableKey, Recovery::none, kRefused,
           "the PIN holds characters that the token does not take: correct its source"},
    Answer{
        CKR_PIN_LEN_RANGE, kUnavailableKey, Recovery::none, kRefused,
        "the PIN is too short or too long for the token: correct its source, then call reset_pin "
        "or start again"},
    Answer{CKR_PIN_EXPIRED, kUnavailableKey, Recovery::none, kRefused,
           "the PIN has expired: set a new one with the token's own tool"},
    Answer{CKR_PIN_LOCKED, kUnavailableKey, Recovery::none, kRefused,
           "the PIN is locked: unlock it as security officer with the token's own tool"},
    Answer{CKR_SESSION_CLOSED, kUnavailableKey, Recovery::reconnect, false,
           "the session was closed"},
    Answer{CKR_SESSION_COUNT, kUnavailableKey, Recovery::none, false,
           "the token has no session left: other programs hold them all"},
    Answer{CKR_SESSION_HANDLE_INVALID, kUnavailableKey, Recovery::reconnect, false,
           "the session was closed by another part of this process"},
    Answer{CKR_SESSION_READ_ONLY, kUnavailableKey, Recovery::writable, false,
           "the token takes no write session"},
    Answer{CKR_TOKEN_NOT_PRESENT, kUnavailableKey, Recovery::restart, false,
           "the token is not there: insert it, or start its service"},
    Answer{CKR_TOKEN_NOT_RECOGNIZED, kUnavailableKey, Recovery::restart, false,
           "the module does not recognise the token"},
    Answer{CKR_TOKEN_WRITE_PROTECTED, kUnavailableKey, Recovery::none, false,
           "the token is write-protected"},
    Answer{CKR_USER_NOT_LOGGED_IN, kUnavailableKey, Recovery::reconnect, false,
           "the token asks for a login: give a PIN source"},
    Answer{CKR_USER_PIN_NOT_INITIALIZED, kUnavailableKey, Recovery::none, false,
           "the token has no user PIN yet: set one with the token's own tool"},
    Answer{CKR_USER_ANOTHER_ALREADY_LOGGED_IN, kUnavailableKey, Recovery::none, false,
           "another part of this process is logged in as security officer: log it out first"},
    Answer{CKR_CRYPTOKI_NOT_INITIALIZED, kUnavailableKey, Recovery::reconnect, false,
           "another part of this process has finalised the module"},
};

constexpr Answer kOther{0, Errc::key_unavailable, Recovery::none, false,
                        "the token failed: see its own log"};

/// The codes of C_Initialize that keep a module from starting.
struct Start {
  CK_RV rv;
  const char* message;
};
constexpr Start kStarts[] = {
    {CKR_ARGUMENTS_BAD,
     "the PKCS#11 module does not start with these arguments, or without any: give what it wants "
     "as "
     "x-init-reserved in the URI (NSS: configdir='sql:/path/of/the/database')"},
    {CKR_CANT_LOCK,
     "the PKCS#11 module does not start: it has no locks for threads, or wants to start once only "
     "in a process"},
    {CKR_NEED_TO_CREATE_THREADS,
     "the PKCS#11 module does not start: it is not allowed to make threads of its own"},
};
constexpr const char* kNoStart =
    "the PKCS#11 module does not start: check its configuration (SOFTHSM2_CONF, "
    "YUBIHSM_PKCS11_CONF, KRYOPTIC_CONF) and that its service runs (pcscd, pkcsslotd, "
    "yubihsm-connector)";

}  // namespace

const Answer& answer(CK_RV rv) noexcept {
  for (const Answer& row : kAnswers) {
    if (row.rv == rv) return row;
  }
  return kOther;
}

core::Error failure(CK_RV rv) noexcept {
  const Answer& row = answer(rv);
  return coded(row.code, row.message, rv);
}

core::Error start_failure(CK_RV rv) noexcept {
  const char* message = kNoStart;
  for (const Start& row : kStarts) {
    if (row.rv == rv) message = row.message;
  }
  return coded(answer(rv).code, message, rv);
}

}  // namespace twoway::pkcs11
