// A program outside of the project: one request and its response over an installed provider.
// Compiled with, for example, -DPROVIDER=openssl -DPROVIDER_HEADER="<twoway/openssl.hpp>".
#include <cstdio>
#include <utility>

#include <twoway/twoway.hpp>

#include PROVIDER_HEADER

namespace {

int failed(const char* step, const twoway::Error& error) {
  std::fprintf(stderr, "%s: %s\n", step, error.message);
  return 1;
}

}  // namespace

int main() {
  const twoway::Provider& crypto = twoway::PROVIDER::provider();

  auto kem = twoway::Kem::find(crypto, twoway::KemId::dhkem_x25519);
  if (!kem) return failed("kem", kem.error());
  auto key = kem->generate_key_pair();
  if (!key) return failed("key", key.error());
  twoway::KeyRing ring{crypto};
  auto added = ring.add(1, std::move(*key),
                        {{twoway::KdfId::hkdf_sha256, twoway::AeadId::chacha20_poly1305}});
  if (!added) return failed("ring", added.error());
  auto configs = ring.key_configs();
  if (!configs) return failed("configurations", configs.error());

  auto sender = twoway::RequestSender::create(crypto, *configs);
  if (!sender) return failed("sender", sender.error());
  auto request = sender->seal(twoway::as_bytes("question"), {.whole = "secret-req"});
  if (!request) return failed("request", request.error());

  auto opened = twoway::RequestReceiver{ring}.open(request->message, {.whole = "secret-req"});
  if (!opened) return failed("receiver", opened.error());
  auto reply = opened->response_sealer.seal(opened->plaintext, {.whole = "secret-resp"});
  if (!reply) return failed("response", reply.error());

  auto answer = request->response_opener.open(*reply, {.whole = "secret-resp"});
  if (!answer) return failed("answer", answer.error());
  std::printf("%s: %.*s\n", crypto.name(), static_cast<int>(answer->size()),
              reinterpret_cast<const char*>(answer->data()));
}
