// Every HPKE vector, on every provider that offers its suite, through every entry of core.
#include <iostream>
#include <map>
#include <optional>

#include <twoway/core/combined_provider.hpp>
#include <twoway/core/hpke.hpp>

#include "dh_check.hpp"
#include "key_schedule.hpp"
#include "labeled.hpp"
#include "support.hpp"
#include "vectors.hpp"

using namespace twoway::core;
using twoway::test::FixedRng;
using twoway::test::Vector;

namespace {

Suite suite_of(const Vector& vector) {
  return {static_cast<KemId>(vector.number("kem_id")), static_cast<KdfId>(vector.number("kdf_id")),
          static_cast<AeadId>(vector.number("aead_id"))};
}

/// The fields of one vector as one provider's objects.
struct Case {
  Case(const Vector& v, const Provider& offering, const CipherSuite& cipher_suite)
      : vector(v),
        provider(offering),
        suite(cipher_suite),
        mode(static_cast<Mode>(v.number("mode"))),
        info(v.bytes("info")),
        ikm_e(v.bytes("ikmE")),
        enc(v.bytes("enc")),
        shared_secret(v.bytes("shared_secret")) {
    if (v.has("psk")) {
      psk_bytes = v.bytes("psk");
      psk_id = v.bytes("psk_id");
      psk = Psk{psk_bytes, psk_id};
    }
    auto receiver_private = suite.kem().import_private(v.bytes("skRm"));
    REQUIRE_OK(receiver_private);
    receiver_key = std::move(*receiver_private);
    receiver = import_public("pkRm");
    if (v.has("skSm")) {
      auto sender_private = suite.kem().import_private(v.bytes("skSm"));
      REQUIRE_OK(sender_private);
      sender_key = std::move(*sender_private);
      sender = import_public("pkSm");
    }
  }

  std::unique_ptr<PublicKey> import_public(const char* field) const {
    auto key = suite.kem().import_public(vector.bytes(field));
    REQUIRE_OK(key);
    return std::move(*key);
  }

  SenderMode sender_mode() const { return {psk, sender_key.get()}; }
  RecipientMode recipient_mode() const { return {psk, sender.get()}; }

