#include <twoway/core/hpke.hpp>

#include "receiver.hpp"
#include "support.hpp"

using namespace twoway::core;
using namespace twoway::test;

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
