// The two completions for keys whose operation the application runs: an example of docs/guide.md.
#include <algorithm>
#include <string>

#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

using namespace twoway;

// example {
/// For a service that offers Diffie-Hellman: ECDH's x coordinate, or X25519's output.
Result<RequestOpener> open_by_dh(const PendingRequest& pending, Bytes (*dh_of)(ByteView peer)) {
  core::DhSecret secret;
  secret.try_assign(dh_of(pending.peer()->bytes()));  // the peer is valid: begin has checked it
  return pending.complete_dh(secret);
}

/// For a service that offers HPKE's whole Decap, such as a KMS with KEM keys.
Result<RequestOpener> open_by_kem(const PendingRequest& pending, Bytes (*decap_of)(ByteView enc)) {
  SharedSecret secret;
  secret.try_assign(decap_of(pending.enc()));
  return pending.complete(secret);
}
// } example

namespace {

const Kem& kem() {
  static const Kem found = *Kem::find(openssl::provider(), KemId::dhkem_x25519);
  return found;
}

const std::shared_ptr<const PrivateKey>& key() {
  static const std::shared_ptr<const PrivateKey> made = std::move(*kem().generate_key_pair());
  return made;
}

Bytes dh_of(ByteView peer) {
  core::DhSecret secret;
  if (!key()->auth_dh(secret, **kem().import_public(peer))) return {};
  return {secret.view().begin(), secret.view().end()};
}

Bytes decap_of(ByteView enc) {
  SharedSecret secret;
  if (!kem().decap(secret, enc, *key())) return {};
  return {secret.view().begin(), secret.view().end()};
}

bool opens(const PendingRequest& pending, Result<RequestOpener> opener, ByteView message) {
  if (!opener) return false;
  Bytes plaintext(message.size());
  const auto size = opener->open(plaintext, message.subspan(pending.prefix_size()));
  return size && std::string(plaintext.begin(), plaintext.begin() + 8) == "question" && *size == 8;
}

}  // namespace

int main() {
  KeyRing ring{openssl::provider()};
  if (!ring.add(1, key(), {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}})) return 1;
  auto sender = RequestSender::create(openssl::provider(), *ring.key_configs());
  const RequestReceiver receiver(ring);
  const Bytes first = sender->seal(as_bytes("question"))->message;
  const auto pending = receiver.begin(Form::whole, first);
  return opens(*pending, open_by_dh(*pending, dh_of), first) &&
                 opens(*pending, open_by_kem(*pending, decap_of), first)
             ? 0
             : 1;
}
