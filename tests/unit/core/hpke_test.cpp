#include <twoway/core/hpke.hpp>

#include "receiver.hpp"
#include "support.hpp"

using namespace twoway::core;
using twoway::test::copy;
using twoway::test::encapsulation;
using twoway::test::kCommonSuite;
using twoway::test::Receiver;
using twoway::test::require_open_failed;
using twoway::test::secret_of;
using twoway::test::suites_of;

namespace {

constexpr std::string_view kText = "one message";

/// Seals kText with empty aad.
Bytes seal_text(SenderContext& sender) {
  Bytes ct(sender.sealed_size(kText.size()));
  REQUIRE_OK(sender.seal(ct, {}, as_bytes(kText)));
  return ct;
}

/// Opens `ct` to kText, or returns the error.
Status open_text(RecipientContext& recipient, const Bytes& ct, ByteView aad = {}) {
  Bytes pt(recipient.opened_size(ct.size()));
  Result<std::size_t> opened = recipient.open(pt, aad, ct);
  if (!opened) return opened.error();
  REQUIRE(pt == copy(as_bytes(kText)));
  return {};
}

bool all_zeros(const Bytes& bytes) { return bytes == Bytes(bytes.size()); }

}  // namespace

TEST_CASE("a context carries messages and exports the same secret on both sides") {
  for (const Provider* provider : twoway::built::providers()) {
    for (const Suite id : suites_of(*provider)) {
      Receiver receiver(*provider, id);
      INFO(provider->name() << ' ' << twoway::test::hex(receiver.suite.suite_id()));
      auto sender = receiver.send(as_bytes("info"));
      REQUIRE_OK(sender);
      auto recipient = receiver.receive(as_bytes("info"));
      REQUIRE_OK(recipient);
      Bytes a(32), b(32);
      REQUIRE_OK(sender->exporter().export_secret(a, as_bytes("x")));
      REQUIRE_OK(recipient->exporter().export_secret(b, as_bytes("x")));
      REQUIRE(a == b);
      REQUIRE_FALSE(all_zeros(a));
      REQUIRE_OK(recipient->exporter().export_secret(b, as_bytes("y")));
      REQUIRE(a != b);
      if (id.aead == AeadId::export_only) continue;
      for (int i = 0; i < 3; ++i) REQUIRE_OK(open_text(*recipient, seal_text(*sender)));
    }
  }
}

TEST_CASE("an export-only suite exports, but does not seal or open") {
  for (const Provider* provider : twoway::built::providers()) {
    Receiver receiver(*provider, {kCommonSuite.kem, kCommonSuite.kdf, AeadId::export_only});
    REQUIRE(receiver.suite.aead() == nullptr);
    REQUIRE(receiver.suite.nt() == 0);
    auto sender = receiver.send();
    REQUIRE_OK(sender);
    auto recipient = receiver.receive();
    REQUIRE_OK(recipient);
    REQUIRE(sender->sealed_size(10) == 0);
    REQUIRE(recipient->opened_size(100) == 0);
    Bytes out(64, 0xa5);
    REQUIRE_ERRC(sender->seal(out, {}, as_bytes(kText)), Errc::not_supported);
    REQUIRE_ERRC(recipient->open(out, {}, as_bytes(kText)), Errc::not_supported);
    REQUIRE(out == Bytes(64, 0xa5));
    Bytes enc(receiver.suite.nenc());
    REQUIRE_ERRC(seal(receiver.suite, enc, out, *receiver.pk, {}, {}, as_bytes(kText)),
                 Errc::not_supported);
    REQUIRE_ERRC(open(receiver.suite, out, receiver.enc, *receiver.key, {}, {}, out),
                 Errc::not_supported);
  }
}

