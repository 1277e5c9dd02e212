// Moved-from objects, and temporaries that would dangle.
#include "multi_exchange.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

// Borrowing a temporary does not compile.
template <typename... Arguments>
concept MakesSource = requires(Arguments&&... arguments) {
  from_memory(std::forward<Arguments>(arguments)...);
};
static_assert(MakesSource<Bytes&> && MakesSource<const Bytes&> && MakesSource<ByteView> &&
              MakesSource<ByteSpan> && MakesSource<std::array<std::uint8_t, 3>&>);
static_assert(!MakesSource<Bytes> && !MakesSource<const Bytes> &&
              !MakesSource<std::array<std::uint8_t, 3>> && !MakesSource<core::SecretBuffer>);
static_assert(std::is_constructible_v<RequestReceiver, KeyRing&> &&
              std::is_constructible_v<RequestReceiver, const KeyRing&, ReceiverOptions>);
static_assert(!std::is_constructible_v<RequestReceiver, KeyRing> &&
              !std::is_constructible_v<RequestReceiver, KeyRing, ReceiverOptions>);
static_assert(std::is_constructible_v<MultiRequestReceiver, const KeyRing&>);
static_assert(!std::is_constructible_v<MultiRequestReceiver, KeyRing> &&
              !std::is_constructible_v<MultiRequestReceiver, KeyRing, ReceiverOptions>);

// Only the library makes the objects that stand for a step of an exchange.
static_assert(!std::is_constructible_v<RequestSealer, Form, framing::KeyChoice,
                                       framing::BegunRequest, core::SealSequence>);
static_assert(!std::is_constructible_v<MessageSealer, Form, Bytes, core::SealSequence> &&
              !std::is_move_constructible_v<MessageSealer>);
static_assert(!std::is_constructible_v<ResponseOpener, framing::ResponseContext> &&
              !std::is_constructible_v<ResponseSealer, framing::ResponseContext, Rng&>);
static_assert(
    !std::is_constructible_v<ChunkedRequestOpener, RequestReceiver, std::string_view, ChunkLimits>);
static_assert(!std::is_default_constructible_v<PendingRequest> &&
              !std::is_constructible_v<KeyProof, bool>);

struct OwnProvider final : Provider {
  const char* name() const noexcept override { return "own"; }
  Rng& rng() const noexcept override { return any_provider().rng(); }
};
static_assert(std::is_constructible_v<KeyRing, const OwnProvider&>);
static_assert(!std::is_constructible_v<KeyRing, OwnProvider> &&
              !std::is_constructible_v<KeyRing, OwnProvider, const Clock*>);
template <typename Of>
concept FindsKem = requires(Of&& provider) {
  Kem::find(std::forward<Of>(provider), KemId::dhkem_x25519);
};
static_assert(FindsKem<const OwnProvider&> && !FindsKem<OwnProvider>);

template <typename T>
void wrong_state(const T& result) {
  REQUIRE_ERRC(result, Errc::wrong_state);
}

/// Moves `object` away, and keeps what it was.
template <typename T>
T move_away(T& object) {
  return T(std::move(object));
}

RequestOpener opener_of(const Pair& pair, ByteView message, Form form) {
  auto pending = RequestReceiver{pair.ring}.begin(form, message, kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  return std::move(*opener);
}

Bytes whole_message(const Pair& pair) {
  auto sealed = pair.sender->seal(as_bytes("question"), kTypes);
  REQUIRE_OK(sealed);
  return std::move(sealed->message);
}

}  // namespace

