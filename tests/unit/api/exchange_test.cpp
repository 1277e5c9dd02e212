#include <twoway/twoway.hpp>

#include "support.hpp"

using namespace twoway;
using test::copy;

TEST_CASE("a request and its response cross between sender and receiver") {
  for (const Provider* provider : built::providers()) {
    for (const core::KemParams& row : core::kem_table()) {
      Result<Kem> kem = Kem::find(*provider, row.id);
      if (!kem) continue;
      INFO(provider->name() << ' ' << row.name);
      KeyRing ring{*provider};
      auto key = kem->generate_key_pair();
      REQUIRE_OK(key);
      REQUIRE_OK(ring.add(7, std::move(*key), {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}}));
      auto configs = ring.key_configs();
      REQUIRE_OK(configs);

      auto sender = RequestSender::create(*provider, *configs);
      REQUIRE_OK(sender);
      auto request = sender->seal(as_bytes("question"), {.whole = "secret-req"});
      REQUIRE_OK(request);
      auto opened = RequestReceiver{ring}.open(request->message, {.whole = "secret-req"});
      REQUIRE_OK(opened);
      REQUIRE(opened->plaintext == copy(as_bytes("question")));
      auto reply = opened->response_sealer.seal(as_bytes("answer"), {.whole = "secret-resp"});
      REQUIRE_OK(reply);
      auto answer = request->response_opener.open(*reply, {.whole = "secret-resp"});
      REQUIRE_OK(answer);
      REQUIRE(*answer == copy(as_bytes("answer")));
    }
  }
}