TEST_CASE("an unknown or missing algorithm is not supported") {
  for (const Provider* provider : twoway::built::providers()) {
    for (const Suite id : {Suite{static_cast<KemId>(0x0043), kCommonSuite.kdf, kCommonSuite.aead},
                           Suite{static_cast<KemId>(0), kCommonSuite.kdf, kCommonSuite.aead},
                           Suite{kCommonSuite.kem, static_cast<KdfId>(4), kCommonSuite.aead},
                           Suite{kCommonSuite.kem, kCommonSuite.kdf, static_cast<AeadId>(0)},
                           Suite{kCommonSuite.kem, kCommonSuite.kdf, static_cast<AeadId>(4)}}) {
      REQUIRE_ERRC(CipherSuite::find(*provider, id), Errc::not_supported);
    }
    REQUIRE_ERRC(Kem::find(*provider, static_cast<KemId>(0xffff)), Errc::not_supported);
  }
}

// RFC 9180 sections 5.1 (VerifyPSKInputs) and 5.1.2
TEST_CASE("a psk and its id go together, and a psk has 32 bytes or more") {
  const Bytes psk(32, 7);
  const ByteView id = as_bytes("id");
  struct Row {
    Psk psk;
    bool ok;
  };
  const Row rows[] = {{{psk, id}, true},
                      {{psk, {}}, false},
                      {{{}, id}, false},
                      {{{}, {}}, false},
                      {{ByteView(psk).first(31), id}, false}};
  for (const Provider* provider : twoway::built::providers()) {
    Receiver receiver(*provider, kCommonSuite);
    REQUIRE_OK(receiver.send({}, {Psk{psk, id}}));
    SharedSecret shared_secret;
    REQUIRE_OK(receiver.suite.kem().decap(shared_secret, receiver.enc, *receiver.key));
    for (const Row& row : rows) {
      INFO("psk of " << row.psk.psk.size() << ", id of " << row.psk.psk_id.size());
      const auto check = [&row](const auto& result) {
        if (row.ok) {
          REQUIRE_OK(result);
        } else {
          REQUIRE_ERRC(result, Errc::invalid_argument);
        }
      };
      check(receiver.receive({}, {row.psk}));
      check(RecipientContext::from_shared_secret(receiver.suite, shared_secret, {}, row.psk));
      Bytes enc(receiver.suite.nenc());
      check(SenderContext::setup(receiver.suite, enc, *receiver.pk, {}, {row.psk}));
    }
  }
}

TEST_CASE("info, psk and psk_id have at most 65535 bytes each") {
  const Bytes longest(kMaxHpkeInput, 1);
  const Bytes too_long(kMaxHpkeInput + 1, 1);
  const Bytes psk(32, 7);
  for (const Provider* provider : twoway::built::providers()) {
    for (const KdfParams& kdf : kdf_table()) {
      const Suite id{KemId::dhkem_x25519, kdf.id, AeadId::chacha20_poly1305};
      if (!twoway::test::offers(*provider, id)) continue;
      INFO(provider->name() << ' ' << kdf.name);
      Receiver receiver(*provider, id);
      auto sender = receiver.send(longest, {Psk{longest, longest}});
      REQUIRE_OK(sender);
      auto recipient = receiver.receive(longest, {Psk{longest, longest}});
      REQUIRE_OK(recipient);
      REQUIRE_OK(open_text(*recipient, seal_text(*sender)));

      REQUIRE_ERRC(receiver.send(too_long), Errc::invalid_argument);
      REQUIRE_ERRC(receiver.receive(too_long), Errc::invalid_argument);
      for (const Psk& bad : {Psk{too_long, as_bytes("id")}, Psk{psk, too_long}}) {
        REQUIRE_ERRC(receiver.send({}, {bad}), Errc::invalid_argument);
        REQUIRE_ERRC(receiver.receive({}, {bad}), Errc::invalid_argument);
      }
    }
  }
}

TEST_CASE("an export has at most the bytes that its KDF can give") {
  for (const Provider* provider : twoway::built::providers()) {
    for (const KdfParams& kdf : kdf_table()) {
      const Suite id{KemId::dhkem_x25519, kdf.id, AeadId::export_only};
      if (!twoway::test::offers(*provider, id)) continue;
      INFO(provider->name() << ' ' << kdf.name);
      const std::size_t most = kdf.stages == KdfStages::two ? 255 * kdf.nh : 65535;
      Receiver receiver(*provider, id);
      auto sender = receiver.send();
      REQUIRE_OK(sender);
      auto recipient = receiver.receive();
      REQUIRE_OK(recipient);
      Bytes a(most), b(most);
      REQUIRE_OK(sender->exporter().export_secret(a, {}));
      REQUIRE_OK(recipient->exporter().export_secret(b, {}));
      REQUIRE(a == b);
      REQUIRE_OK(sender->exporter().export_secret({}, {}));
      for (const std::size_t size : {most + 1, std::size_t{65536}, std::size_t{65536 + 32}}) {
        Bytes out(size, 0xa5);
        REQUIRE_ERRC(sender->exporter().export_secret(out, {}), Errc::invalid_argument);
        REQUIRE(all_zeros(out));
      }
    }
  }
}

