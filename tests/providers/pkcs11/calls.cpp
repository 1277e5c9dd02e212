#include "token_keys.hpp"

namespace twoway::test {
namespace {

CK_FUNCTION_LIST* patched = nullptr;
CK_FUNCTION_LIST originals;
Calls* hooks = nullptr;
std::atomic<long> initialized_count, finalized_count, login_count, open_count, most_open,
    secret_count;

CK_RV counted_initialize(void* arguments) {
  const CK_RV rv = originals.C_Initialize(arguments);
  if (rv == CKR_OK) ++initialized_count;
  return rv;
}

CK_RV counted_finalize(void* reserved) {
  ++finalized_count;
  return originals.C_Finalize(reserved);
}

CK_RV counted_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR* pin, CK_ULONG size) {
  ++login_count;
  return originals.C_Login(session, user, pin, size);
}

CK_RV counted_open(CK_SLOT_ID slot, CK_FLAGS flags, void* data, CK_NOTIFY notify,
                   CK_SESSION_HANDLE* session) {
  const CK_RV rv = hooks->open_session
                       ? hooks->open_session(slot, flags, session)
                       : originals.C_OpenSession(slot, flags, data, notify, session);
  if (rv != CKR_OK) return rv;
  const long now = ++open_count;
  for (long most = most_open; most < now && !most_open.compare_exchange_weak(most, now);) {
  }
  return rv;
}

CK_RV counted_close(CK_SESSION_HANDLE session) {
  const CK_RV rv = originals.C_CloseSession(session);
  if (rv == CKR_OK) --open_count;
  return rv;
}

CK_RV counted_derive(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key,
                     CK_ATTRIBUTE* attributes, CK_ULONG count, CK_OBJECT_HANDLE* made) {
  const CK_RV rv = hooks->derive_key
                       ? hooks->derive_key(session, mechanism, key, attributes, count, made)
                       : originals.C_DeriveKey(session, mechanism, key, attributes, count, made);
  if (rv == CKR_OK) ++secret_count;
  return rv;
}

CK_RV counted_destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
  const CK_RV rv = originals.C_DestroyObject(session, object);
  if (rv == CKR_OK) --secret_count;
  return rv;
}

CK_RV hooked_attributes(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                        CK_ATTRIBUTE* attributes, CK_ULONG count) {
  return hooks->get_attribute_value
             ? hooks->get_attribute_value(session, object, attributes, count)
             : originals.C_GetAttributeValue(session, object, attributes, count);
}

CK_RV hooked_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
  return hooks->get_token_info ? hooks->get_token_info(slot, info)
                               : originals.C_GetTokenInfo(slot, info);
}

}  // namespace

Calls::Calls(const RawModule& module) {
  patched = module.operator->();
  originals = *patched;
  hooks = this;
  for (auto* count : {&initialized_count, &finalized_count, &login_count, &open_count, &most_open,
                      &secret_count}) {
    *count = 0;
  }
  patched->C_Initialize = counted_initialize;
  patched->C_Finalize = counted_finalize;
  patched->C_Login = counted_login;
  patched->C_OpenSession = counted_open;
  patched->C_CloseSession = counted_close;
  patched->C_DeriveKey = counted_derive;
  patched->C_DestroyObject = counted_destroy;
  patched->C_GetAttributeValue = hooked_attributes;
  patched->C_GetTokenInfo = hooked_token_info;
}

Calls::~Calls() { *patched = originals; }

long Calls::initialized() { return initialized_count; }
long Calls::finalized() { return finalized_count; }
long Calls::logins() { return login_count; }
long Calls::sessions() { return open_count; }
long Calls::most_sessions() { return most_open; }
long Calls::secrets() { return secret_count; }
const CK_FUNCTION_LIST& Calls::own() { return originals; }

}  // namespace twoway::test
