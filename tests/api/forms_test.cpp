// A whole message is no chunked one, nor the reverse: each fails in the other's openers.
#include "multi_exchange.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

constexpr std::size_t kSizes[] = {0, 1, 200};

constexpr Form other(Form form) { return form == Form::whole ? Form::chunked : Form::whole; }

Bytes text_of(std::size_t size) { return Bytes(size, 7); }

Bytes read_message(Result<SealStream> stream) {
  REQUIRE_OK(stream);
  auto message = read_all(*stream);
  REQUIRE_OK(message);
  return std::move(*message);
}

/// A chunk's length is read from what was sealed as a text, so that any of these may come first.
void require_no_chunks(const Error& error) {
  INFO(error.message);
  REQUIRE((error.code == Errc::open_failed || error.code == Errc::truncated ||
           error.code == Errc::limit_exceeded));
  REQUIRE(error.native == 0);
}

/// All of `message` pushed into an opener of chunks, and the same again.
void require_no_chunks(Result<ChunkOpener> opener, ByteView message) {
  REQUIRE_OK(opener);
  Bytes out(opener->output_size(message.size()));
  const auto step = opener->open(out, message, End::yes);
  REQUIRE(!step.ok());
  require_no_chunks(step.error());
  REQUIRE_ERRC(opener->open(out, message, End::yes), step.error().code);
}

/// Read as a message of the other form.
void require_no_stream(Result<OpenStream> stream, Form form) {
  REQUIRE_OK(stream);
  const auto plaintext = read_all(*stream);
  REQUIRE(!plaintext.ok());
  require_no_chunks(plaintext.error());
  if (form == Form::whole) REQUIRE_ERRC(plaintext, Errc::open_failed);
}

}  // namespace

TEST_CASE("a whole request is no chunked one, nor the reverse") {
  const Pair pair;
  const RequestReceiver receiver{pair.ring};
  for (const std::size_t size : kSizes) {
    for (const Form form : {Form::whole, Form::chunked}) {
      INFO(size);
      const Bytes text = text_of(size);
      RequestSealer sealer = pair.start(kType);
      const Bytes message = read_message(sealer.stream(from_memory(text), {.form = form}));
      auto pending = receiver.begin(message, kType);
      REQUIRE_OK(pending);
      const auto opener = [&] {
        auto opened = pending->decapsulate();
        REQUIRE_OK(opened);
        return std::move(*opened);
      };
      const ByteView sealed = ByteView(message).subspan(pending->prefix_size());
      RequestOpener request = opener();
      require_no_stream(request.stream(from_memory(sealed), {.form = other(form)}), other(form));
      REQUIRE_ERRC(request.response_sealer(), Errc::wrong_state);
      if (form == Form::whole) {
        require_no_chunks(opener().chunk_opener(), sealed);
      } else {
        REQUIRE_ERRC(receiver.open(message, kType), Errc::open_failed);
      }
      RequestOpener true_one = opener();
      auto stream = true_one.stream(from_memory(sealed), {.form = form});
      REQUIRE_OK(stream);
      auto plaintext = read_all(*stream);
      REQUIRE_OK(plaintext);
      REQUIRE(*plaintext == text);
    }
  }
}

TEST_CASE("a whole response is no chunked one, nor the reverse") {
  const Pair pair;
  const RequestReceiver receiver{pair.ring};
  for (const std::size_t size : kSizes) {
    for (const Form form : {Form::whole, Form::chunked}) {
      INFO(size);
      const Bytes text = text_of(size);
      auto request = pair.sender->seal(as_bytes("question"), kType);
      REQUIRE_OK(request);
      const ResponseOpener& opener = request->response_opener;
      auto opened = receiver.open(request->message, kType);
      REQUIRE_OK(opened);
      // Of one media type, so that nothing but the form differs.
      const Bytes response =
          read_message(opened->response_sealer.stream(from_memory(text), "type", {.form = form}));
      require_no_stream(opener.stream(from_memory(response), "type", {.form = other(form)}),
                        other(form));
      if (form == Form::whole) {
        require_no_chunks(opener.chunk_opener("type"), response);
      } else {
        REQUIRE_ERRC(opener.open(response, "type"), Errc::open_failed);
      }
      auto stream = opener.stream(from_memory(response), "type", {.form = form});
      REQUIRE_OK(stream);
      auto plaintext = read_all(*stream);
      REQUIRE_OK(plaintext);
      REQUIRE(*plaintext == text);
    }
  }
}

TEST_CASE("a whole body for many receivers is no chunked one, nor the reverse") {
  const Pair pair;
  for (const std::size_t size : kSizes) {
    for (const Form form : {Form::whole, Form::chunked}) {
      INFO(size);
      const Bytes text = text_of(size);
      MultiRequestSealer sealer = start();
      const EncapsulatedKey key = key_for(sealer, pair);
      const Bytes body = read_message(sealer.stream(from_memory(text), {.form = form}));
      MultiRequestOpener request = accept(pair, key);
      require_no_stream(request.stream(from_memory(body), {.form = other(form)}), other(form));
      REQUIRE_ERRC(request.response_sealer(), Errc::wrong_state);
      if (form == Form::whole) {
        require_no_chunks(accept(pair, key).chunk_opener(), body);
      } else {
        REQUIRE_ERRC(MultiRequestReceiver{pair.ring}.open(key.message, body, kType),
                     Errc::open_failed);
      }
      MultiRequestOpener true_one = accept(pair, key);
      auto plaintext = open_body(true_one, body, form);
      REQUIRE_OK(plaintext);
      REQUIRE(*plaintext == text);
    }
  }
}
