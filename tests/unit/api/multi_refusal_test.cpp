// One request to many receivers: the refusals.
#include <set>

#include "multi_exchange.hpp"
#include "wrapping.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

/// Remembers the requests that it accepted.
class SetFilter final : public ReplayFilter {
 public:
  Result<bool> insert_if_absent(std::uint8_t key_id, ByteView enc) noexcept override {
    ++asked;
    return seen_.emplace(key_id, copy(enc)).second;
  }
  int asked = 0;

 private:
  std::set<std::pair<std::uint8_t, Bytes>> seen_;
};

/// A provider without one AEAD.
class WithoutAead final : public test::WrappingProvider {
 public:
  WithoutAead(const Provider& inner, AeadId missing) noexcept
      : WrappingProvider(inner), missing_(missing) {}
  const core::Aead* aead(AeadId id) const noexcept override {
    return id == missing_ ? nullptr : WrappingProvider::aead(id);
  }

 private:
  AeadId missing_;
};

}  // namespace

TEST_CASE("a provider without the body's AEAD is refused on either side") {
  for (const Provider* provider : built::providers()) {
    if (!test::offers(*provider, kAes128Suite)) continue;
    const WithoutAead lacking(*provider, AeadId::aes256_gcm);
    REQUIRE_ERRC(MultiRequestSender::create(lacking, AeadId::aes128_gcm), Errc::not_supported);
    REQUIRE_ERRC(MultiRequestSender::create(lacking, AeadId::aes256_gcm), Errc::not_supported);
    const Pair pair(lacking, kAes128Suite.kem, {kAes128Suite.kdf, kAes128Suite.aead});
    const MultiRequestSealer sealer = begin(Form::whole, AeadId::aes128_gcm, *provider);
    REQUIRE_ERRC(
        MultiRequestReceiver{pair.ring}.begin(Form::whole, key_for(sealer, pair).message, kTypes),
        Errc::not_supported);
  }
  for (const AeadId id : {AeadId::export_only, AeadId{0x1234}}) {
    REQUIRE_ERRC(MultiRequestSender::create(any_provider(), id), Errc::not_supported);
  }
}

TEST_CASE("a receiver whose suite has another AEAD is refused, with advice") {
  for (const Provider* provider : built::providers()) {
    if (!test::offers(*provider, {KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::aes256_gcm})) {
      continue;
    }
    const Pair pair(*provider, KemId::dhkem_x25519, {KdfId::hkdf_sha256, AeadId::aes256_gcm});
    const auto refused = begin(Form::whole).encapsulate_key(*pair.sender);
    REQUIRE_ERRC(refused, Errc::invalid_argument);
    REQUIRE(std::string(refused.error().message).find("choose a suite") != std::string::npos);
    if (!test::offers(*provider, kAes128Suite)) continue;
    // Even if both bodies would be sealed alike, the requested suite is the one that is used.
    REQUIRE_ERRC(begin(Form::whole, AeadId::aes128_gcm, *provider).encapsulate_key(*pair.sender),
                 Errc::invalid_argument);
  }
}

TEST_CASE("key messages open the body of their own request, for their own receiver") {
  Pair one;
  Pair two;
  MultiRequestSealer sealer = begin(Form::whole);
  const EncapsulatedKey key_one = key_for(sealer, one);
  const EncapsulatedKey key_two = key_for(sealer, two);
  const Bytes body = seal_body(sealer, "question");
  MultiRequestSealer other = begin(Form::whole);
  const EncapsulatedKey other_key = key_for(other, one);
  const Bytes other_body = seal_body(other, "question");

  const MultiRequestReceiver receiver{one.ring};
  REQUIRE_OK(receiver.open(key_one.message, body, kTypes));
  REQUIRE_ERRC(receiver.open(key_two.message, body, kTypes), Errc::open_failed);
  REQUIRE_ERRC(receiver.open(other_key.message, body, kTypes), Errc::open_failed);
  REQUIRE_ERRC(receiver.open(key_one.message, other_body, kTypes), Errc::open_failed);
  REQUIRE_ERRC(receiver.open(key_one.message, body, {.whole = "another type"}), Errc::open_failed);
  REQUIRE_ERRC(receiver.open(key_one.message, body), Errc::open_failed);

  // A key message is not a request to one receiver, and a request is not a key message.
  REQUIRE_ERRC(RequestReceiver{one.ring}.open(key_one.message, kTypes), Errc::open_failed);
  auto single = one.sender->seal(Bytes(32, 0x44), kTypes);
  REQUIRE_OK(single);
  REQUIRE(single->message.size() == key_one.message.size());
  REQUIRE_ERRC(receiver.open(single->message, body, kTypes), Errc::open_failed);
}

