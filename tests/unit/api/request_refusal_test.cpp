// Senders and receivers: refusals.
#include <algorithm>

#include "request_to.hpp"

using namespace twoway;
using namespace twoway::test;

TEST_CASE("every changed byte of a request is noticed") {
  Pair pair;
  const SealedRequest request = request_to(pair);
  const RequestReceiver receiver{pair.ring};
  for (std::size_t i = 0; i < request.message.size(); ++i) {
    INFO(i);
    Bytes changed = request.message;
    changed[i] ^= 1;
    auto opened = receiver.open(changed, kTypes);
    REQUIRE_ERRC(opened, i < framing::kHeaderSize ? Errc::unknown_key : Errc::open_failed);
    REQUIRE(opened.error().native == 0);
  }
  for (std::size_t cut = 0; cut < request.message.size(); ++cut) {
    INFO(cut);
    REQUIRE_ERRC(receiver.open(ByteView(request.message).first(cut), kTypes),
                 cut < framing::kHeaderSize ? Errc::malformed : Errc::open_failed);
  }
  Bytes longer = request.message;
  longer.push_back(0);
  REQUIRE_ERRC(receiver.open(longer, kTypes), Errc::open_failed);
  REQUIRE_ERRC(receiver.open(request.message, {.whole = "another type"}), Errc::open_failed);
  REQUIRE_ERRC(receiver.open(request.message), Errc::open_failed);
  REQUIRE_OK(receiver.open(request.message, kTypes));
}

TEST_CASE("an invalid enc looks like any other bad message") {
  Pair pair;
  Bytes message = request_to(pair).message;
  std::fill_n(message.begin() + framing::kHeaderSize, 32, std::uint8_t{0});
  auto opened = RequestReceiver{pair.ring}.open(message, kTypes);
  REQUIRE_ERRC(opened, Errc::open_failed);
  REQUIRE(opened.error().native == 0);
  REQUIRE(std::string(opened.error().message) == core::kBadAeadTag.message);
}

TEST_CASE("a receiver refuses the suites that it did not list") {
  Pair pair;
  KeyRing other{any_provider()};
  const auto key = new_key();
  REQUIRE_OK(other.add(7, key, {kChaCha}));
  auto sender = RequestSender::create(
      any_provider(), 7, {KemId::dhkem_x25519, KdfId::hkdf_sha512, AeadId::chacha20_poly1305},
      key->public_key());
  REQUIRE_OK(sender);
  auto request = sender->seal(as_bytes("x"), kTypes);
  REQUIRE_OK(request);
  REQUIRE_ERRC(RequestReceiver{other}.open(request->message, kTypes), Errc::unknown_key);
  auto wrong_id = RequestSender::create(any_provider(), 8, pair.sender->suite(), key->public_key());
  REQUIRE_OK(wrong_id);
  request = wrong_id->seal(as_bytes("x"), kTypes);
  REQUIRE_OK(request);
  REQUIRE_ERRC(RequestReceiver{other}.open(request->message, kTypes), Errc::unknown_key);
}

TEST_CASE("a response opens only for its request") {
  Pair pair;
  const RequestReceiver receiver{pair.ring};
  const SealedRequest first = request_to(pair);
  const SealedRequest second = request_to(pair);
  auto opened = receiver.open(first.message, kTypes);
  REQUIRE_OK(opened);
  auto reply = opened->response_sealer.seal(as_bytes("answer"));
  REQUIRE_OK(reply);
  REQUIRE_ERRC(opened->response_sealer.seal(as_bytes("again")), Errc::wrong_state);
  REQUIRE_ERRC(opened->response_sealer.export_secret_state(SecretAccess{}), Errc::wrong_state);
  REQUIRE_ERRC(second.response_opener.open(*reply), Errc::open_failed);
  REQUIRE_ERRC(first.response_opener.open(*reply, {.whole = "another type"}), Errc::open_failed);
  // A forgery consumes nothing.
  auto answer = first.response_opener.open(*reply);
  REQUIRE_OK(answer);
  REQUIRE(*answer == copy(as_bytes("answer")));
}

TEST_CASE("a media type may be any bytes, up to a length") {
  Pair pair;
  const RequestReceiver receiver{pair.ring};
  const std::string longest(framing::kMaxMediaType, 'm');
  for (const std::string& type : {std::string(), std::string("\0a\0", 3), longest}) {
    auto request = pair.sender->seal(as_bytes("x"), {.whole = type});
    REQUIRE_OK(request);
    REQUIRE_OK(receiver.open(request->message, {.whole = type}));
    REQUIRE_ERRC(receiver.open(request->message, {.whole = "else"}), Errc::open_failed);
  }
  REQUIRE_ERRC(pair.sender->begin(Form::whole, {.whole = longest + "m"}), Errc::invalid_argument);
  REQUIRE_ERRC(receiver.begin(Form::whole, request_to(pair).message, {.whole = longest + "m"}),
               Errc::invalid_argument);
}

TEST_CASE("a sender is made of usable keys only") {
  const auto key = new_key();
  const Suite suite{KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::chacha20_poly1305};
  const Bytes pk = copy(key->public_key());
  REQUIRE_OK(RequestSender::create(any_provider(), 1, suite, pk));
  REQUIRE_ERRC(RequestSender::create(any_provider(), 1, suite, ByteView(pk).first(31)),
               Errc::invalid_key);
  REQUIRE_ERRC(RequestSender::create(any_provider(), 1, suite, Bytes(32)), Errc::invalid_key);
  REQUIRE_ERRC(
      RequestSender::create(any_provider(), 1, {suite.kem, KdfId::shake128, suite.aead}, pk),
      Errc::not_supported);
  REQUIRE_ERRC(RequestSender::create(any_provider(), Bytes{0, 1, 2}), Errc::malformed);
  REQUIRE_ERRC(RequestSender::create(any_provider(), std::span<const KeyConfig>{}),
               Errc::not_supported);
}

TEST_CASE("random bytes that run out are an error of the sender and of the sealer") {
  Pair pair;
  test::FixedRng none({});
  const auto key = new_key();
  auto sender =
      RequestSender::create(any_provider(), 1, pair.sender->suite(), key->public_key(), {&none});
  REQUIRE_OK(sender);
  REQUIRE_ERRC(sender->begin(Form::whole), Errc::provider_failure);
  const SealedRequest request = request_to(pair);
  auto opened = RequestReceiver{pair.ring, {&none}}.open(request.message, kTypes);
  REQUIRE_OK(opened);
  REQUIRE_ERRC(opened->response_sealer.seal(as_bytes("x")), Errc::provider_failure);
}
