#include <twoway/core/hpke.hpp>

#include "receiver.hpp"
#include "support.hpp"

using namespace twoway::core;
using namespace twoway::test;

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
