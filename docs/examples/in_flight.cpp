// A hundred requests in flight on one event loop, with a key in a device that takes 20 ms: an
// example of docs/guide.md.
#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

#include "queue.hpp"

using namespace twoway;

// example {
/// A P-256 key in a device that gives its result later, in a thread of its own.
class DeviceKey final : public DhPrivateKey {
 public:
  explicit DeviceKey(ByteView public_key) : public_key_(public_key.begin(), public_key.end()) {}

  KemId kem_id() const noexcept override { return KemId::dhkem_p256; }
  ByteView public_key() const noexcept override { return public_key_; }
  Status dh(core::DhSecret&, const PublicKey&) const noexcept override {
    return Error{Errc::key_unavailable, "this key works later: use begin and complete_dh"};
  }

 private:
  Bytes public_key_;
};

/// Asks the device for the shared x coordinate, 32 bytes. `answered` gets no bytes if that failed.
using AskDevice = std::function<void(ByteView point, std::function<void(ByteView x)> answered)>;

/// Opens whole requests in the event loop's thread and never waits, so any number of requests may
/// be in flight.
class AsyncReceiver {
 public:
  using Post = std::function<void(std::function<void()> work)>;
  using Opened = std::function<void(Result<OpenedRequest>)>;

  AsyncReceiver(const KeyRing& ring, AskDevice ask, Post post)
      : receiver_(ring), ask_(std::move(ask)), post_(std::move(post)) {}

  void open(ByteView message, Opened opened) const {
    const Result<PendingRequest> pending = receiver_.begin(Form::whole, message);
    if (!pending) return opened(pending.error());  // open_failed: the device is not asked
    const ByteView ciphertext = message.subspan(pending->prefix_size());
    // In the device's thread: takes the result, and leaves the rest to the loop.
    const auto answered = [this, request = *pending,
                           copy = Bytes(ciphertext.begin(), ciphertext.end()),
                           opened = std::move(opened)](ByteView x) {
      auto secret = std::make_shared<core::DhSecret>();
      secret->try_assign(x);  // complete_dh refuses any length but 32 bytes
      post_([request, copy, opened, secret] { opened(finish(request, copy, *secret)); });
    };
    ask_(pending->peer()->bytes(), answered);
  }

 private:
  static Result<OpenedRequest> finish(const PendingRequest& request, ByteView ciphertext,
                                      const core::DhSecret& secret) {
    auto opener = request.complete_dh(secret);
    if (!opener) return opener.error();
    Bytes plaintext(opener->opened_size(ciphertext.size()));
    if (auto size = opener->open(plaintext, ciphertext); !size) return size.error();
    auto sealer = opener->response_sealer();
    if (!sealer) return sealer.error();
    return OpenedRequest{std::move(plaintext), std::move(*sealer)};
  }

  RequestReceiver receiver_;
  AskDevice ask_;
  Post post_;
};

/// The ring starts while the device is out of reach. The key is published once it has opened a
/// request.
Status add_device_key(KeyRing& ring, std::uint8_t key_id, ByteView public_key) {
  return ring.add(key_id, std::make_shared<DeviceKey>(public_key),
                  {{KdfId::hkdf_sha256, AeadId::aes128_gcm}}, KeyState::pending,
                  KeyCheck::deferred);
}
// } example

namespace {

/// Stands for the device, and gives each result 20 ms after its question.
class Device {
 public:
  Device() : key_(std::move(*kem().generate_key_pair())), thread_([this] { work(); }) {}
  ~Device() {
    questions_.stop();
    thread_.join();
  }

  ByteView public_key() const { return key_->public_key(); }

  void ask(ByteView point, std::function<void(ByteView)> answered) {
    const auto due = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
    questions_.post([this, due, peer = Bytes(point.begin(), point.end()), answered] {
      std::this_thread::sleep_until(due);
      core::DhSecret secret;
      if (!key_->auth_dh(secret, **kem().import_public(peer))) return answered({});
      answered(secret.view());
    });
  }

 private:
  static Kem kem() { return *Kem::find(openssl::provider(), KemId::dhkem_p256); }
  void work() {
    questions_.run([] { return false; });
  }

  example::Queue questions_;
  std::unique_ptr<PrivateKey> key_;
  std::thread thread_;
};

}  // namespace

int main() {
  constexpr std::size_t kRequests = 100;
  const Provider& crypto = openssl::provider();
  example::Queue loop;
  Device device;
  KeyRing ring{crypto};
  if (!add_device_key(ring, 1, device.public_key())) return 1;
  const auto sender = RequestSender::create(
      crypto, 1, {KemId::dhkem_p256, KdfId::hkdf_sha256, AeadId::aes128_gcm}, device.public_key());
  const AsyncReceiver receiver(
      ring,
      [&device](ByteView point, std::function<void(ByteView)> answered) {
        device.ask(point, std::move(answered));
      },
      [&loop](std::function<void()> work) { loop.post(std::move(work)); });

  std::size_t good = 0, bad = 0;
  for (std::size_t i = 0; i < kRequests; ++i) {
    const std::string question = "question " + std::to_string(i);
    loop.post([&, question, message = sender->seal(as_bytes(question))->message] {
      receiver.open(message, [&, question](const Result<OpenedRequest>& opened) {
        const ByteView wanted = as_bytes(question);
        const bool right = opened && std::equal(opened->plaintext.begin(), opened->plaintext.end(),
                                                wanted.begin(), wanted.end());
        ++(right ? good : bad);
      });
    });
  }
  loop.run([&] { return good + bad == kRequests; });
  if (good != kRequests || !ring.entries().front()->checked() || !ring.activate(1)) return 1;

  // An `enc` that is not on the curve ends before the device.
  Bytes forged = sender->seal(as_bytes("question"))->message;
  forged[20] ^= 1;
  Errc code{};
  receiver.open(forged, [&](const Result<OpenedRequest>& opened) { code = opened.error().code; });
  return code == Errc::open_failed ? 0 : 1;
}
