// Lengths, buffers and messages that AEADs refuse.
#include <algorithm>
#include <vector>

#include "aeads.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

void flip(Bytes& bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << (bit % 8)));
}

}  // namespace

TEST_CASE("AEADs refuse wrong lengths and write nothing") {
  for_each_aead([](const Provider&, const Aead& aead) {
    Example e(aead);
    const AeadParams& params = e.params;
    for (const std::size_t size : {std::size_t{0}, params.nk - 1, params.nk + 1, 2 * params.nk}) {
      REQUIRE_ERRC(aead.sealer(Bytes(size)), Errc::invalid_argument);
      REQUIRE_ERRC(aead.opener(Bytes(size)), Errc::invalid_argument);
    }
    const auto sealer = sealer_of(aead, e.key);
    const auto opener = opener_of(aead, e.key);
    const auto refused = [&](std::size_t out_size, std::size_t tag_size, std::size_t nonce_size) {
      INFO("out " << out_size << ", tag " << tag_size << ", nonce " << nonce_size);
      Bytes out(out_size, kUntouched), tag(tag_size, kUntouched), nonce(nonce_size);
      REQUIRE_ERRC(sealer->seal(out, tag, nonce, e.aad, e.text), Errc::invalid_argument);
      REQUIRE((untouched(out) && untouched(tag)));
      REQUIRE_ERRC(opener->open(out, nonce, e.aad, e.sealed.text, tag), Errc::invalid_argument);
      REQUIRE(untouched(out));
    };
    const std::size_t size = e.text.size();
    for (const std::size_t wrong : {std::size_t{0}, size - 1, size + 1}) {
      refused(wrong, params.nt, params.nn);
    }
    for (const std::size_t wrong : {std::size_t{0}, params.nt - 1, params.nt + 1}) {
      refused(size, wrong, params.nn);
    }
    for (const std::size_t wrong : {std::size_t{0}, params.nn - 1, params.nn + 1}) {
      refused(size, params.nt, wrong);
    }
    REQUIRE(seal(*sealer, params, e.nonce, e.aad, e.text) == e.sealed);
    REQUIRE(open(*opener, e.nonce, e.aad, e.sealed) == e.text);
  });
}

TEST_CASE("AEADs refuse buffers that overlap in part") {
  for_each_aead([](const Provider&, const Aead& aead) {
    Example e(aead);
    const auto sealer = sealer_of(aead, e.key);
    const auto opener = opener_of(aead, e.key);
    const std::size_t size = e.text.size();
    const std::size_t nt = e.params.nt;
    Bytes memory(4 * size, kUntouched);
    const auto at = [&](std::size_t from, std::size_t count) {
      return ByteSpan(memory).subspan(from, count);
    };
    const auto refused_with = [&](ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad,
                                  ByteSpan in) {
      REQUIRE_ERRC(sealer->seal(out, tag, nonce, aad, in), Errc::invalid_argument);
      REQUIRE_ERRC(opener->open(out, nonce, aad, in, tag), Errc::invalid_argument);
      REQUIRE(untouched(memory));
    };
    const auto refused = [&](ByteSpan out, ByteSpan tag, ByteSpan in) {
      refused_with(out, tag, e.nonce, e.aad, in);
    };
    const ByteSpan in = at(size, size);
    const ByteSpan far = at(3 * size, nt);
    for (const std::size_t shift : {std::size_t{1}, std::size_t{16}, size - 1}) {
      refused(at(size - shift, size), far, in);
      refused(at(size + shift, size), far, in);
    }
    refused(at(2 * size, size), at(2 * size - 1, nt), in);    // the tag over in's end
    refused(at(2 * size, size), at(size + 1, nt), in);        // inside in
    refused(at(2 * size, size), at(3 * size - 1, nt), in);    // over out's end
    refused(at(2 * size, size), at(2 * size, nt), in);        // at out's start
    refused(in, at(2 * size - nt, nt), in);                   // in place, over the text's end
    refused(in, at(size + 1 - nt, nt), in);                   // in place, over its start
    refused_with(in, far, e.nonce, at(2 * size - 1, 3), in);  // the aad over out's end
    refused_with(in, far, e.nonce, at(size - 2, 3), in);      // over its start
    refused_with(in, far, e.nonce, at(3 * size - 2, 3), in);  // over the tag's start
    refused_with(in, far, at(2 * size - 1, e.params.nn), e.aad, in);  // the nonce over out's end
    std::fill(memory.begin(), memory.end(), std::uint8_t{0});
    REQUIRE_OK(sealer->seal(at(2 * size, size), at(size - nt, nt), e.nonce, e.aad, in));
  });
}

TEST_CASE("AEADs refuse changed messages, wipe their output, and work on") {
  for_each_aead([](const Provider&, const Aead& aead) {
    for (const std::size_t size : Sizes{0, 1, 15, 16, 17, 100, 16384}) {
      INFO("text " << size);
      Example e(aead, size);
      const auto opener = opener_of(aead, e.key);
      const auto refused = [&](const Bytes& nonce, const Bytes& aad, const Sealed& sealed,
                               AeadOpener& with) {
        Bytes out(size, kUntouched);
        Bytes in_place = sealed.text;
        for (const Status& status : {with.open(out, nonce, aad, sealed.text, sealed.tag),
                                     with.open(in_place, nonce, aad, in_place, sealed.tag)}) {
          REQUIRE_ERRC(status, Errc::open_failed);
          REQUIRE(status.error().native == 0);
        }
        REQUIRE((is_zero(out) && is_zero(in_place)));
        REQUIRE(open(*opener, e.nonce, e.aad, e.sealed) == e.text);
      };
      for (std::size_t bit = 0; bit < 8 * e.params.nt; bit += 5) {
        Sealed changed = e.sealed;
        flip(changed.tag, bit);
        refused(e.nonce, e.aad, changed, *opener);
      }
      for (const std::size_t byte : {std::size_t{0}, size / 2, size - 1}) {
        if (size == 0) break;
        Sealed changed = e.sealed;
        flip(changed.text, 8 * byte + 3);
        refused(e.nonce, e.aad, changed, *opener);
      }
      Bytes aad = e.aad;
      flip(aad, 9);
      refused(e.nonce, aad, e.sealed, *opener);
      refused(e.nonce, {}, e.sealed, *opener);
      aad = e.aad;
      aad.push_back(0);
      refused(e.nonce, aad, e.sealed, *opener);
      Bytes nonce = e.nonce;
      flip(nonce, 8 * e.params.nn - 1);
      refused(nonce, e.aad, e.sealed, *opener);
      Bytes key = e.key;
      flip(key, 8 * e.params.nk - 1);
      refused(e.nonce, e.aad, e.sealed, *opener_of(aead, key));
    }
  });
}
