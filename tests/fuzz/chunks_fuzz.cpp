// Messages in chunks, sealed, changed and split as the input says, against a model of what a
// receiver must answer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <twoway/framing/chunks.hpp>

#include "built_providers.hpp"
#include "fuzz.hpp"

using namespace twoway;
using namespace twoway::framing;
using core::Bytes;
using core::ByteSpan;
using core::ByteView;
using core::Errc;
using core::Result;

namespace {

constexpr std::size_t kTag = 16;
const Bytes kKey(32, 7);
const Bytes kNonce(12, 9);

const core::Aead& aead() {
  return *built::providers().front()->aead(core::AeadId::chacha20_poly1305);
}

/// The input, read as decisions; zeros follow its end.
class Choices {
 public:
  explicit Choices(ByteView input) : rest_(input) {}
  bool left() const { return !rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t value = rest_[0];
    rest_ = rest_.subspan(1);
    return value;
  }
  std::size_t below(std::size_t bound) {
    const std::size_t high = bound > 256 ? byte() : 0U;
    return (high << 8 | byte()) % bound;
  }

 private:
  ByteView rest_;
};

struct Chunk {
  Bytes plaintext;
  Bytes sealed;  // without its length
};

/// One chunk without its length, sealed as the specification says and without the chunk sealer.
Bytes seal_alone(ByteView plaintext, Last last, std::size_t number) {
  auto sequence = core::SealSequence::create(aead(), kKey, kNonce, number);
  FUZZ_REQUIRE(sequence.ok());
  Bytes out(plaintext.size() + kTag);
  const ByteView aad = core::as_bytes(last == Last::yes ? "final" : "");
  FUZZ_REQUIRE(sequence->seal(out, aad, plaintext).ok());
  return out;
}

/// Seals 1 to 8 chunks, the last one final. Gives the chunks, and each as it is sent.
std::vector<Chunk> seal(Choices& choices, std::vector<Bytes>& sent) {
  auto sequence = core::SealSequence::create(aead(), kKey, kNonce);
  FUZZ_REQUIRE(sequence.ok());
  auto sealer = ChunkSealer::create(std::move(*sequence));
  FUZZ_REQUIRE(sealer.ok());
  std::vector<Chunk> chunks;
  const std::size_t count = 1 + choices.below(8);
  while (chunks.size() < count) {
    const Last last = chunks.size() + 1 == count ? Last::yes : Last::no;
    std::size_t size = choices.byte();
    if (size == 0xff) size = 16368;  // its length takes 4 bytes
    if (size == 0 && last == Last::no) size = 1;
    const Bytes plaintext(size, static_cast<std::uint8_t>(chunks.size()));
    Bytes out(sealer->sealed_size(size, last));
    const Result<std::size_t> written = sealer->seal(out, plaintext, last);
    FUZZ_REQUIRE(written.ok() && *written == out.size());
    const ByteView sealed = ByteView(out).subspan(sealer->head_size(size, last));
    FUZZ_REQUIRE(fuzz::equal(sealed, seal_alone(plaintext, last, chunks.size())));
    chunks.push_back({plaintext, {sealed.begin(), sealed.end()}});
    sent.push_back(std::move(out));
  }
  FUZZ_REQUIRE(sealer->finished());
  return chunks;
}

/// One change of what is sent; some change nothing, or nothing that matters.
void change(std::vector<Bytes>& sent, Choices& choices) {
  if (sent.empty()) return;
  const auto offset = [](std::size_t value) { return static_cast<std::ptrdiff_t>(value); };
  const std::size_t kind = choices.below(9);
  const std::size_t i = choices.below(sent.size());
  Bytes& chunk = sent[i];
  switch (kind) {
    case 0: sent.erase(sent.begin() + offset(i)); break;
    case 1: {
      const Bytes copy = chunk;
      sent.insert(sent.begin() + offset(i), copy);
      break;
    }
    case 2: std::swap(chunk, sent[choices.below(sent.size())]); break;
    case 3:
      if (!chunk.empty()) {
        std::uint8_t& byte = chunk[choices.below(chunk.size())];
        byte = static_cast<std::uint8_t>(byte ^ 1U << choices.below(8));
      }
      break;
    case 4: chunk.resize(choices.below(chunk.size() + 1)); break;
    case 5: {
      const std::size_t at = choices.below(chunk.size() + 1);
      chunk.insert(chunk.begin() + offset(at), choices.byte());
      break;
    }
    case 6:  // the same length in 8 bytes, where it took 1
      if (!chunk.empty() && chunk[0] < 0x40) {
        chunk.insert(chunk.begin(), {0xc0, 0, 0, 0, 0, 0, 0});
      }
      break;
    case 7:  // the end here, or the last chunk as one that is not
      if (!chunk.empty()) {
        chunk[0] = chunk[0] == 0 ? static_cast<std::uint8_t>((chunk.size() - 1) & 0x3f) : 0;
        sent.erase(sent.begin() + offset(i + 1), sent.end());
      }
      break;
    default:  // an empty chunk that is not the last, authentic all the same
      chunk = seal_alone({}, Last::no, i);
      chunk.insert(chunk.begin(), kTag);
  }
}

struct Answer {
  Bytes plaintext;
  std::optional<Errc> error;  // else the message is complete
};

/// What a receiver must say of `message`: nothing opens but the chunks that were sealed, in order.
Answer expected(ByteView message, const std::vector<Chunk>& chunks, const ChunkLimits& limits) {
  Answer answer;
  const auto failed = [&answer](Errc code) {
    answer.error = code;
    return answer;
  };
  for (std::size_t opened = 0;; ++opened) {
    if (message.empty()) return failed(Errc::truncated);
    const std::size_t head = std::size_t{1} << (message[0] >> 6);
    if (message.size() < head) return failed(Errc::truncated);
    std::uint64_t length = message[0] & 0x3f;
    for (std::size_t i = 1; i < head; ++i) length = length << 8 | message[i];
    message = message.subspan(head);

    if (opened >= limits.max_chunks) return failed(Errc::limit_exceeded);
    const bool final = length == 0;
    if (final) length = message.size();
    if (!final && length <= kTag) return failed(Errc::open_failed);
    if (length > limits.max_chunk + kTag) return failed(Errc::limit_exceeded);
    const std::uint64_t size = length < kTag ? 0 : length - kTag;
    if (answer.plaintext.size() + size > limits.max_plaintext) return failed(Errc::limit_exceeded);
    if (message.size() < length || length < kTag) return failed(Errc::truncated);

    const ByteView sealed = message.first(static_cast<std::size_t>(length));
    message = message.subspan(sealed.size());
    if (opened == chunks.size() || final != (opened + 1 == chunks.size()) ||
        !fuzz::equal(sealed, chunks[opened].sealed)) {
      return failed(Errc::open_failed);
    }
    const Bytes& plaintext = chunks[opened].plaintext;
    answer.plaintext.insert(answer.plaintext.end(), plaintext.begin(), plaintext.end());
    if (final) return answer;
  }
}

/// `open` into exactly what it asks for, after a try with less; or in place.
Result<ChunkOpener::Step> open_step(ChunkOpener& opener, ByteSpan in, Bytes& out, End end,
                                    bool in_place, const ChunkLimits& limits) {
  if (in_place) return opener.open_in_place(in, end);
  const std::size_t size = opener.output_size(in.size());
  FUZZ_REQUIRE(size <= limits.max_chunk);
  if (size > 0) {
    Bytes small(size - 1);
    const auto refused = opener.open(small, in, end);
    FUZZ_REQUIRE(!refused && refused.error().code == Errc::buffer_too_small);
  }
  out = Bytes(size);
  return opener.open(out, in, end);
}

/// Opens a message that arrives in these pieces, each in memory of its own.
Answer open(const std::vector<Bytes>& pieces, bool in_place, const ChunkLimits& limits) {
  auto sequence = core::OpenSequence::create(aead(), kKey, kNonce);
  FUZZ_REQUIRE(sequence.ok());
  auto opener = ChunkOpener::create(std::move(*sequence), limits);
  FUZZ_REQUIRE(opener.ok());
  Answer answer;
  Bytes out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const End end = i + 1 == pieces.size() ? End::yes : End::no;
    Bytes piece = pieces[i];
    for (ByteSpan in = piece;;) {
      const auto step = open_step(*opener, in, out, end, in_place, limits);
      if (!step) {
        answer.error = step.error().code;
        break;
      }
      FUZZ_REQUIRE(step->consumed <= in.size());
      in = in.subspan(step->consumed);
      answer.plaintext.insert(answer.plaintext.end(), step->plaintext.begin(),
                              step->plaintext.end());
      if (step->state == ChunkOpener::State::chunk) continue;
      FUZZ_REQUIRE(in.empty());
      FUZZ_REQUIRE((step->state == ChunkOpener::State::done) == (end == End::yes));
      break;
    }
    if (answer.error) break;
  }
  // Whatever the end, it stays.
  for (const End end : {End::no, End::yes}) {
    Bytes more(limits.max_chunk);
    Bytes in(40, 0x18);
    const auto later = in_place ? opener->open_in_place(in, end) : opener->open(more, in, end);
    FUZZ_REQUIRE(!later && later.error().code == answer.error.value_or(Errc::wrong_state));
  }
  return answer;
}

