// A ring's keys that change while requests are opened.
#include <atomic>
#include <thread>

#include "fake_clock.hpp"
#include "ring_keys.hpp"

using namespace twoway;
using namespace twoway::test;
using namespace std::chrono_literals;

TEST_CASE("a request in flight keeps the key that it began with") {
  FakeClock clock;
  KeyRing ring{any_provider(), &clock};
  const RequestReceiver receiver{ring};
  const auto lose = GENERATE(0, 1);
  auto key = new_key();
  const std::weak_ptr<const PrivateKey> alive = key;
  REQUIRE_OK(ring.add(1, key, {kChaCha}));
  const RequestSender sender = sender_to(1, *key);
  key.reset();
  const SealedRequest request = seal(sender);
  {
    auto pending = receiver.begin(Form::whole, request.message);
    REQUIRE_OK(pending);
    const SealedRequest other = seal(sender, "another");
    auto ahead = receiver.begin(Form::whole, other.message);
    REQUIRE_OK(ahead);
    auto opener = ahead->decapsulate();
    REQUIRE_OK(opener);
    if (lose == 0) {
      REQUIRE_OK(ring.remove(1));
    } else {
      REQUIRE_OK(ring.retire(1, clock.now()));
    }
    REQUIRE_OK(ring.add(1, new_key(), {kChaCha}));
    REQUIRE_ERRC(receiver.open(request.message), Errc::open_failed);

    for (auto* opening : {&*ahead, &*pending}) {
      const SealedRequest& sent = opening == &*pending ? request : other;
      if (opening == &*pending) opener = pending->decapsulate();
      REQUIRE_OK(opener);
      const ByteView sealed = ByteView(sent.message).subspan(opening->prefix_size());
      Bytes out(opener->opened_size(sealed.size()));
      REQUIRE_OK(opener->open(out, sealed));
      auto sealer = opener->response_sealer();
      REQUIRE_OK(sealer);
      auto reply = sealer->seal(out);
      REQUIRE_OK(reply);
      auto answer = sent.response_opener.open(*reply);
      REQUIRE_OK(answer);
      REQUIRE(*answer == out);
    }
    REQUIRE(!alive.expired());
  }
  REQUIRE(alive.expired());
}

TEST_CASE("threads share a sender, a ring and a receiver while keys are rotated") {
  constexpr std::uint8_t kFlickering = 200;
  FakeClock clock;
  KeyRing ring{any_provider(), &clock};
  const auto flickering = new_key();
  const auto first = new_key();
  REQUIRE_OK(ring.add(0, first, {kChaCha}));
  const RequestSender to_first = sender_to(0, *first);
  REQUIRE_OK(ring.add(kFlickering, flickering, {kChaCha}, KeyState::pending));
  const RequestReceiver receiver{ring};
  const Bytes to_flickering = message_to(kFlickering, *flickering);

  std::vector<std::shared_ptr<const PrivateKey>> keys;
  for (int i = 0; i < 16; ++i) keys.push_back(new_key());
  std::atomic<int> exchanged{0};
  std::atomic<int> consistent{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const Bytes text(static_cast<std::size_t>(t * 100 + i), static_cast<std::uint8_t>(t));
        auto configs = ring.key_configs();
        if (!configs) return;
        auto sender = RequestSender::create(any_provider(), *configs);
        if (!sender) return;
        auto request = (i % 2 == 0 ? to_first : *sender).seal(text);
        if (!request) return;
        auto opened = receiver.open(request->message);
        if (!opened || opened->plaintext != text) return;
        auto reply = opened->response_sealer.seal(text);
        if (!reply) return;
        auto answer = request->response_opener.open(*reply);
        if (answer && *answer == text) ++exchanged;

        // A key comes and goes, so a request either opens or is refused with unknown_key.
        auto other = receiver.open(to_flickering);
        if (other ? other->plaintext == copy(as_bytes("question"))
                  : other.error().code == Errc::unknown_key) {
          ++consistent;
        }
      }
    });
  }
  for (std::uint8_t id = 1; id <= 16; ++id) {
    REQUIRE_OK(ring.add(id, keys[id - 1U], {kChaCha}, KeyState::pending));
    REQUIRE_OK(ring.activate(id));
    const auto old = static_cast<std::uint8_t>(id - 1);
    REQUIRE_OK(ring.retire(old, clock.now() + 24h));
    REQUIRE_OK(ring.remove(kFlickering));
    clock.advance(1h);
    REQUIRE_OK(ring.add(kFlickering, flickering, {kChaCha}, KeyState::pending));
    REQUIRE(ring.entries().size() == id + 2U);
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(exchanged == 100);
  REQUIRE(consistent == 100);
  clock.advance(23h);
  REQUIRE(ring.remove_expired() == 16);
  REQUIRE(states(ring) == "16 active, 200 pending");
}
