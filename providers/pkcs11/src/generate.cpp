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
/// able to derive, and must not be able to leave, in any case. tpm2-pkcs11 maps "decrypt" to the
/// TPM's key exchange, and cannot remove a pair that failed to derive: so its way comes before the
/// token's defaults. No mechanism decrypts with a key of these types.
enum class Usage { derive_only, derive_and_decrypt, derive };
constexpr Usage kUsages[] = {Usage::derive_only, Usage::derive_and_decrypt, Usage::derive};

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
  if (usage == Usage::derive_and_decrypt) private_key.add(CKA_DECRYPT, true);
  for (Template* both : {&public_key, &private_key}) {
    both->add(CKA_ID, name.id);
    if (!name.label.empty()) both->add(CKA_LABEL, core::as_bytes(name.label));
  }
  return session.p11.C_GenerateKeyPair(session.handle, &mechanism, public_key.data(),
                                       public_key.size(), private_key.data(), private_key.size(),
                                       &made[0], &made[1]);
}

/// Whether the slot lists the mechanism.
Result<bool> offers(Session& session, CK_MECHANISM_TYPE type) noexcept {
  CK_SESSION_INFO here{};
  CK_RV rv = session.p11.C_GetSessionInfo(session.handle, &here);
  if (rv != CKR_OK) return failure(rv);
  CK_MECHANISM_INFO mechanism{};
  rv = session.p11.C_GetMechanismInfo(here.slotID, type, &mechanism);
  if (rv == CKR_MECHANISM_INVALID) return false;
  if (rv != CKR_OK) return failure(rv);
  return true;
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

/// Removes both halves as far as the token allows.
Status remove_pair(Session& session, const KeyName& name) noexcept {
  Status removed;
  for (const CK_ULONG object_class : kClasses) {
    Template mine;
    mine.add(CKA_CLASS, object_class).add(CKA_ID, name.id);
    const Result<std::vector<CK_OBJECT_HANDLE>> found = find_objects(session, mine);
    if (!found) return found.error();
    for (const CK_OBJECT_HANDLE object : *found) {
      const CK_RV rv = session.p11.C_DestroyObject(session.handle, object);
      if (rv != CKR_OK) removed = failure(rv);
    }
  }
  return removed;
}

/// Returns the new pair if it has the attributes that were asked for, else removes it.
Result<std::unique_ptr<core::DhPrivateKey>> take_pair(const std::shared_ptr<TokenState>& token,
                                                      const core::Provider& crypto,
                                                      const KeyName& name, bool& removed) noexcept {
  const Status protection = token->run([&](Session& session) noexcept -> Status {
    const Result<TokenKeyRecord> key = find_key(session, name);
    if (!key) return key.error();
    return check_protection(session, key->handle);
  });
  auto key = protection ? open_token_key(token, crypto, name, {}) : protection.error();
  if (key) return key;
  const Status gone =
      token->run([&](Session& session) noexcept { return remove_pair(session, name); });
  removed = gone.ok();
  if (removed) return key;
  return coded(key.error().code,
               "the token made a key pair that cannot be used, and did not remove it: remove it "
               "with the token's own tool",
               key.error().native);
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
  if (Status s = token->run([&](Session& on) noexcept { return require_free(on, wanted); }); !s) {
    return s.error();
  }

  // The attributes that the token may accept are tried in order, until a pair derives, because some
  // tokens make keys that cannot. Only an error about the request itself leads to the next try.
  Error last = coded(Errc::not_supported, "the token does not offer key pairs of this curve",
                     CKR_MECHANISM_INVALID);
  for (const Generation& how : curve->generations) {
    bool offered = false;
    const Status asked = token->run([&](Session& session) noexcept -> Status {
      const Result<bool> answer = offers(session, how.mechanism);
      if (!answer) return answer.error();
      offered = *answer;
      return {};
    });
    if (!asked) return asked.error();
    if (!offered) continue;
    for (const Usage usage : kUsages) {
      const Status made = token->run([&](Session& session) noexcept -> Status {
        const CK_RV rv = generate(session, how, usage, name);
        return rv == CKR_OK ? Status{} : Status{failure(rv)};
      });
      bool removed = true;
      auto key = made ? take_pair(token, crypto, name, removed) : made.error();
      if (key) return key;
      last = key.error();
      if (!removed || last.native == 0 || recovery(last) != Recovery::none) return last;
    }
  }
  return last;
}

}  // namespace twoway::pkcs11
