// A chunked request that is pushed from its first byte, in pieces of any size.
#include <algorithm>

#include "exchange_pair.hpp"
#include "wrapping.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

using State = ChunkedRequestOpener::State;

Bytes seal_request(const Pair& pair, const std::vector<std::string_view>& texts) {
  RequestSealer sealer = pair.begin(Form::chunked);
  auto chunks = sealer.chunk_sealer();
  REQUIRE_OK(chunks);
  return seal_texts(*chunks, sealer.prefix(), texts);
}

/// Opens a message that arrives in pieces of at most `step` bytes.
Result<std::string> open_in_pieces(Result<ChunkedRequestOpener> begun, const Bytes& message,
                                   std::size_t step, bool in_place) {
  REQUIRE_OK(begun);
  ChunkedRequestOpener& opener = *begun;
  std::string text;
  Bytes input = message;
  Bytes out(100000);
  std::size_t at = 0;
  std::size_t until = std::min(step, input.size());
  while (true) {
    const End end = until == input.size() ? End::yes : End::no;
    const ByteSpan in = ByteSpan(input).subspan(at, until - at);
    REQUIRE(opener.output_size(in.size()) <= out.size());
    auto opened = in_place ? opener.open_in_place(in, end) : opener.open(out, in, end);
    if (!opened) {
      REQUIRE_ERRC(opener.open(out, in, end), opened.error().code);
      return opened.error();
    }
    text.append(opened->plaintext.begin(), opened->plaintext.end());
    at += opened->consumed;
    if (opened->state == State::done) {
      REQUIRE_OK(opener.response_sealer());
      return text;
    }
    if (opened->state == State::need_key) {
      REQUIRE(opener.pending() != nullptr);
      REQUIRE(at == opener.pending()->prefix_size());
      REQUIRE_ERRC(opener.response_sealer(), Errc::wrong_state);
      auto key = opener.pending()->decapsulate();
      if (!key) return key.error();
      REQUIRE_OK(opener.give_key(std::move(*key)));
    } else if (opened->state == State::need_input) {
      REQUIRE(at == until);
      until = std::min(until + step, input.size());
    }
  }
}

}  // namespace

TEST_CASE("a chunked request opens from its first byte at every split") {
  const Pair pair;
  const Bytes message = seal_request(pair, {"first", "second and longer", "last"});
  for (std::size_t step = 1; step <= message.size(); ++step) {
    for (const bool in_place : {false, true}) {
      INFO("step " << step);
      auto text = open_in_pieces(RequestReceiver{pair.ring}.chunked_opener(kTypes), message, step,
                                 in_place);
      REQUIRE_OK(text);
      REQUIRE(*text == "firstsecond and longerlast");
    }
  }
}

TEST_CASE("an opener waits for its key, and takes no input meanwhile") {
  const Pair pair;
  const RequestReceiver receiver{pair.ring};
  const Bytes message = seal_request(pair, {"text"});
  auto begun = receiver.chunked_opener(kTypes);
  REQUIRE_OK(begun);
  ChunkedRequestOpener& opener = *begun;
  REQUIRE(opener.pending() == nullptr);
  Bytes out(100);
  ByteView rest = message;
  auto step = opener.open(out, rest.first(3), End::no);
  REQUIRE_OK(step);
  REQUIRE(step->state == State::need_input);
  REQUIRE(step->consumed == 3);
  rest = rest.subspan(3);

  auto whole = pair.sender->seal({}, kTypes);
  REQUIRE_OK(whole);
  auto other = receiver.begin(Form::whole, whole->message, kTypes);
  REQUIRE_OK(other);
  REQUIRE_ERRC(opener.give_key(*other->decapsulate()), Errc::wrong_state);

  step = opener.open(out, rest, End::yes);
  REQUIRE_OK(step);
  REQUIRE(step->state == State::need_key);
  rest = rest.subspan(step->consumed);
  REQUIRE(opener.pending()->key_id() == 7);
  for (const End end : {End::no, End::yes}) {
    step = opener.open(out, rest, end);
    REQUIRE_OK(step);
    REQUIRE(step->state == State::need_key);
    REQUIRE(step->consumed == 0);
  }
  auto key = opener.pending()->decapsulate();
  REQUIRE_OK(key);
  REQUIRE_OK(opener.give_key(std::move(*key)));
  step = opener.open(out, rest, End::yes);
  REQUIRE_OK(step);
  REQUIRE(step->state == State::done);
  REQUIRE(copy(step->plaintext) == copy(as_bytes("text")));
  REQUIRE_ERRC(opener.give_key(*opener.pending()->decapsulate()), Errc::wrong_state);
}

TEST_CASE("a prefix that is cut, unknown or not for this receiver is refused") {
  const Pair pair;
  const RequestReceiver receiver{pair.ring};
  const Bytes message = seal_request(pair, {"text"});
  for (std::size_t cut = 0; cut < message.size(); ++cut) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{1000}}) {
      const Bytes start(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(cut));
      auto text = open_in_pieces(receiver.chunked_opener(kTypes), start, step, false);
      REQUIRE(!text.ok());
      if (cut < message.size() - 4) REQUIRE_ERRC(text, Errc::truncated);
    }
  }
  Bytes unknown = message;
  unknown[0] = 8;
  REQUIRE_ERRC(open_in_pieces(receiver.chunked_opener(kTypes), unknown, 1, false),
               Errc::unknown_key);
  REQUIRE_ERRC(open_in_pieces(receiver.chunked_opener({.chunked = "other"}), message, 9, false),
               Errc::open_failed);
  REQUIRE_ERRC(open_in_pieces(receiver.chunked_opener(kTypes, {.max_chunk = 3}), message, 9, false),
               Errc::limit_exceeded);
  REQUIRE_ERRC(receiver.chunked_opener({.chunked = std::string(65528, 'x')}),
               Errc::invalid_argument);
  Bytes wrong_enc = message;
  wrong_enc[20] ^= 1;
  REQUIRE_ERRC(open_in_pieces(receiver.chunked_opener(kTypes), wrong_enc, 9, true),
               Errc::open_failed);
}
