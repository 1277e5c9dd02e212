// Lengths, limits and buffers of chunks.
#include "chunk_messages.hpp"

using namespace twoway;
using namespace twoway::test;

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
