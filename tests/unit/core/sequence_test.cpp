#include <limits>

#include <twoway/core/aead_sequence.hpp>

#include "support.hpp"

using namespace twoway::core;
using twoway::test::copy;
using twoway::test::hex;
using twoway::test::unhex;

namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
constexpr std::string_view kText = "a message";

std::string nonce_at(const char* base, std::uint64_t seq) {
  AeadNonce nonce;
  const NonceCounter counter(unhex(base), seq);
  REQUIRE_OK(counter.next(nonce));
  return hex(nonce.view());
}

/// A sealer and an opener under one key, starting at one message.
struct Pair {
  Pair(const Aead& aead, std::uint64_t first)
      : key(aead.params().nk, 1),
        nonce(aead.params().nn, 2),
        sealer(make<SealSequence>(aead, first)),
        opener(make<OpenSequence>(aead, first)) {}

  template <typename Sequence>
  Sequence make(const Aead& aead, std::uint64_t first) const {
    auto made = Sequence::create(aead, key, nonce, first);
    REQUIRE_OK(made);
    return std::move(*made);
  }

  Bytes seal() {
    Bytes ct(sealer.sealed_size(kText.size()));
    REQUIRE_OK(sealer.seal(ct, as_bytes("aad"), as_bytes(kText)));
    return ct;
  }

  Result<std::size_t> open(const Bytes& ct) {
    Bytes pt(opener.opened_size(ct.size()));
    auto opened = opener.open(pt, as_bytes("aad"), ct);
    if (opened) REQUIRE(pt == copy(as_bytes(kText)));
    return opened;
  }

  Bytes key;
  Bytes nonce;
  SealSequence sealer;
  OpenSequence opener;
};

template <typename Test>
void for_each_aead(const Test& test) {
  for (const Provider* provider : twoway::built::providers()) {
    for (const AeadParams& row : aead_table()) {
      const Aead* aead = provider->aead(row.id);
      if (aead == nullptr) continue;
      INFO(provider->name() << ' ' << row.name);
      test(*aead);
    }
  }
}

}  // namespace

// RFC 9180 section 5.2: base_nonce XOR I2OSP(seq, Nn). Each expected value was worked out by hand.
TEST_CASE("a nonce is the base nonce XOR the sequence number") {
  const char* zero = "000000000000000000000000";
  REQUIRE(nonce_at(zero, 0) == zero);
  REQUIRE(nonce_at(zero, 1) == "000000000000000000000001");
  REQUIRE(nonce_at(zero, 255) == "0000000000000000000000ff");
  REQUIRE(nonce_at(zero, 256) == "000000000000000000000100");
  REQUIRE(nonce_at(zero, 0xffffffff) == "0000000000000000ffffffff");
  REQUIRE(nonce_at(zero, 0x100000000) == "000000000000000100000000");
  REQUIRE(nonce_at(zero, 0x0102030405060708) == "000000000102030405060708");
  REQUIRE(nonce_at(zero, kMax - 1) == "00000000fffffffffffffffe");
  const char* base = "ffeeddccbbaa998877665544";
  REQUIRE(nonce_at(base, 0) == base);
  REQUIRE(nonce_at(base, 0xff) == "ffeeddccbbaa9988776655bb");
  REQUIRE(nonce_at(base, 0x100) == "ffeeddccbbaa998877665444");
  REQUIRE(nonce_at(base, kMax - 1) == "ffeeddcc445566778899aaba");
}

TEST_CASE("a counter carries, and stays until it is advanced") {
  NonceCounter counter(unhex("000000000000000000000000"), 0xfffe);
  AeadNonce nonce;
  for (const char* expected :
       {"00000000000000000000fffe", "00000000000000000000ffff", "000000000000000000010000"}) {
    for (int i = 0; i < 2; ++i) {
      REQUIRE_OK(counter.next(nonce));
      REQUIRE(hex(nonce.view()) == expected);
    }
    counter.advance();
  }
  REQUIRE(counter.position() == 0x10001);
}

TEST_CASE("a counter ends at 2^64-1, and never starts again") {
  NonceCounter counter(unhex("000000000000000000000000"), kMax - 1);
  AeadNonce nonce;
  REQUIRE_OK(counter.next(nonce));
  counter.advance();
  for (int i = 0; i < 3; ++i) REQUIRE_ERRC(counter.next(nonce), Errc::message_limit);
  REQUIRE(counter.position() == kMax);
}

TEST_CASE("a sequence passes its last message and then nothing") {
  for_each_aead([](const Aead& aead) {
    Pair pair(aead, kMax - 2);
    REQUIRE_OK(pair.open(pair.seal()));
    const Bytes last = pair.seal();
    REQUIRE_OK(pair.open(last));
    REQUIRE(pair.sealer.position() == kMax);
    REQUIRE(pair.opener.position() == kMax);
    for (int i = 0; i < 3; ++i) {
      Bytes out(100, 0xa5);
      REQUIRE_ERRC(pair.sealer.seal(out, {}, as_bytes(kText)), Errc::message_limit);
      REQUIRE_ERRC(pair.opener.open(out, as_bytes("aad"), last), Errc::message_limit);
      REQUIRE(out == Bytes(100, 0xa5));
    }
    REQUIRE(pair.sealer.position() == kMax);
    REQUIRE(pair.opener.position() == kMax);
  });
}

