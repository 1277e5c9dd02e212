// Messages in chunks, sealed, changed and split as the input says, against a model of the
// receiver's results.
#include "chunk_model.hpp"

using namespace twoway;
using namespace twoway::framing;
using core::Bytes;
using core::ByteView;

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
  const fuzz::OpenResult want = fuzz::expected(message, chunks, limits);
  for (const std::vector<Bytes>& arrival : {pieces, {message}}) {
    for (const bool in_place : {false, true}) {
      auto opener = ChunkOpener::create(fuzz::open_sequence(), limits);
      FUZZ_REQUIRE(opener.ok());
      FUZZ_REQUIRE(fuzz::open(*opener, arrival, in_place, limits) == want);
    }
  }
  return 0;
}
