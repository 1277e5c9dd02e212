// Keys in a failing token under many threads, and in forked children.
#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "exchange.hpp"
#include "threads.hpp"

using namespace twoway;
using namespace twoway::test::fault;

namespace {

/// The results of many threads, because Catch is for one thread only.
struct Tally {
  std::atomic<unsigned> right = 0, unavailable = 0, other = 0;
  void count(const Status& status) noexcept {
    if (status) {
      ++right;
    } else if (status.error().message == nullptr) {
      ++other;  // an error that was never set
    } else if (status.error().code == Errc::key_unavailable) {
      ++unavailable;
    } else {
      ++other;
    }
  }
};

std::shared_ptr<const PrivateKey> opened(const char* label) {
  auto key = open_key(label);
  REQUIRE_OK(key);
  return std::move(*key);
}

constexpr int kRequests = 20;

/// Returns a child's exit code, 0 if it opened the requests in sessions of its own. Signals when it
/// has opened the first.
int child(const Exchange& exchange, int ready) {
  const Deadline deadline("a forked child");
  control().reset();
  for (int i = 0; i < kRequests; ++i) {
    if (!exchange.open()) return 1;
    if (i == 0 && ::write(ready, "", 1) != 1) return 2;
  }
  return control().calls(Function::C_OpenSession) == 0 ? 3 : 0;
}

/// Forks a child that is logged in when this returns, because SoftHSM fails with a general error if
/// several processes log in to a token at once.
pid_t fork_child(const Exchange& exchange) {
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(child(exchange, ready[1]));
  ::close(ready[1]);
  char byte = 0;
  const ssize_t got = pid > 0 ? ::read(ready[0], &byte, 1) : -1;
  ::close(ready[0]);
  CHECK(got == 1);
  REQUIRE(pid > 0);
  return pid;
}

int exit_code(pid_t pid) {
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("under random faults every result is right or key_unavailable") {
  constexpr unsigned kMany = 100, kEach = 6;
  constexpr CK_RV kCodes[] = {CKR_GENERAL_ERROR,     CKR_DEVICE_ERROR,           CKR_DEVICE_REMOVED,
                              CKR_SESSION_CLOSED,    CKR_SESSION_HANDLE_INVALID, CKR_SESSION_COUNT,
                              CKR_USER_NOT_LOGGED_IN};
  constexpr Function kFunctions[] = {Function::C_DeriveKey,      Function::C_GetAttributeValue,
                                     Function::C_DestroyObject,  Function::C_OpenSession,
                                     Function::C_Login,          Function::C_FindObjectsInit,
                                     Function::C_FindObjects,    Function::C_FindObjectsFinal,
                                     Function::C_GetSessionInfo, Function::C_GetTokenInfo};
  const FaultToken token{"key"};
  const Exchange exchange(opened("key"));
  Tally tally;
  std::mt19937 random(4);  // NOLINT: the same faults each time
  unsigned long faults = 0;
  for (int round = 0; round < 4; ++round) {
    const Deadline deadline("threads under random faults");
    const auto below = [&random](std::size_t bound) { return random() % bound; };
    for (int i = 0; i < 12; ++i) {
      control().add({kFunctions[below(std::size(kFunctions))], 1 + below(20), Action::fail,
                     kCodes[below(std::size(kCodes))], 5 + below(40)});
    }
    for (const Action action : {Action::short_secret, Action::long_secret}) {
      control().add({Function::C_GetAttributeValue, 1 + below(50), action, 0, 10 + below(40)});
    }
    control().add({Function::C_DeriveKey, 1 + below(50), Action::close_sessions, 0, 50});
    control().add({Function::C_DestroyObject, 1 + below(50), Action::close_sessions, 0, 70});
    control().add({Function::C_DeriveKey, 1 + below(50), Action::delay, 1, 10});
    if (round == 2) control().add({Function::C_DeriveKey, 200, Action::remove_token});
    if (round == 3) control().add({Function::C_DeriveKey, 30, Action::reinitialise, 0, 90});
    test::on_threads(
        [&](unsigned) {
          for (unsigned i = 0; i < kEach; ++i) tally.count(exchange.open());
          return true;
        },
        kMany);
    faults += control().faults();
    control().reset();
    REQUIRE_OK(exchange.open());
    REQUIRE(control().live_objects() == 0);
    REQUIRE(control().live_sessions() <= options().max_sessions);
    REQUIRE(control().unclean_finals() == 0);
  }
  INFO(faults << " faults, " << tally.right << " right, " << tally.unavailable << " unavailable");
  REQUIRE(faults > 100);
  REQUIRE(tally.other == 0);
  REQUIRE(tally.right > 0);
  REQUIRE(tally.unavailable > 0);
  REQUIRE(tally.right + tally.unavailable == 4 * kMany * kEach);
}

TEST_CASE("threads whose sessions are closed all the time never see an empty error") {
  constexpr unsigned kWorkers = 16, kEach = 100;
  const FaultToken token{"key"};
  const Exchange exchange(opened("key"));
  const Deadline deadline("threads whose sessions are closed");
  Tally tally;
  // They are closed in the middle of a request, and between the sessions that threads open for one
  // connection.
  control().add({Function::C_DeriveKey, 1, Action::close_sessions, 0, 3});
  control().add({Function::C_OpenSession, 2, Action::fail, CKR_SESSION_HANDLE_INVALID, 2});
  test::on_threads(
      [&](unsigned) {
        for (unsigned i = 0; i < kEach; ++i) tally.count(exchange.open());
        return true;
      },
      kWorkers);
  control().reset();
  INFO(tally.right << " right, " << tally.unavailable << " unavailable");
  REQUIRE(tally.other == 0);
  REQUIRE(tally.unavailable > 0);
  REQUIRE_OK(exchange.open());
  REQUIRE(control().live_objects() == 0);
}

TEST_CASE("keys are rotated while requests are opened") {
  constexpr unsigned kWorkers = 4;
  const FaultToken token{"key", "first", "second", "third"};
  const Exchange exchange(opened("key"));
  const Deadline deadline("keys that change under load");
  KeyRing ring{*crypto()};
  std::atomic<bool> done = false;
  Tally steady, rotated;

  // The first thread rotates. It opens a key in the token, publishes it, and drops the previous
  // one, whose last reference may be a request's.
  const auto rotate = [&]() -> Status {
    for (int round = 0; round < 5; ++round) {
      std::uint8_t id = 0;
      for (const char* label : {"first", "second", "third"}) {
        auto key = open_key(label);
        if (!key) return key.error();
        const std::uint8_t last = id++;
        if (Status s =
                ring.add(id, std::move(*key), {{kSuite.kdf, kSuite.aead}}, KeyState::pending);
            !s) {
          return s;
        }
        if (Status s = ring.activate(id); !s) return s;
        if (last == 0) continue;
        if (Status s = ring.retire(last, {}); !s) return s;
        if (Status s = ring.remove(last); !s) return s;
      }
      if (Status s = ring.remove(id); !s) return s;
    }
    return {};
  };
  // The others open requests to a key that stays, and to the key that the ring publishes.
  const auto work = [&] {
    while (!done) {
      steady.count(exchange.open());
      const auto configs = ring.key_configs();
      if (!configs) continue;  // between two keys
      const auto sender = RequestSender::create(*crypto(), *configs);
      if (!sender) return false;
      const auto request = sender->seal(as_bytes("question"));
      if (!request) return false;
      const auto answer = RequestReceiver{ring}.open(request->message);
      if (answer) {
        rotated.count({});
      } else if (answer.error().code != Errc::unknown_key &&
                 answer.error().code != Errc::open_failed) {
        // The id is gone, or names another key.
        rotated.count(answer.error());
      }
    }
    return true;
  };
  REQUIRE(test::on_threads(
      [&](unsigned thread) {
        if (thread != 0) return work();
        const Status status = rotate();
        done = true;
        return status.ok();
      },
      1 + kWorkers));
  REQUIRE(steady.right > 0);
  REQUIRE(steady.unavailable + steady.other == 0);
  REQUIRE(rotated.right > 0);
  REQUIRE(rotated.unavailable + rotated.other == 0);
  REQUIRE_OK(exchange.open());
  REQUIRE(control().live_objects() == 0);
  REQUIRE(control().live_sessions() <= options().max_sessions);
}

TEST_CASE("a forked child derives in sessions of its own, and the parent goes on") {
  const FaultToken token{"key"};
  const Exchange exchange(opened("key"));
  for (int round = 0; round < 3; ++round) {
    const Deadline deadline("a parent of forked children");
    std::vector<pid_t> children;
    for (int i = 0; i < 3; ++i) children.push_back(fork_child(exchange));
    for (int i = 0; i < kRequests; ++i) REQUIRE_OK(exchange.open());
    for (const pid_t pid : children) REQUIRE(exit_code(pid) == 0);
    REQUIRE_OK(exchange.open());
    REQUIRE(control().live_sessions() == 1);
    REQUIRE(control().live_objects() == 0);
    // The next children inherit a connection that was lost.
    if (round == 1) control().close_sessions();
  }
}
