// Every function that takes media types refuses the same pairs, and every message keeps to the form
// in which it was begun. A refusal consumes nothing.
#include "multi_exchange.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

/// A pair that no form takes, and one that only the other form takes.
const std::vector<MediaTypes>& refused_for(Form form) {
  static const std::vector<MediaTypes> whole{
      {},
      {.chunked = "type chunked"},
      {.whole = "type", .chunked = "type"},
      {.whole = kRequestMediaTypes.chunked},
      {.whole = kResponseMediaTypes.chunked},
      {.whole = "type", .chunked = kRequestMediaTypes.whole},
  };
  static const std::vector<MediaTypes> chunked{
      {},
      {.whole = "type"},
      {.whole = "type", .chunked = "type"},
      {.chunked = kRequestMediaTypes.whole},
      {.chunked = kResponseMediaTypes.whole},
      {.whole = kRequestMediaTypes.chunked, .chunked = "type chunked"},
  };
  return form == Form::whole ? whole : chunked;
}

constexpr Form kForms[] = {Form::whole, Form::chunked};

Bytes read_message(Result<SealStream> stream) {
  REQUIRE_OK(stream);
  auto message = read_all(*stream);
  REQUIRE_OK(message);
  return std::move(*message);
}

}  // namespace

TEST_CASE("requests refuse media types that could be taken for the other form's") {
  const Pair pair;
  const RequestReceiver receiver{pair.ring};
  for (const Form form : kForms) {
    RequestSealer sealer = pair.begin(form);
    const Bytes message = read_message(sealer.stream(from_memory(as_bytes("question"))));
    for (const MediaTypes& types : refused_for(form)) {
      INFO(types.whole << ", " << types.chunked);
      REQUIRE_ERRC(pair.sender->begin(form, types), Errc::invalid_argument);
      REQUIRE_ERRC(receiver.begin(form, message, types), Errc::invalid_argument);
      const auto source = from_memory(message);
      REQUIRE_ERRC(receiver.begin(form, *source, types), Errc::invalid_argument);
      REQUIRE_OK(receiver.begin(form, *source, kTypes));  // nothing was read
      REQUIRE_ERRC(receiver.stream(form, from_memory(message), types), Errc::invalid_argument);
      if (form == Form::whole) {
        REQUIRE_ERRC(pair.sender->seal(as_bytes("question"), types), Errc::invalid_argument);
        REQUIRE_ERRC(receiver.open(message, types), Errc::invalid_argument);
      } else {
        REQUIRE_ERRC(receiver.chunked_opener(types), Errc::invalid_argument);
      }
    }
  }
}

TEST_CASE("responses refuse media types that could be taken for the other form's") {
  const Pair pair;
  auto request = pair.sender->seal(as_bytes("question"));
  REQUIRE_OK(request);
  auto opened = RequestReceiver{pair.ring}.open(request->message);
  REQUIRE_OK(opened);
  ResponseSealer& sealer = opened->response_sealer;
  const ResponseOpener& opener = request->response_opener;
  Bytes out(100);
  for (const Form form : kForms) {
    for (const MediaTypes& types : refused_for(form)) {
      INFO(types.whole << ", " << types.chunked);
      REQUIRE_ERRC(sealer.stream(form, from_memory({}), types), Errc::invalid_argument);
      REQUIRE_ERRC(opener.stream(form, from_memory({}), types), Errc::invalid_argument);
      if (form == Form::whole) {
        REQUIRE_ERRC(sealer.seal(out, as_bytes("answer"), types), Errc::invalid_argument);
        REQUIRE_ERRC(sealer.seal(as_bytes("answer"), types), Errc::invalid_argument);
        REQUIRE_ERRC(opener.open(out, Bytes(60), types), Errc::invalid_argument);
        REQUIRE_ERRC(opener.open(Bytes(60), types), Errc::invalid_argument);
      } else {
        REQUIRE_ERRC(sealer.chunk_sealer(types), Errc::invalid_argument);
        REQUIRE_ERRC(opener.chunk_opener(types), Errc::invalid_argument);
      }
    }
  }
  REQUIRE_OK(sealer.export_secret_state(SecretAccess{}));
  auto response = sealer.seal(as_bytes("answer"));
  REQUIRE_OK(response);
  REQUIRE_OK(opener.open(*response));
}

