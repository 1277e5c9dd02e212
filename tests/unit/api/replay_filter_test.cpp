// The replay filter in memory.
#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <random>
#include <thread>

#include <sys/resource.h>

#include "fake_clock.hpp"
#include "fork.hpp"
#include "memory_filter.hpp"
#include "sanitized.hpp"
#include "wrapping.hpp"

using namespace twoway;
using namespace twoway::test;
using namespace std::chrono_literals;

namespace {

using Tick = FakeClock::Duration;

/// Returns the result of a filter that does not fail.
bool absent(ReplayFilter& filter, std::uint8_t key_id, ByteView enc) {
  auto answer = filter.insert_if_absent(key_id, enc);
  REQUIRE_OK(answer);
  return *answer;
}

/// A provider that lacks HKDF-SHA256, or whose generator fails.
class Lacking final : public WrappingProvider {
 public:
  explicit Lacking(bool kdf) : WrappingProvider(any_provider()), has_kdf_(kdf) {}
  const core::Kdf* kdf(KdfId id) const noexcept override {
    return has_kdf_ || id != KdfId::hkdf_sha256 ? WrappingProvider::kdf(id) : nullptr;
  }
  Rng& rng() const noexcept override { return none_; }

 private:
  bool has_kdf_;
  mutable FixedRng none_{{}};
};

}  // namespace

TEST_CASE("a filter in memory needs a size, a window and a provider that can serve it") {
  REQUIRE_ERRC(MemoryReplayFilter::create(any_provider(), {.max_entries = 0, .window = 1h}),
               Errc::invalid_argument);
  REQUIRE_ERRC(
      MemoryReplayFilter::create(any_provider(), {.max_entries = (1ULL << 31) + 1, .window = 1h}),
      Errc::invalid_argument);
  for (const auto window : {0s, -1s}) {
    REQUIRE_ERRC(MemoryReplayFilter::create(any_provider(), {.max_entries = 1, .window = window}),
                 Errc::invalid_argument);
  }
  REQUIRE_ERRC(MemoryReplayFilter::create(Lacking(false), {.max_entries = 1, .window = 1h}),
               Errc::not_supported);
  REQUIRE_ERRC(MemoryReplayFilter::create(Lacking(true), {.max_entries = 1, .window = 1h}),
               Errc::provider_failure);
}

TEST_CASE("requests differ in their key id and in every byte of enc") {
  const auto filter = new_filter({.max_entries = 3000, .window = 1h});
  Bytes enc(core::kMaxEnc);
  REQUIRE(absent(*filter, 1, enc));
  REQUIRE(absent(*filter, 2, enc));
  for (std::uint8_t& byte : enc) {
    byte = 1;
    REQUIRE(absent(*filter, 1, enc));
    REQUIRE(!absent(*filter, 1, enc));
    byte = 0;
  }
  REQUIRE(!absent(*filter, 1, enc));
}

TEST_CASE("a request is remembered for the window, and a full filter forgets none before") {
  FakeClock clock;
  const auto filter = new_filter({.max_entries = 2, .window = 1h, .clock = &clock});
  const Bytes first{1}, second{2}, third{3};
  REQUIRE(absent(*filter, 0, first));
  clock.advance(30min);
  REQUIRE(absent(*filter, 0, second));
  clock.advance(30min - Tick(1));
  REQUIRE(!absent(*filter, 0, first));  // which does not renew it
  auto full = filter->insert_if_absent(0, third);
  REQUIRE_ERRC(full, Errc::filter_full);
  REQUIRE(!absent(*filter, 0, second));
  clock.advance(Tick(1));
  REQUIRE(absent(*filter, 0, third));
  REQUIRE(!absent(*filter, 0, second));
  REQUIRE_ERRC(filter->insert_if_absent(0, first), Errc::filter_full);
  clock.advance(30min);
  REQUIRE(absent(*filter, 0, first));
  clock.advance(24h);
  REQUIRE(absent(*filter, 0, second));
  REQUIRE(absent(*filter, 0, first));
}

TEST_CASE("a clock that is set back shortens no window, and stops none") {
  FakeClock clock;
  const auto filter = new_filter({.max_entries = 10, .window = 1h, .clock = &clock});
  REQUIRE(absent(*filter, 0, Bytes{1}));
  clock.advance(40min);
  REQUIRE(!absent(*filter, 0, Bytes{1}));
  clock.advance(-1000h);
  REQUIRE(!absent(*filter, 0, Bytes{1}));
  REQUIRE(absent(*filter, 0, Bytes{2}));
  clock.advance(20min - Tick(1));
  REQUIRE(!absent(*filter, 0, Bytes{1}));
  clock.advance(Tick(1));
  REQUIRE(absent(*filter, 0, Bytes{1}));
  REQUIRE(!absent(*filter, 0, Bytes{2}));
}

