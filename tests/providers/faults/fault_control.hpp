// Shared by a test and the module of fault_module.cpp: the functions of PKCS#11 v2.40, and the
// control interface, which the test finds with dlsym as `twoway_fault_control`.
#pragma once

#include <cstddef>

#include <p11-kit/pkcs11.h>

namespace twoway::test::fault {

// In the order of CK_FUNCTION_LIST.
// clang-format off
#define TWOWAY_PKCS11_FUNCTIONS(X)                                                              \
  X(C_Initialize) X(C_Finalize) X(C_GetInfo) X(C_GetFunctionList) X(C_GetSlotList)              \
  X(C_GetSlotInfo) X(C_GetTokenInfo) X(C_GetMechanismList) X(C_GetMechanismInfo)                \
  X(C_InitToken) X(C_InitPIN) X(C_SetPIN) X(C_OpenSession) X(C_CloseSession)                    \
  X(C_CloseAllSessions) X(C_GetSessionInfo) X(C_GetOperationState) X(C_SetOperationState)       \
  X(C_Login) X(C_Logout) X(C_CreateObject) X(C_CopyObject) X(C_DestroyObject)                   \
  X(C_GetObjectSize) X(C_GetAttributeValue) X(C_SetAttributeValue) X(C_FindObjectsInit)         \
  X(C_FindObjects) X(C_FindObjectsFinal) X(C_EncryptInit) X(C_Encrypt) X(C_EncryptUpdate)       \
  X(C_EncryptFinal) X(C_DecryptInit) X(C_Decrypt) X(C_DecryptUpdate) X(C_DecryptFinal)          \
  X(C_DigestInit) X(C_Digest) X(C_DigestUpdate) X(C_DigestKey) X(C_DigestFinal) X(C_SignInit)   \
  X(C_Sign) X(C_SignUpdate) X(C_SignFinal) X(C_SignRecoverInit) X(C_SignRecover)                \
  X(C_VerifyInit) X(C_Verify) X(C_VerifyUpdate) X(C_VerifyFinal) X(C_VerifyRecoverInit)         \
  X(C_VerifyRecover) X(C_DigestEncryptUpdate) X(C_DecryptDigestUpdate) X(C_SignEncryptUpdate)   \
  X(C_DecryptVerifyUpdate) X(C_GenerateKey) X(C_GenerateKeyPair) X(C_WrapKey) X(C_UnwrapKey)    \
  X(C_DeriveKey) X(C_SeedRandom) X(C_GenerateRandom) X(C_GetFunctionStatus)                     \
  X(C_CancelFunction) X(C_WaitForSlotEvent)
// clang-format on

enum class Function : std::size_t {
#define TWOWAY_ENUMERATOR(name) name,
  TWOWAY_PKCS11_FUNCTIONS(TWOWAY_ENUMERATOR)
#undef TWOWAY_ENUMERATOR
};

inline constexpr const char* kFunctionNames[] = {
#define TWOWAY_NAME(name) #name,
    TWOWAY_PKCS11_FUNCTIONS(TWOWAY_NAME)
#undef TWOWAY_NAME
};
inline constexpr std::size_t kFunctionCount = sizeof(kFunctionNames) / sizeof(kFunctionNames[0]);

enum class Action {
  fail,            ///< returns `value` without a call of SoftHSM
  answer,          ///< calls SoftHSM, but returns `value`
  delay,           ///< waits `value` milliseconds first
  hold,            ///< waits for `release` or `reset` first
  close_sessions,  ///< closes every session of every slot first
  reinitialise,    ///< C_Finalize and C_Initialize first
  remove_token,    ///< removes the token first, as `Control::remove_token` does
  break_module,    ///< breaks the module first, as `Control::break_module` does, with `value`
  zero_secret,     ///< these four change the CKA_VALUE that C_GetAttributeValue returns of a secret
  wrong_secret,    ///< of C_DeriveKey, and the rule counts no other calls: all zero, one bit
  short_secret,    ///< flipped, a byte less, and
  long_secret,     ///< a byte more
};

/// A rule acts at the `nth` call of `function` after the rule was set, and at each `every`-th call
/// after that if `every` is not 0.
struct Rule {
  Function function;
  unsigned long nth = 1;
  Action action = Action::fail;
  unsigned long value = 0;
  unsigned long every = 0;
};

/// Thread-safe.
struct Control {
  void (*add)(const Rule&);
  /// Forgets rules and counts of calls, releases held calls and brings the token back. Sessions and
  /// objects are still counted.
  void (*reset)();
  void (*release)();

  /// The token is gone, and its sessions with it, until insert_token or reset.
  void (*remove_token)();
  void (*insert_token)();
  /// From here on every call except C_Finalize and C_Initialize returns `rv`. The module works
  /// again when C_Initialize has succeeded after C_Finalize this many times, or after reset.
  void (*break_module)(CK_RV rv, unsigned long initializations);
  void (*close_sessions)();
  void (*reinitialise)();

  unsigned long (*calls)(Function);   ///< of the test's program, since reset
  unsigned long (*faults)();          ///< the number of times that a rule has acted since reset
  unsigned long (*held)();            ///< calls that wait
  unsigned long (*live_sessions)();   ///< that nobody has closed
  unsigned long (*live_objects)();    ///< of sessions, that nobody has destroyed
  unsigned long (*unclean_finals)();  ///< C_Finalize while another call was running (never reset)
};

}  // namespace twoway::test::fault

extern "C" const twoway::test::fault::Control* twoway_fault_control();
