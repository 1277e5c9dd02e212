#include <algorithm>
#include <limits>

#include <twoway/framing/chunks.hpp>

#include "support.hpp"

using namespace twoway;
using namespace twoway::framing;
using core::AeadId;
using core::Bytes;
using core::ByteSpan;
using core::ByteView;
using core::Errc;
using core::Result;

namespace {

const core::Aead& aead() { return *built::providers().front()->aead(AeadId::chacha20_poly1305); }

const Bytes kKey(32, 7);
const Bytes kNonce(12, 9);

ChunkSealer sealer(const ChunkLimits& limits = {}, std::uint64_t first = 0) {
  auto sequence = core::SealSequence::create(aead(), kKey, kNonce, first);
  REQUIRE_OK(sequence);
  auto made = ChunkSealer::create(std::move(*sequence), limits);
  REQUIRE_OK(made);
  return std::move(*made);
}

ChunkOpener opener(const ChunkLimits& limits = {}, std::uint64_t first = 0) {
  auto sequence = core::OpenSequence::create(aead(), kKey, kNonce, first);
  REQUIRE_OK(sequence);
  auto made = ChunkOpener::create(std::move(*sequence), limits);
  REQUIRE_OK(made);
  return std::move(*made);
}

Bytes pattern(std::size_t size, std::uint8_t start = 0) {
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = start++;
  return bytes;
}

Bytes joined(const std::vector<Bytes>& pieces) {
  Bytes all;
  for (const Bytes& piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
  return all;
}

/// Each plaintext as one sealed chunk, the last one final.
std::vector<Bytes> seal_each(const std::vector<Bytes>& plaintexts, const ChunkLimits& limits = {}) {
  ChunkSealer chunks = sealer(limits);
  std::vector<Bytes> sealed;
  for (const Bytes& plaintext : plaintexts) {
    const Last last = sealed.size() + 1 == plaintexts.size() ? Last::yes : Last::no;
    Bytes out(chunks.sealed_size(plaintext.size(), last));
    auto size = chunks.seal(out, plaintext, last);
    REQUIRE_OK(size);
    REQUIRE(*size == out.size());
    sealed.push_back(std::move(out));
  }
  REQUIRE(chunks.finished());
  return sealed;
}

/// Opens a message that arrives in pieces of at most `step` bytes. `plaintext` gets the text that
/// was opened before an error.
Result<Bytes> open_all(ByteView message, std::size_t step, bool in_place, Bytes& plaintext,
                       ChunkOpener chunks) {
  Bytes input = test::copy(message);
  Bytes out(chunks.output_size(std::numeric_limits<std::size_t>::max() / 2));
  std::size_t at = 0;
  std::size_t until = std::min(step, input.size());
  while (true) {
    const End end = until == input.size() ? End::yes : End::no;
    const ByteSpan in = ByteSpan(input).subspan(at, until - at);
    auto opened = in_place ? chunks.open_in_place(in, end) : chunks.open(out, in, end);
    if (!opened) {
      // Every error stays.
      for (const End again : {End::no, End::yes}) {
        auto later = chunks.open(out, in, again);
        REQUIRE(!later.ok());
        REQUIRE(later.error().code == opened.error().code);
      }
      return opened.error();
    }
    plaintext.insert(plaintext.end(), opened->plaintext.begin(), opened->plaintext.end());
    at += opened->consumed;
    REQUIRE(at <= until);
    if (opened->state == ChunkOpener::State::done) {
      REQUIRE(end == End::yes);
      REQUIRE(at == input.size());
      REQUIRE_ERRC(chunks.open(out, {}, End::yes), Errc::wrong_state);
      return plaintext;
    }
    if (opened->state == ChunkOpener::State::need_input) {
      REQUIRE(at == until);
      REQUIRE(end == End::no);
      until = std::min(until + step, input.size());
    }
  }
}

Result<Bytes> open_all(ByteView message, std::size_t step = 1000, bool in_place = false,
                       const ChunkLimits& limits = {}) {
  Bytes plaintext;
  return open_all(message, step, in_place, plaintext, opener(limits));
}

const std::vector<Bytes> kThree{pattern(3, 1), pattern(70, 2), pattern(5, 3)};

}  // namespace

TEST_CASE("chunks survive every split of the input") {
  for (const std::vector<Bytes>& plaintexts :
       {kThree, {pattern(1), {}}, {Bytes{}}, {pattern(9)}, {pattern(46), pattern(47), {}}}) {
    const Bytes message = joined(seal_each(plaintexts));
    for (std::size_t step = 1; step <= message.size() + 1; ++step) {
      for (const bool in_place : {false, true}) {
        INFO("step " << step << (in_place ? " in place" : ""));
        auto opened = open_all(message, step, in_place);
        REQUIRE_OK(opened);
        REQUIRE(*opened == joined(plaintexts));
      }
    }
  }
}

TEST_CASE("a message that is cut anywhere is never complete, and gives a prefix of its text") {
  const std::vector<Bytes> sealed = seal_each(kThree);
  const Bytes message = joined(sealed);
  const Bytes whole = joined(kThree);
  const std::size_t last_at = message.size() - sealed.back().size();
  for (std::size_t cut = 0; cut < message.size(); ++cut) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{1000}}) {
      INFO("cut " << cut << " step " << step);
      Bytes plaintext;
      auto opened = open_all(ByteView(message).first(cut), step, false, plaintext, opener());
      // The last chunk has no length. If it is cut but still as long as a tag, it is one that fails
      // to open.
      const bool shows = cut < last_at + 1 + 16;
      REQUIRE_ERRC(opened, shows ? Errc::truncated : Errc::open_failed);
      REQUIRE(std::equal(plaintext.begin(), plaintext.end(), whole.begin()));
      REQUIRE(plaintext.size() <= whole.size() - kThree.back().size());
    }
  }
}

