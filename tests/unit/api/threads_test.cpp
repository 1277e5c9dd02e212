// Objects that the headers declare safe to share. Every operation of the table below runs on many
// threads at once, over the same objects, and its result is compared. A thread sanitizer sees the
// races that leave results right.
#include "thread_operations.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

const std::vector<Operation>& operations() {
  static const std::vector<Operation> all = [] {
    std::vector<Operation> joined;
    for (const auto some : {request_operations(), multi_operations(), key_operations()}) {
      joined.insert(joined.end(), some.begin(), some.end());
    }
    return joined;
  }();
  return all;
}

/// Runs all operations in every round. Each thread starts with another one. Returns what was wrong.
std::string run_all(Shared& shared, unsigned thread) {
  const std::size_t count = operations().size();
  for (unsigned round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      const Operation& operation = operations()[(i + thread * count / kThreads) % count];
      const char* wrong = operation.run(shared, {thread, round});
      if (wrong != nullptr) return std::string(operation.name) + ": " + wrong;
    }
  }
  return {};
}

/// Runs one operation on all threads at the same time, so that it meets itself.
std::string run_one(Shared& shared, const Operation& operation, unsigned thread) {
  for (unsigned round = 0; round < kRounds; ++round) {
    const char* wrong = operation.run(shared, {thread, round});
    if (wrong != nullptr) return std::string(operation.name) + ": " + wrong;
  }
  return {};
}

template <typename Run>
void require_on_threads(Run run) {
  std::array<std::string, kThreads> wrong;
  on_threads([&](unsigned thread) {
    wrong[thread] = run(thread);
    return true;
  });
  for (const std::string& text : wrong) REQUIRE(text == "");
}

/// Checks the properties that only all turns together show.
void check_turns(Shared& s) {
  for (unsigned round = 0; round < kRounds; ++round) {
    unsigned accepted = 0;
    for (unsigned thread = 0; thread < kThreads; ++thread) {
      accepted += s.accepted[round][thread] ? 1 : 0;
      check_exchange(Form::whole, s.pair, *s.keys[round][thread], s.bodies[round], kQuestion,
                     thread);
    }
    REQUIRE(accepted == 1);
  }
  const std::size_t added = kRounds * kThreads;
  REQUIRE(need(s.pair.ring.key_configs()).size() == (1 + added) * s.configs.size());
}

template <typename Use>
void for_each_shared(Use use) {
  constexpr Suite kSuites[] = {
      {KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::chacha20_poly1305},
      {KemId::dhkem_p256, KdfId::hkdf_sha256, AeadId::aes128_gcm},
  };
  for (const Provider* provider : built::providers()) {
    for (const Suite& suite : kSuites) {
      if (!test::offers(*provider, suite)) continue;
      INFO(provider->name() << ' ' << core::find_kem(suite.kem)->name);
      Shared shared(*provider, suite.kem, {suite.kdf, suite.aead});
      for (Bytes& replay : shared.replays) {
        replay = need(shared.sender.seal(as_bytes(kQuestion), kTypes)).message;
      }
      use(shared);
      check_turns(shared);
    }
  }
}

}  // namespace

TEST_CASE("threads share senders, receivers, keys and rings, every operation beside the others") {
  for_each_shared([](Shared& shared) {
    require_on_threads([&](unsigned thread) { return run_all(shared, thread); });
  });
}

TEST_CASE("threads share senders, receivers, keys and rings, every operation beside itself") {
  for_each_shared([](Shared& shared) {
    for (const Operation& operation : operations()) {
      require_on_threads([&](unsigned thread) { return run_one(shared, operation, thread); });
    }
  });
}