TEST_CASE("an exporter is made of Nh bytes, and a duplicate outlives its context") {
  for (const Provider* provider : twoway::built::providers()) {
    Receiver receiver(*provider, kCommonSuite);
    REQUIRE_ERRC(Exporter::create(receiver.suite, Bytes(31)), Errc::invalid_argument);
    REQUIRE_ERRC(Exporter::create(receiver.suite, Bytes(33)), Errc::invalid_argument);
    REQUIRE_ERRC(Exporter::create(receiver.suite, {}), Errc::invalid_argument);

    std::optional<Exporter> duplicate;
    Bytes expected(32);
    {
      auto sender = receiver.send();
      REQUIRE_OK(sender);
      duplicate = sender->exporter().duplicate();
      REQUIRE_OK(sender->exporter().export_secret(expected, as_bytes("x")));
    }
    Bytes out(32);
    REQUIRE_OK(duplicate->export_secret(out, as_bytes("x")));
    REQUIRE(out == expected);
    auto restored = Exporter::create(receiver.suite, duplicate->secret());
    REQUIRE_OK(restored);
    REQUIRE_OK(restored->export_secret(out, as_bytes("x")));
    REQUIRE(out == expected);
  }
}

TEST_CASE("a difference in info, psk, mode, key or aad fails at opening, in one way") {
  const Bytes psk(32, 7), other_psk(32, 8);
  const ByteView id = as_bytes("id");
  const ByteView info = as_bytes("info");
  for (const Provider* provider : twoway::built::providers()) {
    INFO(provider->name());
    Receiver receiver(*provider, kCommonSuite);
    const Receiver other(*provider, kCommonSuite);
    auto sender = receiver.send(info, {Psk{psk, id}, other.key.get()});
    REQUIRE_OK(sender);
    const Bytes ct = seal_text(*sender);

    const RecipientMode right{Psk{psk, id}, other.pk.get()};
    auto good = receiver.receive(info, right);
    REQUIRE_OK(good);
    require_open_failed(open_text(*good, ct, as_bytes("aad")).error());
    REQUIRE_OK(open_text(*good, ct));

    const auto refused = [&](ByteView used_info, const RecipientMode& mode) {
      auto recipient = receiver.receive(used_info, mode);
      REQUIRE_OK(recipient);
      require_open_failed(open_text(*recipient, ct).error());
    };
    refused(as_bytes("inf0"), right);
    refused({}, right);
    refused(info, {Psk{other_psk, id}, other.pk.get()});
    refused(info, {Psk{psk, as_bytes("di")}, other.pk.get()});
    refused(info, {Psk{psk, id}, receiver.pk.get()});
    refused(info, {Psk{psk, id}, nullptr});
    refused(info, {std::nullopt, other.pk.get()});
    refused(info, {});

    auto wrong_key = RecipientContext::setup(receiver.suite, receiver.enc, *other.key, info, right);
    REQUIRE_OK(wrong_key);
    require_open_failed(open_text(*wrong_key, ct).error());
  }
}