TEST_CASE("a filter gives the results of a simple list of requests") {
  for (const std::size_t max_entries : {1U, 2U, 37U, 64U}) {
    FakeClock clock;
    const auto filter = new_filter({.max_entries = max_entries, .window = 100s, .clock = &clock});
    std::map<std::uint8_t, TimePoint> remembered;
    std::deque<std::uint8_t> order;
    std::minstd_rand random(1);
    int refused = 0;
    for (int i = 0; i < 20000; ++i) {
      const auto pause = random() % 500 == 0 ? 1000U : random() % (i % 2000 < 1000 ? 5 : 2);
      clock.advance(std::chrono::seconds(pause));
      while (!order.empty() && clock.now() - remembered.at(order.front()) >= 100s) {
        remembered.erase(order.front());
        order.pop_front();
      }
      const auto enc = static_cast<std::uint8_t>(random() % 120);
      auto answer = filter->insert_if_absent(3, ByteView(&enc, 1));
      if (remembered.contains(enc)) {
        REQUIRE_OK(answer);
        REQUIRE(!*answer);
      } else if (order.size() == max_entries) {
        REQUIRE_ERRC(answer, Errc::filter_full);
        ++refused;
      } else {
        REQUIRE_OK(answer);
        REQUIRE(*answer);
        remembered[enc] = clock.now();
        order.push_back(enc);
      }
    }
    REQUIRE(refused > 0);
  }
}

TEST_CASE("of threads that bring the same request, one is told that it is new") {
  constexpr std::size_t kRequests = 200;
  const auto filter = new_filter({.max_entries = kRequests, .window = 1h});
  std::vector<std::atomic<int>> winners(kRequests);
  std::atomic<int> failures{0};
  std::atomic<bool> start{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      start.wait(false);
      for (std::size_t i = 0; i < kRequests; ++i) {
        const Bytes enc(32, static_cast<std::uint8_t>(i));
        const auto answer = filter->insert_if_absent(9, enc);
        if (!answer) ++failures;
        if (answer && *answer) ++winners[i];
      }
    });
  }
  start = true;
  start.notify_all();
  for (std::thread& thread : threads) thread.join();
  REQUIRE(failures == 0);
  for (const std::atomic<int>& count : winners) REQUIRE(count == 1);
}

TEST_CASE("a clock may jump by centuries, and what is within the window stays remembered") {
  const Bytes enc{1};
  for (const Tick window :
       {Tick(1), Tick(1h), Tick(1h) * 24 * 365 * 100, Tick::max() - Tick(1), Tick::max()}) {
    INFO("window of " << window.count());
    FakeClock clock;
    clock.set(TimePoint::min());
    const auto filter = new_filter({.max_entries = 8, .window = window, .clock = &clock});
    REQUIRE(absent(*filter, 0, enc));
    for (int round = 0; round < 10; ++round) {
      clock.set(TimePoint::max());
      REQUIRE(absent(*filter, 0, enc));
      REQUIRE(!absent(*filter, 0, enc));
      clock.set(TimePoint::min());  // back, so that no time passes
      REQUIRE(!absent(*filter, 0, enc));
      clock.advance(window - Tick(1));
      REQUIRE(!absent(*filter, 0, enc));
      clock.advance(Tick(1));
      REQUIRE(absent(*filter, 0, enc));
    }
  }
}

#ifndef TWOWAY_SANITIZED  // they take more of the address space than the limit allows
TEST_CASE("a filter that the memory has no room for is refused") {
  const int status = in_child([] {
    // Half of an address space of 32 bits, for a filter that asks for 68 GiB.
    const ::rlimit limit{std::size_t{1} << 31, std::size_t{1} << 31};
    if (::setrlimit(RLIMIT_AS, &limit) != 0) return 2;
    const auto filter = MemoryReplayFilter::create(
        any_provider(), {.max_entries = std::size_t{1} << 31, .window = 1h});
    return !filter && filter.error().code == Errc::invalid_argument ? 0 : 1;
  });
  REQUIRE(status == 0);
}
#endif