TEST_CASE("every changed and every missing byte of key message and body is noticed") {
  Pair pair;
  MultiRequestSealer sealer = begin(Form::whole);
  const EncapsulatedKey key = key_for(sealer, pair);
  const Bytes body = seal_body(sealer, "question");
  const MultiRequestReceiver receiver{pair.ring};
  for (std::size_t i = 0; i < key.message.size(); ++i) {
    INFO(i);
    Bytes changed = key.message;
    changed[i] ^= 1;
    const auto opened = receiver.open(changed, body, kTypes);
    REQUIRE_ERRC(opened, i < framing::kHeaderSize ? Errc::unknown_key : Errc::open_failed);
    REQUIRE(opened.error().native == 0);
    REQUIRE_ERRC(receiver.begin(Form::whole, ByteView(key.message).first(i), kTypes),
                 i < framing::kHeaderSize ? Errc::malformed : Errc::open_failed);
  }
  Bytes longer = key.message;
  longer.push_back(0);
  REQUIRE_ERRC(receiver.begin(Form::whole, longer, kTypes), Errc::open_failed);

  MultiRequestOpener opener = accept(Form::whole, pair, key);
  for (std::size_t i = 0; i < body.size(); ++i) {
    INFO(i);
    Bytes changed = body;
    changed[i] ^= 1;
    Bytes out(opener.opened_size(body.size()), 0xaa);
    const auto opened = opener.open(out, changed);
    REQUIRE_ERRC(opened, Errc::open_failed);
    REQUIRE(opened.error().native == 0);
    REQUIRE(out == Bytes(out.size()));
    REQUIRE_ERRC(opener.open(out, ByteView(body).first(i)), Errc::open_failed);
    REQUIRE_ERRC(opener.response_sealer(), Errc::wrong_state);
  }
  auto opened = open_body(opener, body);
  REQUIRE_OK(opened);
  REQUIRE(*opened == bytes("question"));
}

TEST_CASE("a chunked body that was cut short or changed is noticed") {
  Pair pair;
  MultiRequestSealer sealer = begin(Form::chunked);
  const EncapsulatedKey key = key_for(sealer, pair);
  const Bytes body = seal_body(sealer, "question");
  for (std::size_t i = 0; i < body.size(); ++i) {
    INFO(i);
    MultiRequestOpener cut = accept(Form::chunked, pair, key);
    const auto opened = open_body(cut, ByteView(body).first(i));
    REQUIRE_FALSE(opened.ok());
    // If the last chunk is cut within its tag, it fails to open.
    REQUIRE((opened.error().code == Errc::truncated || opened.error().code == Errc::open_failed));
    Bytes changed = body;
    changed[i] ^= 1;
    MultiRequestOpener other = accept(Form::chunked, pair, key);
    REQUIRE_FALSE(open_body(other, changed).ok());
  }
}

TEST_CASE("each response is for the sender's opener of that receiver alone") {
  Pair one;
  Pair two;
  MultiRequestSealer sealer = begin(Form::whole);
  const EncapsulatedKey key_one = key_for(sealer, one);
  const EncapsulatedKey key_two = key_for(sealer, two);
  // A receiver that was sent two keys counts as two receivers for the response.
  const EncapsulatedKey key_again = key_for(sealer, one);
  const Bytes body = seal_body(sealer, "question");
  auto opened = MultiRequestReceiver{one.ring}.open(key_one.message, body, kTypes);
  REQUIRE_OK(opened);
  auto response = opened->response_sealer.seal(as_bytes("answer"));
  REQUIRE_OK(response);
  REQUIRE_ERRC(key_two.response_opener.open(*response), Errc::open_failed);
  REQUIRE_ERRC(key_again.response_opener.open(*response), Errc::open_failed);
  REQUIRE_OK(key_one.response_opener.open(*response));
}

