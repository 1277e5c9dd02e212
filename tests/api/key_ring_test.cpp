#include <atomic>
#include <thread>

#include <twoway/twoway.hpp>

#include "support.hpp"

using namespace twoway;
using test::copy;

namespace {

constexpr SymmetricAlgorithms kChaCha{KdfId::hkdf_sha256, AeadId::chacha20_poly1305};

const Provider& any_provider() { return *built::providers().front(); }

std::shared_ptr<const PrivateKey> new_key() {
  auto kem = Kem::find(any_provider(), KemId::dhkem_x25519);
  REQUIRE_OK(kem);
  auto key = kem->generate_key_pair();
  REQUIRE_OK(key);
  return std::move(*key);
}

/// A key that claims the public key of another.
class Impostor final : public DhPrivateKey {
 public:
  Impostor() : key_(new_key()), other_(new_key()) {}
  KemId kem_id() const noexcept override { return KemId::dhkem_x25519; }
  ByteView public_key() const noexcept override { return other_->public_key(); }
  Status dh(core::DhSecret& secret, const PublicKey& peer) const noexcept override {
    return static_cast<const DhPrivateKey&>(*key_).dh(secret, peer);
  }

 private:
  std::shared_ptr<const PrivateKey> key_;
  std::shared_ptr<const PrivateKey> other_;
};

/// A key whose token is gone.
class Unavailable final : public DhPrivateKey {
 public:
  explicit Unavailable(std::shared_ptr<const PrivateKey> key, bool& gone)
      : key_(std::move(key)), gone_(gone) {}
  KemId kem_id() const noexcept override { return key_->kem_id(); }
  ByteView public_key() const noexcept override { return key_->public_key(); }
  Status dh(core::DhSecret& secret, const PublicKey& peer) const noexcept override {
    if (gone_) return Error{Errc::provider_failure, "the token is gone", 0x32};
    return static_cast<const DhPrivateKey&>(*key_).dh(secret, peer);
  }

 private:
  std::shared_ptr<const PrivateKey> key_;
  const bool& gone_;
};

}  // namespace

TEST_CASE("a ring refuses what could not serve, and stays as it was") {
  KeyRing ring{any_provider()};
  REQUIRE_ERRC(ring.key_configs(), Errc::invalid_argument);
  REQUIRE_ERRC(ring.add(1, nullptr, {kChaCha}), Errc::invalid_argument);
  REQUIRE_ERRC(ring.add(1, new_key(), {}), Errc::invalid_argument);
  REQUIRE_ERRC(ring.add(1, new_key(), {{KdfId::shake128, AeadId::chacha20_poly1305}}),
               Errc::not_supported);
  REQUIRE_ERRC(ring.add(1, new_key(), {kChaCha, {KdfId::hkdf_sha256, AeadId::export_only}}),
               Errc::not_supported);
  REQUIRE_ERRC(ring.add(1, std::make_shared<Impostor>(), {kChaCha}), Errc::key_unavailable);
  REQUIRE_ERRC(ring.key_configs(), Errc::invalid_argument);

  REQUIRE_OK(ring.add(1, new_key(), {kChaCha}));
  auto before = ring.key_configs();
  REQUIRE_OK(before);
  REQUIRE_ERRC(ring.add(1, new_key(), {kChaCha}), Errc::invalid_argument);
  auto after = ring.key_configs();
  REQUIRE_OK(after);
  REQUIRE(*before == *after);
}

TEST_CASE("a key that fails is not a bad message, and may come back") {
  bool gone = false;
  KeyRing ring{any_provider()};
  REQUIRE_OK(ring.add(1, std::make_shared<Unavailable>(new_key(), gone), {kChaCha}));
  auto configs = ring.key_configs();
  REQUIRE_OK(configs);
  auto sender = RequestSender::create(any_provider(), *configs);
  REQUIRE_OK(sender);
  auto request = sender->seal(as_bytes("question"));
  REQUIRE_OK(request);

  auto pending = RequestReceiver{ring}.begin(request->message);
  REQUIRE_OK(pending);
  gone = true;
  auto opener = pending->decapsulate();
  REQUIRE_ERRC(opener, Errc::key_unavailable);
  REQUIRE(opener.error().native == 0x32);
  gone = false;
  REQUIRE_OK(pending->decapsulate());
}

TEST_CASE("openers and response sealers outlive the ring") {
  auto ring = std::make_unique<KeyRing>(any_provider());
  REQUIRE_OK(ring->add(1, new_key(), {kChaCha}));
  auto configs = ring->key_configs();
  REQUIRE_OK(configs);
  auto sender = RequestSender::create(any_provider(), *configs);
  REQUIRE_OK(sender);
  auto request = sender->seal(as_bytes("question"));
  REQUIRE_OK(request);
  auto pending = RequestReceiver{*ring}.begin(request->message);
  REQUIRE_OK(pending);
  ring.reset();

  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  const ByteView sealed = ByteView(request->message).subspan(pending->prefix_size());
  Bytes out(opener->opened_size(sealed.size()));
  REQUIRE_OK(opener->open(out, sealed));
  auto sealer = opener->response_sealer();
  REQUIRE_OK(sealer);
  auto reply = sealer->seal(as_bytes("answer"));
  REQUIRE_OK(reply);
  REQUIRE_OK(request->response_opener.open(*reply));
}

TEST_CASE("many threads share a sender, a ring and a receiver while keys are added") {
  KeyRing ring{any_provider()};
  REQUIRE_OK(ring.add(0, new_key(), {kChaCha}));
  auto configs = ring.key_configs();
  REQUIRE_OK(configs);
  auto sender = RequestSender::create(any_provider(), *configs);
  REQUIRE_OK(sender);
  const RequestReceiver receiver{ring};

  std::vector<std::shared_ptr<const PrivateKey>> keys;
  for (int i = 0; i < 16; ++i) keys.push_back(new_key());
  std::atomic<int> exchanged{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const Bytes text(static_cast<std::size_t>(t * 100 + i), static_cast<std::uint8_t>(t));
        auto request = sender->seal(text);
        if (!request) return;
        auto opened = receiver.open(request->message);
        if (!opened || opened->plaintext != text) return;
        auto reply = opened->response_sealer.seal(text);
        if (!reply) return;
        auto answer = request->response_opener.open(*reply);
        if (answer && *answer == text) ++exchanged;
      }
    });
  }
  for (std::uint8_t id = 1; id <= 16; ++id) REQUIRE_OK(ring.add(id, keys[id - 1U], {kChaCha}));
  for (std::thread& thread : threads) thread.join();
  REQUIRE(exchanged == 100);
}
