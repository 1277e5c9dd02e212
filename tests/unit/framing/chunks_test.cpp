// Chunks in every split, and chunks that were changed, dropped, repeated or moved.
#include "chunk_messages.hpp"

using namespace twoway;
using namespace twoway::test;

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
