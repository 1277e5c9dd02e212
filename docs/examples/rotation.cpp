// A receiver that changes its keys while it works: an example of docs/guide.md.
#include <string>

#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

using namespace twoway;
using namespace std::chrono_literals;

// example {
/// Replaces the key `old_id` by `key`. The old key opens requests for another day.
Status rotate(KeyRing& ring, std::uint8_t old_id, std::uint8_t new_id,
              std::shared_ptr<const PrivateKey> key) {
  const std::vector<SymmetricAlgorithms> pairs{{KdfId::hkdf_sha256, AeadId::aes128_gcm}};
  // The ring tests the key and opens requests with it, but does not publish it yet. Add it to every
  // server behind this name before any of them publishes it.
  if (Status s = ring.add(new_id, std::move(key), pairs, KeyState::pending); !s) return s;
  if (Status s = ring.activate(new_id); !s) return s;
  return ring.retire(old_id, std::chrono::system_clock::now() + 24h);
}

/// A receiver that refuses requests which it accepted in the last ten minutes.
class Gateway {
 public:
  explicit Gateway(const KeyRing& ring)
      : filter_(
            MemoryReplayFilter::create(ring.provider(), {.max_entries = 65536, .window = 10min})),
        receiver_(ring, {.replay_filter = filter_->get()}) {}

  Result<OpenedRequest> open(ByteView message) const { return receiver_.open(message); }

 private:
  Result<std::unique_ptr<MemoryReplayFilter>> filter_;
  RequestReceiver receiver_;
};
// } example

int main() {
  const Provider& crypto = openssl::provider();
  const Kem kem = *Kem::find(crypto, KemId::dhkem_x25519);
  KeyRing ring{crypto};
  auto key = kem.generate_key_pair();
  if (!ring.add(1, std::move(*key), {{KdfId::hkdf_sha256, AeadId::aes128_gcm}})) return 1;
  auto old_sender = RequestSender::create(crypto, *ring.key_configs());
  auto next = kem.generate_key_pair();
  if (!rotate(ring, 1, 2, std::move(*next))) return 1;
  auto new_sender = RequestSender::create(crypto, *ring.key_configs());
  if (new_sender->key_id() != 2) return 1;

  const Gateway gateway(ring);
  for (const auto& sender : {old_sender, new_sender}) {
    auto request = sender->seal(as_bytes("question"));
    if (!gateway.open(request->message)) return 1;
    auto again = gateway.open(request->message);
    if (again || again.error().code != Errc::replayed) return 1;
  }
  return 0;
}
