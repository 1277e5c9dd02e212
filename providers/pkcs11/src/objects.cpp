#include "objects.hpp"

namespace twoway::pkcs11 {
namespace {

using core::Bytes;
using core::Errc;
using core::Error;
using core::Result;
using core::Status;

constexpr CK_ULONG kMostBytes = 1 << 16;  // of an attribute: a certificate is the longest

bool is_absent(CK_RV rv) noexcept {
  return rv == CKR_ATTRIBUTE_TYPE_INVALID || rv == CKR_ATTRIBUTE_SENSITIVE;
}

}  // namespace

Result<std::optional<Bytes>> read_attribute(Session& session, CK_OBJECT_HANDLE object,
                                            CK_ATTRIBUTE_TYPE type) noexcept {
  CK_ATTRIBUTE attribute{type, nullptr, 0};
  CK_RV rv = session.p11.C_GetAttributeValue(session.handle, object, &attribute, 1);
  if (is_absent(rv)) return std::optional<Bytes>{};
  if (rv != CKR_OK) return failure(rv);
  if (attribute.ulValueLen == kUnavailable) return std::optional<Bytes>{};
  if (attribute.ulValueLen > kMostBytes) return failure(CKR_GENERAL_ERROR);
  Bytes value(attribute.ulValueLen);
  if (value.empty()) return std::optional(std::move(value));
  attribute.pValue = value.data();
  rv = session.p11.C_GetAttributeValue(session.handle, object, &attribute, 1);
  if (rv != CKR_OK) return failure(rv);
  if (attribute.ulValueLen > value.size()) return failure(CKR_GENERAL_ERROR);
  value.resize(attribute.ulValueLen);
  return std::optional(std::move(value));
}

Result<bool> read_flag(Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                       bool otherwise) noexcept {
  const Result<std::optional<Bytes>> value = read_attribute(session, object, type);
  if (!value) return value.error();
  if (!*value || (*value)->size() != sizeof(CK_BBOOL)) return otherwise;
  return (*value)->front() != CK_FALSE;
}

Result<std::vector<CK_OBJECT_HANDLE>> find_objects(Session& session, Template wanted) noexcept {
  CK_FUNCTION_LIST& p11 = session.p11;
  CK_RV rv = p11.C_FindObjectsInit(session.handle, wanted.data(), wanted.size());
  if (rv == CKR_OPERATION_ACTIVE) {  // the end of an earlier search failed
    rv = p11.C_FindObjectsFinal(session.handle);
    if (rv == CKR_OK) {
      rv = p11.C_FindObjectsInit(session.handle, wanted.data(), wanted.size());
    }
  }
  if (rv != CKR_OK) {
    session.discard = true;  // it may hold an earlier search
    return failure(rv);
  }
  std::vector<CK_OBJECT_HANDLE> found;
  for (;;) {
    std::array<CK_OBJECT_HANDLE, 32> some{};
    CK_ULONG count = 0;
    rv = p11.C_FindObjects(session.handle, some.data(), some.size(), &count);
    if (rv == CKR_OK && count > some.size()) rv = CKR_GENERAL_ERROR;
    if (rv != CKR_OK || count == 0) break;
    found.insert(found.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
  }
  if (p11.C_FindObjectsFinal(session.handle) != CKR_OK) session.discard = true;
  if (rv != CKR_OK) return failure(rv);
  return found;
}

void destroy(Session& session, CK_OBJECT_HANDLE object) noexcept {
  if (session.p11.C_DestroyObject(session.handle, object) != CKR_OK) session.discard = true;
}

Result<FoundKeys> find_keys(Session& session, const KeyName& name) noexcept {
  const CK_ULONG private_key = CKO_PRIVATE_KEY;
  Template wanted;
  wanted.add(CKA_CLASS, private_key);
  if (!name.id.empty()) wanted.add(CKA_ID, name.id);
  if (!name.label.empty()) wanted.add(CKA_LABEL, core::as_bytes(name.label));
  const Result<std::vector<CK_OBJECT_HANDLE>> objects = find_objects(session, wanted);
  if (!objects) return objects.error();
  if (objects->empty() && session.login_required) {  // a lost login looks like a missing key
    if (Status s = check_login(session.p11, session.handle); !s) return s.error();
  }
  FoundKeys found;
  for (const CK_OBJECT_HANDLE object : *objects) {
    const auto ec_params = read_attribute(session, object, CKA_EC_PARAMS);
    if (!ec_params) return ec_params.error();
    TokenKeyRecord key;
    key.handle = object;
    if (*ec_params) key.curve = find_curve(**ec_params);
    if (key.curve == nullptr) {
      found.others = true;
      continue;
    }
    const auto label = read_attribute(session, object, CKA_LABEL);
    if (!label) return label.error();
    const auto id = read_attribute(session, object, CKA_ID);
    if (!id) return id.error();
    if (*label) key.name.label.assign((*label)->begin(), (*label)->end());
    if (*id) key.name.id = **id;
    found.keys.push_back(std::move(key));
  }
  return found;
}

Result<TokenKeyRecord> find_key(Session& session, const KeyName& name) noexcept {
  Result<FoundKeys> found = find_keys(session, name);
  if (!found) return found.error();
  if (found->keys.size() == 1) return std::move(found->keys.front());
  if (found->keys.size() > 1) {
    return Error{Errc::invalid_argument,
                 "several private keys of the token match: name the id (CKA_ID) as well"};
  }
  if (found->others) {
    return Error{Errc::not_supported,
                 "the private key is of another kind: P-256, P-384, P-521 and X25519 can be used"};
  }
  return Error{Errc::key_unavailable,
               "no private key of the token matches: check its label (object) and id"};
}

}  // namespace twoway::pkcs11