TEST_CASE("an invalid enc fails like a bad message") {
  for (const Provider* provider : twoway::built::providers()) {
    for (const KemParams& kem : kem_table()) {
      const Suite id{kem.id, KdfId::hkdf_sha256, AeadId::chacha20_poly1305};
      if (!twoway::test::offers(*provider, id)) continue;
      INFO(provider->name() << ' ' << kem.name);
      Receiver receiver(*provider, id);
      REQUIRE_OK(receiver.send());
      const auto refused = [&](const Bytes& enc) {
        auto recipient = RecipientContext::setup(receiver.suite, enc, *receiver.key, {});
        REQUIRE_FALSE(recipient.ok());
        require_open_failed(recipient.error());
        Bytes out(64, 0xa5);
        auto opened = open(receiver.suite, out, enc, *receiver.key, {}, {}, Bytes(64));
        REQUIRE_FALSE(opened.ok());
        require_open_failed(opened.error());
        Status exported = receive_export(receiver.suite, out, enc, *receiver.key, {}, {});
        REQUIRE_FALSE(exported.ok());
        require_open_failed(exported.error());
        REQUIRE(all_zeros(out));
      };
      Bytes shorter = receiver.enc, longer = receiver.enc;
      shorter.pop_back(), longer.push_back(0);
      refused({}), refused(shorter), refused(longer), refused(Bytes(kem.nenc));
      if (find_dh(find_dhkem(kem.id)->dh)->order.empty()) continue;
      Bytes compressed = receiver.enc, off_curve = receiver.enc;
      compressed[0] = 0x02, off_curve.back() ^= 1;
      refused(compressed), refused(off_curve), refused(Bytes(kem.nenc, 0xff));
    }
  }
}

TEST_CASE("a setup refuses buffers and keys that do not fit the suite") {
  for (const Provider* provider : twoway::built::providers()) {
    Receiver receiver(*provider, kCommonSuite);
    for (const std::size_t size : {receiver.suite.nenc() - 1, receiver.suite.nenc() + 1}) {
      Bytes enc(size);
      REQUIRE_ERRC(SenderContext::setup(receiver.suite, enc, *receiver.pk, {}),
                   Errc::invalid_argument);
      REQUIRE_ERRC(
          SenderContext::setup(receiver.suite, enc, *receiver.pk, {}, {{}, receiver.key.get()}),
          Errc::invalid_argument);
      Bytes out(32, 0xa5);
      REQUIRE_ERRC(send_export(receiver.suite, enc, out, *receiver.pk, {}, {}),
                   Errc::invalid_argument);
      REQUIRE(all_zeros(out));
    }
    for (const Suite id : suites_of(*provider)) {
      if (id.kem == kCommonSuite.kem) continue;
      const Receiver other(*provider, id);
      REQUIRE_ERRC(RecipientContext::setup(receiver.suite, receiver.enc, *other.key, {}),
                   Errc::invalid_argument);
      REQUIRE_ERRC(SenderContext::setup(receiver.suite, receiver.enc, *other.pk, {}),
                   Errc::invalid_key);
      REQUIRE_ERRC(receiver.send({}, {{}, other.key.get()}), Errc::invalid_argument);
      break;
    }
  }
}

TEST_CASE("authenticated modes need a two-stage KDF") {
  for (const Provider* provider : twoway::built::providers()) {
    for (const Suite id : suites_of(*provider)) {
      if (find_kdf(id.kdf)->stages == KdfStages::two) continue;
      Receiver receiver(*provider, id);
      REQUIRE_ERRC(receiver.send({}, {{}, receiver.key.get()}), Errc::not_supported);
      REQUIRE_OK(receiver.send());
      REQUIRE_ERRC(receiver.receive({}, {{}, receiver.pk.get()}), Errc::not_supported);
    }
  }
}

TEST_CASE("messages, even empty ones, are sealed and opened in place") {
  for (const Provider* provider : twoway::built::providers()) {
    Receiver receiver(*provider, kCommonSuite);
    auto sender = receiver.send();
    REQUIRE_OK(sender);
    auto recipient = receiver.receive();
    REQUIRE_OK(recipient);
    for (const std::size_t size : {0U, 1U, 16U, 1000U}) {
      INFO(size << " bytes");
      const Bytes text(size, 0x42);
      REQUIRE(sender->sealed_size(size) == size + 16);
      Bytes buffer = text;
      buffer.resize(sender->sealed_size(size));
      auto sealed = sender->seal(buffer, {}, ByteView(buffer).first(size));
      REQUIRE_OK(sealed);
      REQUIRE(*sealed == size + 16);
      if (size != 0) REQUIRE_FALSE(std::equal(text.begin(), text.end(), buffer.begin()));
      REQUIRE(recipient->opened_size(buffer.size()) == size);
      auto opened = recipient->open(buffer, {}, buffer);
      REQUIRE_OK(opened);
      REQUIRE(*opened == size);
      REQUIRE(std::equal(text.begin(), text.end(), buffer.begin()));
    }
    for (const std::size_t size : {0U, 1U, 15U}) {
      REQUIRE(recipient->opened_size(size) == 0);
      auto opened = recipient->open({}, {}, Bytes(size));
      REQUIRE_FALSE(opened.ok());
      require_open_failed(opened.error());
    }
  }
}

