// Whole messages given to the openers of chunked ones, and the reverse. Even under one media type
// they fail. tests/unit/api/forms_test.cpp rewrites them first.
#include "multi_exchange.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

constexpr std::size_t kSizes[] = {0, 1, 200};

/// One media type for both forms, as a careless sender and receiver would use it.
MediaTypes one_type(Form form) {
  return form == Form::whole ? MediaTypes{.whole = "type"} : MediaTypes{.chunked = "type"};
}

constexpr Form other(Form form) { return form == Form::whole ? Form::chunked : Form::whole; }

Bytes text_of(std::size_t size) { return Bytes(size, 7); }

Bytes read_message(Result<SealStream> stream) {
  REQUIRE_OK(stream);
  auto message = read_all(*stream);
  REQUIRE_OK(message);
  return std::move(*message);
}

/// The opener reads a chunk's length from sealed text, so any of these errors may come first.
void require_no_chunks(const Error& error) {
  INFO(error.message);
  REQUIRE((error.code == Errc::open_failed || error.code == Errc::truncated ||
           error.code == Errc::limit_exceeded));
  REQUIRE(error.native == 0);
}

/// Pushes all of `message` into an opener of chunks, twice.
void require_no_chunks(Result<ChunkOpener> opener, ByteView message) {
  REQUIRE_OK(opener);
  Bytes out(opener->output_size(message.size()));
  const auto step = opener->open(out, message, End::yes);
  REQUIRE(!step.ok());
  require_no_chunks(step.error());
  REQUIRE_ERRC(opener->open(out, message, End::yes), step.error().code);
}

/// Reads it as a message of the other form.
void require_no_stream(Result<OpenStream> stream, Form form) {
  REQUIRE_OK(stream);
  const auto plaintext = read_all(*stream);
  REQUIRE(!plaintext.ok());
  require_no_chunks(plaintext.error());
  if (form == Form::whole) REQUIRE_ERRC(plaintext, Errc::open_failed);
}

}  // namespace

TEST_CASE("a whole request does not open as a chunked one, or the reverse") {
  const Pair pair;
  const RequestReceiver receiver{pair.ring};
  for (const std::size_t size : kSizes) {
    for (const Form form : {Form::whole, Form::chunked}) {
      INFO(size);
      const Bytes text = text_of(size);
      auto sealer = pair.sender->begin(form, one_type(form));
      REQUIRE_OK(sealer);
      const Bytes message = read_message(sealer->stream(from_memory(text)));
      const ByteView sealed = ByteView(message).subspan(sealer->prefix_size());
      const auto opener = [&](Form opened_as) {
        auto pending = receiver.begin(opened_as, message, one_type(opened_as));
        REQUIRE_OK(pending);
        auto opened = pending->decapsulate();
        REQUIRE_OK(opened);
        return std::move(*opened);
      };
      RequestOpener request = opener(other(form));
      require_no_stream(request.stream(from_memory(sealed)), other(form));
      REQUIRE_ERRC(request.response_sealer(), Errc::wrong_state);
      if (form == Form::whole) {
        require_no_chunks(opener(Form::chunked).chunk_opener(), sealed);
      } else {
        REQUIRE_ERRC(receiver.open(message, one_type(Form::whole)), Errc::open_failed);
      }
      RequestOpener true_one = opener(form);
      auto stream = true_one.stream(from_memory(sealed));
      REQUIRE_OK(stream);
      auto plaintext = read_all(*stream);
      REQUIRE_OK(plaintext);
      REQUIRE(*plaintext == text);
    }
  }
}

TEST_CASE("a whole response does not open as a chunked one, or the reverse") {
  const Pair pair;
  const RequestReceiver receiver{pair.ring};
  for (const std::size_t size : kSizes) {
    for (const Form form : {Form::whole, Form::chunked}) {
      INFO(size);
      const Bytes text = text_of(size);
      auto request = pair.sender->seal(as_bytes("question"), kTypes);
      REQUIRE_OK(request);
      const ResponseOpener& opener = request->response_opener;
      auto opened = receiver.open(request->message, kTypes);
      REQUIRE_OK(opened);
      // Both have one media type, so that only the form differs.
      const Bytes response =
          read_message(opened->response_sealer.stream(form, from_memory(text), one_type(form)));
      require_no_stream(opener.stream(other(form), from_memory(response), one_type(other(form))),
                        other(form));
      if (form == Form::whole) {
        require_no_chunks(opener.chunk_opener(one_type(Form::chunked)), response);
      } else {
        REQUIRE_ERRC(opener.open(response, one_type(Form::whole)), Errc::open_failed);
      }
      auto stream = opener.stream(form, from_memory(response), one_type(form));
      REQUIRE_OK(stream);
      auto plaintext = read_all(*stream);
      REQUIRE_OK(plaintext);
      REQUIRE(*plaintext == text);
    }
  }
}

TEST_CASE("a whole body for many receivers does not open as a chunked one, or the reverse") {
  const Pair pair;
  for (const std::size_t size : kSizes) {
    for (const Form form : {Form::whole, Form::chunked}) {
      INFO(size);
      const Bytes text = text_of(size);
      auto sender = MultiRequestSender::create(any_provider(), kChaCha.aead);
      REQUIRE_OK(sender);
      auto sealer = sender->begin(form, one_type(form));
      REQUIRE_OK(sealer);
      const EncapsulatedKey key = key_for(*sealer, pair);
      const Bytes body = read_message(sealer->stream(from_memory(text)));
      const MultiRequestReceiver receiver{pair.ring};
      const auto opener = [&](Form opened_as) {
        auto pending = receiver.begin(opened_as, key.message, one_type(opened_as));
        REQUIRE_OK(pending);
        auto opened = pending->decapsulate();
        REQUIRE_OK(opened);
        return std::move(*opened);
      };
      MultiRequestOpener request = opener(other(form));
      require_no_stream(request.stream(from_memory(body)), other(form));
      REQUIRE_ERRC(request.response_sealer(), Errc::wrong_state);
      if (form == Form::whole) {
        require_no_chunks(opener(Form::chunked).chunk_opener(), body);
      } else {
        REQUIRE_ERRC(receiver.open(key.message, body, one_type(Form::whole)), Errc::open_failed);
      }
      MultiRequestOpener true_one = opener(form);
      auto plaintext = open_body(true_one, body);
      REQUIRE_OK(plaintext);
      REQUIRE(*plaintext == text);
    }
  }
}