TEST_CASE("a replay filter is asked once the body is authentic, and refuses a second one") {
  for (const Form form : {Form::whole, Form::chunked}) {
    Pair pair;
    SetFilter filter;
    MultiRequestSealer sealer = begin(form);
    const EncapsulatedKey key = key_for(sealer, pair);
    const EncapsulatedKey key_again = key_for(sealer, pair);
    const Bytes body = seal_body(sealer, "question");

    // A key message alone, or with another body, does not mark the request as seen.
    MultiRequestSealer other = begin(form);
    MultiRequestOpener forged = accept(form, pair, key, {nullptr, &filter});
    REQUIRE_ERRC(open_body(forged, seal_body(other, "forged")), Errc::open_failed);
    REQUIRE(filter.asked == 0);

    MultiRequestOpener opener = accept(form, pair, key, {nullptr, &filter});
    REQUIRE_OK(open_body(opener, body));
    REQUIRE(filter.asked == 1);
    MultiRequestOpener replayed = accept(form, pair, key, {nullptr, &filter});
    REQUIRE_ERRC(open_body(replayed, body), Errc::replayed);
    REQUIRE_ERRC(replayed.response_sealer(), Errc::wrong_state);
    if (form == Form::whole) {
      // The filter still guards an opener that may be tried again.
      REQUIRE_ERRC(open_body(replayed, body), Errc::replayed);
      REQUIRE(filter.asked == 3);
    }
    MultiRequestOpener another = accept(form, pair, key_again, {nullptr, &filter});
    REQUIRE_OK(open_body(another, body));
  }
}

TEST_CASE("random bytes that run out are an error in every function that draws them") {
  Pair pair;
  for (const std::size_t given : {std::size_t{0}, std::size_t{31}, std::size_t{32}, std::size_t{43},
                                  std::size_t{44}, std::size_t{75}}) {
    INFO(given);
    test::FixedRng rng(Bytes(given, 5));
    auto sender = MultiRequestSender::create(any_provider(), kChaCha.aead, {&rng});
    REQUIRE_OK(sender);
    auto sealer = sender->begin(Form::whole, kTypes);
    if (given < 44) {
      REQUIRE_ERRC(sealer, Errc::provider_failure);
      continue;
    }
    REQUIRE_OK(sealer);
    REQUIRE_ERRC(sealer->encapsulate_key(*pair.sender), Errc::provider_failure);
    REQUIRE_OK(sealer->seal(as_bytes("the body needs no more")));
  }
  // If the request has no Rng of its own, the handle of the receiver draws from the handle's Rng.
  test::FixedRng none({});
  auto handle = RequestSender::create(any_provider(), 7, pair.sender->suite(),
                                      test::new_key()->public_key(), {&none});
  REQUIRE_OK(handle);
  REQUIRE_ERRC(begin(Form::whole).encapsulate_key(*handle), Errc::provider_failure);

  MultiRequestSealer sealer = begin(Form::whole);
  MultiRequestOpener opener = accept(Form::whole, pair, key_for(sealer, pair), {&none});
  REQUIRE_OK(open_body(opener, seal_body(sealer, "question")));
  auto response_sealer = opener.response_sealer();
  REQUIRE_OK(response_sealer);
  REQUIRE_ERRC(response_sealer->seal(as_bytes("answer")), Errc::provider_failure);
}

TEST_CASE("a media type has a longest length for many receivers too") {
  Pair pair;
  auto sender = MultiRequestSender::create(any_provider(), kChaCha.aead);
  REQUIRE_OK(sender);
  const std::string longest(framing::kMaxMediaType, 'm');
  auto sealer = sender->begin(Form::whole, {.whole = longest});
  REQUIRE_OK(sealer);
  const EncapsulatedKey key = key_for(*sealer, pair);
  const MultiRequestReceiver receiver{pair.ring};
  REQUIRE_OK(receiver.open(key.message, seal_body(*sealer, ""), {.whole = longest}));
  REQUIRE_ERRC(sender->begin(Form::whole, {.whole = longest + 'm'}), Errc::invalid_argument);
  REQUIRE_ERRC(receiver.begin(Form::whole, key.message, {.whole = longest + 'm'}),
               Errc::invalid_argument);
}
