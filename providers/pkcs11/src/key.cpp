#include "key.hpp"

#include <algorithm>

#include <twoway/core/kem.hpp>

namespace twoway::pkcs11 {
namespace {

using core::Bytes;
using core::ByteSpan;
using core::ByteView;
using core::DhSecret;
using core::Errc;
using core::Error;
using core::PublicKey;
using core::Result;
using core::Status;

/// The form of a derivation. Tokens differ. The check at opening finds the form that works.
struct DeriveForm {
  bool octet_string;  // the peer's point in DER, or as it is
  bool value_len;     // with the length of the secret, or without
};
constexpr DeriveForm kForms[] = {{false, true}, {true, true}, {false, false}, {true, false}};

constexpr Error kWrongLength{Errc::key_unavailable,
                             "the token derived a secret of another length: do not use this key"};

// DH(sk, peer): the x coordinate, or X25519's output, without a key derivation function.
Status derive(Session& session, CK_OBJECT_HANDLE key, DeriveForm form, const Curve& curve,
              ByteView peer, DhSecret& secret) noexcept {
  secret.clear();
  Bytes point = form.octet_string ? encode_octet_string(peer) : Bytes(peer.begin(), peer.end());
  CK_ECDH1_DERIVE_PARAMS parameters{CKD_NULL, 0, nullptr, point.size(), point.data()};
  CK_MECHANISM mechanism{CKM_ECDH1_DERIVE, &parameters, sizeof(parameters)};
  const CK_ULONG secret_key = CKO_SECRET_KEY, generic = CKK_GENERIC_SECRET, ndh = curve.dh.ndh;
  Template wanted;
  wanted.add(CKA_CLASS, secret_key)
      .add(CKA_KEY_TYPE, generic)
      .add(CKA_TOKEN, false)
      .add(CKA_SENSITIVE, false)
      .add(CKA_EXTRACTABLE, true);
  if (form.value_len) wanted.add(CKA_VALUE_LEN, ndh);
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  CK_RV rv = session.p11.C_DeriveKey(session.handle, &mechanism, key, wanted.data(), wanted.size(),
                                     &object);
  if (rv != CKR_OK) return failure(rv);

  // Tokens cut or pad a secret at its start, so one of another length is never used.
  const ByteSpan out = secret.reset(curve.dh.ndh);
  CK_ATTRIBUTE value{CKA_VALUE, out.data(), out.size()};
  rv = session.p11.C_GetAttributeValue(session.handle, object, &value, 1);
  destroy(session, object);
  if (rv == CKR_OK && value.ulValueLen == curve.dh.ndh) return {};
  secret.clear();
  if (rv == CKR_OK && value.ulValueLen == kUnavailable) return failure(CKR_ATTRIBUTE_SENSITIVE);
  if (rv == CKR_ATTRIBUTE_TYPE_INVALID) return failure(CKR_ATTRIBUTE_SENSITIVE);
  if (rv == CKR_OK || rv == CKR_BUFFER_TOO_SMALL) return kWrongLength;
  return failure(rv);
}

class TokenKey final : public core::DhPrivateKey {
 public:
  TokenKey(std::shared_ptr<TokenState> token, const Curve& curve, KeyName name,
           Bytes public_key) noexcept
      : token_(std::move(token)),
        curve_(curve),
        name_(std::move(name)),
        public_(std::move(public_key)) {}

  core::KemId kem_id() const noexcept override { return curve_.kem; }
  ByteView public_key() const noexcept override { return public_; }

  Status dh(DhSecret& secret, const PublicKey& peer) const noexcept override {
    return dh(secret, peer.bytes(), form_);
  }

  /// Compares the token's result with a software one. Keeps both, and the form in which they
  /// agreed. False if the token derives, but another secret: the public key belongs to another key.
  Result<bool> agrees(const core::DhGroup& group) noexcept;

 private:
  struct Found {
    std::mutex mutex;
    std::uint64_t generation = 0;
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  };

  Status dh(DhSecret& secret, ByteView peer, DeriveForm form) const noexcept {
    const Status status = token_->run([&](Session& session) noexcept -> Status {
      const Result<CK_OBJECT_HANDLE> key = handle(session);
      if (!key) return key.error();
      return derive(session, *key, form, curve_, peer, secret);
    });
    if (!status) secret.clear();
    return status;
  }

  /// The key's handle, searched for once in each connection.
  Result<CK_OBJECT_HANDLE> handle(Session& session) const noexcept {
    Found& found = found_.get();
    {
      const std::lock_guard lock(found.mutex);
      if (found.generation == session.generation) return found.handle;
    }
    const Result<TokenKeyRecord> key = find_key(session, name_);
    if (!key) return key.error();
    if (Status s = compare(session, *key); !s) return s.error();
    const std::lock_guard lock(found.mutex);
    found.generation = session.generation;
    found.handle = key->handle;
    return key->handle;
  }

  /// Whether the key that was found is the one that was opened. Its public key need not be on the
  /// token, so it derives the secret of the check again.
  Status compare(Session& session, const TokenKeyRecord& found) const noexcept {
    const Error another{Errc::key_unavailable,
                        "the token's key is another one than the key that was opened: put the "
                        "right key back, or open and publish the new one"};
    if (found.curve != &curve_) return another;
    if (proof_enc_.empty()) return {};  // it is being opened
    DhSecret secret;
    if (Status s = derive(session, found.handle, form_, curve_, proof_enc_, secret); !s) return s;
    if (!core::equal(secret.view(), proof_.view())) return another;
    return {};
  }

