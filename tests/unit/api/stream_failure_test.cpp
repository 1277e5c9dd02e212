// Pull streams that fail, are cut, go over a limit or are started wrongly.
#include "supplier.hpp"

using namespace twoway;
using namespace twoway::test;

TEST_CASE("a source that fails ends the stream with its error and without a last chunk") {
  const Pair pair;
  for (const Form form : {Form::whole, Form::chunked}) {
    const auto failing = [calls = 0](ByteSpan out) mutable -> Result<std::size_t> {
      if (++calls == 3) return Error{Errc::source_failed, "the cable was pulled", 5};
      out[0] = 1;
      return std::size_t{1};
    };
    RequestSealer sealer = pair.begin(form);
    auto sealing = sealer.stream(from_function(failing));
    REQUIRE_OK(sealing);
    Bytes message;
    auto failed = read_all(*sealing, 11, &message);
    REQUIRE_ERRC(failed, Errc::source_failed);
    REQUIRE(failed.error().native == 5);
    if (form == Form::whole) {
      REQUIRE(message.size() == sealing->prefix_size());
    } else {
      REQUIRE(message.size() == sealing->prefix_size() + 2 * 18);
    }
    REQUIRE_ERRC(open_bytes(pair, form, message, {}), Errc::truncated);

    // A source that returns nonsense, or ends before its stated size, counts as failed.
    for (const auto& bad :
         {from_function([](ByteSpan out) { return Result<std::size_t>(out.size() + 1); }),
          from_function([](ByteSpan out) { return Result<std::size_t>(out.size() + 1); }, 10),
          from_function([](ByteSpan) { return Result<std::size_t>(std::size_t{0}); }, 10)}) {
      RequestSealer another = pair.begin(form);
      auto stream = another.stream(from_function([&bad](ByteSpan out) { return bad->read(out); }));
      REQUIRE_OK(stream);
      REQUIRE_ERRC(read_all(*stream, 1000), Errc::source_failed);
    }
  }
  const auto pull = [](ByteSpan) -> Result<std::size_t> {
    return Error{Errc::source_failed, "the cable was pulled"};
  };
  REQUIRE_ERRC(RequestReceiver{pair.ring}.stream(Form::chunked, from_function(pull)),
               Errc::source_failed);
  REQUIRE_ERRC(RequestReceiver{pair.ring}.stream(Form::chunked, from_descriptor(-1)),
               Errc::source_failed);
  std::istringstream broken;
  broken.setstate(std::ios::badbit);
  REQUIRE_ERRC(RequestReceiver{pair.ring}.stream(Form::chunked, from_istream(broken)),
               Errc::source_failed);
}

TEST_CASE("a stream that is cut anywhere never ends well") {
  const Pair pair;
  for (const Form form : {Form::whole, Form::chunked}) {
    const StreamOptions options{.limits = {.max_chunk = 10}};
    const Bytes text = pattern(25);
    RequestSealer sealer = pair.begin(form);
    auto sealing = sealer.stream(from_memory(text), options);
    REQUIRE_OK(sealing);
    auto message = read_all(*sealing, 1000);
    REQUIRE_OK(message);
    for (std::size_t cut = 0; cut < message->size(); ++cut) {
      for (const std::size_t read_size : {1U, 1000U}) {
        for (const bool memory : {true, false}) {
          INFO("cut " << cut);
          Supplier supplier(copy(ByteView(*message).first(cut)));
          auto request = RequestReceiver{pair.ring}.stream(
              form, supplier.make(memory ? Supply::memory : Supply::function, 3), kTypes, options);
          if (!request) {
            REQUIRE(cut < sealer.prefix_size());
            REQUIRE_ERRC(request, Errc::truncated);
            continue;
          }
          Bytes before;
          auto opened = read_all(request->plaintext, read_size, &before);
          REQUIRE(!opened.ok());
          // A part of a tag cannot be told from a forged tag.
          REQUIRE(
              (opened.error().code == Errc::truncated || opened.error().code == Errc::open_failed));
          REQUIRE(std::equal(before.begin(), before.end(), text.begin()));
          REQUIRE(before.size() <= (form == Form::whole ? 0U : 20U));
        }
      }
    }
  }
}

TEST_CASE("streams keep to their limits") {
  const Pair pair;
  const Bytes text = pattern(100);
  const StreamOptions whole{.max_whole = 99};
  for (const Supply supply : {Supply::memory, Supply::function}) {
    Supplier supplier(text);
    RequestSealer sealer = pair.begin(Form::whole);
    auto sealing = sealer.stream(supplier.make(supply, 7), whole);
    REQUIRE_OK(sealing);
    REQUIRE_ERRC(read_all(*sealing, 1000), Errc::limit_exceeded);
    auto sealed = pair.sender->seal(text, kTypes);
    REQUIRE_OK(sealed);
    Supplier message(sealed->message);
    auto opening =
        RequestReceiver{pair.ring}.stream(Form::whole, message.make(supply, 7), kTypes, whole);
    REQUIRE_OK(opening);
    REQUIRE_ERRC(read_all(opening->plaintext, 1000), Errc::limit_exceeded);
    REQUIRE_ERRC(opening->opener.response_sealer(), Errc::wrong_state);
  }
  RequestSealer sealer = pair.begin(Form::chunked);
  auto sealing = sealer.stream(from_memory(text), {.limits = {.max_plaintext = 99}});
  REQUIRE_OK(sealing);
  REQUIRE_ERRC(read_all(*sealing, 1000), Errc::limit_exceeded);
}

