#include <algorithm>

#include <twoway/core/kem.hpp>

#include "labeled.hpp"
#include "receiver.hpp"
#include "support.hpp"
#include "vectors.hpp"
#include "wrapping.hpp"

using namespace twoway::core;
using twoway::test::copy;
using twoway::test::encapsulation;
using twoway::test::FixedRng;
using twoway::test::Receiver;
using twoway::test::require_open_failed;
using twoway::test::secret_of;
using twoway::test::WrappingProvider;

namespace {

/// A KDF whose first outputs for DeriveKeyPair's candidates are fixed.
class CandidateKdf final : public Kdf {
 public:
  CandidateKdf(const Kdf& inner, std::vector<Bytes> candidates)
      : inner_(inner), candidates_(std::move(candidates)) {}

  const KdfParams& params() const noexcept override { return inner_.params(); }
  Status extract(Prk& prk, ByteView salt, Gather ikm) const noexcept override {
    return inner_.extract(prk, salt, ikm);
  }
  // labeled_info = I2OSP(L, 2), "HPKE-v1", suite_id, label, counter
  Status expand(ByteSpan out, ByteView prk, Gather info) const noexcept override {
    if (info.size() == 5 && copy(info[3]) == copy(as_bytes("candidate"))) {
      ++asked_;
      if (info[4][0] < candidates_.size()) {
        const Bytes& candidate = candidates_[info[4][0]];
        std::copy(candidate.begin(), candidate.end(), out.begin());
        return {};
      }
    }
    return inner_.expand(out, prk, info);
  }

  std::size_t asked() const { return asked_; }

 private:
  const Kdf& inner_;
  std::vector<Bytes> candidates_;
  mutable std::size_t asked_ = 0;
};

class KdfProvider final : public WrappingProvider {
 public:
  KdfProvider(const Provider& inner, const Kdf& kdf) : WrappingProvider(inner), kdf_(kdf) {}
  const Kdf* kdf(KdfId) const noexcept override { return &kdf_; }

 private:
  const Kdf& kdf_;
};

/// A provider whose generator gives `size` bytes and then fails.
class RngProvider final : public WrappingProvider {
 public:
  RngProvider(const Provider& inner, std::size_t size)
      : WrappingProvider(inner), rng_(Bytes(size)) {}
  Rng& rng() const noexcept override { return rng_; }

 private:
  mutable FixedRng rng_;
};

/// Calls `test` with every DHKEM over a NIST curve that is built.
template <typename Test>
void for_each_nist(const Test& test) {
  for (const Provider* provider : twoway::built::providers()) {
    for (const DhParams& dh : dh_table()) {
      if (dh.order.empty() || !Kem::find(*provider, dh.kem)) continue;
      INFO(provider->name() << ' ' << dh.name);
      test(*provider, dh, *provider->kdf(find_dhkem(dh.kem)->kdf));
    }
  }
}

/// A key that returns any secret that the test sets, as a broken token would.
class FaultyKey final : public DhPrivateKey {
 public:
  FaultyKey(KemId kem, ByteView pk, Bytes result) : kem_(kem), pk_(copy(pk)), result_(result) {}
  KemId kem_id() const noexcept override { return kem_; }
  ByteView public_key() const noexcept override { return pk_; }
  Status dh(DhSecret& secret, const PublicKey&) const noexcept override {
    secret.assign(result_);
    if (result_.empty()) return Error{Errc::provider_failure, "the token is gone", 0x30};
    return {};
  }

 private:
  KemId kem_;
  Bytes pk_;
  Bytes result_;
};

}  // namespace

// RFC 9180 section 7.1.3: candidates outside [1, n-1] are skipped.
TEST_CASE("DeriveKeyPair skips candidates that are not scalars") {
  for_each_nist([](const Provider& provider, const DhParams& dh, const Kdf& real) {
    const Bytes order = copy(dh.order);
    REQUIRE(order.size() == dh.nsk);
    const CandidateKdf kdf(real, {Bytes(dh.nsk, 0xff), Bytes(dh.nsk), order});
    const KdfProvider wrapped(provider, kdf);
    const Bytes ikm(dh.nsk, 5);
    PrivateKeyBytes sk;
    REQUIRE_OK(Kem::find(wrapped, dh.kem)->derive_private(sk, ikm));
    REQUIRE(kdf.asked() == 4);

    // The fourth candidate, from the same KDF.
    const auto id = i2osp2(static_cast<std::size_t>(dh.kem));
    const Bytes suite_id{'K', 'E', 'M', id[0], id[1]};
    Prk prk;
    REQUIRE_OK(labeled_extract(real, prk, suite_id, {}, "dkp_prk", {ikm}));
    Bytes expected(dh.nsk);
    const std::uint8_t counter = 3;
    REQUIRE_OK(
        labeled_expand(real, expected, prk.view(), suite_id, "candidate", {ByteView(&counter, 1)}));
    expected[0] = static_cast<std::uint8_t>(expected[0] & dh.candidate_mask);
    REQUIRE(copy(sk.view()) == expected);
  });
}

