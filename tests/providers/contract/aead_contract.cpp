#include <algorithm>
#include <vector>

#include <twoway/core/self_check.hpp>

#include "aeads.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

Sizes text_sizes() {
  Sizes sizes{127, 128, 129, 255, 256, 257, 1023, 1024, 1025, 16383, 16384, 16385, 100000};
  for (std::size_t size = 0; size <= 70; ++size) sizes.push_back(size);
  return sizes;
}

}  // namespace

TEST_CASE("AEADs give the known answers") {
  for_each_aead([](const Provider&, const Aead& aead) { REQUIRE_OK(self_check(aead)); });
}

TEST_CASE("AES-GCM gives the published answers for zero keys, nothing sealed and one block") {
  struct Row {
    AeadId id;
    std::size_t size;
    const char* text;
    const char* tag;
  };
  // McGrew and Viega, The Galois/Counter Mode of Operation, test cases 1, 2, 13 and 14.
  const Row rows[] = {
      {AeadId::aes128_gcm, 0, "", "58e2fccefa7e3061367f1d57a4e7455a"},
      {AeadId::aes128_gcm, 16, "0388dace60b6a392f328c2b971b2fe78",
       "ab6e47d42cec13bdf53a67b21257bddf"},
      {AeadId::aes256_gcm, 0, "", "530f8afbc74536b9a963b4f1c4cb738b"},
      {AeadId::aes256_gcm, 16, "cea7403d4d606b6e074ec5d3baf39d18",
       "d0d1c8a799996bf0265b98b5d48ab919"},
  };
  for_each_aead([&](const Provider&, const Aead& aead) {
    for (const Row& row : rows) {
      if (row.id != aead.params().id) continue;
      const Bytes key(aead.params().nk), nonce(aead.params().nn), text(row.size);
      const Sealed sealed = seal(*sealer_of(aead, key), aead.params(), nonce, {}, text);
      REQUIRE(hex(sealed.text) == row.text);
      REQUIRE(hex(sealed.tag) == row.tag);
    }
  });
}

TEST_CASE("AEADs seal and open every size, in place as well as into other memory") {
  for_each_aead([](const Provider&, const Aead& aead) {
    const AeadParams& params = aead.params();
    const Bytes key = pattern(params.nk, 1);
    const auto sealer = sealer_of(aead, key);
    const auto opener = opener_of(aead, key);
    std::uint32_t number = 0;
    for (const std::size_t size : text_sizes()) {
      for (const std::size_t aad_size : Sizes{0, 1, 15, 16, 17, 300}) {
        INFO("text " << size << ", aad " << aad_size);
        const Bytes text = pattern(size, ++number);
        const Bytes aad = pattern(aad_size, number + 7);
        const Bytes nonce = pattern(params.nn, number + 9);

        Guarded apart(size), tag(params.nt);
        REQUIRE_OK(sealer->seal(apart.span(), tag.span(), nonce, aad, text));
        REQUIRE((apart.intact() && tag.intact()));
        Guarded in_place(size + params.nt);  // the tag right after the text
        std::copy(text.begin(), text.end(), in_place.span().begin());
        const ByteSpan body = in_place.span().first(size);
        const ByteSpan behind = in_place.span().subspan(size);
        REQUIRE_OK(sealer->seal(body, behind, nonce, aad, body));
        REQUIRE(in_place.intact());
        REQUIRE(copy(body) == copy(apart.span()));
        REQUIRE(copy(behind) == copy(tag.span()));

        Guarded opened(size);
        REQUIRE_OK(opener->open(opened.span(), nonce, aad, apart.span(), tag.span()));
        REQUIRE((opened.intact() && copy(opened.span()) == text));
        REQUIRE_OK(opener->open(body, nonce, aad, body, behind));
        REQUIRE((in_place.intact() && copy(body) == text));
      }
    }
  });
}

TEST_CASE("AEAD sealers and openers are independent of each other") {
  for_each_aead([](const Provider&, const Aead& aead) {
    const AeadParams& params = aead.params();
    // More than any free list keeps, all alive at once and used in turn.
    std::vector<std::unique_ptr<AeadSealer>> sealers;
    std::vector<std::unique_ptr<AeadOpener>> openers;
    for (std::uint32_t i = 0; i < 150; ++i) {
      sealers.push_back(sealer_of(aead, pattern(params.nk, i)));
      openers.push_back(opener_of(aead, pattern(params.nk, i)));
    }
    const Bytes text = pattern(50, 5);
    for (std::uint32_t round = 0; round < 3; ++round) {
      const Bytes nonce = pattern(params.nn, round);
      for (std::size_t i = 0; i < sealers.size(); ++i) {
        const Sealed sealed = seal(*sealers[i], params, nonce, {}, text);
        REQUIRE(open(*openers[i], nonce, {}, sealed) == text);
        Bytes out(text.size());
        const auto& other = openers[(i + 1) % openers.size()];
        REQUIRE_ERRC(other->open(out, nonce, {}, sealed.text, sealed.tag), Errc::open_failed);
      }
    }
  });
}

TEST_CASE("AEAD keys leave nothing behind for the next user of a context") {
  for_each_aead([](const Provider&, const Aead& aead) {
    const AeadParams& params = aead.params();
    const Example a(aead);
    const Bytes key_b = pattern(params.nk, 77);
    const Sealed sealed_b = seal(*sealer_of(aead, key_b), params, a.nonce, a.aad, a.text);
    REQUIRE_FALSE(sealed_b == a.sealed);
    for (int round = 0; round < 100; ++round) {
      REQUIRE(seal(*sealer_of(aead, a.key), params, a.nonce, a.aad, a.text) == a.sealed);
      REQUIRE(seal(*sealer_of(aead, key_b), params, a.nonce, a.aad, a.text) == sealed_b);
      const auto opener = opener_of(aead, key_b);
      Bytes out(a.text.size(), kUntouched);
      REQUIRE_ERRC(opener->open(out, a.nonce, a.aad, a.sealed.text, a.sealed.tag),
                   Errc::open_failed);
      REQUIRE(is_zero(out));
      REQUIRE(open(*opener_of(aead, a.key), a.nonce, a.aad, a.sealed) == a.text);
    }
  });
}

TEST_CASE("AEADs of all providers seal to the same bytes", "[agree]") {
  for_each_aead([](const Provider&, const Aead& aead) {
    for (const Provider* other : twoway::built::providers()) {
      const Aead* same = other->aead(aead.params().id);
      if (same == nullptr || same == &aead) continue;
      INFO("against " << other->name());
      for (const std::size_t size : text_sizes()) {
        const Example mine(aead, size);
        const Example theirs(*same, size);
        REQUIRE(mine.sealed == theirs.sealed);
        REQUIRE(open(*opener_of(*same, mine.key), mine.nonce, mine.aad, mine.sealed) == mine.text);
      }
    }
  });
}
