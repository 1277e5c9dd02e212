// What a relay can do to the chunks of a body for many receivers, as docs/security.md says: it
// changes the nonce, which nothing binds, and so the number of each chunk.
#include "multi_exchange.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTag = 16;

}  // namespace

TEST_CASE("a changed nonce renumbers the chunks of a body, and makes a whole one fail") {
  const Pair pair;
  MultiRequestSealer sealer = begin(Form::chunked);
  auto chunks = sealer.chunk_sealer();
  REQUIRE_OK(chunks);
  const EncapsulatedKey key = key_for(sealer, pair);
  const Bytes body = seal_texts(*chunks, sealer.prefix(), {"one", "two", "six", "last"});
  const std::size_t size = 1 + 3 + kTag;  // of each chunk but the last
  const Bytes nonce = copy(ByteView(body).first(kNonceSize));
  const ByteView first = ByteView(body).subspan(kNonceSize, size);
  const ByteView second = ByteView(body).subspan(kNonceSize + size, size);
  const ByteView last = ByteView(body).subspan(kNonceSize + 3 * size);
  const auto open = [&](std::uint8_t change, const std::vector<ByteView>& records) {
    Bytes changed = nonce;
    changed.back() ^= change;
    for (const ByteView record : records)
      changed.insert(changed.end(), record.begin(), record.end());
    MultiRequestOpener opener = accept(Form::chunked, pair, key);
    return open_body(opener, changed);
  };
  REQUIRE(*open(0, {ByteView(body).subspan(kNonceSize)}) == bytes("onetwosixlast"));
  REQUIRE(open(0, {last}).error().code == Errc::open_failed);
  REQUIRE(*open(3, {last}) == bytes("last"));                       // number 3 is number 0
  REQUIRE(*open(1, {second, first, last}) == bytes("twoonelast"));  // 1, 0, 3 are 0, 1, 2
  REQUIRE(open(1, {first, last}).error().code == Errc::open_failed);

  MultiRequestSealer whole = begin(Form::whole);
  const EncapsulatedKey whole_key = key_for(whole, pair);
  Bytes whole_body = seal_body(whole, "one");
  whole_body[kNonceSize - 1] ^= 1;
  MultiRequestOpener opener = accept(Form::whole, pair, whole_key);
  REQUIRE(open_body(opener, whole_body).error().code == Errc::open_failed);
}
