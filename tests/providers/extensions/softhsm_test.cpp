// A P-256 key in a SoftHSM token behind a minimal PrivateKey: the interface fits PKCS#11.
#include <array>

#include <twoway/twoway.hpp>

#include "ml_kem_stand_in.hpp"
#include "soft_token.hpp"
#include "support.hpp"

using namespace twoway;

namespace {

template <typename T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, &value, sizeof(value)};
}

/// A session that is logged in to its own token.
class Token {
 public:
  Token() {
    REQUIRE(module_.initialize() == CKR_OK);
    session = module_.open_session();
  }
  Token(const Token&) = delete;
  Token& operator=(const Token&) = delete;
  ~Token() { p11->C_Finalize(nullptr); }

 private:
  test::SoftToken directory_;
  test::RawModule module_;

 public:
  CK_FUNCTION_LIST* const p11 = &module_.functions();
  CK_SESSION_HANDLE session = 0;
};

/// Belongs to one thread, because a session is not shared here.
class TokenKey final : public DhPrivateKey {
 public:
  explicit TokenKey(const Token& token) : token_(token), public_(65) {
    CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
    std::array<std::uint8_t, 10> p256{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ATTRIBUTE public_template[] = {attribute(CKA_EC_PARAMS, p256), attribute(CKA_TOKEN, no)};
    CK_ATTRIBUTE private_template[] = {attribute(CKA_DERIVE, yes), attribute(CKA_SENSITIVE, yes),
                                       attribute(CKA_EXTRACTABLE, no), attribute(CKA_TOKEN, no)};
    CK_OBJECT_HANDLE public_handle = 0;
    REQUIRE(token_.p11->C_GenerateKeyPair(token_.session, &mechanism, public_template, 2,
                                          private_template, 4, &public_handle, &handle_) == CKR_OK);
    // CKA_EC_POINT is a DER OCTET STRING: two bytes, then the point.
    std::array<std::uint8_t, 67> point{};
    CK_ATTRIBUTE get_point[] = {attribute(CKA_EC_POINT, point)};
    REQUIRE(token_.p11->C_GetAttributeValue(token_.session, public_handle, get_point, 1) == CKR_OK);
    std::copy(point.begin() + 2, point.end(), public_.begin());
  }

  KemId kem_id() const noexcept override { return KemId::dhkem_p256; }
  ByteView public_key() const noexcept override { return public_; }

  Status dh(core::DhSecret& secret, const PublicKey& peer) const noexcept override {
    secret.clear();
    Bytes point = test::copy(peer.bytes());
    CK_ECDH1_DERIVE_PARAMS params{CKD_NULL, 0, nullptr, point.size(), point.data()};
    CK_MECHANISM mechanism{CKM_ECDH1_DERIVE, &params, sizeof(params)};
    CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
    CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG length = 32;
    CK_ATTRIBUTE derived[] = {attribute(CKA_CLASS, secret_class), attribute(CKA_KEY_TYPE, generic),
                              attribute(CKA_TOKEN, no),           attribute(CKA_SENSITIVE, no),
                              attribute(CKA_EXTRACTABLE, yes),    attribute(CKA_VALUE_LEN, length)};
    CK_OBJECT_HANDLE object = 0;
    CK_RV rv = token_.p11->C_DeriveKey(token_.session, &mechanism, handle_, derived, 6, &object);
    if (rv != CKR_OK) return Error{Errc::provider_failure, "C_DeriveKey failed", rv};
    const ByteSpan out = secret.reset(32);
    CK_ATTRIBUTE value[] = {{CKA_VALUE, out.data(), out.size()}};
    rv = token_.p11->C_GetAttributeValue(token_.session, object, value, 1);
    token_.p11->C_DestroyObject(token_.session, object);
    if (rv != CKR_OK) return Error{Errc::provider_failure, "C_GetAttributeValue failed", rv};
    return {};
  }

  void destroy() { REQUIRE(token_.p11->C_DestroyObject(token_.session, handle_) == CKR_OK); }

 private:
  const Token& token_;
  Bytes public_;
  CK_OBJECT_HANDLE handle_ = 0;
};

}  // namespace

