#include <functional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include <sys/mman.h>

#include <twoway/core/hpke.hpp>
#include <twoway/core/process.hpp>

#include "fork.hpp"
#include "receiver.hpp"
#include "support.hpp"
#include "threads.hpp"

using namespace twoway::core;
using twoway::test::Copy;
using twoway::test::in_child;

namespace {

/// Returns true if the kernel itself reports copies of memory.
bool has_wipe_on_fork() {
#if defined(MADV_WIPEONFORK)
  const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const bool has = page != MAP_FAILED && ::madvise(page, size, MADV_WIPEONFORK) == 0;
  if (page != MAP_FAILED) ::munmap(page, size);
  return has;
#else
  return false;
#endif
}

std::vector<Copy> copies() {
  if (!has_wipe_on_fork()) return {Copy::fork};
  return {Copy::fork, Copy::raw_clone, Copy::same_pid};
}

bool refused(const Status& status) { return !status && status.error().code == Errc::wrong_state; }

/// Runs `child`, which returns true if all is right, in every kind of copy that the system makes.
template <typename Child>
void in_each_copy(const Child& child) {
  for (const Copy how : copies()) {
    INFO("kind of copy: " << static_cast<int>(how));
    const int status = in_child([&] { return child() ? 0 : 1; }, how);
    if (how == Copy::same_pid && status == -1) continue;  // needs a privilege
    REQUIRE(status == 0);
  }
}

Result<std::size_t> seal_text(SealSequence& sequence) {
  Bytes out(sequence.sealed_size(4));
  return sequence.seal(out, {}, as_bytes("text"));
}

Status status_of(const Result<std::size_t>& result) {
  return result ? Status() : Status(result.error());
}

SealSequence make_sequence(const Aead& aead) {
  auto made = SealSequence::create(aead, Bytes(aead.params().nk, 1), Bytes(aead.params().nn, 2));
  REQUIRE_OK(made);
  return std::move(*made);
}

const Aead& any_aead() {
  return *twoway::built::providers().front()->aead(AeadId::chacha20_poly1305);
}

}  // namespace

TEST_CASE("a process keeps its generation, and every copy has another one") {
  const std::uint32_t parent = process_generation();
  REQUIRE(parent != 0);
  in_each_copy([&] {
    const std::uint32_t child = process_generation();
    // A child that asks for the first time only in its own child differs from both as well.
    return child != parent && child != 0 && child == process_generation() &&
           in_child([&] {
             const std::uint32_t grandchild = process_generation();
             return grandchild != parent && grandchild != child ? 0 : 1;
           }) == 0 &&
           child == process_generation();
  });
  in_each_copy(
      [&] { return in_child([&] { return process_generation() != parent ? 0 : 1; }) == 0; });
  REQUIRE(process_generation() == parent);
}

TEST_CASE("the threads of a forked child agree on its generation") {
  const std::uint32_t parent = process_generation();
  in_each_copy([&] {
    std::vector<std::uint32_t> seen(4);
    std::vector<std::thread> threads;
    for (std::uint32_t& one : seen) threads.emplace_back([&one] { one = process_generation(); });
    for (std::thread& thread : threads) thread.join();
    return std::set<std::uint32_t>(seen.begin(), seen.end()).size() == 1 && seen[0] != parent;
  });
}

TEST_CASE("a sequence seals in the process that made it, and in no copy") {
  SealSequence sequence = make_sequence(any_aead());
  REQUIRE_OK(seal_text(sequence));
  in_each_copy([&] {
    Bytes out(sequence.sealed_size(4), 0xa5);
    const bool untouched = refused(status_of(sequence.seal(out, {}, as_bytes("text")))) &&
                           out == Bytes(out.size(), 0xa5);
    SealSequence moved = std::move(sequence);
    auto own = SealSequence::create(any_aead(), Bytes(32, 3), Bytes(12, 4));
    return untouched && refused(status_of(seal_text(moved))) && moved.position() == 1 && own &&
           seal_text(*own).ok();
  });
  REQUIRE_OK(seal_text(sequence));
  REQUIRE(sequence.position() == 2);
}