TEST_CASE("moved-from contexts and sequences return wrong_state") {
  const Provider& provider = any_provider();
  auto suite = core::CipherSuite::find(provider, {KemId::dhkem_x25519, kChaCha.kdf, kChaCha.aead});
  REQUIRE_OK(suite);
  const auto key = new_key();
  const auto pk = suite->kem().import_public(key->public_key());
  REQUIRE_OK(pk);
  Bytes enc(32), out(100);
  auto sender = core::SenderContext::setup(*suite, enc, **pk, {});
  auto recipient = core::RecipientContext::setup(*suite, enc, *key, {});
  REQUIRE_OK(sender);
  REQUIRE_OK(recipient);
  const core::SenderContext new_sender = move_away(*sender);
  const core::RecipientContext new_recipient = move_away(*recipient);
  wrong_state(sender->seal(out, {}, enc));
  wrong_state(recipient->open(out, {}, enc));
  wrong_state(sender->take_sequence());
  wrong_state(recipient->take_sequence());
  wrong_state(sender->exporter().export_secret(out, {}));
  wrong_state(recipient->exporter().export_secret(out, {}));
  wrong_state(sender->exporter().duplicate().export_secret(out, {}));
  REQUIRE_OK(new_sender.exporter().export_secret(out, {}));

  const Bytes bytes(32, 1);
  auto sealing = core::SealSequence::create(*suite->aead(), bytes, ByteView(bytes).first(12));
  auto opening = core::OpenSequence::create(*suite->aead(), bytes, ByteView(bytes).first(12));
  REQUIRE_OK(sealing);
  REQUIRE_OK(opening);
  core::SealSequence new_sealing = move_away(*sealing);
  const core::OpenSequence new_opening = move_away(*opening);
  wrong_state(sealing->seal(out, {}, enc));
  wrong_state(opening->open(out, {}, enc));
  REQUIRE_OK(new_sealing.seal(out, {}, enc));
}

TEST_CASE("moved-from sealers and openers of requests return wrong_state") {
  const Pair pair;
  Bytes out(1000);
  for (const Form form : {Form::whole, Form::chunked}) {
    RequestSealer sealer = pair.begin(form);
    RequestSealer moved = move_away(sealer);
    wrong_state(sealer.seal(out, {}));
    wrong_state(sealer.chunk_sealer());
    wrong_state(sealer.stream(from_memory(out)));
    wrong_state(sealer.response_opener().open(out));
    REQUIRE_OK(moved.stream(from_memory(out)));

    MultiRequestSealer multi = begin(form);
    const MultiRequestSealer moved_multi = move_away(multi);
    wrong_state(multi.seal(out, {}));
    wrong_state(multi.seal(out));
    wrong_state(multi.chunk_sealer());
    wrong_state(multi.stream(from_memory(out)));
    wrong_state(multi.encapsulate_key(*pair.sender));
    REQUIRE_OK(moved_multi.encapsulate_key(*pair.sender));

    const Bytes message = whole_message(pair);
    RequestOpener opener = opener_of(pair, message, form);
    const RequestOpener moved_opener = move_away(opener);
    wrong_state(opener.open(out, message));
    wrong_state(opener.chunk_opener());
    wrong_state(opener.stream(from_memory(message)));
    wrong_state(opener.response_sealer());
  }
}

TEST_CASE("a moved-from opener of many returns wrong_state") {
  const Pair pair;
  MultiRequestSealer sealer = begin(Form::whole);
  const EncapsulatedKey key = key_for(sealer, pair);
  const Bytes body = seal_body(sealer, "question");
  MultiRequestOpener opener = accept(Form::whole, pair, key);
  MultiRequestOpener moved = move_away(opener);
  Bytes out(100);
  wrong_state(opener.open(out, body));
  wrong_state(opener.chunk_opener());
  wrong_state(opener.stream(from_memory(body)));
  wrong_state(opener.response_sealer());
  REQUIRE_OK(moved.open(out, body));
}

