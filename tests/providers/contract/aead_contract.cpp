#include <algorithm>
#include <vector>

#include <twoway/core/self_check.hpp>

#include "contract.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

struct Sealed {
  Bytes text;
  Bytes tag;
  friend bool operator==(const Sealed&, const Sealed&) = default;
};

std::unique_ptr<AeadSealer> sealer_of(const Aead& aead, ByteView key) {
  auto sealer = aead.sealer(key);
  REQUIRE_OK(sealer);
  return std::move(*sealer);
}

std::unique_ptr<AeadOpener> opener_of(const Aead& aead, ByteView key) {
  auto opener = aead.opener(key);
  REQUIRE_OK(opener);
  return std::move(*opener);
}

Sealed seal(AeadSealer& sealer, const AeadParams& params, ByteView nonce, ByteView aad,
            ByteView in) {
  Sealed sealed{Bytes(in.size()), Bytes(params.nt)};
  REQUIRE_OK(sealer.seal(sealed.text, sealed.tag, nonce, aad, in));
  return sealed;
}

Bytes open(AeadOpener& opener, ByteView nonce, ByteView aad, const Sealed& sealed) {
  Bytes out(sealed.text.size());
  REQUIRE_OK(opener.open(out, nonce, aad, sealed.text, sealed.tag));
  return out;
}

/// One algorithm with a key, a nonce, an aad and a text, and their ciphertext.
struct Example {
  explicit Example(const Aead& aead, std::size_t size = 100)
      : params(aead.params()),
        key(pattern(params.nk, 1)),
        nonce(pattern(params.nn, 2)),
        aad(pattern(20, 3)),
        text(pattern(size, 4)),
        sealed(seal(*sealer_of(aead, key), params, nonce, aad, text)) {}

  const AeadParams& params;
  Bytes key, nonce, aad, text;
  Sealed sealed;
};

using Sizes = std::vector<std::size_t>;

Sizes text_sizes() {
  Sizes sizes{127, 128, 129, 255, 256, 257, 1023, 1024, 1025, 16383, 16384, 16385, 100000};
  for (std::size_t size = 0; size <= 70; ++size) sizes.push_back(size);
  return sizes;
}

constexpr std::uint8_t kUntouched = 0xa5;

bool untouched(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == kUntouched; });
}

/// Bytes in the middle of others that must stay as they are.
struct Guarded {
  explicit Guarded(std::size_t size) : all(size + 64, kUntouched), size(size) {}
  ByteSpan span() { return ByteSpan(all).subspan(32, size); }
  bool intact() const {
    return untouched(ByteView(all).first(32)) && untouched(ByteView(all).last(32));
  }

  Bytes all;
  std::size_t size;
};

void flip(Bytes& bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << (bit % 8)));
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
