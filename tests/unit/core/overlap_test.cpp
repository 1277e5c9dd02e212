// The functions of HPKE with their buffers at every distance. They serve the distances that their
// headers allow, and refuse the others before they consume anything.
#include <twoway/core/hpke.hpp>

#include "support.hpp"

using namespace twoway::core;
using twoway::test::copy;
using twoway::test::FixedRng;

namespace {

constexpr std::string_view kText = "a text of 23 bytes, say";
constexpr std::string_view kAad = "aad";
constexpr std::string_view kInfo = "info";

struct Party {
  explicit Party(const Provider& provider)
      : suite(*CipherSuite::find(
            provider, {KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::chacha20_poly1305})),
        key(std::move(*suite.kem().generate_key_pair())),
        receiver(std::move(*suite.kem().import_public(key->public_key()))) {}
  CipherSuite suite;
  std::unique_ptr<PrivateKey> key;
  std::unique_ptr<PublicKey> receiver;
};

template <typename Test>
void for_each_provider(const Test& test) {
  for (const Provider* provider : twoway::built::providers()) {
    INFO(provider->name());
    test(Party(*provider));
  }
}

/// Memory in which `fixed` lies in the middle, and one more span of `size` bytes at each place.
template <typename Test>
void at_every_place(ByteView fixed, std::size_t size, const Test& test) {
  for (std::size_t at = 0; at <= size + fixed.size(); ++at) {
    INFO("a buffer of " << size << " at " << at << ", one of " << fixed.size() << " at " << size);
    Bytes memory(2 * size + fixed.size(), 0xa5);
    std::ranges::copy(fixed, memory.begin() + static_cast<std::ptrdiff_t>(size));
    test(memory, ByteSpan(memory).subspan(size, fixed.size()), ByteSpan(memory).subspan(at, size));
  }
}

}  // namespace

TEST_CASE("sequences serve or refuse buffers at every distance") {
  const Bytes key(32, 1);
  const Bytes nonce(12, 2);
  for (const Provider* provider : twoway::built::providers()) {
    const Aead& aead = *provider->aead(AeadId::chacha20_poly1305);
    INFO(provider->name());
    auto sealer = *SealSequence::create(aead, key, nonce);
    Bytes sealed(sealer.sealed_size(kText.size()));
    REQUIRE_OK(sealer.seal(sealed, as_bytes(kAad), as_bytes(kText)));

    at_every_place(as_bytes(kText), sealed.size(), [&](Bytes& memory, ByteSpan in, ByteSpan out) {
      const Bytes before = memory;
      auto with = *SealSequence::create(aead, key, nonce);
      const auto got = with.seal(out, as_bytes(kAad), in);
      if (!overlap(out, in) || in.data() == out.data()) {
        REQUIRE_OK(got);
        REQUIRE(copy(out) == sealed);
      } else {
        REQUIRE_ERRC(got, Errc::invalid_argument);
        REQUIRE(memory == before);
        REQUIRE(with.position() == 0);
      }
    });
    at_every_place(as_bytes(kAad), sealed.size(), [&](Bytes& memory, ByteSpan aad, ByteSpan out) {
      const Bytes before = memory;
      auto with = *SealSequence::create(aead, key, nonce);
      const auto got = with.seal(out, aad, as_bytes(kText));
      REQUIRE(got.ok() == !overlap(out, aad));
      if (got) REQUIRE(copy(out) == sealed);
      if (!got) REQUIRE((memory == before && got.error().code == Errc::invalid_argument));
    });
    at_every_place(sealed, kText.size(), [&](Bytes& memory, ByteSpan in, ByteSpan out) {
      const Bytes before = memory;
      auto with = *OpenSequence::create(aead, key, nonce);
      const auto got = with.open(out, as_bytes(kAad), in);
      if (!overlap(out, in) || in.data() == out.data()) {
        REQUIRE_OK(got);
        REQUIRE(copy(out) == copy(as_bytes(kText)));
      } else {
        REQUIRE_ERRC(got, Errc::invalid_argument);
        REQUIRE(memory == before);
        REQUIRE(with.position() == 0);
      }
    });
    at_every_place(as_bytes(kAad), kText.size(), [&](Bytes&, ByteSpan aad, ByteSpan out) {
      auto with = *OpenSequence::create(aead, key, nonce);
      const auto got = with.open(out, aad, sealed);
      REQUIRE(got.ok() == !overlap(out, aad));
      if (got) REQUIRE(copy(out) == copy(as_bytes(kText)));
      if (!got) REQUIRE(got.error().code == Errc::invalid_argument);
    });
  }
}