TEST_CASE("moved-from chunk sealers, chunk openers and streams return wrong_state") {
  const Pair pair;
  Bytes out(1000);
  RequestSealer sealer = pair.begin(Form::chunked);
  auto chunks = sealer.chunk_sealer();
  REQUIRE_OK(chunks);
  ChunkSealer moved_chunks = move_away(*chunks);
  wrong_state(chunks->seal(out, as_bytes("text"), Last::no));
  REQUIRE_OK(moved_chunks.seal(out, as_bytes("text"), Last::no));

  RequestSealer another = pair.begin(Form::chunked);
  const Bytes text(500);
  auto stream = another.stream(from_memory(text));
  REQUIRE_OK(stream);
  REQUIRE_OK(stream->read(ByteSpan(out).first(10)));  // more is pending
  SealStream moved_stream = move_away(*stream);
  wrong_state(stream->read(out));
  REQUIRE(!stream->remaining());
  REQUIRE_OK(moved_stream.read(out));

  // Before its prefix, within it, and behind it.
  const ResponseOpener response = another.response_opener();
  auto chunk_opener = response.chunk_opener();
  REQUIRE_OK(chunk_opener);
  const ChunkOpener moved_opener = move_away(*chunk_opener);
  wrong_state(chunk_opener->open(out, ByteView(), framing::End::no));
  wrong_state(chunk_opener->open_in_place({}, framing::End::no));

  auto open_stream = response.stream(Form::whole, from_memory(text));
  REQUIRE_OK(open_stream);
  const OpenStream moved_open_stream = move_away(*open_stream);
  wrong_state(open_stream->read(out));

  const RequestReceiver receiver(pair.ring);
  const Bytes message = whole_message(pair);
  for (const std::size_t given : {0U, 3U, 20U, 39U}) {
    auto request = receiver.chunked_opener();
    REQUIRE_OK(request);
    REQUIRE_OK(request->open({}, ByteView(message).first(given), framing::End::no));
    ChunkedRequestOpener moved_request = move_away(*request);
    wrong_state(request->open(out, message, framing::End::no));
    wrong_state(request->open_in_place(out, framing::End::no));
    wrong_state(request->response_sealer());
    wrong_state(request->give_key(opener_of(pair, message, Form::chunked)));
    REQUIRE(request->pending() == nullptr);
    REQUIRE_OK(moved_request.open({}, ByteView(message).subspan(given), framing::End::no));
  }
}

TEST_CASE("moved-from response sealers and openers return wrong_state") {
  const Pair pair;
  Bytes out(1000);
  auto sealed = pair.sender->seal(as_bytes("question"));
  REQUIRE_OK(sealed);
  auto opened = RequestReceiver{pair.ring}.open(sealed->message);
  REQUIRE_OK(opened);
  ResponseSealer& sealer = opened->response_sealer;
  ResponseSealer moved_sealer = move_away(sealer);
  wrong_state(sealer.seal(out, ByteView()));
  wrong_state(sealer.seal(out));
  wrong_state(sealer.chunk_sealer());
  wrong_state(sealer.stream(Form::whole, from_memory(out)));
  wrong_state(sealer.export_secret_state(SecretAccess{}));
  auto response = moved_sealer.seal(as_bytes("answer"));
  REQUIRE_OK(response);

  const ResponseOpener moved_opener = move_away(sealed->response_opener);
  wrong_state(sealed->response_opener.open(*response));
  wrong_state(sealed->response_opener.open(out, *response));
  REQUIRE(sealed->response_opener.export_secret_state(SecretAccess{}).size() == 0);
  REQUIRE_OK(moved_opener.open(*response));
}

TEST_CASE("senders, receivers and pending requests stay usable when they are moved from") {
  Pair pair;
  RequestSender moved_sender = std::move(*pair.sender);
  auto sealed = pair.sender->seal(as_bytes("question"));
  REQUIRE_OK(sealed);
  REQUIRE_OK(moved_sender.seal(as_bytes("question")));
  auto pending = RequestReceiver{pair.ring}.begin(Form::whole, sealed->message);
  REQUIRE_OK(pending);
  const PendingRequest moved = std::move(*pending);
  REQUIRE(pending->key_id() == 7);
  REQUIRE_OK(pending->decapsulate());
  REQUIRE_OK(moved.decapsulate());

  MultiRequestSealer sealer = begin(Form::whole);
  const EncapsulatedKey key = key_for(sealer, pair);
  auto multi = MultiRequestReceiver{pair.ring}.begin(Form::whole, key.message, kTypes);
  REQUIRE_OK(multi);
  const PendingMultiRequest moved_multi = std::move(*multi);
  REQUIRE_OK(multi->decapsulate());
  REQUIRE_OK(moved_multi.decapsulate());
}
