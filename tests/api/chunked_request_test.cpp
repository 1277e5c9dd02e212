// A chunked request that is pushed from its first byte, in pieces of any size.
#include <algorithm>

#include "exchange_pair.hpp"
#include "wrapping.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

using State = ChunkedRequestOpener::State;
constexpr std::string_view kType = "type/of chunks";

Bytes seal_request(const Pair& pair, const std::vector<std::string>& texts) {
  RequestSealer sealer = pair.start(kType);
  auto chunks = sealer.chunk_sealer();
  REQUIRE_OK(chunks);
  Bytes message = copy(sealer.prefix());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Last last = i + 1 == texts.size() ? Last::yes : Last::no;
    const std::size_t at = message.size();
    message.resize(at + chunks->sealed_size(texts[i].size(), last));
    REQUIRE_OK(chunks->seal(ByteSpan(message).subspan(at), as_bytes(texts[i]), last));
  }
  return message;
}

/// Opens a message that arrives in pieces of at most `step` bytes.
Result<std::string> open_in_pieces(ChunkedRequestOpener opener, const Bytes& message,
                                   std::size_t step, bool in_place) {
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
      REQUIRE_OK(opener.resume(std::move(*key)));
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
      auto text =
          open_in_pieces(RequestReceiver{pair.ring}.chunked_opener(kType), message, step, in_place);
      REQUIRE_OK(text);
      REQUIRE(*text == "firstsecond and longerlast");
    }
  }
}

TEST_CASE("an opener waits for its key, and takes nothing meanwhile") {
  const Pair pair;
  const RequestReceiver receiver{pair.ring};
  const Bytes message = seal_request(pair, {"text"});
  ChunkedRequestOpener opener = receiver.chunked_opener(kType);
  REQUIRE(opener.pending() == nullptr);
  Bytes out(100);
  ByteView rest = message;
  auto step = opener.open(out, rest.first(3), End::no);
  REQUIRE_OK(step);
  REQUIRE(step->state == State::need_input);
  REQUIRE(step->consumed == 3);
  rest = rest.subspan(3);

  auto whole = pair.sender->seal({}, kType);
  REQUIRE_OK(whole);
  auto other = receiver.begin(whole->message, kType);
  REQUIRE_OK(other);
  REQUIRE_ERRC(opener.resume(*other->decapsulate()), Errc::wrong_state);

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
  REQUIRE_OK(opener.resume(std::move(*key)));
  step = opener.open(out, rest, End::yes);
  REQUIRE_OK(step);
  REQUIRE(step->state == State::done);
  REQUIRE(copy(step->plaintext) == copy(as_bytes("text")));
  REQUIRE_ERRC(opener.resume(*opener.pending()->decapsulate()), Errc::wrong_state);
}

TEST_CASE("a beginning that is cut, unknown or not for this receiver") {
  const Pair pair;
  const RequestReceiver receiver{pair.ring};
  const Bytes message = seal_request(pair, {"text"});
  for (std::size_t cut = 0; cut < message.size(); ++cut) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{1000}}) {
      const Bytes start(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(cut));
      auto text = open_in_pieces(receiver.chunked_opener(kType), start, step, false);
      REQUIRE(!text.ok());
      if (cut < message.size() - 4) REQUIRE_ERRC(text, Errc::truncated);
    }
  }
  Bytes unknown = message;
  unknown[0] = 8;
  REQUIRE_ERRC(open_in_pieces(receiver.chunked_opener(kType), unknown, 1, false),
               Errc::unknown_key);
  REQUIRE_ERRC(open_in_pieces(receiver.chunked_opener("other"), message, 9, false),
               Errc::open_failed);
  REQUIRE_ERRC(open_in_pieces(receiver.chunked_opener(kType, {.max_chunk = 3}), message, 9, false),
               Errc::limit_exceeded);
  REQUIRE_ERRC(open_in_pieces(receiver.chunked_opener(std::string(65528, 'x')), message, 9, false),
               Errc::invalid_argument);
  Bytes wrong_enc = message;
  wrong_enc[20] ^= 1;
  REQUIRE_ERRC(open_in_pieces(receiver.chunked_opener(kType), wrong_enc, 9, true),
               Errc::open_failed);
}