  const std::shared_ptr<TokenState> token_;
  const Curve& curve_;
  const KeyName name_;
  const Bytes public_;
  DeriveForm form_{};
  Bytes proof_enc_;  // of a key pair that nobody keeps
  DhSecret proof_;   // the secret that the key derives with it
  PerProcess<Found> found_;
};

Result<bool> TokenKey::agrees(const core::DhGroup& group) noexcept {
  const Result<std::unique_ptr<PublicKey>> own = group.import_public(public_);
  if (!own) return own.error();
  Bytes enc(curve_.dh.npk);
  DhSecret expected;
  if (Status s = group.ephemeral_dh(expected, enc, **own); !s) return s.error();
  Status failed;
  bool derived = false;
  for (const DeriveForm form : kForms) {
    DhSecret secret;
    const Status s = dh(secret, enc, form);
    if (s && core::equal(secret.view(), expected.view())) {
      form_ = form;
      proof_enc_ = std::move(enc);
      proof_ = std::move(expected);
      return true;
    }
    derived = derived || s;
    if (s) continue;
    if (failed) failed = s;
    if (recovery(s.error()) != Recovery::none) break;
  }
  if (!derived) return failed.error();
  return false;
}

/// The attributes that opening reads from the token.
struct Opened {
  TokenKeyRecord key;
  bool derives = true;
  bool asks_each_time = false;
  std::vector<Bytes> public_keys;  // candidates
};

Status read_key(Session& session, const KeyName& name, bool with_public_key,
                Opened& opened) noexcept {
  Result<TokenKeyRecord> key = find_key(session, name);
  if (!key) return key.error();
  opened.key = std::move(*key);
  const Result<bool> derives = read_flag(session, opened.key.handle, CKA_DERIVE, true);
  if (!derives) return derives.error();
  opened.derives = *derives;
  const Result<bool> asks = read_flag(session, opened.key.handle, CKA_ALWAYS_AUTHENTICATE, false);
  if (!asks) return asks.error();
  opened.asks_each_time = *asks;
  if (!with_public_key) return {};
  Result<std::vector<Bytes>> public_keys = read_public_keys(session, opened.key);
  if (!public_keys) return public_keys.error();
  opened.public_keys = std::move(*public_keys);
  return {};
}

/// The key with the first of its candidates for the public half that is valid and agrees with the
/// token, or the error of the first.
Result<std::unique_ptr<core::DhPrivateKey>> with_public_key(
    const std::shared_ptr<TokenState>& token, const core::Kem& kem, const core::DhGroup& group,
    const Opened& opened) noexcept {
  Status failed;
  for (const Bytes& candidate : opened.public_keys) {
    if (const auto valid = kem.import_public(candidate); !valid) {
      if (failed) failed = valid.error();
      continue;
    }
    auto key = std::make_unique<TokenKey>(token, *opened.key.curve, opened.key.name, candidate);
    const Result<bool> agrees = key->agrees(group);
    if (!agrees) return agrees.error();
    if (*agrees) return std::unique_ptr<core::DhPrivateKey>(std::move(key));
    if (failed) {
      failed = Error{Errc::key_unavailable,
                     "the token's key does not fit its public key: give the right public key, or "
                     "correct the token's public key object or certificate"};
    }
  }
  return failed.error();
}

}  // namespace

Result<const core::DhGroup*> group_for(const core::Provider& crypto, const Curve& curve) noexcept {
  const core::DhGroup* group = crypto.dh(curve.dh.id);
  if (group == nullptr || crypto.kdf(core::find_dhkem(curve.kem)->kdf) == nullptr) {
    return Error{Errc::not_supported, curve.not_offered};
  }
  return group;
}

Result<std::unique_ptr<core::DhPrivateKey>> open_token_key(std::shared_ptr<TokenState> token,
                                                           const core::Provider& crypto,
                                                           const KeyName& name,
                                                           ByteView public_key) noexcept {
  Opened opened;
  const Status read = token->run([&](Session& session) noexcept {
    opened = {};
    return read_key(session, name, public_key.empty(), opened);
  });
  if (!read) return read.error();
  if (!opened.derives) {
    return Error{
        Errc::not_supported,
        "the key may not derive: make it with CKA_DERIVE=true (pkcs11-tool --usage-derive)"};
  }
  if (opened.asks_each_time) {
    return Error{
        Errc::not_supported,
        "the key wants a PIN for each use (CKA_ALWAYS_AUTHENTICATE): make one that does not"};
  }
  const Curve& curve = *opened.key.curve;
  const Result<const core::DhGroup*> group = group_for(crypto, curve);
  if (!group) return group.error();
  if (!public_key.empty()) opened.public_keys.emplace_back(public_key.begin(), public_key.end());
  if (opened.public_keys.empty()) {
    return Error{
        Errc::key_unavailable,
        "the key's public half was not found: give it to open_key, or put a public key object "
        "or a certificate with the same CKA_ID on the token; the private key has no "
        "CKA_EC_POINT either"};
  }
  const Result<core::Kem> kem = core::Kem::find(crypto, curve.kem);
  if (!kem) return kem.error();
  auto key = with_public_key(token, *kem, **group, opened);
  if (key) token->guard_exit();
  return key;
}

}  // namespace twoway::pkcs11
