// The complete example of RFC 9458, and exchanges of the Go package, byte for byte.
#include "vectors.hpp"

#include <algorithm>

#include <twoway/twoway.hpp>

#include "support.hpp"
#include "wrapping.hpp"

using namespace twoway;
using test::Vector;

namespace {

std::string text(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

std::shared_ptr<const PrivateKey> import_key(const Provider& provider, KemId id, ByteView sk) {
  auto kem = Kem::find(provider, id);
  REQUIRE_OK(kem);
  auto key = kem->import_private(sk);
  REQUIRE_OK(key);
  return std::move(*key);
}

Suite suite_of(const Vector& v) {
  return {KemId{static_cast<std::uint16_t>(v.number("kem_id"))},
          KdfId{static_cast<std::uint16_t>(v.number("kdf_id"))},
          AeadId{static_cast<std::uint16_t>(v.number("aead_id"))}};
}

/// A plaintext as it stands, or made by its rule.
Bytes plaintext(const Vector& v, const std::string& name) {
  if (v.has(name)) return v.bytes(name);
  const Vector rule = v.object(name + "_rule");
  Bytes bytes(rule.number("length"));
  std::uint64_t value = rule.number("increment");
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(value);
    value += rule.number("multiplier");
  }
  return bytes;
}

/// Compares a ciphertext with the vector's, or with its length and HMAC.
void check_ciphertext(const Provider& provider, const Vector& v, const std::string& name,
                      const Bytes& actual) {
  if (v.has(name)) {
    REQUIRE(test::hex(actual) == test::hex(v.bytes(name)));
    return;
  }
  REQUIRE(actual.size() == v.number(name + "_length"));
  const core::Kdf* kdf = provider.kdf(KdfId::hkdf_sha256);
  REQUIRE(kdf != nullptr);
  core::Prk hmac;
  const std::array<ByteView, 1> parts{actual};
  REQUIRE_OK(kdf->extract(hmac, {}, parts));
  REQUIRE(test::hex(hmac.view()) == test::hex(v.bytes(name + "_hmac")));
}

void run_rfc9458(const Provider& provider, const Vector& v) {
  v.text("name");
  const Bytes sk = v.bytes("skR");
  const std::string request_label = v.text("request_label");
  const std::string response_label = v.text("response_label");
  REQUIRE(request_label == kRequestMediaType);
  REQUIRE(response_label == kResponseMediaType);

  // The key configuration is what a ring with that key publishes, behind its length.
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
  auto request = sender->seal(question, request_label);
  REQUIRE_OK(request);
  REQUIRE(test::hex(request->message) == test::hex(v.bytes("encapsulated_request")));

  test::FixedRng nonce(v.bytes("response_nonce"));
  auto opened = RequestReceiver{ring, {&nonce}}.open(request->message, request_label);
  REQUIRE_OK(opened);
  REQUIRE(opened->plaintext == question);
  const Bytes answer = v.bytes("response");
  auto response = opened->response_sealer.seal(answer, response_label);
  REQUIRE_OK(response);
  REQUIRE(test::hex(*response) == test::hex(v.bytes("encapsulated_response")));
  auto answer_again = request->response_opener.open(*response, response_label);
  REQUIRE_OK(answer_again);
  REQUIRE(*answer_again == answer);
}

void run_go(const Provider& provider, const Vector& v) {
  const Suite suite = suite_of(v);
  const auto key_id = static_cast<std::uint8_t>(v.number("key_id"));
  const std::string request_type = text(v.bytes("request_media_type"));
  const std::string response_type = text(v.bytes("response_media_type"));
  const Bytes pk = v.bytes("pkR");
  auto kem = Kem::find(provider, suite.kem);
  REQUIRE_OK(kem);

  // One key from its input and from its bytes; the ephemeral one likewise.
  auto derived = kem->derive_key_pair(v.bytes("ikmR"));
  REQUIRE_OK(derived);
  REQUIRE(test::copy((*derived)->public_key()) == pk);
  const auto key = import_key(provider, suite.kem, v.bytes("skR"));
  REQUIRE(test::copy(key->public_key()) == pk);
  const Bytes enc = v.bytes("enc");
  REQUIRE(test::copy(import_key(provider, suite.kem, v.bytes("skE"))->public_key()) == enc);

  KeyRing ring{provider};
  REQUIRE_OK(ring.add(key_id, key, {{suite.kdf, suite.aead}}));
  test::FixedRng ikm(v.bytes("ikmE"));
  auto sender = RequestSender::create(provider, key_id, suite, pk, {&ikm});
  REQUIRE_OK(sender);
  const Bytes question = plaintext(v, "request");
  auto request = sender->seal(question, request_type);
  REQUIRE_OK(request);
  REQUIRE(ikm.left() == 0);
  check_ciphertext(provider, v, "request_ciphertext", request->message);
  REQUIRE(std::equal(enc.begin(), enc.end(), request->message.begin() + framing::kHeaderSize));

  test::FixedRng nonce(v.bytes("response_nonce"));
  auto opened = RequestReceiver{ring, {&nonce}}.open(request->message, request_type);
  REQUIRE_OK(opened);
  REQUIRE(opened->plaintext == question);
  const Bytes answer = plaintext(v, "response");
  auto response = opened->response_sealer.seal(answer, response_type);
  REQUIRE_OK(response);
  REQUIRE(nonce.left() == 0);
  check_ciphertext(provider, v, "response_ciphertext", *response);
  auto answer_again = request->response_opener.open(*response, response_type);
  REQUIRE_OK(answer_again);
  REQUIRE(*answer_again == answer);
}

}  // namespace

TEST_CASE("the example of RFC 9458, byte for byte") {
  for (const Provider* provider : built::providers()) {
    // The example's suite; a provider without it runs the other tests.
    if (!test::offers(*provider, {KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::aes128_gcm})) {
      continue;
    }
    INFO(provider->name());
    test::for_each_vector("rfc9458.json", [&](const Vector& v) { run_rfc9458(*provider, v); });
  }
}

TEST_CASE("whole exchanges of the Go package, byte for byte") {
  std::size_t ran = 0;
  for (const Provider* provider : built::providers()) {
    test::for_each_vector("twoway-go.json", [&](const Vector& v) {
      INFO(provider->name() << ' ' << v.text("name"));
      if (!test::offers(*provider, suite_of(v))) return v.skip();
      run_go(*provider, v);
      ++ran;
    });
  }
  WARN("exchanges of the Go package: " << ran);
  REQUIRE(ran > 0);
}