TEST_CASE("a failed open does not advance, and wipes what it wrote") {
  for_each_aead([](const Aead& aead) {
    Pair pair(aead, 0);
    const Bytes ct = pair.seal();
    for (const std::size_t at : {std::size_t{0}, kText.size(), ct.size() - 1}) {
      Bytes forged = ct;
      forged[at] ^= 0x80;
      Bytes out(kText.size(), 0xa5);
      REQUIRE_ERRC(pair.opener.open(out, as_bytes("aad"), forged), Errc::open_failed);
      REQUIRE(out == Bytes(kText.size()));
      REQUIRE_ERRC(pair.opener.open(forged, as_bytes("aad"), forged), Errc::open_failed);
      REQUIRE(Bytes(forged.begin(), forged.end() - 16) == Bytes(kText.size()));
    }
    Bytes out(kText.size());
    REQUIRE_ERRC(pair.opener.open(out, as_bytes("dad"), ct), Errc::open_failed);
    REQUIRE_ERRC(pair.opener.open(out, {}, Bytes(15)), Errc::open_failed);
    REQUIRE(pair.opener.position() == 0);
    REQUIRE_OK(pair.open(ct));
    REQUIRE(pair.opener.position() == 1);
  });
}

TEST_CASE("a gate is asked once the first message is authentic, and a refused message is wiped") {
  struct Counting final : Gate {
    Counting(int& asked, int& refusals) : asked(asked), refusals(refusals) {}
    Status admit() noexcept override {
      ++asked;
      if (refusals == 0) return {};
      --refusals;
      return Error{Errc::replayed, "refused"};
    }
    int& asked;
    int& refusals;
  };
  for_each_aead([](const Aead& aead) {
    Pair pair(aead, 0);
    const Bytes first = pair.seal();
    const Bytes second = pair.seal();
    int asked = 0;
    int refusals = 2;
    pair.opener.set_gate(std::make_unique<Counting>(asked, refusals));
    Bytes out(kText.size(), 0xa5);
    REQUIRE_ERRC(pair.opener.open(out, as_bytes("dad"), first), Errc::open_failed);
    REQUIRE(asked == 0);
    for (int refused = 1; refused <= 2; ++refused) {
      out.assign(kText.size(), 0xa5);
      REQUIRE_ERRC(pair.opener.open(out, as_bytes("aad"), first), Errc::replayed);
      REQUIRE(out == Bytes(kText.size()));
      REQUIRE(asked == refused);
      REQUIRE(pair.opener.position() == 0);
    }
    REQUIRE_OK(pair.open(first));
    REQUIRE_OK(pair.open(second));
    REQUIRE(asked == 3);
  });
}

TEST_CASE("a buffer that is too small changes nothing") {
  for_each_aead([](const Aead& aead) {
    Pair pair(aead, 0);
    Bytes small(kText.size() + aead.params().nt - 1, 0xa5);
    REQUIRE_ERRC(pair.sealer.seal(small, {}, as_bytes(kText)), Errc::buffer_too_small);
    REQUIRE(small == Bytes(small.size(), 0xa5));
    REQUIRE(pair.sealer.position() == 0);
    const Bytes ct = pair.seal();
    small.assign(kText.size() - 1, 0xa5);
    REQUIRE_ERRC(pair.opener.open(small, as_bytes("aad"), ct), Errc::buffer_too_small);
    REQUIRE(small == Bytes(small.size(), 0xa5));
    REQUIRE(pair.opener.position() == 0);
    REQUIRE_OK(pair.open(ct));
  });
}

TEST_CASE("messages open in their order only, and once") {
  for_each_aead([](const Aead& aead) {
    Pair pair(aead, 7);
    const Bytes first = pair.seal(), second = pair.seal();
    REQUIRE(first != second);
    REQUIRE_ERRC(pair.open(second), Errc::open_failed);
    REQUIRE_OK(pair.open(first));
    REQUIRE_ERRC(pair.open(first), Errc::open_failed);
    REQUIRE_OK(pair.open(second));
    REQUIRE(pair.opener.position() == 9);
  });
}

TEST_CASE("a sequence refuses keys and nonces of the wrong length") {
  for_each_aead([](const Aead& aead) {
    const std::size_t nk = aead.params().nk, nn = aead.params().nn;
    for (const std::size_t size : {std::size_t{0}, nk - 1, nk + 1}) {
      REQUIRE_ERRC(SealSequence::create(aead, Bytes(size), Bytes(nn)), Errc::invalid_argument);
      REQUIRE_ERRC(OpenSequence::create(aead, Bytes(size), Bytes(nn)), Errc::invalid_argument);
    }
    for (const std::size_t size : {std::size_t{0}, nn - 1, nn + 1, std::size_t{24}}) {
      REQUIRE_ERRC(SealSequence::create(aead, Bytes(nk), Bytes(size)), Errc::invalid_argument);
      REQUIRE_ERRC(OpenSequence::create(aead, Bytes(nk), Bytes(size)), Errc::invalid_argument);
    }
  });
}