TEST_CASE("a stream is started once, from a source, with possible limits") {
  const Pair pair;
  RequestSealer sealer = pair.begin(Form::chunked);
  REQUIRE_OK(sealer.stream(from_memory({})));
  REQUIRE_ERRC(sealer.stream(from_memory({})), Errc::wrong_state);
  REQUIRE_ERRC(sealer.chunk_sealer(), Errc::wrong_state);
  REQUIRE_ERRC(pair.begin(Form::chunked).stream(nullptr), Errc::invalid_argument);
  REQUIRE_ERRC(pair.begin(Form::chunked).stream(from_memory({}), {.limits = {.max_chunk = 0}}),
               Errc::invalid_argument);

  auto request = pair.sender->seal(as_bytes("whole"), kTypes);
  REQUIRE_OK(request);
  const RequestReceiver receiver{pair.ring};
  REQUIRE_ERRC(receiver.stream(Form::chunked, nullptr), Errc::invalid_argument);
  auto source = from_memory(request->message);
  auto pending = receiver.begin(Form::whole, *source, kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  auto plaintext = opener->stream(std::move(source));
  REQUIRE_OK(plaintext);
  REQUIRE_ERRC(opener->stream(from_memory({})), Errc::wrong_state);
  REQUIRE_ERRC(opener->chunk_opener(), Errc::wrong_state);
  REQUIRE_ERRC(plaintext->read({}), Errc::invalid_argument);
  auto text = read_all(*plaintext, 3);
  REQUIRE_OK(text);
  REQUIRE(*text == copy(as_bytes("whole")));

  auto response_sealer = opener->response_sealer();
  REQUIRE_OK(response_sealer);
  REQUIRE_ERRC(response_sealer->stream(Form::chunked, nullptr), Errc::invalid_argument);
  REQUIRE_OK(response_sealer->stream(Form::chunked, from_memory({})));
  REQUIRE_ERRC(response_sealer->stream(Form::chunked, from_memory({})), Errc::wrong_state);
  REQUIRE_ERRC(response_sealer->seal(Bytes{}), Errc::wrong_state);
  REQUIRE_ERRC(request->response_opener.stream(Form::chunked, nullptr), Errc::invalid_argument);
}

TEST_CASE("a request's chunks replayed as its response do not open") {
  const Pair pair;
  RequestSealer sealer = pair.begin(Form::chunked);
  const Bytes text = pattern(50);
  auto sealing = sealer.stream(from_memory(text));
  REQUIRE_OK(sealing);
  auto message = read_all(*sealing, 1000);
  REQUIRE_OK(message);
  const std::size_t front = sealer.prefix_size();
  const std::size_t nonce = sealer.response_opener().prefix_size();
  REQUIRE(nonce <= front);
  for (const std::size_t at : {front, front - nonce}) {
    auto reading = sealer.response_opener().stream(
        Form::chunked, from_memory(ByteView(*message).subspan(at)), kTypes);
    REQUIRE_OK(reading);
    REQUIRE(!read_all(*reading, 1000).ok());
  }
  // Chunks of another request to the same key.
  RequestSealer other = pair.begin(Form::chunked);
  auto other_sealing = other.stream(from_memory(text));
  auto other_message = read_all(*other_sealing, 1000);
  REQUIRE_OK(other_message);
  std::copy(other_message->begin() + static_cast<std::ptrdiff_t>(front), other_message->end(),
            message->begin() + static_cast<std::ptrdiff_t>(front));
  REQUIRE_ERRC(open_bytes(pair, Form::chunked, *message, {}), Errc::open_failed);
}

TEST_CASE("a source that gives nothing and never ends does not block the reader of a prefix") {
  // Reading no bytes means the end as well. The source fails if it is asked too often, so that a
  // loop ends.
  class QuietSource final : public Source {
   public:
    explicit QuietSource(ByteView content) : content_(content) {}
    Result<SourceRead> read(ByteSpan out) noexcept override {
      if (++asked_ > 100) return Error{Errc::source_failed, "asked too often"};
      const std::size_t size = std::min(out.size(), content_.size());
      std::copy_n(content_.begin(), size, out.begin());
      content_ = content_.subspan(size);
      return SourceRead{size, End::no};
    }

   private:
    ByteView content_;
    int asked_ = 0;
  };
  const Pair pair;
  auto sealer = pair.sender->begin(Form::chunked);
  REQUIRE_OK(sealer);
  const Bytes prefix = copy(sealer->prefix());
  const RequestReceiver receiver{pair.ring};
  QuietSource whole(prefix);
  REQUIRE_OK(receiver.begin(Form::chunked, whole));
  for (std::size_t size = 0; size < prefix.size(); ++size) {
    QuietSource cut(ByteView(prefix).first(size));
    REQUIRE_ERRC(receiver.begin(Form::chunked, cut), Errc::truncated);
  }
}
