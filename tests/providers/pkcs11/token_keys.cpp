#include "token_keys.hpp"

namespace twoway::test {

Status CountingPin::read(core::SecretBuffer& pin) noexcept {
  ++asked_;
  pin.assign(pin_.begin(), pin_.end());
  return {};
}

pkcs11::TokenLocation location(const std::string& label) {
  return {.module_path = SoftToken::module_path(), .label = label};
}

std::string uri(const std::string& key_label) {
  return "pkcs11:token=gateway;object=" + key_label + "?module-path=" + SoftToken::module_path();
}

pkcs11::Options with_pin() {
  pkcs11::Options options;
  options.pin = std::make_shared<CountingPin>();
  return options;
}

const Provider* provider_for(KemId kem) {
  for (const Provider* provider : built::providers()) {
    if (Kem::find(*provider, kem)) return provider;
  }
  return nullptr;
}

Status exchange(const Provider& crypto, std::shared_ptr<const PrivateKey> key) {
  KeyRing ring{crypto};
  if (auto s = ring.add(1, std::move(key), {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}}); !s) {
    return s;
  }
  auto configs = ring.key_configs();
  if (!configs) return configs.error();
  auto sender = RequestSender::create(crypto, *configs);
  if (!sender) return sender.error();
  auto request = sender->seal(as_bytes("question"));
  if (!request) return request.error();
  auto opened = RequestReceiver{ring}.open(request->message);
  if (!opened) return opened.error();
  if (opened->plaintext != copy(as_bytes("question")))
    return Error{Errc::malformed, "not the question"};
  auto reply = opened->response_sealer.seal(as_bytes("answer"));
  if (!reply) return reply.error();
  auto answer = request->response_opener.open(*reply);
  if (!answer) return answer.error();
  if (*answer != copy(as_bytes("answer"))) return Error{Errc::malformed, "not the answer"};
  return {};
}

}  // namespace twoway::test
