// Hybrid KEMs through the whole library: rings, both phases of opening, several receivers.
#include <twoway/twoway.hpp>

#include "hybrids.hpp"

using namespace twoway;

namespace {

constexpr SymmetricAlgorithms kSymmetric{KdfId::hkdf_sha256, AeadId::aes128_gcm};

template <typename Test>
void for_each_hybrid(Test test) {
  test::for_each_hybrid(kSymmetric.aead, test);
}

}  // namespace

TEST_CASE("a hybrid carries whole exchanges, beside a classical key in one ring") {
  for_each_hybrid([](const Provider& provider, const Kem& kem) {
    KeyRing ring{provider};
    auto key = kem.generate_key_pair();
    REQUIRE_OK(key);
    REQUIRE_OK(ring.add(1, std::move(*key), {kSymmetric}));
    auto classical = Kem::find(provider, KemId::dhkem_p256)->generate_key_pair();
    REQUIRE_OK(classical);
    REQUIRE_OK(ring.add(2, std::move(*classical), {kSymmetric}));
    auto configs = ring.key_configs();
    REQUIRE_OK(configs);
    auto sender = RequestSender::create(provider, *configs);
    REQUIRE_OK(sender);
    auto request = sender->seal(as_bytes("question"));
    REQUIRE_OK(request);
    REQUIRE(request->message.size() == framing::kHeaderSize + kem.params().nenc + 8 + 16);
    auto opened = RequestReceiver{ring}.open(request->message);
    REQUIRE_OK(opened);
    auto reply = opened->response_sealer.seal(as_bytes("answer"));
    REQUIRE_OK(reply);
    auto answer = request->response_opener.open(*reply);
    REQUIRE_OK(answer);
    REQUIRE(*answer == test::copy(as_bytes("answer")));

    // Whatever of `enc` is changed, no more is said than that the message does not open.
    for (const std::size_t at : {std::size_t{0}, std::size_t{1000}, kem.params().nenc - 1}) {
      Bytes changed = request->message;
      changed[framing::kHeaderSize + at] ^= 1;
      const auto refused = RequestReceiver{ring}.open(changed);
      REQUIRE_ERRC(refused, Errc::open_failed);
      REQUIRE(refused.error().native == 0);
    }
  });
}

TEST_CASE("both halves of a hybrid's key may be elsewhere") {
  for_each_hybrid([](const Provider& provider, const Kem& kem) {
    const core::HybridKemParams& row = *core::find_hybrid_kem(kem.params().id);
    const auto ml_kem = Kem::find(provider, row.ml_kem);
    const auto group = Kem::find(provider, core::find_dh(row.dh)->kem);
    if (!ml_kem || !group) return;
    auto made = ml_kem->generate_key_pair();
    REQUIRE_OK(made);
    const std::shared_ptr<const PrivateKey> first = std::move(*made);
    made = group->generate_key_pair();
    REQUIRE_OK(made);
    const std::shared_ptr<const PrivateKey> second = std::move(*made);
    auto joined = kem.join_private(first, second);
    if (!joined) {
      REQUIRE_ERRC(joined, Errc::not_supported);  // the library keeps its hybrid's parts to itself
      return;
    }
    // The group's key serves old senders under its own id as well.
    KeyRing ring{provider};
    REQUIRE_OK(ring.add(1, std::move(*joined), {kSymmetric}));
    REQUIRE_OK(ring.add(2, second, {kSymmetric}));
    auto configs = ring.key_configs();
    REQUIRE_OK(configs);
    auto sender = RequestSender::create(provider, *configs);
    REQUIRE_OK(sender);
    auto request = sender->seal(as_bytes("question"));
    REQUIRE_OK(request);
    REQUIRE_OK(RequestReceiver{ring}.open(request->message));

    // In two phases: a secret from each, and then the end.
    auto pending = RequestReceiver{ring}.begin(Form::whole, request->message);
    REQUIRE_OK(pending);
    SharedSecret ml_kem_secret;
    REQUIRE_OK(ml_kem->decap(ml_kem_secret, pending->enc().first(ml_kem->params().nenc), *first));
    core::DhSecret dh;
    REQUIRE_OK(second->auth_dh(dh, *pending->peer()));
    auto opener = pending->complete_hybrid(ml_kem_secret, dh);
    REQUIRE_OK(opener);
    const ByteView sealed = ByteView(request->message).subspan(pending->prefix_size());
    Bytes plaintext(pending->opened_size(sealed.size()));
    REQUIRE_OK(opener->open(plaintext, sealed));
    REQUIRE(plaintext == test::copy(as_bytes("question")));
    REQUIRE_ERRC(pending->complete_dh(dh), Errc::not_supported);
    core::DhSecret short_one;
    REQUIRE_ERRC(pending->complete_hybrid(ml_kem_secret, short_one), Errc::key_unavailable);
  });
}

TEST_CASE("one request reaches a hybrid and a classical receiver") {
  for_each_hybrid([](const Provider& provider, const Kem& kem) {
    auto many = MultiRequestSender::create(provider, kSymmetric.aead);
    REQUIRE_OK(many);
    auto sealer = many->begin(Form::whole);
    REQUIRE_OK(sealer);
    const auto body = sealer->seal(as_bytes("to both"));
    REQUIRE_OK(body);
    for (const Kem& one : {kem, *Kem::find(provider, KemId::dhkem_p256)}) {
      KeyRing ring{provider};
      auto key = one.generate_key_pair();
      REQUIRE_OK(key);
      REQUIRE_OK(ring.add(1, std::move(*key), {kSymmetric}));
      const auto configs = ring.key_configs();
      REQUIRE_OK(configs);
      const auto sender = RequestSender::create(provider, *configs);
      REQUIRE_OK(sender);
      const auto for_one = sealer->encapsulate_key(*sender);
      REQUIRE_OK(for_one);
      const auto opened = MultiRequestReceiver{ring}.open(for_one->message, *body);
      REQUIRE_OK(opened);
      REQUIRE(opened->plaintext == test::copy(as_bytes("to both")));
    }
  });
}
