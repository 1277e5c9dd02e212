// Messages in chunks, sealed, changed and split as the input says, against a model of what a
// receiver must answer.
#include "chunk_model.hpp"

using namespace twoway;
using namespace twoway::framing;
using core::Bytes;
using core::ByteSpan;
using core::ByteView;
using core::Errc;
using core::Result;

namespace {

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
fuzz::Answer open(const std::vector<Bytes>& pieces, bool in_place, const ChunkLimits& limits) {
  auto opener = ChunkOpener::create(fuzz::open_sequence(), limits);
  FUZZ_REQUIRE(opener.ok());
  fuzz::Answer answer;
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

}  // namespace

// The input: options, the chunks' sizes, the limits, the changes, and the sizes of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Choices choices(ByteView(data, size));
  const std::uint8_t options = choices.byte();
  auto sealer = ChunkSealer::create(fuzz::seal_sequence());
  FUZZ_REQUIRE(sealer.ok());
  std::vector<Bytes> sent;
  const std::vector<fuzz::Chunk> chunks = fuzz::seal(*sealer, choices, sent);
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const auto& [plaintext, sealed, last] = chunks[i];
    FUZZ_REQUIRE(sealed == fuzz::seal_alone(plaintext, last, i));
    FUZZ_REQUIRE(sent[i] == fuzz::as_sent(sealed, last));
  }
  const ChunkLimits limits = fuzz::limits(options, choices);
  for (unsigned changes = options >> 6; changes > 0; --changes) fuzz::change(sent, choices);

  const Bytes message = fuzz::joined(sent);
  const std::vector<Bytes> pieces = fuzz::split(message, choices, (options & 8U) != 0);
  const fuzz::Answer want = fuzz::expected(message, chunks, limits);
  for (const std::vector<Bytes>& arrival : {pieces, {message}}) {
    for (const bool in_place : {false, true}) FUZZ_REQUIRE(open(arrival, in_place, limits) == want);
  }
  return 0;
}