TEST_CASE("single-shot sealing refuses an enc that shares memory with another argument") {
  for_each_provider([](const Party& party) {
    const std::size_t nenc = party.suite.nenc();
    const std::size_t size = kText.size() + party.suite.nt();
    const auto sealed_right = [&](ByteView enc, ByteView ct, ByteView info, ByteView aad) {
      Bytes pt(kText.size());
      const auto got = open(party.suite, pt, enc, *party.key, info, aad, ct);
      return got.ok() && pt == copy(as_bytes(kText));
    };
    const auto judge = [&](const Bytes& before, const Bytes& memory, const FixedRng& rng,
                           const Result<std::size_t>& got, bool allowed) {
      REQUIRE(got.ok() == allowed);
      if (got) return;
      REQUIRE(got.error().code == Errc::invalid_argument);
      REQUIRE(memory == before);
      REQUIRE(rng.left() == 32);
    };
    at_every_place(as_bytes(kText), nenc, [&](Bytes& memory, ByteSpan pt, ByteSpan enc) {
      const Bytes before = memory;
      FixedRng rng(Bytes(32, 7));
      Bytes out(size);
      const auto got = seal(party.suite, enc, out, *party.receiver, as_bytes(kInfo), as_bytes(kAad),
                            pt, {}, &rng);
      judge(before, memory, rng, got, !overlap(enc, pt));
      if (got) REQUIRE(sealed_right(enc, out, as_bytes(kInfo), as_bytes(kAad)));
    });
    at_every_place(as_bytes(kInfo), nenc, [&](Bytes& memory, ByteSpan info, ByteSpan enc) {
      const Bytes before = memory;
      FixedRng rng(Bytes(32, 7));
      Bytes out(size);
      const auto got = seal(party.suite, enc, out, *party.receiver, info, as_bytes(kAad),
                            as_bytes(kText), {}, &rng);
      judge(before, memory, rng, got, !overlap(enc, info));
      if (got) REQUIRE(sealed_right(enc, out, as_bytes(kInfo), as_bytes(kAad)));
    });
    at_every_place(as_bytes(kAad), nenc, [&](Bytes& memory, ByteSpan aad, ByteSpan enc) {
      const Bytes before = memory;
      FixedRng rng(Bytes(32, 7));
      Bytes out(size);
      const auto got = seal(party.suite, enc, out, *party.receiver, as_bytes(kInfo), aad,
                            as_bytes(kText), {}, &rng);
      judge(before, memory, rng, got, !overlap(enc, aad));
      if (got) REQUIRE(sealed_right(enc, out, as_bytes(kInfo), as_bytes(kAad)));
    });
    at_every_place(Bytes(nenc), size, [&](Bytes& memory, ByteSpan enc, ByteSpan out) {
      const Bytes before = memory;
      FixedRng rng(Bytes(32, 7));
      const auto got = seal(party.suite, enc, out, *party.receiver, as_bytes(kInfo), as_bytes(kAad),
                            as_bytes(kText), {}, &rng);
      judge(before, memory, rng, got, !overlap(enc, out));
      if (got) REQUIRE(sealed_right(enc, out, as_bytes(kInfo), as_bytes(kAad)));
    });
    at_every_place(as_bytes(kText), size, [&](Bytes& memory, ByteSpan pt, ByteSpan out) {
      const Bytes before = memory;
      FixedRng rng(Bytes(32, 7));
      Bytes enc(nenc);
      const auto got = seal(party.suite, enc, out, *party.receiver, as_bytes(kInfo), as_bytes(kAad),
                            pt, {}, &rng);
      judge(before, memory, rng, got, !overlap(out, pt) || out.data() == pt.data());
      if (got) REQUIRE(sealed_right(enc, out, as_bytes(kInfo), as_bytes(kAad)));
    });
  });
}

TEST_CASE("exports refuse a context that shares memory with the output") {
  for_each_provider([](const Party& party) {
    Bytes enc(party.suite.nenc());
    const auto context = SenderContext::setup(party.suite, enc, *party.receiver, {});
    REQUIRE_OK(context);
    Bytes expected(80);
    REQUIRE_OK(context->exporter().export_secret(expected, as_bytes(kInfo)));
    at_every_place(as_bytes(kInfo), expected.size(), [&](Bytes&, ByteSpan with, ByteSpan out) {
      const bool allowed = !overlap(out, with);
      const Status got = context->exporter().export_secret(out, with);
      REQUIRE(got.ok() == allowed);
      REQUIRE(copy(out) == (allowed ? expected : Bytes(out.size())));
      if (!got) REQUIRE(got.error().code == Errc::invalid_argument);
    });
    at_every_place(enc, 80, [&](Bytes&, ByteSpan with, ByteSpan out) {
      const Bytes before = copy(with);
      const bool allowed = !overlap(out, with);
      const Status got =
          send_export(party.suite, with, out, *party.receiver, as_bytes(kInfo), as_bytes(kAad));
      REQUIRE(got.ok() == allowed);
      if (!got) REQUIRE(copy(out) == Bytes(out.size()));
      if (!got) return;
      Bytes received(80);
      REQUIRE_OK(
          receive_export(party.suite, received, with, *party.key, as_bytes(kInfo), as_bytes(kAad)));
      REQUIRE(received == copy(out));
    });
  });
}