TEST_CASE("a key that never leaves a token receives requests and authenticates senders") {
  const Token token;
  std::size_t ran = 0;
  for (const Provider* provider : built::providers()) {
    if (!Kem::find(*provider, KemId::dhkem_p256)) continue;
    INFO(provider->name());
    const auto key = std::make_shared<TokenKey>(token);
    KeyRing ring{*provider};
    REQUIRE_OK(ring.add(1, key, {{KdfId::hkdf_sha256, AeadId::aes128_gcm}}));
    auto configs = ring.key_configs();
    REQUIRE_OK(configs);
    auto sender = RequestSender::create(*provider, *configs);
    REQUIRE_OK(sender);
    auto request = sender->seal(as_bytes("question"));
    REQUIRE_OK(request);
    auto opened = RequestReceiver{ring}.open(request->message);
    REQUIRE_OK(opened);
    auto reply = opened->response_sealer.seal(as_bytes("answer"));
    REQUIRE_OK(reply);
    REQUIRE_OK(request->response_opener.open(*reply));

    // As a sender's key, in the mode auth.
    auto suite = core::CipherSuite::find(
        *provider, {KemId::dhkem_p256, KdfId::hkdf_sha256, AeadId::aes128_gcm});
    REQUIRE_OK(suite);
    auto receiver = suite->kem().generate_key_pair();
    REQUIRE_OK(receiver);
    auto receiver_pk = suite->kem().import_public((*receiver)->public_key());
    REQUIRE_OK(receiver_pk);
    auto sender_pk = suite->kem().import_public(key->public_key());
    REQUIRE_OK(sender_pk);
    Bytes enc(suite->nenc()), ct(2 + suite->nt()), pt(2);
    REQUIRE_OK(
        core::seal(*suite, enc, ct, **receiver_pk, {}, {}, as_bytes("hi"), {.key = key.get()}));
    REQUIRE_OK(core::open(*suite, pt, enc, **receiver, {}, {}, ct, {.sender = sender_pk->get()}));

    // A token's failure is not a bad message.
    key->destroy();
    auto lost = RequestReceiver{ring}.open(request->message);
    REQUIRE_ERRC(lost, Errc::key_unavailable);
    REQUIRE(lost.error().native != 0);
    ++ran;
  }
  if (ran == 0) WARN("no provider of this build offers P-256");
}

TEST_CASE("a token that knows P-256 alone holds half of a hybrid's key") {
  const Token token;
  std::size_t ran = 0;
  for (const Provider* inner : built::providers()) {
    if (!Kem::find(*inner, KemId::dhkem_p256) || !test::has_sha3(*inner)) continue;
    INFO(inner->name());
    // The library's own ML-KEM if it has one.
    const test::StandInProvider stand_in(*inner);
    const bool has_ml_kem = inner->native_kem(KemId::ml_kem_768) != nullptr;
    const Provider& provider = has_ml_kem ? *inner : stand_in;
    const auto kem = Kem::find(provider, KemId::mlkem768_p256);
    REQUIRE_OK(kem);
    const auto key = std::make_shared<TokenKey>(token);
    auto seed = Kem::find(provider, KemId::ml_kem_768)->generate_key_pair();
    REQUIRE_OK(seed);
    auto joined = kem->join_private(std::move(*seed), key);
    REQUIRE_OK(joined);

    // Both keys are published: old senders use the token's key by itself.
    KeyRing ring{provider};
    REQUIRE_OK(ring.add(1, std::move(*joined), {{KdfId::hkdf_sha256, AeadId::aes128_gcm}}));
    REQUIRE_OK(ring.add(2, key, {{KdfId::hkdf_sha256, AeadId::aes128_gcm}}));
    auto configs = ring.key_configs();
    REQUIRE_OK(configs);
    auto sender = RequestSender::create(provider, *configs);
    REQUIRE_OK(sender);
    auto old_sender = RequestSender::create(*inner, *configs);
    REQUIRE_OK(old_sender);
    auto request = sender->seal(as_bytes("question"));
    REQUIRE_OK(request);
    REQUIRE_OK(RequestReceiver{ring}.open(request->message));
    auto old_request = old_sender->seal(as_bytes("question"));
    REQUIRE_OK(old_request);
    REQUIRE((old_request->message[0] == 1) == has_ml_kem);
    REQUIRE_OK(RequestReceiver{ring}.open(old_request->message));

    key->destroy();
    const auto lost = RequestReceiver{ring}.open(request->message);
    REQUIRE_ERRC(lost, Errc::key_unavailable);
    REQUIRE(lost.error().native != 0);
    ++ran;
  }
  if (ran == 0) WARN("no provider of this build offers P-256 and SHA3");
}