TEST_CASE("an output that is too small is refused before anything is written or counted") {
  for (const Provider* provider : twoway::built::providers()) {
    Receiver receiver(*provider, kCommonSuite);
    auto sender = receiver.send();
    REQUIRE_OK(sender);
    auto recipient = receiver.receive();
    REQUIRE_OK(recipient);
    for (const std::size_t size : {std::size_t{0}, std::size_t{15}, kText.size() + 15}) {
      Bytes out(size, 0xa5);
      REQUIRE_ERRC(sender->seal(out, {}, as_bytes(kText)), Errc::buffer_too_small);
      REQUIRE(out == Bytes(size, 0xa5));
    }
    const Bytes ct = seal_text(*sender);
    Bytes out(kText.size() - 1, 0xa5);
    REQUIRE_ERRC(recipient->open(out, {}, ct), Errc::buffer_too_small);
    REQUIRE(out == Bytes(out.size(), 0xa5));
    REQUIRE_OK(open_text(*recipient, ct));
  }
}

TEST_CASE("a recipient goes on with a shared secret that was computed elsewhere") {
  const Bytes psk(32, 7);
  const Psk pair{psk, as_bytes("id")};
  for (const Provider* provider : twoway::built::providers()) {
    Receiver receiver(*provider, kCommonSuite);
    const Kem& kem = receiver.suite.kem();
    auto sender = receiver.send(as_bytes("info"), {pair});
    REQUIRE_OK(sender);
    const Bytes ct = seal_text(*sender);

    // A remote key would compute DH(skR, pkE) and no more.
    const Encapsulation enc = encapsulation(kem, receiver.enc);
    DhSecret dh;
    REQUIRE_OK(receiver.key->auth_dh(dh, *enc.peer()));

    const ByteView pk = receiver.key->public_key();
    SharedSecret secret;
    REQUIRE_OK(kem.shared_secret_from_dh(secret, dh, enc, pk));
    SharedSecret expected;
    REQUIRE_OK(kem.decap(expected, receiver.enc, *receiver.key));
    REQUIRE(copy(secret.view()) == copy(expected.view()));
    auto recipient =
        RecipientContext::from_shared_secret(receiver.suite, secret, as_bytes("info"), pair);
    REQUIRE_OK(recipient);
    REQUIRE_OK(open_text(*recipient, ct));
    auto other_mode =
        RecipientContext::from_shared_secret(receiver.suite, secret, as_bytes("info"));
    REQUIRE_OK(other_mode);
    require_open_failed(open_text(*other_mode, ct).error());

    for (const std::size_t size : {0U, 31U, 33U, 64U}) {
      REQUIRE_ERRC(RecipientContext::from_shared_secret(
                       receiver.suite, secret_of<SharedSecret>(Bytes(size, 1)), {}),
                   Errc::invalid_argument);
    }
    const Bytes longer(33, 1), zeros(32);
    for (const ByteView bad :
         {ByteView(), dh.view().first(31), ByteView(longer), ByteView(zeros)}) {
      REQUIRE_ERRC(kem.shared_secret_from_dh(secret, secret_of<DhSecret>(bad), enc, pk),
                   Errc::key_unavailable);
      REQUIRE(secret.empty());
    }
    require_open_failed(kem.import_enc(longer).error());
    REQUIRE_ERRC(kem.shared_secret_from_dh(secret, dh, enc, pk.first(31)), Errc::invalid_key);
    REQUIRE(secret.empty());
  }
}
