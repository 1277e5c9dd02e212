// Senders and receivers: buffers and states.
#include <algorithm>

#include "request_to.hpp"

using namespace twoway;
using namespace twoway::test;

TEST_CASE("a request in a buffer of the caller's needs the room that the size functions tell") {
  Pair pair;
  const RequestReceiver receiver(pair.ring);
  const Bytes text = copy(as_bytes("question"));
  Bytes message(pair.sender->sealed_size(text.size()));
  REQUIRE_ERRC(pair.sender->seal(ByteSpan(message).first(message.size() - 1), text, kTypes),
               Errc::buffer_too_small);
  REQUIRE_OK(pair.sender->seal(message, text, kTypes));
  REQUIRE(receiver.opened_size(message) == text.size());
  REQUIRE(receiver.opened_size(ByteView(message).first(message.size() - text.size() - 1)) == 0);
  REQUIRE(receiver.opened_size(ByteView(message).first(3)) == 0);
  Bytes plaintext(text.size());
  REQUIRE_ERRC(receiver.open(ByteSpan(plaintext).first(text.size() - 1), message, kTypes),
               Errc::buffer_too_small);
  const auto opened = receiver.open(plaintext, message, kTypes);
  REQUIRE_OK(opened);
  REQUIRE((opened->size == text.size() && plaintext == text));
}

TEST_CASE("a request is sealed and opened in place") {
  Pair pair;
  auto sealer = pair.sender->begin(Form::whole, kTypes);
  REQUIRE_OK(sealer);
  const std::size_t at = sealer->prefix_size();
  const Bytes text = copy(as_bytes("in place"));
  Bytes message(sealer->sealed_size(text.size()));
  REQUIRE(message.size() == pair.sender->sealed_size(text.size()));
  std::ranges::copy(text, message.begin() + static_cast<std::ptrdiff_t>(at));

  ByteSpan short_out = ByteSpan(message).first(message.size() - 1);
  REQUIRE_ERRC(sealer->seal(short_out, text), Errc::buffer_too_small);
  auto size = sealer->seal(message, ByteView(message).subspan(at, text.size()));
  REQUIRE_OK(size);
  REQUIRE(*size == message.size());
  REQUIRE_ERRC(sealer->seal(message, text), Errc::wrong_state);

  const RequestReceiver receiver{pair.ring};
  auto pending = receiver.begin(Form::whole, message, kTypes);
  REQUIRE_OK(pending);
  REQUIRE(pending->prefix_size() == at);
  REQUIRE(pending->key_id() == 7);
  REQUIRE(pending->suite() == pair.sender->suite());
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  REQUIRE_ERRC(opener->response_sealer(), Errc::wrong_state);
  const ByteSpan sealed = ByteSpan(message).subspan(at);
  REQUIRE(opener->opened_size(sealed.size()) == text.size());
  REQUIRE_ERRC(opener->open(sealed.first(text.size() - 1), sealed), Errc::buffer_too_small);
  auto opened = opener->open(sealed, sealed);
  REQUIRE_OK(opened);
  REQUIRE(copy(sealed.first(*opened)) == text);
  REQUIRE_ERRC(opener->open(sealed, sealed), Errc::wrong_state);
  REQUIRE_OK(opener->response_sealer());
  REQUIRE_ERRC(opener->response_sealer(), Errc::wrong_state);
}

TEST_CASE("empty requests and responses are messages") {
  Pair pair;
  const SealedRequest request = request_to(pair, "");
  auto opened = RequestReceiver{pair.ring}.open(request.message, kTypes);
  REQUIRE_OK(opened);
  REQUIRE(opened->plaintext.empty());
  auto reply = opened->response_sealer.seal({});
  REQUIRE_OK(reply);
  auto answer = request.response_opener.open(*reply);
  REQUIRE_OK(answer);
  REQUIRE(answer->empty());
}

TEST_CASE("a response sealer that had too little room may be used again") {
  Pair pair;
  const SealedRequest request = request_to(pair);
  auto opened = RequestReceiver{pair.ring}.open(request.message, kTypes);
  REQUIRE_OK(opened);
  ResponseSealer& sealer = opened->response_sealer;
  Bytes small(sealer.sealed_size(6) - 1);
  REQUIRE_ERRC(sealer.seal(small, as_bytes("answer")), Errc::buffer_too_small);
  Bytes in_place(sealer.sealed_size(6));
  std::ranges::copy(as_bytes("answer"),
                    in_place.begin() + static_cast<std::ptrdiff_t>(sealer.prefix_size()));
  REQUIRE_OK(sealer.seal(in_place, ByteView(in_place).subspan(sealer.prefix_size(), 6)));
  REQUIRE(request.response_opener.prefix_size() == sealer.prefix_size());
  REQUIRE(request.response_opener.opened_size(in_place.size()) == 6);
  auto answer = request.response_opener.open(in_place);
  REQUIRE_OK(answer);
  REQUIRE(*answer == copy(as_bytes("answer")));
}