TEST_CASE("DeriveKeyPair accepts the largest scalar, and masks the bits above it") {
  for_each_nist([](const Provider& provider, const DhParams& dh, const Kdf& real) {
    Bytes largest = copy(dh.order);
    largest.back() = static_cast<std::uint8_t>(largest.back() - 1);
    Bytes unmasked = largest;
    unmasked[0] = static_cast<std::uint8_t>(unmasked[0] | ~dh.candidate_mask);
    const CandidateKdf kdf(real, {unmasked});
    const KdfProvider wrapped(provider, kdf);
    PrivateKeyBytes sk;
    REQUIRE_OK(Kem::find(wrapped, dh.kem)->derive_private(sk, Bytes(dh.nsk, 5)));
    REQUIRE(copy(sk.view()) == largest);
    REQUIRE_OK(Kem::find(provider, dh.kem)->import_private(largest));
  });
}

TEST_CASE("DeriveKeyPair gives up after 256 candidates") {
  for_each_nist([](const Provider& provider, const DhParams& dh, const Kdf& real) {
    const CandidateKdf kdf(real, std::vector<Bytes>(256, Bytes(dh.nsk)));
    const KdfProvider wrapped(provider, kdf);
    const Kem kem = *Kem::find(wrapped, dh.kem);
    PrivateKeyBytes sk;
    REQUIRE_ERRC(kem.derive_private(sk, Bytes(dh.nsk, 5)), Errc::provider_failure);
    REQUIRE(sk.empty());
    REQUIRE(kdf.asked() == 256);
    REQUIRE_ERRC(kem.derive_key_pair(Bytes(dh.nsk, 5)), Errc::provider_failure);
    FixedRng rng(Bytes(dh.nsk, 5));
    const Receiver receiver(provider, {dh.kem, KdfId::hkdf_sha256, AeadId::export_only});
    SharedSecret secret;
    Bytes enc(dh.npk);
    REQUIRE_ERRC(kem.encap(secret, enc, *receiver.pk, &rng), Errc::provider_failure);
    REQUIRE(secret.empty());
  });
}

TEST_CASE("keys are made of at least Nsk bytes, and imported from exactly as many") {
  for (const Provider* provider : twoway::built::providers()) {
    for (const KemParams& row : kem_table()) {
      auto kem = Kem::find(*provider, row.id);
      if (!kem) continue;
      INFO(provider->name() << ' ' << row.name);
      PrivateKeyBytes sk;
      REQUIRE_ERRC(kem->derive_private(sk, Bytes(row.nsk - 1, 5)), Errc::invalid_argument);
      REQUIRE_ERRC(kem->derive_private(sk, {}), Errc::invalid_argument);
      REQUIRE(sk.empty());
      REQUIRE_ERRC(kem->derive_key_pair(Bytes(row.nsk - 1, 5)), Errc::invalid_argument);
      REQUIRE_OK(kem->derive_key_pair(Bytes(row.nsk, 5)));
      REQUIRE_OK(kem->derive_private(sk, Bytes(row.nsk + 100, 5)));
      REQUIRE(sk.size() == row.nsk);

      Bytes shorter = copy(sk.view()), longer = shorter;
      shorter.pop_back(), longer.insert(longer.begin(), 0);
      for (const Bytes& bad : {Bytes(), shorter, longer}) {
        REQUIRE_ERRC(kem->import_private(bad), Errc::invalid_key);
      }
      auto key = kem->import_private(sk.view());
      REQUIRE_OK(key);
      shorter = longer = copy((*key)->public_key());
      shorter.pop_back(), longer.push_back(0);
      for (const Bytes& bad : {Bytes(), shorter, longer}) {
        REQUIRE_ERRC(kem->import_public(bad), Errc::invalid_key);
      }
    }
  }
}

TEST_CASE("a NIST private key is in [1, n-1]") {
  for_each_nist([](const Provider& provider, const DhParams& dh, const Kdf&) {
    const Kem kem = *Kem::find(provider, dh.kem);
    Bytes one(dh.nsk), above = copy(dh.order);
    one.back() = 1;
    above.back() = static_cast<std::uint8_t>(above.back() + 1);
    REQUIRE_OK(kem.import_private(one));
    for (const Bytes& bad : {Bytes(dh.nsk), copy(dh.order), above, Bytes(dh.nsk, 0xff)}) {
      REQUIRE_ERRC(kem.import_private(bad), Errc::invalid_key);
    }
  });
}