/// All but the last piece are as long as the choices say.
std::vector<Bytes> split(const std::vector<Bytes>& sent, Choices& choices, bool empty_end) {
  Bytes message;
  for (const Bytes& chunk : sent) message.insert(message.end(), chunk.begin(), chunk.end());
  std::vector<Bytes> pieces;
  ByteView rest = message;
  while (choices.left()) {
    const ByteView piece = rest.first(std::min<std::size_t>(choices.byte(), rest.size()));
    pieces.emplace_back(piece.begin(), piece.end());
    rest = rest.subspan(piece.size());
  }
  pieces.emplace_back(rest.begin(), rest.end());
  if (empty_end) pieces.emplace_back();
  return pieces;
}

}  // namespace

// The input: options, the chunks' sizes, the limits, the changes, and the sizes of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choices(ByteView(data, size));
  const std::uint8_t options = choices.byte();
  std::vector<Bytes> sent;
  const std::vector<Chunk> chunks = seal(choices, sent);
  ChunkLimits limits;
  if ((options & 1U) != 0) limits.max_chunk = 1 + choices.below(256);
  if ((options & 2U) != 0) limits.max_chunks = 1 + choices.below(8);
  if ((options & 4U) != 0) limits.max_plaintext = choices.below(1024);
  for (unsigned changes = options >> 6; changes > 0; --changes) change(sent, choices);

  const std::vector<Bytes> pieces = split(sent, choices, (options & 8U) != 0);
  Bytes message;
  for (const Bytes& piece : pieces) message.insert(message.end(), piece.begin(), piece.end());
  const Answer want = expected(message, chunks, limits);
  for (const std::vector<Bytes>& arrival : {pieces, {message}}) {
    for (const bool in_place : {false, true}) {
      const Answer got = open(arrival, in_place, limits);
      FUZZ_REQUIRE(got.error == want.error);
      FUZZ_REQUIRE(got.plaintext == want.plaintext);
    }
  }
  return 0;
}