TEST_CASE("every flipped bit is noticed") {
  const Bytes message = joined(seal_each(kThree));
  const Bytes whole = joined(kThree);
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    INFO("bit " << bit);
    Bytes changed = message;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ 1U << bit % 8);
    Bytes plaintext;
    REQUIRE(!open_all(changed, 1000, false, plaintext, opener()).ok());
    REQUIRE(std::equal(plaintext.begin(), plaintext.end(), whole.begin()));
  }
}

TEST_CASE("chunks that are dropped, repeated, moved or appended are noticed") {
  const std::vector<Bytes> s =
      seal_each({pattern(4, 1), pattern(4, 2), pattern(4, 3), pattern(4, 4)});
  const std::vector<std::vector<Bytes>> bad{
      {s[1], s[2], s[3]},              // the first dropped
      {s[0], s[2], s[3]},              // one dropped
      {s[0], s[0], s[1], s[2], s[3]},  // one repeated
      {s[1], s[0], s[2], s[3]},        // two swapped
      {s[3], s[1], s[2], s[0]},        // the last in front
      {s[0], s[1], s[2], s[3], s[3]},  // the last repeated
      {s[0], s[3]},                    // the last too early
  };
  for (const std::vector<Bytes>& message : bad) {
    REQUIRE_ERRC(open_all(joined(message)), Errc::open_failed);
  }
  REQUIRE_ERRC(open_all(joined({s[0], s[1], s[2]})), Errc::truncated);
  REQUIRE_OK(open_all(joined(s)));
}

TEST_CASE("a chunk is not taken for the last one, or the last for another") {
  const std::vector<Bytes> sealed = seal_each({pattern(8), pattern(8)});
  // The second chunk's length and the last chunk's zero exchanged.
  Bytes as_last = sealed[0];
  as_last[0] = 0;
  REQUIRE_ERRC(open_all(as_last), Errc::open_failed);
  Bytes as_first = sealed[1];
  as_first[0] = static_cast<std::uint8_t>(as_first.size() - 1);
  REQUIRE_ERRC(open_all(joined({sealed[0], as_first})), Errc::open_failed);
}

TEST_CASE("a length may be longer than it needs to be") {
  const std::vector<Bytes> sealed = seal_each({pattern(8), pattern(8)});
  const auto with_head = [](const Bytes& chunk, const std::string& head) {
    Bytes changed = test::unhex(head);
    changed.insert(changed.end(), chunk.begin() + 1, chunk.end());
    return changed;
  };
  for (const auto& [length, zero] : {std::pair<std::string, std::string>{"4018", "4000"},
                                     {"80000018", "80000000"},
                                     {"c000000000000018", "c000000000000000"}}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{100}}) {
      auto opened =
          open_all(joined({with_head(sealed[0], length), with_head(sealed[1], zero)}), step);
      REQUIRE_OK(opened);
      REQUIRE(*opened == joined({pattern(8), pattern(8)}));
    }
  }
}