TEST_CASE("one-to-many requests refuse media types that could be taken for the other form's") {
  const Pair pair;
  auto sender = MultiRequestSender::create(any_provider(), kChaCha.aead);
  REQUIRE_OK(sender);
  const MultiRequestReceiver receiver{pair.ring};
  for (const Form form : kForms) {
    const EncapsulatedKey key = key_for(begin(form), pair);
    for (const MediaTypes& types : refused_for(form)) {
      INFO(types.whole << ", " << types.chunked);
      REQUIRE_ERRC(sender->begin(form, types), Errc::invalid_argument);
      REQUIRE_ERRC(receiver.begin(form, key.message, types), Errc::invalid_argument);
      if (form == Form::chunked) continue;
      REQUIRE_ERRC(receiver.open(key.message, Bytes(50), types), Errc::invalid_argument);
    }
  }
}

TEST_CASE("a request keeps to the form in which it was begun, at both ends") {
  const Pair pair;
  const Bytes text = bytes("question");
  for (const Form form : kForms) {
    RequestSealer sealer = pair.begin(form);
    REQUIRE(sealer.form() == form);
    Bytes out(200);
    if (form == Form::whole) {
      REQUIRE_ERRC(sealer.chunk_sealer(), Errc::wrong_state);
    } else {
      REQUIRE_ERRC(sealer.seal(out, text), Errc::wrong_state);
      REQUIRE_ERRC(sealer.seal({}, text), Errc::wrong_state);
    }
    const Bytes message = read_message(sealer.stream(from_memory(text)));
    auto pending = RequestReceiver{pair.ring}.begin(form, message, kTypes);
    REQUIRE_OK(pending);
    auto opener = pending->decapsulate();
    REQUIRE_OK(opener);
    REQUIRE(opener->form() == form);
    Bytes sealed = copy(ByteView(message).subspan(pending->prefix_size()));
    if (form == Form::whole) {
      REQUIRE_ERRC(opener->chunk_opener(), Errc::wrong_state);
    } else {
      REQUIRE_ERRC(opener->open(out, sealed), Errc::wrong_state);
      REQUIRE(out == Bytes(out.size()));
      REQUIRE_ERRC(opener->open(sealed, sealed), Errc::wrong_state);
    }
    auto stream = opener->stream(from_memory(sealed));
    REQUIRE_OK(stream);
    auto opened = read_all(*stream);
    REQUIRE_OK(opened);
    REQUIRE(*opened == text);
  }
}

TEST_CASE("a body for many receivers keeps to the form in which it was begun, at both ends") {
  const Pair pair;
  const Bytes text = bytes("question");
  for (const Form form : kForms) {
    MultiRequestSealer sealer = begin(form);
    REQUIRE(sealer.form() == form);
    const EncapsulatedKey key = key_for(sealer, pair);
    Bytes out(200);
    if (form == Form::whole) {
      REQUIRE_ERRC(sealer.chunk_sealer(), Errc::wrong_state);
    } else {
      REQUIRE_ERRC(sealer.seal(out, text), Errc::wrong_state);
      REQUIRE_ERRC(sealer.seal(text), Errc::wrong_state);
    }
    const Bytes body = read_message(sealer.stream(from_memory(text)));
    MultiRequestOpener opener = accept(form, pair, key);
    REQUIRE(opener.form() == form);
    if (form == Form::whole) {
      REQUIRE_ERRC(opener.chunk_opener(), Errc::wrong_state);
    } else {
      REQUIRE_ERRC(opener.open(out, body), Errc::wrong_state);
      REQUIRE(out == Bytes(out.size()));
    }
    auto stream = opener.stream(from_memory(body));
    REQUIRE_OK(stream);
    auto opened = read_all(*stream);
    REQUIRE_OK(opened);
    REQUIRE(*opened == text);
  }
}

TEST_CASE("the opener of a chunked request takes no key that was begun for a whole one") {
  const Pair pair;
  const RequestReceiver receiver{pair.ring};
  RequestSealer sealer = pair.begin(Form::chunked);
  const Bytes message = read_message(sealer.stream(from_memory(as_bytes("question"))));
  auto opener = receiver.chunked_opener(kTypes);
  REQUIRE_OK(opener);
  Bytes out(100);
  auto step = opener->open(out, message, End::yes);
  REQUIRE_OK(step);
  REQUIRE(step->state == ChunkOpener::State::need_key);
  auto whole = receiver.begin(Form::whole, message, kTypes);
  REQUIRE_OK(whole);
  REQUIRE_ERRC(opener->give_key(*whole->decapsulate()), Errc::wrong_state);
  REQUIRE_OK(opener->give_key(*opener->pending()->decapsulate()));
  step = opener->open(out, ByteView(message).subspan(step->consumed), End::yes);
  REQUIRE_OK(step);
  REQUIRE(step->state == ChunkOpener::State::done);
}
