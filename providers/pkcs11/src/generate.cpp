// Making keys on the token.
#include <twoway/core/rng.hpp>

#include "key.hpp"

namespace twoway::pkcs11 {
namespace {

using core::Bytes;
using core::Errc;
using core::Error;
using core::Result;
using core::Status;

/// How much of "for derivation only" a token lets a template say. The key that comes out must be
/// able to derive, and must not be able to leave, in any case.
enum class Usage { derive_only, derive, derive_and_decrypt };
constexpr Usage kUsages[] = {Usage::derive_only, Usage::derive, Usage::derive_and_decrypt};

CK_RV generate(Session& session, const Generation& how, Usage usage, const KeyName& name) noexcept {
  CK_MECHANISM mechanism{how.mechanism, nullptr, 0};
  CK_OBJECT_HANDLE made[2];
  Template public_key, private_key;
  public_key.add(CKA_TOKEN, true).add(CKA_KEY_TYPE, how.key_type).add(CKA_EC_PARAMS, how.ec_params);
  private_key.add(CKA_TOKEN, true)
      .add(CKA_KEY_TYPE, how.key_type)
      .add(CKA_PRIVATE, true)
      .add(CKA_SENSITIVE, true)
      .add(CKA_EXTRACTABLE, false)
      .add(CKA_DERIVE, true);
  if (usage == Usage::derive_only) {
    public_key.add(CKA_VERIFY, false).add(CKA_ENCRYPT, false).add(CKA_WRAP, false);
    private_key.add(CKA_SIGN, false).add(CKA_DECRYPT, false).add(CKA_UNWRAP, false);
  }
  // tpm2-pkcs11 maps "decrypt" to the TPM's key exchange.
  if (usage == Usage::derive_and_decrypt) private_key.add(CKA_DECRYPT, true);
  for (Template* both : {&public_key, &private_key}) {
    both->add(CKA_ID, name.id);
    if (!name.label.empty()) both->add(CKA_LABEL, core::as_bytes(name.label));
  }
  return session.p11.C_GenerateKeyPair(session.handle, &mechanism, public_key.data(),
                                       public_key.size(), private_key.data(), private_key.size(),
                                       &made[0], &made[1]);
}

/// Tries what the token may accept, in order. A failure that is not about the request ends it.
Status generate(Session& session, const Curve& curve, const KeyName& name) noexcept {
  Error last{Errc::not_supported, "the token does not offer key pairs of this curve",
             CKR_MECHANISM_INVALID};
  for (const Generation& how : curve.generations) {
    CK_SESSION_INFO here{};
    CK_RV rv = session.p11.C_GetSessionInfo(session.handle, &here);
    if (rv != CKR_OK) return failure(rv);
    CK_MECHANISM_INFO mechanism{};
    rv = session.p11.C_GetMechanismInfo(here.slotID, how.mechanism, &mechanism);
    if (rv == CKR_MECHANISM_INVALID) continue;
    if (rv != CKR_OK) return failure(rv);
    for (const Usage usage : kUsages) {
      rv = generate(session, how, usage, name);
      if (rv == CKR_OK) return {};
      last = failure(rv);
      if (recovery(last) != Recovery::none) return last;
    }
  }
  return last;
}

Status check_protection(Session& session, CK_OBJECT_HANDLE key) noexcept {
  const Result<bool> sensitive = read_flag(session, key, CKA_SENSITIVE, false);
  if (!sensitive) return sensitive.error();
  const Result<bool> extractable = read_flag(session, key, CKA_EXTRACTABLE, true);
  if (!extractable) return extractable.error();
  if (*sensitive && !*extractable) return {};
  return Error{Errc::not_supported,
               "the token made a key that could leave it, which was destroyed: use another token"};
}

constexpr CK_ULONG kClasses[] = {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};

Status require_free(Session& session, const KeyName& name) noexcept {
  for (const CK_ULONG object_class : kClasses) {
    for (const bool by_id : {true, false}) {
      if (by_id ? name.id.empty() : name.label.empty()) continue;
      Template wanted;
      wanted.add(CKA_CLASS, object_class);
      if (by_id) {
        wanted.add(CKA_ID, name.id);
      } else {
        wanted.add(CKA_LABEL, core::as_bytes(name.label));
      }
      const Result<std::vector<CK_OBJECT_HANDLE>> found = find_objects(session, wanted);
      if (!found) return found.error();
      if (!found->empty()) {
        return Error{Errc::invalid_argument,
                     "the token has a key with this label or id: choose another"};
      }
    }
  }
  return {};
}

/// Removes both halves.
Status remove_pair(Session& session, const KeyName& name) noexcept {
  for (const CK_ULONG object_class : kClasses) {
    Template mine;
    mine.add(CKA_CLASS, object_class).add(CKA_ID, name.id);
    const Result<std::vector<CK_OBJECT_HANDLE>> found = find_objects(session, mine);
    if (!found) return found.error();
    for (const CK_OBJECT_HANDLE object : *found) destroy(session, object);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<core::DhPrivateKey>> generate_token_key(std::shared_ptr<TokenState> token,
                                                               const core::Provider& crypto,
                                                               core::KemId kem,
                                                               const KeyName& wanted) noexcept {
  if (wanted.label.empty() && wanted.id.empty()) {
    return Error{Errc::invalid_argument, "a key on a token needs a label or an id"};
  }
  const Curve* curve = find_curve(kem);
  if (curve == nullptr) {
    return Error{Errc::not_supported,
                 "keys on tokens are of P-256, P-384, P-521 or X25519: no other KEM can be used"};
  }
  if (const auto group = group_for(crypto, *curve); !group) return group.error();
  KeyName name = wanted;
  if (name.id.empty()) {
    name.id.resize(16);
    if (Status s = crypto.rng().fill(name.id); !s) return s.error();
  }
  token->need_writable();
  const Status made = token->run([&](Session& session) noexcept -> Status {
    if (Status s = require_free(session, wanted); !s) return s;
    return generate(session, *curve, name);
  });
  if (!made) return made.error();

  const Status protection = token->run([&](Session& session) noexcept -> Status {
    const Result<TokenKeyRecord> key = find_key(session, name);
    if (!key) return key.error();
    return check_protection(session, key->handle);
  });
  auto key = protection ? open_token_key(token, crypto, name, {}) : protection.error();
  if (key) return key;
  // A pair that cannot be used would only be in the way. Why it cannot is what the caller hears.
  static_cast<void>(
      token->run([&](Session& session) noexcept { return remove_pair(session, name); }));
  return key;
}

}  // namespace twoway::pkcs11