TEST_CASE("lengths that no chunk has are refused before anything is kept") {
  for (unsigned length = 1; length <= 16; ++length) {
    ChunkOpener chunks = opener();
    Bytes head{static_cast<std::uint8_t>(length)};
    REQUIRE_ERRC(chunks.open_in_place(head, End::no), Errc::open_failed);
  }
  const ChunkLimits limits{.max_chunk = 100};
  for (const std::string head : {"4075", "80000075", "80010000", "bfffffff", "ffffffffffffffff"}) {
    ChunkOpener chunks = opener(limits);
    Bytes bytes = test::unhex(head);
    REQUIRE_ERRC(chunks.open_in_place(bytes, End::no), Errc::limit_exceeded);
  }
  ChunkOpener chunks = opener(limits);
  Bytes largest = test::unhex("4074");
  auto step = chunks.open_in_place(largest, End::no);
  REQUIRE_OK(step);
  REQUIRE(step->state == ChunkOpener::State::need_input);
}

TEST_CASE("the last chunk is bounded although it has no length") {
  const ChunkLimits limits{.max_chunk = 100};
  const Bytes largest = joined(seal_each({pattern(100)}, limits));
  REQUIRE_OK(open_all(largest, 7, false, limits));
  for (const std::size_t step : {std::size_t{1}, std::size_t{1000}}) {
    Bytes longer = largest;
    longer.push_back(0);
    REQUIRE_ERRC(open_all(longer, step, false, limits), Errc::limit_exceeded);
  }
}

TEST_CASE("an empty chunk that is not the last is refused on both sides") {
  ChunkSealer chunks = sealer();
  Bytes out(100);
  REQUIRE_ERRC(chunks.seal(out, {}, Last::no), Errc::invalid_argument);
  REQUIRE_OK(chunks.seal(out, {}, Last::yes));
  REQUIRE_ERRC(chunks.seal(out, {}, Last::yes), Errc::wrong_state);

  // A peer could seal one all the same. Its length is that of a tag.
  auto sequence = core::SealSequence::create(aead(), kKey, kNonce);
  REQUIRE_OK(sequence);
  Bytes empty(1 + 16);
  empty[0] = 16;
  REQUIRE_OK(sequence->seal(ByteSpan(empty).subspan(1), {}, {}));
  REQUIRE_ERRC(open_all(empty), Errc::open_failed);
}

TEST_CASE("a sealer keeps to its limits, and always leaves room for a last chunk") {
  Bytes out(1000);
  ChunkSealer chunk = sealer({.max_chunk = 10});
  REQUIRE_ERRC(chunk.seal(out, pattern(11), Last::no), Errc::limit_exceeded);
  REQUIRE_ERRC(chunk.seal(out, pattern(11), Last::yes), Errc::limit_exceeded);
  REQUIRE_OK(chunk.seal(out, pattern(10), Last::no));
  REQUIRE(chunk.max_sealed_size() == 1 + 10 + 16);

  ChunkSealer total = sealer({.max_plaintext = 10});
  REQUIRE_OK(total.seal(out, pattern(6), Last::no));
  REQUIRE_ERRC(total.seal(out, pattern(5), Last::no), Errc::limit_exceeded);
  REQUIRE_OK(total.seal(out, pattern(4), Last::yes));

  ChunkSealer count = sealer({.max_chunks = 2});
  REQUIRE_OK(count.seal(out, pattern(1), Last::no));
  REQUIRE_ERRC(count.seal(out, pattern(1), Last::no), Errc::limit_exceeded);
  REQUIRE_OK(count.seal(out, pattern(1), Last::yes));

  auto sequence = core::SealSequence::create(aead(), kKey, kNonce);
  REQUIRE_OK(sequence);
  REQUIRE_ERRC(ChunkSealer::create(std::move(*sequence), {.max_chunk = 0}), Errc::invalid_argument);
  sequence = core::SealSequence::create(aead(), kKey, kNonce);
  REQUIRE_ERRC(ChunkSealer::create(std::move(*sequence), {.max_chunk = kMaxChunk + 1}),
               Errc::invalid_argument);
  auto opening = core::OpenSequence::create(aead(), kKey, kNonce);
  REQUIRE_ERRC(ChunkOpener::create(std::move(*opening), {.max_chunks = 0}), Errc::invalid_argument);
}

