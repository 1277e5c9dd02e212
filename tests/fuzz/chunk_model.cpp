#include "chunk_model.hpp"

#include <algorithm>

#include "built_providers.hpp"

namespace twoway::fuzz {
namespace {

using framing::ChunkOpener;

const Bytes kKey(32, 7);
const Bytes kNonce(12, 9);

const core::Aead& aead() {
  return *built::providers().front()->aead(core::AeadId::chacha20_poly1305);
}

/// Calls `open` with exactly the room that it asks for, after a try with less, or in place.
core::Result<ChunkOpener::Step> open_step(ChunkOpener& opener, core::ByteSpan in, Bytes& out,
                                          End end, bool in_place, const ChunkLimits& limits) {
  if (in_place) return opener.open_in_place(in, end);
  const std::size_t size = opener.output_size(in.size());
  FUZZ_REQUIRE(size <= limits.max_chunk);
  if (size > 0) {
    Bytes small(size - 1);
    const auto refused = opener.open(small, in, end);
    FUZZ_REQUIRE(!refused && refused.error().code == core::Errc::buffer_too_small);
  }
  out = Bytes(size);
  return opener.open(out, in, end);
}

}  // namespace

core::SealSequence seal_sequence(std::uint64_t first) {
  auto sequence = core::SealSequence::create(aead(), kKey, kNonce, first);
  FUZZ_REQUIRE(sequence.ok());
  return std::move(*sequence);
}

core::OpenSequence open_sequence() {
  auto sequence = core::OpenSequence::create(aead(), kKey, kNonce);
  FUZZ_REQUIRE(sequence.ok());
  return std::move(*sequence);
}

Bytes seal_alone(ByteView plaintext, Last last, std::size_t number) {
  core::SealSequence sequence = seal_sequence(number);
  Bytes out(plaintext.size() + kTag);
  const ByteView aad = core::as_bytes(last == Last::yes ? "final" : "");
  FUZZ_REQUIRE(sequence.seal(out, aad, plaintext).ok());
  return out;
}

Bytes as_sent(ByteView sealed, Last last) {
  const std::size_t length = last == Last::yes ? 0 : sealed.size();
  const unsigned log = length < 0x40 ? 0 : length < 0x4000 ? 1 : 2;  // RFC 9000 section 16
  Bytes out(std::size_t{1} << log);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[out.size() - 1 - i] = static_cast<std::uint8_t>(length >> 8 * i);
  }
  out[0] = static_cast<std::uint8_t>(out[0] | log << 6);
  out.insert(out.end(), sealed.begin(), sealed.end());
  return out;
}

std::vector<Chunk> seal(ChunkSealer& sealer, Choices& choices, std::vector<Bytes>& sent) {
  std::vector<Chunk> chunks;
  const std::size_t count = 1 + choices.below(8);
  while (chunks.size() < count) {
    const Last last = chunks.size() + 1 == count ? Last::yes : Last::no;
    std::size_t size = choices.byte();
    if (size == 0xff) size = 16368;  // its length takes 4 bytes
    if (size == 0 && last == Last::no) size = 1;
    const Bytes plaintext(size, static_cast<std::uint8_t>(chunks.size()));
    Bytes out(sealer.sealed_size(size, last));
    const core::Result<std::size_t> written = sealer.seal(out, plaintext, last);
    FUZZ_REQUIRE(written.ok() && *written == out.size());
    const ByteView sealed = ByteView(out).subspan(sealer.prefix_size(size, last));
    chunks.push_back({plaintext, {sealed.begin(), sealed.end()}, last});
    sent.push_back(std::move(out));
  }
  FUZZ_REQUIRE(sealer.finished());
  return chunks;
}

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
    case 6:  // the same length in 8 bytes instead of 1
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
    default:  // an empty chunk that is not the last, but authentic
      chunk = seal_alone({}, Last::no, i);
      chunk.insert(chunk.begin(), kTag);
  }
}

ChunkLimits limits(unsigned options, Choices& choices) {
  ChunkLimits limits;
  if ((options & 1U) != 0) limits.max_chunk = 1 + choices.below(256);
  if ((options & 2U) != 0) limits.max_chunks = 1 + choices.below(8);
  if ((options & 4U) != 0) limits.max_plaintext = choices.below(1024);
  return limits;
}

Bytes joined(const std::vector<Bytes>& pieces) {
  Bytes all;
  for (const Bytes& piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
  return all;
}

std::vector<Bytes> split(ByteView message, Choices& choices, bool empty_end) {
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

OpenResult expected(ByteView message, const std::vector<Chunk>& chunks, const ChunkLimits& limits,
                    End end) {
  OpenResult answer;
  const auto failed = [&answer](core::Errc code) {
    answer.error = code;
    return answer;
  };
  for (std::size_t opened = 0;; ++opened) {
    if (message.empty()) return failed(core::Errc::truncated);
    const std::size_t head = std::size_t{1} << (message[0] >> 6);
    if (message.size() < head) return failed(core::Errc::truncated);
    std::uint64_t length = message[0] & 0x3f;
    for (std::size_t i = 1; i < head; ++i) length = length << 8 | message[i];
    message = message.subspan(head);

    if (opened >= limits.max_chunks) return failed(core::Errc::limit_exceeded);
    const bool final = length == 0;
    if (final) length = message.size();
    if (!final && length <= kTag) return failed(core::Errc::open_failed);
    if (length > limits.max_chunk + kTag) return failed(core::Errc::limit_exceeded);
    const std::uint64_t size = length < kTag ? 0 : length - kTag;
    if (answer.plaintext.size() + size > limits.max_plaintext) {
      return failed(core::Errc::limit_exceeded);
    }
    if (final && end == End::no) return failed(core::Errc::truncated);
    if (message.size() < length || length < kTag) return failed(core::Errc::truncated);

    const ByteView sealed = message.first(static_cast<std::size_t>(length));
    message = message.subspan(sealed.size());
    if (opened == chunks.size() || final != (chunks[opened].last == Last::yes) ||
        !equal(sealed, chunks[opened].sealed)) {
      return failed(core::Errc::open_failed);
    }
    const Bytes& plaintext = chunks[opened].plaintext;
    answer.plaintext.insert(answer.plaintext.end(), plaintext.begin(), plaintext.end());
    if (final) return answer;
  }
}

OpenResult open(ChunkOpener& opener, const std::vector<Bytes>& pieces, bool in_place,
                const ChunkLimits& limits) {
  OpenResult answer;
  Bytes out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const End end = i + 1 == pieces.size() ? End::yes : End::no;
    Bytes piece = pieces[i];
    for (core::ByteSpan in = piece;;) {
      const auto step = open_step(opener, in, out, end, in_place, limits);
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
  // Every end stays.
  for (const End end : {End::no, End::yes}) {
    Bytes more(limits.max_chunk);
    Bytes in(40, 0x18);
    const auto later = in_place ? opener.open_in_place(in, end) : opener.open(more, in, end);
    FUZZ_REQUIRE(!later && later.error().code == answer.error.value_or(core::Errc::wrong_state));
  }
  return answer;
}

}  // namespace twoway::fuzz