TEST_CASE("another process may finish the exchange on either side") {
  Pair pair;
  const SealedRequest request = request_to(pair);
  auto opened = RequestReceiver{pair.ring}.open(request.message, kTypes);
  REQUIRE_OK(opened);
  const SecretBytes sender_state = request.response_opener.export_secret_state(SecretAccess{});
  auto receiver_state = opened->response_sealer.export_secret_state(SecretAccess{});
  REQUIRE_OK(receiver_state);

  REQUIRE_ERRC(ResponseSealer::restore(any_provider(), sender_state.view()), Errc::malformed);
  REQUIRE_ERRC(ResponseOpener::restore(any_provider(), receiver_state->view()), Errc::malformed);
  auto sealer = ResponseSealer::restore(any_provider(), receiver_state->view());
  REQUIRE_OK(sealer);
  auto opener = ResponseOpener::restore(any_provider(), sender_state.view());
  REQUIRE_OK(opener);
  auto reply = sealer->seal(as_bytes("from afar"), {.whole = "resp"});
  REQUIRE_OK(reply);
  auto answer = opener->open(*reply, {.whole = "resp"});
  REQUIRE_OK(answer);
  REQUIRE(*answer == copy(as_bytes("from afar")));
}

TEST_CASE("a request is sealed and opened whole or in chunks, but not both") {
  Pair pair;
  Bytes out(1000);
  auto whole = pair.sender->begin(Form::whole, kTypes);
  REQUIRE_OK(whole);
  REQUIRE_OK(whole->seal(out, as_bytes("whole")));
  REQUIRE_ERRC(whole->chunk_sealer(), Errc::wrong_state);
  auto sealer = pair.sender->begin(Form::chunked, kTypes);
  REQUIRE_OK(sealer);
  REQUIRE_OK(sealer->chunk_sealer());
  REQUIRE_ERRC(sealer->chunk_sealer(), Errc::wrong_state);
  REQUIRE_ERRC(sealer->seal(out, as_bytes("whole")), Errc::wrong_state);

  const SealedRequest request = request_to(pair);
  auto pending = RequestReceiver{pair.ring}.begin(Form::chunked, request.message, kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  REQUIRE_OK(opener->chunk_opener());
  REQUIRE_ERRC(opener->chunk_opener(), Errc::wrong_state);
  REQUIRE_ERRC(opener->open(out, request.message), Errc::wrong_state);
  REQUIRE_ERRC(pair.sender->begin(Form::chunked, kTypes)->chunk_sealer({.max_chunk = 0}),
               Errc::invalid_argument);
}

TEST_CASE("a response begins while the request is still being sealed") {
  Pair pair;
  auto sealer = pair.sender->begin(Form::chunked, kTypes);
  REQUIRE_OK(sealer);
  auto request_chunks = sealer->chunk_sealer();
  REQUIRE_OK(request_chunks);
  const ResponseOpener response_opener = sealer->response_opener();
  auto pending = RequestReceiver{pair.ring}.begin(Form::chunked, sealer->prefix(), kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  auto opened_chunks = opener->chunk_opener();
  REQUIRE_OK(opened_chunks);
  REQUIRE_ERRC(opener->response_sealer(), Errc::wrong_state);

  const auto send = [&](std::string_view text, Last last) {
    Bytes chunk(request_chunks->sealed_size(text.size(), last));
    REQUIRE_OK(request_chunks->seal(chunk, as_bytes(text), last));
    auto step = opened_chunks->open_in_place(chunk, last == Last::yes ? End::yes : End::no);
    REQUIRE_OK(step);
    REQUIRE(copy(step->plaintext) == copy(as_bytes(text)));
  };
  send("first", Last::no);

  auto response_sealer = opener->response_sealer();
  REQUIRE_OK(response_sealer);
  auto response = response_sealer->chunk_sealer();
  REQUIRE_OK(response);
  REQUIRE(response->prefix.size() == response_opener.prefix_size());
  auto answer_chunks = response_opener.chunk_opener();
  REQUIRE_OK(answer_chunks);
  auto prefix_read = answer_chunks->open_in_place(response->prefix, End::no);
  REQUIRE_OK(prefix_read);
  REQUIRE(prefix_read->state == ChunkOpener::State::need_input);
  const auto answer = [&](std::string_view text, Last last) {
    Bytes chunk(response->chunk_sealer.sealed_size(text.size(), last));
    REQUIRE_OK(response->chunk_sealer.seal(chunk, as_bytes(text), last));
    auto step = answer_chunks->open_in_place(chunk, last == Last::yes ? End::yes : End::no);
    REQUIRE_OK(step);
    REQUIRE(copy(step->plaintext) == copy(as_bytes(text)));
  };
  answer("already", Last::no);
  send("second", Last::yes);
  answer("", Last::yes);
}
