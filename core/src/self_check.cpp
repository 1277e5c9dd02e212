#include <algorithm>
#include <array>

#include <twoway/core/self_check.hpp>

#include "self_check_answers.hpp"

namespace twoway::core {
namespace {

constexpr Error kWrongAnswer{Errc::provider_failure,
                             "the algorithm failed its test with a known answer: do not use it"};
constexpr Error kNoAnswer{Errc::not_supported, "no known answer is stored for this algorithm"};

using Buffer = Secret<HexBytes::kMax>;

/// The row of `answers` for `id`, or null.
template <typename Row, typename Id>
const Row* row_of(std::span<const Row> answers, Id id) noexcept {
  const auto found =
      std::find_if(answers.begin(), answers.end(), [id](const Row& row) { return row.id == id; });
  return found == answers.end() ? nullptr : &*found;
}

Status expect(ByteView given, const HexBytes& answer) noexcept {
  const ByteView wanted = answer.view();
  if (std::equal(given.begin(), given.end(), wanted.begin(), wanted.end())) return {};
  return kWrongAnswer;
}

Status check_seal(const Aead& aead, const AeadAnswer& known) noexcept {
  auto sealer = aead.sealer(known.key.view());
  if (!sealer) return sealer.error();
  Buffer text, tag;
  const ByteSpan out = text.reset(known.ciphertext.view().size());
  Status s = (*sealer)->seal(out, tag.reset(aead.params().nt), known.nonce.view(), known.aad.view(),
                             known.plaintext.view());
  if (!s) return s;
  if (s = expect(out, known.ciphertext); !s) return s;
  return expect(tag.view(), known.tag);
}

Status check_open(const Aead& aead, const AeadAnswer& known) noexcept {
  auto opener = aead.opener(known.key.view());
  if (!opener) return opener.error();
  const auto open = [&](Buffer& text, ByteView tag) {
    text.assign(known.ciphertext.view());
    return (*opener)->open(text.span(), known.nonce.view(), known.aad.view(), text.view(), tag);
  };
  Buffer text, changed;
  changed.assign(known.tag.view());
  changed.span()[0] ^= 1;
  Status s = open(text, changed.view());
  if (s.ok() || s.error().code != Errc::open_failed) return kWrongAnswer;
  if (s = open(text, known.tag.view()); !s) return s;
  return expect(text.view(), known.plaintext);
}

Status check_two_stages(const Kdf& kdf, const KdfAnswer& known) noexcept {
  const ByteView ikm = known.ikm.view();
  const ByteView info = known.info.view();
  Prk prk;
  Status s = kdf.extract(prk, known.salt.view(), Gather(&ikm, 1));
  if (!s) return s;
  if (s = expect(prk.view(), known.prk); !s) return s;
  Buffer out;
  s = kdf.expand(out.reset(known.output.view().size()), prk.view(), Gather(&info, 1));
  return s ? expect(out.view(), known.output) : s;
}

Status check_one_stage(const Kdf& kdf, const KdfAnswer& known) noexcept {
  const ByteView ikm = known.ikm.view();
  Buffer out;
  Status s = kdf.derive(out.reset(known.output.view().size()), Gather(&ikm, 1));
  return s ? expect(out.view(), known.output) : s;
}

/// A key made by `ephemeral_dh` has no known answer, but must agree with `key`, which has one.
Status check_ephemeral(const DhGroup& group, const DhPrivateKey& key) noexcept {
  auto receiver = group.import_public(key.public_key());
  if (!receiver) return receiver.error();
  DhSecret sent, received;
  Buffer enc;
  Status s = group.ephemeral_dh(sent, enc.reset(group.params().npk), **receiver);
  if (!s) return s;
  auto ephemeral = group.import_public(enc.view());
  if (!ephemeral) return ephemeral.error();
  if (s = key.dh(received, **ephemeral); !s) return s;
  if (sent.size() != group.params().ndh || received.size() != sent.size()) return kWrongAnswer;
  if (!std::equal(sent.view().begin(), sent.view().end(), received.view().begin())) {
    return kWrongAnswer;
  }
  return {};
}

/// The key pair, and in `key` its private half.
Status check_derived(std::unique_ptr<PrivateKey>& key, const Kem& kem,
                     const KemAnswer& known) noexcept {
  PrivateKeyBytes sk;
  if (Status s = kem.derive_private(sk, known.ikm.view()); !s) return s;
  if (Status s = expect(sk.view(), known.sk); !s) return s;
  auto imported = kem.import_private(sk.view());
  if (!imported) return imported.error();
  key = std::move(*imported);
  const ByteView pk = key->public_key();
  if (pk.size() != kem.params().npk || pk.size() < KemAnswer::kEnd) return kWrongAnswer;
  Buffer ends;
  const ByteSpan both = ends.reset(2 * KemAnswer::kEnd);
  const ByteView first = pk.first(KemAnswer::kEnd);
  const ByteView last = pk.last(KemAnswer::kEnd);
  std::copy(first.begin(), first.end(), both.begin());
  std::copy(last.begin(), last.end(), both.begin() + KemAnswer::kEnd);
  return expect(ends.view(), known.pk_ends);
}

/// A fresh secret has no known answer, but both sides must have the same.
Status check_encapsulated(const Kem& kem, const PrivateKey& key) noexcept {
  auto receiver = kem.import_public(key.public_key());
  if (!receiver) return receiver.error();
  std::array<std::uint8_t, kMaxEnc> room{};
  const ByteSpan enc = ByteSpan(room).first(kem.params().nenc);
  SharedSecret sent, received;
  if (Status s = kem.encap(sent, enc, **receiver); !s) return s;
  if (Status s = kem.decap(received, enc, key); !s) return s;
  return equal(sent.view(), received.view()) ? Status() : kWrongAnswer;
}

}  // namespace

Status self_check(const Aead& algorithm) noexcept {
  const AeadAnswer* known = row_of(aead_answers(), algorithm.params().id);
  if (known == nullptr) return kNoAnswer;
  Status s = check_seal(algorithm, *known);
  return s ? check_open(algorithm, *known) : s;
}

Status self_check(const Kdf& algorithm) noexcept {
  const KdfAnswer* known = row_of(kdf_answers(), algorithm.params().id);
  if (known == nullptr) return kNoAnswer;
  return algorithm.params().stages == KdfStages::two ? check_two_stages(algorithm, *known)
                                                     : check_one_stage(algorithm, *known);
}

Status self_check(const DhGroup& algorithm) noexcept {
  const DhAnswer* known = row_of(dh_answers(), algorithm.params().id);
  if (known == nullptr) return kNoAnswer;
  auto key = algorithm.import_private(known->sk.view());
  if (!key) return key.error();
  if (Status s = expect((*key)->public_key(), known->pk); !s) return s;
  auto peer = algorithm.import_public(known->peer.view());
  if (!peer) return peer.error();
  DhSecret secret;
  if (Status s = (*key)->dh(secret, **peer); !s) return s;
  if (Status s = expect(secret.view(), known->secret); !s) return s;
  return check_ephemeral(algorithm, **key);
}

Status self_check(const Kem& algorithm) noexcept {
  const KemAnswer* known = row_of(kem_answers(), algorithm.params().id);
  if (known == nullptr) return kNoAnswer;
  std::unique_ptr<PrivateKey> key;
  if (Status s = check_derived(key, algorithm, *known); !s) return s;
  // FIPS 203 section 6.3: an `enc` that nobody made gives a secret that the private key decides.
  std::array<std::uint8_t, kMaxEnc> room{};
  room.fill(KemAnswer::kForgedByte);
  const ByteSpan forged = ByteSpan(room).first(algorithm.params().nenc);
  if (const HybridKemParams* row = find_hybrid_kem(algorithm.params().id)) {
    const ByteView point = key->public_key().last(find_dh(row->dh)->npk);
    std::copy(point.begin(), point.end(), forged.last(point.size()).begin());
  }
  SharedSecret secret;
  if (Status s = algorithm.decap(secret, forged, *key); !s) return s;
  if (Status s = expect(secret.view(), known->rejected); !s) return s;
  return check_encapsulated(algorithm, *key);
}

Status self_check(Rng& generator) noexcept {
  Secret<32> first, second;
  if (Status s = generator.fill(first.reset(32)); !s) return s;
  if (Status s = generator.fill(second.reset(32)); !s) return s;
  if (std::equal(first.view().begin(), first.view().end(), second.view().begin())) {
    return Error{Errc::provider_failure, "the random generator repeats itself: do not use it"};
  }
  return {};
}

}  // namespace twoway::core