TEST_CASE("an opener insists on its limits") {
  const Bytes message = joined(seal_each(kThree));  // 3, 70 and 5 bytes
  REQUIRE_OK(open_all(message, 9, false, {.max_chunk = 70, .max_chunks = 3, .max_plaintext = 78}));
  for (const std::size_t step : {std::size_t{1}, std::size_t{1000}}) {
    REQUIRE_ERRC(open_all(message, step, false, {.max_chunk = 69}), Errc::limit_exceeded);
    REQUIRE_ERRC(open_all(message, step, false, {.max_chunks = 2}), Errc::limit_exceeded);
    REQUIRE_ERRC(open_all(message, step, false, {.max_plaintext = 77}), Errc::limit_exceeded);
    REQUIRE_ERRC(open_all(message, step, false, {.max_plaintext = 72}), Errc::limit_exceeded);
  }
}

TEST_CASE("a small output buffer is refused before anything is consumed") {
  const Bytes message = joined(seal_each({pattern(20), pattern(3)}));
  ChunkOpener chunks = opener();
  Bytes small(chunks.output_size(message.size()) - 1);
  REQUIRE_ERRC(chunks.open(small, message, End::yes), Errc::buffer_too_small);
  Bytes out(chunks.output_size(message.size()));
  auto step = chunks.open(out, message, End::yes);
  REQUIRE_OK(step);
  REQUIRE(test::copy(step->plaintext) == pattern(20));

  ChunkSealer sealing = sealer();
  Bytes room(sealing.sealed_size(5, Last::no));
  REQUIRE_ERRC(sealing.seal(ByteSpan(room).first(room.size() - 1), pattern(5), Last::no),
               Errc::buffer_too_small);
  REQUIRE_OK(sealing.seal(room, pattern(5), Last::no));
}

TEST_CASE("a chunk is sealed in place, behind the room for its length") {
  for (const std::size_t size : {1U, 47U, 48U, 16367U, 16368U, 16384U}) {
    for (const Last last : {Last::no, Last::yes}) {
      INFO(size);
      ChunkSealer in_place = sealer();
      ChunkSealer apart = sealer();
      const Bytes plaintext = pattern(size);
      const std::size_t head = in_place.prefix_size(size, last);
      REQUIRE(head == (last == Last::yes || size < 48 ? 1U : size < 16368 ? 2U : 4U));
      Bytes a(in_place.sealed_size(size, last));
      std::copy(plaintext.begin(), plaintext.end(), a.begin() + static_cast<std::ptrdiff_t>(head));
      REQUIRE_OK(in_place.seal(a, ByteView(a).subspan(head, size), last));
      Bytes b(a.size());
      REQUIRE_OK(apart.seal(b, plaintext, last));
      REQUIRE(a == b);
    }
  }
}

TEST_CASE("buffers that overlap are refused, and the sealer goes on") {
  ChunkSealer sealing = sealer();
  Bytes room(sealing.sealed_size(5, Last::no));
  REQUIRE_ERRC(sealing.seal(room, ByteView(room).first(5), Last::no), Errc::invalid_argument);
  REQUIRE_OK(sealing.seal(room, pattern(5), Last::no));
  ChunkOpener opening = opener();
  REQUIRE_ERRC(opening.open(room, room, End::no), Errc::invalid_argument);
  REQUIRE_OK(opening.open_in_place(room, End::no));
}

TEST_CASE("the sequence number ends before it repeats") {
  const std::uint64_t last = std::numeric_limits<std::uint64_t>::max() - 1;
  ChunkSealer sealing = sealer({}, last);
  ChunkOpener opening = opener({}, last);
  Bytes chunk(sealing.sealed_size(4, Last::no));
  REQUIRE_OK(sealing.seal(chunk, pattern(4), Last::no));
  Bytes out(100);
  const Bytes before = out;
  REQUIRE_ERRC(sealing.seal(out, pattern(4), Last::yes), Errc::message_limit);
  REQUIRE_ERRC(sealing.seal(out, pattern(4), Last::yes), Errc::message_limit);
  REQUIRE(out == before);
  Bytes plaintext(100);
  REQUIRE_OK(opening.open(plaintext, chunk, End::no));
  const Bytes final_chunk(1 + 16 + 4);
  REQUIRE_ERRC(opening.open(plaintext, final_chunk, End::yes), Errc::message_limit);
}
