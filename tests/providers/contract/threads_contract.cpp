#include <twoway/core/hpke.hpp>

#include "contract.hpp"
#include "threads.hpp"

using namespace twoway::core;
using namespace twoway::test;

namespace {

bool same(ByteView a, ByteView b) { return copy(a) == copy(b); }

}  // namespace

TEST_CASE("threads share an AEAD") {
  for_each_aead([](const Provider&, const Aead& aead) {
    const AeadParams& params = aead.params();
    REQUIRE(on_threads([&](unsigned thread) {
      const Bytes key = pattern(params.nk, thread), nonce = pattern(params.nn, thread);
      const Bytes text = pattern(2000, thread);
      Bytes first;
      for (int round = 0; round < 200; ++round) {
        auto sealer = aead.sealer(key);
        auto opener = aead.opener(key);
        if (!sealer || !opener) return false;
        Bytes sealed = text, tag(params.nt);
        if (!(*sealer)->seal(sealed, tag, nonce, {}, sealed)) return false;
        if (round == 0) first = sealed;
        if (sealed != first) return false;
        if (!(*opener)->open(sealed, nonce, {}, sealed, tag) || sealed != text) return false;
      }
      return true;
    }));
  });
}

TEST_CASE("threads share a KDF") {
  for_each_kdf([](const Provider&, const Kdf& kdf) {
    const bool two = kdf.params().stages == KdfStages::two;
    REQUIRE(on_threads([&](unsigned thread) {
      const Bytes input = pattern(200, thread);
      const ByteView view = input;
      Bytes first;
      for (int round = 0; round < 300; ++round) {
        Prk prk;
        Bytes out(100);
        const Status status = two && !kdf.extract(prk, input, Gather(&view, 1))
                                  ? Status(Error{Errc::provider_failure, "extract"})
                              : two ? kdf.expand(out, prk.view(), Gather(&view, 1))
                                    : kdf.derive(out, Gather(&view, 1));
        if (!status) return false;
        if (round == 0) first = out;
        if (out != first) return false;
      }
      return true;
    }));
  });
}

TEST_CASE("threads share a KEM, its keys and its public keys") {
  for_each_kem([](const Provider&, const Kem& kem) {
    const auto key = key_of(kem, 1);
    const auto sender = key_of(kem, 2);
    const auto pk = public_of(kem, *key);
    const auto sender_pk = public_of(kem, *sender);
    REQUIRE(on_threads([&](unsigned thread) {
      for (std::uint32_t round = 0; round < 8; ++round) {
        Bytes enc(kem.params().nenc);
        SharedSecret sent, received;
        if (!kem.encap(sent, enc, *pk) || !kem.decap(received, enc, *key)) return false;
        if (!same(sent.view(), received.view())) return false;
        FixedRng rng(pattern(kem.params().nsk, 100 * thread + round));
        if (!kem.auth_encap(sent, enc, *pk, *sender, &rng)) return false;
        if (!kem.auth_decap(received, enc, *key, *sender_pk)) return false;
        if (!same(sent.view(), received.view())) return false;
        const auto made = kem.generate_key_pair();
        if (!made || !kem.import_public((*made)->public_key())) return false;
      }
      return true;
    }));
  });
}

TEST_CASE("threads share a generator and a suite") {
  for (const Provider* provider : twoway::built::providers()) {
    INFO(provider->name());
    const Suite id{KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::chacha20_poly1305};
    const auto suite = CipherSuite::find(*provider, id);
    if (!suite) continue;
    const auto key = key_of(suite->kem(), 1);
    const auto pk = public_of(suite->kem(), *key);
    REQUIRE(on_threads([&](unsigned) {
      for (int round = 0; round < 30; ++round) {
        Bytes text(500), enc(suite->nenc());
        if (!provider->rng().fill(text)) return false;
        auto sender = SenderContext::setup(*suite, enc, *pk, {});
        if (!sender) return false;
        auto recipient = RecipientContext::setup(*suite, enc, *key, {});
        if (!recipient) return false;
        Bytes sealed(sender->sealed_size(text.size())), opened(text.size());
        if (!sender->seal(sealed, {}, text) || !recipient->open(opened, {}, sealed)) return false;
        if (opened != text) return false;
      }
      return true;
    }));
  }
}
