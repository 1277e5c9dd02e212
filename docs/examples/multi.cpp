// One request to several receivers: an example of docs/guide.md.
#include <memory>
#include <string>
#include <vector>

#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

using namespace twoway;

// example {
/// The messages for the receivers, and the openers of their responses.
struct Sent {
  Bytes body;                         // the same for all
  std::vector<EncapsulatedKey> keys;  // one for each, in their order
};

Result<Sent> send_to_all(const Provider& crypto, const std::vector<RequestSender>& receivers,
                         ByteView plaintext) {
  auto sender = MultiRequestSender::create(crypto, receivers.front().suite().aead);
  if (!sender) return sender.error();
  auto sealer = sender->begin(Form::whole);
  if (!sealer) return sealer.error();
  auto body = sealer->seal(plaintext);
  if (!body) return body.error();
  Sent sent{std::move(*body), {}};
  for (const RequestSender& receiver : receivers) {
    auto key = sealer->encapsulate_key(receiver);
    if (!key) return key.error();
    sent.keys.push_back(std::move(*key));
  }
  return sent;
}

/// At one of the receivers.
Result<Bytes> answer(const KeyRing& ring, ByteView encapsulated_key, ByteView body) {
  auto opened = MultiRequestReceiver{ring}.open(encapsulated_key, body);
  if (!opened) return opened.error();
  return opened->response_sealer.seal(as_bytes("received"));
}
// } example

int main() {
  const Provider& crypto = openssl::provider();
  std::vector<std::unique_ptr<KeyRing>> rings;
  std::vector<RequestSender> receivers;
  for (std::size_t i = 0; i < 3; ++i) {
    auto key = Kem::find(crypto, KemId::dhkem_x25519)->generate_key_pair();
    rings.push_back(std::make_unique<KeyRing>(crypto));
    if (!rings[i]->add(1, std::move(*key), {{KdfId::hkdf_sha256, AeadId::aes128_gcm}})) return 1;
    receivers.push_back(*RequestSender::create(crypto, *rings[i]->key_configs()));
  }
  auto sent = send_to_all(crypto, receivers, as_bytes("to all of you"));
  if (!sent) return 1;
  for (std::size_t i = 0; i < 3; ++i) {
    auto reply = answer(*rings[i], sent->keys[i].message, sent->body);
    if (!reply || !sent->keys[i].response_opener.open(*reply)) return 1;
    if (answer(*rings[i], sent->keys[(i + 1) % 3].message, sent->body)) return 1;
  }
  return 0;
}