TEST_CASE("a key's failure is key_unavailable with its code, and never a bad message") {
  for (const Provider* provider : twoway::built::providers()) {
    for (const KemParams& row : kem_table()) {
      if (!Kem::find(*provider, row.id)) continue;
      INFO(provider->name() << ' ' << row.name);
      Receiver receiver(*provider, {row.id, KdfId::hkdf_sha256, AeadId::export_only});
      REQUIRE_OK(receiver.send());
      const Kem& kem = receiver.suite.kem();
      const std::size_t ndh = find_dh(find_dhkem(row.id)->dh)->ndh;
      std::vector<Bytes> results{Bytes(), Bytes(ndh - 1, 1), Bytes(1, 1)};
      if (find_dh(find_dhkem(row.id)->dh)->refuse_zero) results.push_back(Bytes(ndh));
      for (const Bytes& result : results) {
        const FaultyKey key(row.id, receiver.key->public_key(), result);
        SharedSecret secret;
        const auto failed = [&](const Status& status) {
          REQUIRE_ERRC(status, Errc::key_unavailable);
          REQUIRE(status.error().native == (result.empty() ? 0x30U : 0U));
          REQUIRE(secret.empty());
        };
        failed(kem.decap(secret, receiver.enc, key));
        failed(kem.auth_decap(secret, receiver.enc, key, *receiver.pk));
        Bytes enc(row.nenc);
        failed(kem.auth_encap(secret, enc, *receiver.pk, key));
        DhSecret dh;
        REQUIRE_ERRC(key.auth_dh(dh, *receiver.pk), Errc::key_unavailable);
        REQUIRE(dh.empty());
        REQUIRE_ERRC(RecipientContext::setup(receiver.suite, receiver.enc, key, {}),
                     Errc::key_unavailable);
      }
      // The same key, and a message that never reaches it.
      const FaultyKey key(row.id, receiver.key->public_key(), {});
      SharedSecret secret;
      require_open_failed(kem.decap(secret, Bytes(row.nenc), key).error());
    }
  }
}

TEST_CASE("a NIST result of zero is accepted, from the library and from elsewhere") {
  for_each_nist([](const Provider& provider, const DhParams& dh, const Kdf&) {
    const Kem kem = *Kem::find(provider, dh.kem);
    std::size_t ran = 0;
    const auto one = [&](const twoway::test::Vector& vector) {
      if (vector.bytes("shared") != Bytes(dh.ndh)) return;
      const Bytes enc = vector.bytes("public");
      const auto key = kem.import_private(vector.bytes("private"));
      REQUIRE_OK(key);
      SharedSecret secret, from_dh;
      REQUIRE_OK(kem.decap(secret, enc, **key));
      REQUIRE_OK(kem.shared_secret_from_dh(from_dh, secret_of<DhSecret>(Bytes(dh.ndh)),
                                           encapsulation(kem, enc), (*key)->public_key()));
      REQUIRE(copy(secret.view()) == copy(from_dh.view()));
      ++ran;
    };
    const std::string file = std::string("wycheproof/") + find_kem(dh.kem)->short_name + ".json";
    twoway::test::for_each_vector(file, one, twoway::test::Reads::some);
    REQUIRE(ran > 0);
  });
  for (const DhParams& dh : dh_table()) REQUIRE(dh.refuse_zero == dh.order.empty());
}

TEST_CASE("an ephemeral key drawn from an empty source is refused") {
  for (const Provider* provider : twoway::built::providers()) {
    Receiver receiver(*provider, twoway::test::kCommonSuite);
    FixedRng rng(Bytes(31));
    SharedSecret secret;
    REQUIRE_ERRC(receiver.suite.kem().encap(secret, receiver.enc, *receiver.pk, &rng),
                 Errc::provider_failure);
    REQUIRE(secret.empty());
  }
}

TEST_CASE("no key pair is made if the generator fails") {
  for (const Provider* provider : twoway::built::providers()) {
    for (const KemParams& row : kem_table()) {
      if (!Kem::find(*provider, row.id)) continue;
      INFO(row.name);
      const RngProvider enough(*provider, row.nsk);
      REQUIRE_OK(Kem::find(enough, row.id)->generate_key_pair());
      const RngProvider short_of_one(*provider, row.nsk - 1);
      REQUIRE_ERRC(Kem::find(short_of_one, row.id)->generate_key_pair(), Errc::provider_failure);
    }
  }
}

TEST_CASE("two encapsulations share nothing") {
  for (const Provider* provider : twoway::built::providers()) {
    Receiver receiver(*provider, twoway::test::kCommonSuite);
    SharedSecret a, b;
    REQUIRE_OK(receiver.suite.kem().encap(a, receiver.enc, *receiver.pk));
    const Bytes first = receiver.enc;
    REQUIRE_OK(receiver.suite.kem().encap(b, receiver.enc, *receiver.pk));
    REQUIRE(first != receiver.enc);
    REQUIRE(copy(a.view()) != copy(b.view()));
  }
}
