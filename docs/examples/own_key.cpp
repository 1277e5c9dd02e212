// A private key that lives elsewhere: an example of docs/guide.md.
#include <algorithm>
#include <string>

#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

using namespace twoway;

// example {
/// A P-256 key in a service that offers ECDH, and that may be out of reach.
class ServiceKey final : public DhPrivateKey {
 public:
  using Ecdh = Status (*)(ByteSpan x, ByteView peer);  // 32 bytes, and 65 of a point
  ServiceKey(Bytes public_key, Ecdh ecdh) : public_key_(std::move(public_key)), ecdh_(ecdh) {}

  KemId kem_id() const noexcept override { return KemId::dhkem_p256; }
  ByteView public_key() const noexcept override { return public_key_; }
  Status dh(core::DhSecret& secret, const PublicKey& peer) const noexcept override {
    // The peer is on the curve: that is checked. A failure reaches callers as key_unavailable.
    return ecdh_(secret.reset(32), peer.bytes());
  }

 private:
  Bytes public_key_;
  Ecdh ecdh_;
};
// } example

namespace {

/// Stands for the service: keeps a software key.
const PrivateKey& key_of_service() {
  static const std::unique_ptr<PrivateKey> key =
      std::move(*Kem::find(openssl::provider(), KemId::dhkem_p256)->generate_key_pair());
  return *key;
}

Status ecdh_of_service(ByteSpan x, ByteView peer) {
  auto pk = Kem::find(openssl::provider(), KemId::dhkem_p256)->import_public(peer);
  core::DhSecret secret;
  if (Status s = key_of_service().auth_dh(secret, **pk); !s) return s.error();
  std::ranges::copy(secret.view(), x.begin());
  return {};
}

}  // namespace

int main() {
  const Provider& crypto = openssl::provider();
  const ByteView pk = key_of_service().public_key();
  KeyRing ring{crypto};
  auto key = std::make_shared<ServiceKey>(Bytes(pk.begin(), pk.end()), ecdh_of_service);
  if (!ring.add(1, key, {{KdfId::hkdf_sha256, AeadId::aes128_gcm}})) return 1;
  auto request = RequestSender::create(crypto, *ring.key_configs())->seal(as_bytes("question"));
  auto opened = RequestReceiver{ring}.open(request->message);
  return opened && std::ranges::equal(opened->plaintext, as_bytes("question")) ? 0 : 1;
}