  const Vector& vector;
  const Provider& provider;
  const CipherSuite& suite;
  Mode mode;
  Bytes info;
  Bytes ikm_e;
  Bytes enc;
  Bytes shared_secret;
  Bytes psk_bytes;
  Bytes psk_id;
  std::optional<Psk> psk;
  std::unique_ptr<PrivateKey> receiver_key;
  std::unique_ptr<PublicKey> receiver;
  std::unique_ptr<PrivateKey> sender_key;  // in the authenticated modes
  std::unique_ptr<PublicKey> sender;       // in the authenticated modes
};

bool same(ByteView got, const Bytes& expected) { return twoway::test::copy(got) == expected; }

// RFC 9180 section 7.1.3 and 7.1.2, for the key of one party: "R", "E" or "S".
void check_key_pair(const Case& c, const std::string& party) {
  INFO("key of " << party);
  const Kem& kem = c.suite.kem();
  const Bytes ikm = c.vector.bytes("ikm" + party);
  auto derived = kem.derive_key_pair(ikm);
  REQUIRE_OK(derived);
  PrivateKeyBytes sk;
  REQUIRE_OK(kem.derive_private(sk, ikm));
  auto imported = kem.import_private(sk.view());
  REQUIRE_OK(imported);
  REQUIRE((*imported)->kem_id() == c.suite.id().kem);
  REQUIRE(same((*imported)->public_key(), twoway::test::copy((*derived)->public_key())));
  if (party == "E") {
    REQUIRE(same((*derived)->public_key(), c.enc));
    if (!c.vector.has("skEm")) return;  // not every file has it
  }
  REQUIRE(same(sk.view(), c.vector.bytes("sk" + party + "m")));
  REQUIRE(same((*derived)->public_key(), c.vector.bytes("pk" + party + "m")));
}

// RFC 9180 section 7.1.3: a candidate that is not below the order is skipped.
void check_rejected_candidate(const Case& c) {
  const DhKemParams& dhkem = *find_dhkem(c.suite.id().kem);
  const Kdf& kdf = *c.provider.kdf(dhkem.kdf);
  const auto kem_id = i2osp2(static_cast<std::size_t>(dhkem.id));
  const Bytes suite_id{'K', 'E', 'M', kem_id[0], kem_id[1]};
  const Bytes counter{0};
  Prk dkp_prk;
  REQUIRE_OK(labeled_extract(kdf, dkp_prk, suite_id, {}, "dkp_prk", {c.vector.bytes("ikmR")}));
  Bytes candidate(find_dh(dhkem.dh)->nsk);
  REQUIRE_OK(
      labeled_expand(kdf, candidate, dkp_prk.view(), suite_id, "candidate", {ByteView(counter)}));
  REQUIRE(candidate == c.vector.bytes("rejected_candidate"));
  REQUIRE_FALSE(private_key_ok(*find_dh(dhkem.dh), candidate));
}

// RFC 9180 section 4.1: Encap, Decap and their authenticated variants.
void check_kem(const Case& c) {
  const Kem& kem = c.suite.kem();
  FixedRng rng(c.ikm_e);
  Bytes enc(kem.params().nenc);
  SharedSecret sent;
  SharedSecret received;
  if (c.sender_key != nullptr) {
    REQUIRE_OK(kem.auth_encap(sent, enc, *c.receiver, *c.sender_key, &rng));
    REQUIRE_OK(kem.auth_decap(received, c.enc, *c.receiver_key, *c.sender));
  } else {
    REQUIRE_OK(kem.encap(sent, enc, *c.receiver, &rng));
    REQUIRE_OK(kem.decap(received, c.enc, *c.receiver_key));
  }
  REQUIRE(rng.left() == 0);
  REQUIRE(enc == c.enc);
  REQUIRE(same(sent.view(), c.shared_secret));
  REQUIRE(same(received.view(), c.shared_secret));
}

// RFC 9180 section 5.1: the key schedule and its inputs.
KeySchedule check_key_schedule(const Case& c) {
  if (c.vector.has("suite_id")) REQUIRE(same(c.suite.suite_id(), c.vector.bytes("suite_id")));
  const KeyScheduleInput input{c.mode, c.shared_secret, c.info, c.psk_bytes, c.psk_id};
  if (c.vector.has("key_schedule_context")) {  // only of a two-stage KDF, and not of a native KEM
    KeyScheduleContext context;
    REQUIRE_OK(key_schedule_context(context, c.suite, input));
    REQUIRE(same(context.view(), c.vector.bytes("key_schedule_context")));
    Prk secret;
    REQUIRE_OK(key_schedule_secret(secret, c.suite, input));
    REQUIRE(same(secret.view(), c.vector.bytes("secret")));
  }
  KeySchedule keys;
  REQUIRE_OK(key_schedule(keys, c.suite, input));
  REQUIRE(same(keys.key.view(), c.vector.bytes("key")));
  REQUIRE(same(keys.base_nonce.view(), c.vector.bytes("base_nonce")));
  REQUIRE(same(keys.exporter_secret.view(), c.vector.bytes("exporter_secret")));
  return keys;
}

// RFC 9180 section 5.2, each message by its sequence number.
void check_sequences(const Case& c, const KeySchedule& keys) {
  if (c.suite.aead() == nullptr) REQUIRE(c.vector.list("encryptions").empty());
  for (const Vector& message : c.vector.list("encryptions")) {
    const std::uint64_t seq = message.number("seq");
    INFO("sequence number " << seq);
    AeadNonce nonce;
    REQUIRE_OK(NonceCounter(keys.base_nonce.view(), seq).next(nonce));
    REQUIRE(same(nonce.view(), message.bytes("nonce")));

    const Bytes aad = message.bytes("aad");
    const Bytes pt = message.bytes("pt");
    const Bytes ct = message.bytes("ct");
    auto sealer =
        SealSequence::create(*c.suite.aead(), keys.key.view(), keys.base_nonce.view(), seq);
    REQUIRE_OK(sealer);
    Bytes sealed(sealer->sealed_size(pt.size()));
    REQUIRE_OK(sealer->seal(sealed, aad, pt));
    REQUIRE(sealed == ct);
    REQUIRE(sealer->position() == seq + 1);

    auto opener =
        OpenSequence::create(*c.suite.aead(), keys.key.view(), keys.base_nonce.view(), seq);
    REQUIRE_OK(opener);
    Bytes opened(opener->opened_size(ct.size()));
    REQUIRE_OK(opener->open(opened, aad, ct));
    REQUIRE(opened == pt);
  }
}

// The same messages through contexts, with a message of our own for every number between them.
void check_messages(const Case& c, SenderContext& sender, RecipientContext& recipient) {
  std::uint64_t next = 0;
  for (const Vector& message : c.vector.list("encryptions")) {
    const std::uint64_t seq = message.number("seq");
    for (; next < seq; ++next) {
      const ByteView filler = as_bytes("between");
      Bytes ct(sender.sealed_size(filler.size()));
      REQUIRE_OK(sender.seal(ct, {}, filler));
      Bytes pt(recipient.opened_size(ct.size()));
      REQUIRE_OK(recipient.open(pt, {}, ct));
      REQUIRE(same(filler, pt));
    }
    INFO("sequence number " << seq);
    const Bytes pt = message.bytes("pt");
    Bytes ct(sender.sealed_size(pt.size()));
    auto sealed = sender.seal(ct, message.bytes("aad"), pt);
    REQUIRE_OK(sealed);
    REQUIRE(*sealed == ct.size());
    REQUIRE(ct == message.bytes("ct"));
    Bytes opened(recipient.opened_size(ct.size()));
    REQUIRE_OK(recipient.open(opened, message.bytes("aad"), ct));
    REQUIRE(opened == pt);
    ++next;
  }
}

// RFC 9180 section 5.3
void check_exports(const Case& c, const Exporter& exporter) {
  for (const Vector& row : c.vector.list("exports")) {
    Bytes value(row.number("L"));
    REQUIRE_OK(exporter.export_secret(value, row.bytes("exporter_context")));
    REQUIRE(value == row.bytes("exported_value"));
  }
}

void check_contexts(const Case& c) {
  FixedRng rng(c.ikm_e);
  Bytes enc(c.suite.nenc());
  auto sender = SenderContext::setup(c.suite, enc, *c.receiver, c.info, c.sender_mode(), &rng);
  REQUIRE_OK(sender);
  REQUIRE(enc == c.enc);
  auto recipient =
      RecipientContext::setup(c.suite, c.enc, *c.receiver_key, c.info, c.recipient_mode());
  REQUIRE_OK(recipient);
  check_exports(c, sender->exporter());
  check_exports(c, recipient->exporter());
  if (c.suite.aead() == nullptr) {
    Bytes out(64);
    REQUIRE_ERRC(sender->seal(out, {}, {}), Errc::not_supported);
    REQUIRE_ERRC(recipient->open(out, {}, c.enc), Errc::not_supported);
  } else {
    check_messages(c, *sender, *recipient);
  }
  if (c.mode == Mode::base || c.mode == Mode::psk) {
    auto completed = RecipientContext::from_shared_secret(
        c.suite, twoway::test::secret_of<SharedSecret>(c.shared_secret), c.info, c.psk);
    REQUIRE_OK(completed);
    check_exports(c, completed->exporter());
  }
}

// RFC 9180 section 6: a single-shot message is the first one of a context.
void check_single_shot(const Case& c) {
  Bytes enc(c.suite.nenc());
  if (c.suite.aead() != nullptr) {
    const Vector first = c.vector.list("encryptions").front();
    REQUIRE(first.number("seq") == 0);
    const Bytes aad = first.bytes("aad");
    const Bytes pt = first.bytes("pt");
    Bytes ct(pt.size() + c.suite.nt());
    FixedRng rng(c.ikm_e);
    REQUIRE_OK(seal(c.suite, enc, ct, *c.receiver, c.info, aad, pt, c.sender_mode(), &rng));
    REQUIRE(enc == c.enc);
    REQUIRE(ct == first.bytes("ct"));
    Bytes opened(pt.size());
    REQUIRE_OK(open(c.suite, opened, c.enc, *c.receiver_key, c.info, aad, ct, c.recipient_mode()));
    REQUIRE(opened == pt);
  }
  for (const Vector& row : c.vector.list("exports")) {
    const Bytes context = row.bytes("exporter_context");
    Bytes value(row.number("L"));
    FixedRng rng(c.ikm_e);
    REQUIRE_OK(
        send_export(c.suite, enc, value, *c.receiver, c.info, context, c.sender_mode(), &rng));
    REQUIRE(enc == c.enc);
    REQUIRE(value == row.bytes("exported_value"));
    value.assign(value.size(), 0);
    REQUIRE_OK(receive_export(c.suite, value, c.enc, *c.receiver_key, c.info, context,
                              c.recipient_mode()));
    REQUIRE(value == row.bytes("exported_value"));
  }
}

// Some libraries draw the randomness of Encap themselves, so only the receiver's side can be
// checked for all.
void check_pq_kem(const Case& c) {
  SharedSecret received;
  REQUIRE_OK(c.suite.kem().decap(received, c.enc, *c.receiver_key));
  REQUIRE(same(received.view(), c.shared_secret));
  FixedRng rng(c.ikm_e);
  Bytes enc(c.suite.nenc());
  SharedSecret sent;
  const Status status = c.suite.kem().encap(sent, enc, *c.receiver, &rng);
  if (status.ok()) {
    REQUIRE(enc == c.enc);
    REQUIRE(same(sent.view(), c.shared_secret));
    check_contexts(c);
    check_single_shot(c);
  } else {
    REQUIRE_ERRC(status, Errc::not_supported);
    auto recipient = RecipientContext::setup(c.suite, c.enc, *c.receiver_key, c.info, {});
    REQUIRE_OK(recipient);
    check_exports(c, recipient->exporter());
  }
}

void check_vector(const Vector& vector, const Provider& provider, const CipherSuite& suite) {
  const Case c(vector, provider, suite);
  check_key_pair(c, "R");
  if (vector.has("rejected_candidate")) check_rejected_candidate(c);
  if (find_dhkem(suite.id().kem) == nullptr) {
    check_pq_kem(c);
    check_sequences(c, check_key_schedule(c));
    return;
  }
  check_key_pair(c, "E");
  if (c.sender_key != nullptr) check_key_pair(c, "S");
  REQUIRE(same(c.receiver_key->public_key(), vector.bytes("pkRm")));
  check_kem(c);
  const KeySchedule keys = check_key_schedule(c);
  check_sequences(c, keys);
  check_contexts(c);
  check_single_shot(c);
}

/// Runs a file, prints how much of it each provider ran, and requires all of it of `complete`.
void check_file(const std::string& file, std::size_t expected, const std::string& complete) {
  std::map<std::string, std::size_t> ran;
  const std::size_t total = twoway::test::for_each_vector(file, [&ran](const Vector& vector) {
    bool offered = false;
    for (const Provider* provider : twoway::built::providers()) {
      auto suite = CipherSuite::find(*provider, suite_of(vector));
      if (!suite) continue;
      INFO("provider " << provider->name());
      check_vector(vector, *provider, *suite);
      ++ran[provider->name()];
      offered = true;
    }
    if (!offered) vector.skip();
  });
  std::cout << file << ": of " << total << " vectors";
  for (const auto& [name, count] : ran) std::cout << ", " << name << " ran " << count;
  std::cout << '\n';
  REQUIRE(total == expected);
  for (const Provider* provider : twoway::built::providers()) {
    if (provider->name() == complete) REQUIRE(ran[complete] == total);
  }
}

}  // namespace

TEST_CASE("the vectors of RFC 9180") { check_file("hpke-rfc9180.json", 128, "openssl"); }

TEST_CASE("the vectors of a DHKEM with a one-stage KDF") { check_file("hpke-shake.json", 4, ""); }

TEST_CASE("the edge cases of the HPKE draft") { check_file("hpke-draft-edges.json", 5, "openssl"); }

// Which provider offers them depends on its library's version.
TEST_CASE("the vectors of ML-KEM and its hybrids") { check_file("hpke-pq.json", 9, ""); }

TEST_CASE("the vectors of hybrids whose parts two providers have together") {
  std::size_t ran = 0;
  twoway::test::for_each_vector(
      "hpke-pq.json",
      [&ran](const Vector& vector) {
        for (const Provider* first : twoway::built::providers()) {
          for (const Provider* second : twoway::built::providers()) {
            const CombinedProvider both(*first, *second);
            const auto suite = CipherSuite::find(both, suite_of(vector));
            if (first == second || !suite) continue;
            INFO(first->name() << " with " << second->name());
            check_vector(vector, both, *suite);
            ++ran;
          }
        }
      },
      twoway::test::Reads::some);
  std::cout << "hpke-pq.json: two providers together ran " << ran << " vectors\n";
}
