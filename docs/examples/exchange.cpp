// One exchange in one process: the example of README.md, whose lines are between the marks.
#include <iostream>
#include <string>

// example {
#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

using namespace twoway;

std::string ask(std::string_view question) {
  const Provider& crypto = openssl::provider();

  // Receiver: a private key (in software here), the suites it accepts, and what it publishes.
  KeyRing ring{crypto};
  auto key = Kem::find(crypto, KemId::dhkem_p256)->generate_key_pair();
  if (!ring.add(1, std::move(*key), {{KdfId::hkdf_sha256, AeadId::aes128_gcm}})) return {};
  auto key_configs = ring.key_configs();  // media type application/ohttp-keys

  // Sender: seal a request to the first usable key of the list.
  auto sender = RequestSender::create(crypto, *key_configs);
  auto request = sender->seal(as_bytes(question), {.whole = "secret-req"});

  // Receiver: open the request, and seal the response that only its sender can open.
  auto opened = RequestReceiver{ring}.open(request->message, {.whole = "secret-req"});
  auto reply = opened->response_sealer.seal(as_bytes("fine, thank you"), {.whole = "secret-resp"});

  // Sender: open the response.
  auto answer = request->response_opener.open(*reply, {.whole = "secret-resp"});
  return {answer->begin(), answer->end()};
}
// } example

int main() {
  const std::string answer = ask("how are you?");
  std::cout << answer << '\n';
  return answer == "fine, thank you" ? 0 : 1;
}
