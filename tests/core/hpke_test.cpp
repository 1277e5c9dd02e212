#include <twoway/core/hpke.hpp>

#include "support.hpp"

using namespace twoway::core;
using twoway::test::copy;

TEST_CASE("a context carries messages and exports the same secret on both sides") {
  for (const Provider* provider : twoway::built::providers()) {
    for (const KemParams& kem_row : kem_table()) {
      for (const AeadParams& aead_row : aead_table()) {
        const Suite id{kem_row.id, KdfId::hkdf_sha256, aead_row.id};
        Result<CipherSuite> suite = CipherSuite::find(*provider, id);
        if (!suite) continue;
        INFO(provider->name() << ' ' << kem_row.name << ' ' << aead_row.name);
        auto key = suite->kem().generate_key_pair();
        REQUIRE_OK(key);
        auto pk = suite->kem().import_public((*key)->public_key());
        REQUIRE_OK(pk);
        Bytes enc(suite->nenc());
        auto sender = SenderContext::setup(*suite, enc, **pk, as_bytes("info"));
        REQUIRE_OK(sender);
        auto recipient = RecipientContext::setup(*suite, enc, **key, as_bytes("info"));
        REQUIRE_OK(recipient);
        Bytes a(32), b(32);
        REQUIRE_OK(sender->exporter().export_secret(a, as_bytes("x")));
        REQUIRE_OK(recipient->exporter().export_secret(b, as_bytes("x")));
        REQUIRE(a == b);
        Bytes ct(sender->sealed_size(5));
        auto sealed = sender->seal(ct, as_bytes("aad"), as_bytes("hello"));
        if (aead_row.id == AeadId::export_only) {
          REQUIRE_ERRC(sealed, Errc::not_supported);
          continue;
        }
        REQUIRE_OK(sealed);
        Bytes pt(5);
        REQUIRE_OK(recipient->open(pt, as_bytes("aad"), ct));
        REQUIRE(pt == copy(as_bytes("hello")));
      }
    }
  }
}
