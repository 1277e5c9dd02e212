// Chunked requests from their first byte, pushed in pieces and pulled from a source, against a
// model of the receiver's results.
#include "chunk_model.hpp"
#include "exchange.hpp"

using namespace twoway;
using namespace twoway::fuzz;
using Opener = ChunkedRequestOpener;
using State = Opener::State;

namespace {

/// Returns the result that a receiver must give for `message`, whose prefix may be changed.
OpenResult expected_request(ByteView message, const std::vector<Chunk>& chunks,
                            const ChunkLimits& limits) {
  if (message.size() < kHeader.size()) return {{}, Errc::truncated};
  if (!equal(message.first(kHeader.size()), kHeader)) return {{}, Errc::unknown_key};
  if (message.size() < kPrefixSize) return {{}, Errc::truncated};
  const ByteView rest = message.subspan(kPrefixSize);
  const bool ours =
      equal(message.first(kPrefixSize), ByteView(exchange().request).first(kPrefixSize));
  return expected(rest, ours ? chunks : std::vector<Chunk>(), limits);
}

/// Uses the shared secret if it is known, so that the key's operation is not repeated.
Result<RequestOpener> opener_of(const PendingRequest& pending) {
  const ByteView enc = ByteView(exchange().request).subspan(kHeader.size(), kEncSize);
  return equal(pending.enc(), enc) ? pending.complete(exchange().shared_secret)
                                   : pending.decapsulate();
}

/// Checks that it returns need_key until it has its key, and not after. Returns false if `enc` is
/// refused.
bool give_key_when_needed(Opener& opener, ByteView in, End end) {
  const auto again = opener.open({}, in, end);
  FUZZ_REQUIRE(again.ok() && again->state == State::need_key && again->consumed == 0);
  FUZZ_REQUIRE(opener.response_sealer().error().code == Errc::wrong_state);
  auto request = opener_of(*opener.pending());
  if (!request) {
    FUZZ_REQUIRE(request.error().code == Errc::open_failed);
    return false;
  }
  FUZZ_REQUIRE(opener.give_key(std::move(*request)).ok());
  return true;
}

OpenResult push(const std::vector<Bytes>& pieces, bool in_place, const ChunkLimits& limits) {
  auto begun = exchange().receiver.chunked_opener(kRequestMediaTypes, limits);
  FUZZ_REQUIRE(begun.ok());
  Opener& opener = *begun;
  OpenResult answer;
  bool opened = false;
  Bytes out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const End end = i + 1 == pieces.size() ? End::yes : End::no;
    Bytes piece = pieces[i];
    for (ByteSpan in = piece;;) {
      out = Bytes(opener.output_size(in.size()));
      const auto step = in_place ? opener.open_in_place(in, end) : opener.open(out, in, end);
      if (!step) {
        out = Bytes(limits.max_chunk);
        const auto later = opener.open(out, {}, End::yes);
        FUZZ_REQUIRE(later.error().code == step.error().code);
        answer.error = step.error().code;
        break;
      }
      FUZZ_REQUIRE(step->consumed <= in.size());
      in = in.subspan(step->consumed);
      answer.plaintext.insert(answer.plaintext.end(), step->plaintext.begin(),
                              step->plaintext.end());
      if (step->state == State::need_key) {
        if (!give_key_when_needed(opener, in, end)) return {{}, Errc::open_failed};
        continue;
      }
      opened = opened || step->state != State::need_input;
      if (step->state == State::chunk) continue;
      FUZZ_REQUIRE(in.empty());
      FUZZ_REQUIRE((step->state == State::done) == (end == End::yes));
      break;
    }
    if (answer.error) break;
  }
  FUZZ_REQUIRE(opener.response_sealer().ok() == opened);
  return answer;
}

/// A source that gives each piece at once if the buffer has room.
std::unique_ptr<Source> source_of(const std::vector<Bytes>& pieces) {
  return from_function([&pieces, i = std::size_t{0},
                        at = std::size_t{0}](ByteSpan out) mutable noexcept -> Result<std::size_t> {
    while (i < pieces.size() && at == pieces[i].size()) {
      ++i;
      at = 0;
    }
    if (i == pieces.size()) return std::size_t{0};
    const std::size_t size = std::min(out.size(), pieces[i].size() - at);
    std::copy_n(pieces[i].begin() + static_cast<std::ptrdiff_t>(at), size, out.begin());
    at += size;
    return size;
  });
}

OpenResult pull(const std::vector<Bytes>& pieces, std::size_t read_size,
                const ChunkLimits& limits) {
  auto stream = exchange().receiver.stream(Form::chunked, source_of(pieces), kRequestMediaTypes,
                                           {.limits = limits});
  OpenResult answer;
  if (!stream) {
    answer.error = stream.error().code;
    return answer;
  }
  Bytes out(read_size);
  while (true) {
    const auto got = stream->plaintext.read(out);
    if (!got) answer.error = got.error().code;
    if (!got || *got == 0) break;
    answer.plaintext.insert(answer.plaintext.end(), out.begin(),
                            out.begin() + static_cast<std::ptrdiff_t>(*got));
  }
  FUZZ_REQUIRE(stream->opener.response_sealer().ok() || answer.error);
  FUZZ_REQUIRE(!stream->opener.response_sealer().ok());
  return answer;
}

}  // namespace

// The input: options, the chunks' sizes, the limits, the changes of chunks and of the prefix, and
// the sizes of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choices(ByteView(data, size));
  const unsigned options = choices.byte();
  auto request = exchange().sender->begin(Form::chunked);
  FUZZ_REQUIRE(request.ok() && request->prefix_size() == kPrefixSize);
  Bytes prefix = copy(request->prefix());
  auto sealer = request->chunk_sealer();
  FUZZ_REQUIRE(sealer.ok());
  std::vector<Bytes> sent;
  const std::vector<Chunk> chunks = seal(*sealer, choices, sent);
  const ChunkLimits limits = fuzz::limits(options, choices);
  if ((options & 0x40U) != 0) change(sent, choices);
  sent.insert(sent.begin(), prefix);
  if ((options & 0x80U) != 0) {
    std::uint8_t& byte = sent[0][choices.below(kPrefixSize)];
    byte = static_cast<std::uint8_t>(byte ^ 1U << choices.below(8));
  }
  Bytes message = joined(sent);
  if ((options & 0x20U) != 0) message.resize(choices.below(message.size() + 1));

  const std::vector<Bytes> pieces = split(message, choices, (options & 8U) != 0);
  const OpenResult want = expected_request(message, chunks, limits);
  FUZZ_REQUIRE(push(pieces, (options & 0x10U) != 0, limits) == want);
  FUZZ_REQUIRE(push({message}, (options & 0x10U) == 0, limits) == want);
  if (size % 4 == 0) FUZZ_REQUIRE(pull(pieces, 1 + size, limits) == want);
  return 0;
}