TEST_CASE("a sender's context seals in the process that made it, and in no copy") {
  for (const Provider* provider : twoway::built::providers()) {
    INFO(provider->name());
    const auto suite = CipherSuite::find(
        *provider, {KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::chacha20_poly1305});
    REQUIRE_OK(suite);
    const auto key = suite->kem().generate_key_pair();
    REQUIRE_OK(key);
    const auto receiver = suite->kem().import_public((*key)->public_key());
    REQUIRE_OK(receiver);
    const auto begin = [&] {
      Bytes enc(suite->nenc());
      return SenderContext::setup(*suite, enc, **receiver, {});
    };
    auto context = begin();
    REQUIRE_OK(context);
    const auto seal = [](SenderContext& with) {
      Bytes out(with.sealed_size(4));
      return status_of(with.seal(out, {}, as_bytes("text")));
    };
    in_each_copy([&] {
      const auto taken = context->take_sequence();
      auto own = begin();
      return refused(seal(*context)) && !taken && taken.error().code == Errc::wrong_state && own &&
             seal(*own).ok();
    });
    REQUIRE_OK(seal(*context));
  }
}

namespace {

/// Runs `during` within each seal, then seals as the AEAD that it wraps. Safe from any thread.
class InterruptedAead final : public Aead {
 public:
  explicit InterruptedAead(const Aead& inner) : inner_(inner) {}
  std::function<void(ByteView nonce)> during;

  const AeadParams& params() const noexcept override { return inner_.params(); }
  Result<std::unique_ptr<AeadOpener>> opener(ByteView key) const noexcept override {
    return inner_.opener(key);
  }
  Result<std::unique_ptr<AeadSealer>> sealer(ByteView key) const noexcept override {
    struct Sealer final : AeadSealer {
      Sealer(const InterruptedAead& aead, ByteView key) : aead(aead), key(key.begin(), key.end()) {}
      Status seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad,
                  ByteView in) noexcept override {
        if (aead.during) aead.during(nonce);
        auto inner = aead.inner_.sealer(key);
        return inner ? (*inner)->seal(out, tag, nonce, aad, in) : Status(inner.error());
      }
      const InterruptedAead& aead;
      Bytes key;
    };
    return std::unique_ptr<AeadSealer>(std::make_unique<Sealer>(*this, key));
  }

 private:
  const Aead& inner_;
};

}  // namespace

TEST_CASE("a sequence that is sealing refuses another thread, and goes on") {
  InterruptedAead aead(any_aead());
  SealSequence sequence = make_sequence(aead);
  int refusals = 0;
  bool first = true;
  aead.during = [&](ByteView) {
    if (!std::exchange(first, false)) return;
    std::thread([&] { refusals += refused(status_of(seal_text(sequence))) ? 1 : 0; }).join();
    refusals += refused(status_of(seal_text(sequence))) ? 1 : 0;  // and within its own seal too
  };
  REQUIRE_OK(seal_text(sequence));
  REQUIRE(refusals == 2);
  REQUIRE(sequence.position() == 1);
  for (int i = 0; i < 3; ++i) {  // one thread after the other is allowed
    Status sealed = Error{Errc::provider_failure, "not run"};
    std::thread([&] { sealed = status_of(seal_text(sequence)); }).join();
    REQUIRE_OK(sealed);
  }
  REQUIRE(sequence.position() == 4);
}

TEST_CASE("a use whose mark was overwritten is refused, and so is every later use") {
  SoleUse use;
  SoleUse other;
  const bool first = true;
  const bool second = true;
  REQUIRE_OK(use.begin(&first));
  // Acts as a second thread that reads the mark before the first one's write reaches it.
  SoleUse moved = std::move(use);
  REQUIRE_OK(moved.begin(&second));
  REQUIRE_ERRC(moved.end(&first), Errc::wrong_state);
  REQUIRE_ERRC(moved.begin(&first), Errc::wrong_state);
  other = std::move(moved);
  REQUIRE_ERRC(other.begin(&first), Errc::wrong_state);
}

// Sharing one is a data race, which TSan reports.
#if defined(__SANITIZE_THREAD__)
#define TWOWAY_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TWOWAY_TSAN 1
#endif
#endif

#if !defined(TWOWAY_TSAN)
TEST_CASE("threads that share a sequence never get two messages of one nonce") {
  const InterruptedAead aead(any_aead());  // which is itself safe in many threads
  for (int round = 0; round < 20; ++round) {
    SealSequence shared = make_sequence(aead);
    std::vector<std::vector<Bytes>> sealed(2);
    const auto work = [&](unsigned thread) {
      for (int i = 0; i < 50; ++i) {
        Bytes out(shared.sealed_size(4));
        if (shared.seal(out, {}, as_bytes("text"))) sealed[thread].push_back(std::move(out));
      }
      return true;
    };
    REQUIRE(twoway::test::on_threads(work, 2));
    std::set<Bytes> different;
    for (const auto& of_thread : sealed) different.insert(of_thread.begin(), of_thread.end());
    REQUIRE(different.size() == sealed[0].size() + sealed[1].size());
  }
}
#endif
