// The complete example of RFC 9458, and exchanges of the Go package, byte for byte.
#include <algorithm>

#include "go_vectors.hpp"
#include "wrapping.hpp"

using namespace twoway;
using test::joined;
using test::suite_of;
using test::text;
using test::Vector;

namespace {

std::shared_ptr<const PrivateKey> import_key(const Provider& provider, KemId id, ByteView sk) {
  auto kem = Kem::find(provider, id);
  REQUIRE_OK(kem);
  auto key = kem->import_private(sk);
  REQUIRE_OK(key);
  return std::move(*key);
}

void run_rfc9458(const Provider& provider, const Vector& v) {
  v.text("name");
  const Bytes sk = v.bytes("skR");
  const std::string request_label = v.text("request_label");
  const std::string response_label = v.text("response_label");
  REQUIRE(request_label == kRequestMediaTypes.whole);
  REQUIRE(response_label == kResponseMediaTypes.whole);

  // A ring with that key publishes the key configuration, after its length.
  KeyRing ring{provider};
  REQUIRE_OK(ring.add(
      1, import_key(provider, KemId::dhkem_x25519, sk),
      {{KdfId::hkdf_sha256, AeadId::aes128_gcm}, {KdfId::hkdf_sha256, AeadId::chacha20_poly1305}}));
  const Bytes config = v.bytes("key_config");
  auto published = ring.key_configs();
  REQUIRE_OK(published);
  REQUIRE(test::hex(ByteView(*published).subspan(2)) == test::hex(config));

  const test::FixedEphemeralProvider fixed(provider, core::DhId::x25519, v.bytes("skE"));
  auto sender = RequestSender::create(fixed, *published);
  REQUIRE_OK(sender);
  const Bytes question = v.bytes("request");
  auto request = sender->seal(question, {.whole = request_label});
  REQUIRE_OK(request);
  REQUIRE(test::hex(request->message) == test::hex(v.bytes("encapsulated_request")));

  test::FixedRng nonce(v.bytes("response_nonce"));
  auto opened = RequestReceiver{ring, {&nonce}}.open(request->message, {.whole = request_label});
  REQUIRE_OK(opened);
  REQUIRE(opened->plaintext == question);
  const Bytes answer = v.bytes("response");
  auto response = opened->response_sealer.seal(answer, {.whole = response_label});
  REQUIRE_OK(response);
  REQUIRE(test::hex(*response) == test::hex(v.bytes("encapsulated_response")));
  auto answer_again = request->response_opener.open(*response, {.whole = response_label});
  REQUIRE_OK(answer_again);
  REQUIRE(*answer_again == answer);
}

void run_go(const Provider& provider, const Vector& v) {
  const Suite suite = suite_of(v);
  const auto key_id = static_cast<std::uint8_t>(v.number("key_id"));
  const std::string request_type = text(v.bytes("request_media_type"));
  auto kem = Kem::find(provider, suite.kem);
  REQUIRE_OK(kem);
  auto derived = kem->derive_key_pair(v.bytes("ikmR"));
  REQUIRE_OK(derived);
  const std::shared_ptr<const PrivateKey> key = std::move(*derived);
  const Bytes pk = test::copy(key->public_key());
  const Bytes enc = v.bytes("enc");
  if (v.has("pkR")) {
    // The receiver's key from its input and from its bytes, and the ephemeral key in the same ways.
    REQUIRE(pk == v.bytes("pkR"));
    REQUIRE(test::copy(import_key(provider, suite.kem, v.bytes("skR"))->public_key()) == pk);
    REQUIRE(test::copy(import_key(provider, suite.kem, v.bytes("skE"))->public_key()) == enc);
  }

  KeyRing ring{provider};
  REQUIRE_OK(ring.add(key_id, key, {{suite.kdf, suite.aead}}));
  test::FixedRng ikm(v.bytes("ikmE"));
  auto sender = RequestSender::create(provider, key_id, suite, pk, {&ikm});
  REQUIRE_OK(sender);
  const std::vector<Bytes> question = test::plaintext(v, "request");
  const Form form = test::form_of(v, "request_chunked");
  const MediaTypes types = test::only(form, request_type);
  auto sealer = sender->begin(form, types);
  REQUIRE_OK(sealer);
  REQUIRE(ikm.left() == 0);
  const ChunkLimits limits = test::limits_of(v);
  Bytes request;
  if (form == Form::chunked) {
    request = test::copy(sealer->prefix());
    test::seal_chunks(sealer->chunk_sealer(limits), question, request);
  } else {
    request.resize(sealer->sealed_size(joined(question).size()));
    REQUIRE_OK(sealer->seal(request, joined(question)));
  }
  test::check_ciphertext(provider, v, "request_ciphertext", request);
  REQUIRE(std::equal(enc.begin(), enc.end(), request.begin() + framing::kHeaderSize));

  test::FixedRng nonce(v.bytes("response_nonce"));
  auto pending = RequestReceiver{ring, {&nonce}}.begin(form, request, types);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  const ByteView sealed = ByteView(request).subspan(pending->prefix_size());
  if (form == Form::chunked) {
    REQUIRE(test::open_chunks(opener->chunk_opener(limits), sealed) == joined(question));
  } else {
    Bytes opened(opener->opened_size(sealed.size()));
    REQUIRE_OK(opener->open(opened, sealed));
    REQUIRE(opened == joined(question));
  }
  test::run_go_response(provider, v, v, opener->response_sealer(), nonce, sealer->response_opener(),
                        test::Way::push);
}

}  // namespace

TEST_CASE("the example of RFC 9458, byte for byte") {
  for (const Provider* provider : built::providers()) {
    // A provider without the example's suite runs the other tests.
    if (!test::offers(*provider, {KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::aes128_gcm})) {
      continue;
    }
    INFO(provider->name());
    test::for_each_vector("rfc9458.json", [&](const Vector& v) { run_rfc9458(*provider, v); });
  }
}

TEST_CASE("exchanges of the Go package, whole and chunked, byte for byte") {
  for (const Provider* provider : built::providers()) {
    std::size_t ran = 0;
    for (const char* file : {"twoway-go.json", "twoway-go-chunked.json"}) {
      test::for_each_vector(file, [&](const Vector& v) {
        INFO(provider->name() << ' ' << v.text("name"));
        if (!test::offers(*provider, suite_of(v))) return v.skip();
        run_go(*provider, v);
        ++ran;
      });
    }
    WARN(provider->name() << " ran " << ran << " exchanges of the Go package");
    REQUIRE(ran > 0);
  }
}
