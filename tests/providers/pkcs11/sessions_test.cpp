// Sessions: shared, bounded, counted, lost and found again.
#include <map>
#include <mutex>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "fork.hpp"
#include "token_keys.hpp"

using namespace twoway;
using test::Calls;
using test::RawModule;
using test::SoftToken;

namespace {

const Provider& crypto() { return *test::provider_for(KemId::dhkem_x25519); }

/// A key of the token and encapsulations to it whose secrets are known.
struct Work {
  explicit Work(std::shared_ptr<const PrivateKey> token_key) : key(std::move(token_key)) {
    auto found = Kem::find(crypto(), key->kem_id());
    REQUIRE_OK(found);
    kem.emplace(*found);
    auto pk = kem->import_public(key->public_key());
    REQUIRE_OK(pk);
    for (int i = 0; i < 16; ++i) {
      Bytes enc(kem->params().nenc);
      SharedSecret secret;
      REQUIRE_OK(kem->encap(secret, enc, **pk));
      encs.push_back(std::move(enc));
      secrets.push_back(test::copy(secret.view()));
    }
  }

  /// Decapsulates one. Success means the right secret.
  Status once(std::size_t which) const {
    const std::size_t i = which % encs.size();
    SharedSecret secret;
    if (Status s = kem->decap(secret, encs[i], *key); !s) return s;
    if (test::copy(secret.view()) != secrets[i]) return Error{Errc::open_failed, "a wrong secret"};
    return {};
  }

  std::shared_ptr<const PrivateKey> key;
  std::optional<Kem> kem;
  std::vector<Bytes> encs, secrets;
};

/// Returns the number of failures in `threads` threads that work `times` times each.
int failures(const Work& work, int threads, int times) {
  std::atomic<int> failed = 0;
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t) {
    all.emplace_back([&, t] {
      for (int i = 0; i < times; ++i) {
        if (!work.once(static_cast<std::size_t>(t * 7 + i))) ++failed;
      }
    });
  }
  for (std::thread& thread : all) thread.join();
  return failed;
}

/// Makes a key, and opens it with the given options.
Work make_work(const pkcs11::Options& options) {
  const auto token = pkcs11::Token::open(test::location(), options);
  REQUIRE_OK(token);
  auto key = token->generate_key(crypto(), KemId::dhkem_x25519, {"hpke", {}});
  REQUIRE_OK(key);
  return Work(std::move(*key));
}

}  // namespace

TEST_CASE("threads derive at once, in no more sessions than allowed, and leave none behind") {
  const RawModule module;
  const struct {
    int threads;
    std::size_t sessions;
  } rows[] = {{8, 16}, {8, 3}, {8, 1}, {100, 16}};
  for (const auto& row : rows) {
    INFO(row.threads << " threads, " << row.sessions << " sessions");
    const SoftToken fresh;
    const Calls counted(module);
    {
      pkcs11::Options options = test::with_pin();
      options.max_sessions = row.sessions;
      options.deadline = std::chrono::minutes(2);
      const Work work = make_work(options);
      REQUIRE(failures(work, row.threads, 20) == 0);
      REQUIRE(Calls::secrets() == 0);
      REQUIRE(Calls::most_sessions() <= static_cast<long>(row.sessions));
      REQUIRE(Calls::sessions() >= 1);
      REQUIRE(Calls::initialized() == 1);
    }
    REQUIRE(Calls::sessions() == 0);
    REQUIRE(Calls::finalized() == 1);
  }
}

TEST_CASE("a token's own limits shrink the pool, by its description or by an error") {
  const RawModule module;
  for (const bool described : {true, false}) {
    INFO("described " << described);
    const SoftToken directory;
    Calls calls(module);
    std::mutex mutex;  // counting and opening are one step
    if (described) {
      calls.get_token_info = [](CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
        const CK_RV rv = Calls::own().C_GetTokenInfo(slot, info);
        info->ulMaxSessionCount = 2;
        return rv;
      };
    } else {
      calls.open_session = [&](CK_SLOT_ID slot, CK_FLAGS flags, CK_SESSION_HANDLE* session) {
        const std::lock_guard lock(mutex);
        return Calls::sessions() >= 2
                   ? CK_RV{CKR_SESSION_COUNT}
                   : Calls::own().C_OpenSession(slot, flags, nullptr, nullptr, session);
      };
    }
    {
      pkcs11::Options options = test::with_pin();
      options.deadline = std::chrono::minutes(2);
      const Work work = make_work(options);
      REQUIRE(failures(work, 8, 20) == 0);
      REQUIRE(Calls::most_sessions() <= (described ? 2 : 3));  // counted after it is opened
    }
    REQUIRE(Calls::sessions() == 0);
  }
}

TEST_CASE("a thread that waits for a session longer than the deadline gets an error") {
  const SoftToken directory;
  const RawModule module;
  Calls calls(module);
  pkcs11::Options options = test::with_pin();
  options.max_sessions = 1;
  options.deadline = std::chrono::milliseconds(1);
  Work work = make_work(options);
  // The first holds the only session until the second was refused.
  std::atomic<bool> inside = false, refused = false;
  calls.derive_key = [&](CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key,
                         CK_ATTRIBUTE* attributes, CK_ULONG count, CK_OBJECT_HANDLE* made) {
    inside = true;
    while (!refused) std::this_thread::yield();
    return Calls::own().C_DeriveKey(session, mechanism, key, attributes, count, made);
  };
  Status first;
  std::thread holder([&] { first = work.once(0); });
  while (!inside) std::this_thread::yield();
  const Status second = work.once(1);
  refused = true;
  holder.join();
  REQUIRE_OK(first);
  REQUIRE_ERRC(second, Errc::key_unavailable);
}

TEST_CASE("sessions, logins and initialisations that others end are restored") {
  const SoftToken directory;
  const RawModule module;
  const Calls calls(module);
  const auto pin = std::make_shared<test::CountingPin>();
  {
    const Work work = make_work({.pin = pin});
    for (int round = 0; round < 3; ++round) {
      module->C_CloseAllSessions(module.slot());
      REQUIRE_OK(work.once(0));
      const CK_SESSION_HANDLE session = module.open_session();
      REQUIRE(module->C_Logout(session) == CKR_OK);
      REQUIRE(module->C_CloseSession(session) == CKR_OK);
      REQUIRE_OK(work.once(1));
      REQUIRE(module->C_Finalize(nullptr) == CKR_OK);
      REQUIRE_OK(work.once(2));
      REQUIRE(module->C_Finalize(nullptr) == CKR_OK);
      REQUIRE(module.initialize() == CKR_OK);
      REQUIRE_OK(work.once(3));
    }
    REQUIRE(pin->asked() == Calls::logins() - 3);  // three were logins of the other component
    const int before = pin->asked();
    REQUIRE_OK(work.once(4));
    REQUIRE(pin->asked() == before);

    module->C_CloseAllSessions(module.slot());
    REQUIRE(failures(work, 8, 20) == 0);
    REQUIRE(pin->asked() == before + 1);  // by one thread, for all
  }
  REQUIRE(Calls::secrets() == 0);
}

// SoftHSM crashes if sessions are closed while a thread uses them, so the loss is simulated here.
TEST_CASE("threads go on while their sessions are lost again and again") {
  const SoftToken directory;
  const RawModule module;
  Calls calls(module);
  pkcs11::Options options = test::with_pin();
  options.max_sessions = 3;
  options.deadline = std::chrono::minutes(2);
  {
    const Work work = make_work(options);
    std::mutex mutex;
    std::map<CK_SESSION_HANDLE, int> opened_in;
    int era = 1;  // sessions of earlier eras are lost
    calls.open_session = [&](CK_SLOT_ID slot, CK_FLAGS flags, CK_SESSION_HANDLE* session) {
      const CK_RV rv = Calls::own().C_OpenSession(slot, flags, nullptr, nullptr, session);
      const std::lock_guard lock(mutex);
      if (rv == CKR_OK) opened_in[*session] = era;
      return rv;
    };
    calls.derive_key = [&](CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key,
                           CK_ATTRIBUTE* attributes, CK_ULONG count, CK_OBJECT_HANDLE* made) {
      {
        const std::lock_guard lock(mutex);
        if (opened_in[session] < era) return CK_RV{CKR_SESSION_HANDLE_INVALID};
      }
      return Calls::own().C_DeriveKey(session, mechanism, key, attributes, count, made);
    };
    std::atomic<bool> done = false;
    std::atomic<int> wrong = 0, right = 0;
    std::vector<std::thread> all;
    for (std::size_t t = 0; t < 6; ++t) {
      all.emplace_back([&, t] {
        for (std::size_t i = t; !done; ++i) {
          const Status s = work.once(i);
          if (s) ++right;
          if (!s && s.error().code != Errc::key_unavailable) ++wrong;
        }
      });
    }
    for (int round = 0; round < 50; ++round) {
      {
        const std::lock_guard lock(mutex);
        ++era;
      }
      for (const int seen = right; right < seen + 6;) std::this_thread::yield();
    }
    done = true;
    for (std::thread& thread : all) thread.join();
    REQUIRE(wrong == 0);
    REQUIRE_OK(work.once(0));
    REQUIRE(Calls::secrets() == 0);
    REQUIRE(Calls::most_sessions() <= 3);
  }
  REQUIRE(Calls::sessions() == 0);
}

TEST_CASE("a key that is deleted is unavailable, and works again when it is back") {
  const SoftToken directory;
  const RawModule module;
  const test::ImportedKey imported = test::fresh_key(KemId::dhkem_x25519, "hpke", {1});
  REQUIRE(module.initialize() == CKR_OK);
  CK_SESSION_HANDLE session = module.open_session();
  test::import_key(module, session, imported);
  auto key = pkcs11::open_key(crypto(), test::uri("hpke"), test::with_pin());
  REQUIRE_OK(key);
  {
    const Work work(std::move(*key));
    CK_ATTRIBUTE none[1];
    REQUIRE(module->C_FindObjectsInit(session, none, 0) == CKR_OK);
    CK_OBJECT_HANDLE objects[4];
    CK_ULONG count = 0;
    REQUIRE(module->C_FindObjects(session, objects, 4, &count) == CKR_OK);
    REQUIRE(module->C_FindObjectsFinal(session) == CKR_OK);
    REQUIRE(count == 2);
    for (CK_ULONG i = 0; i < count; ++i) {
      REQUIRE(module->C_DestroyObject(session, objects[i]) == CKR_OK);
    }
    for (int i = 0; i < 3; ++i) REQUIRE_ERRC(work.once(0), Errc::key_unavailable);
    test::import_key(module, session, imported);
    REQUIRE_OK(work.once(0));
  }
  REQUIRE(module->C_CloseSession(session) == CKR_OK);
  REQUIRE(module->C_Finalize(nullptr) == CKR_OK);
}

TEST_CASE("a module that another component initialised is never finalised") {
  const SoftToken directory;
  const RawModule module;
  REQUIRE(module.initialize() == CKR_OK);
  CK_SESSION_HANDLE session = module.open_session();
  const Calls calls(module);
  {
    const Work work = make_work(test::with_pin());
    REQUIRE_OK(work.once(0));
    REQUIRE_OK(pkcs11::list_tokens(SoftToken::module_path()));
  }
  REQUIRE(Calls::finalized() == 0);
  REQUIRE(Calls::sessions() == 0);
  CK_SESSION_INFO info{};
  REQUIRE(module->C_GetSessionInfo(session, &info) == CKR_OK);
  REQUIRE(module->C_Finalize(nullptr) == CKR_OK);
}

TEST_CASE("a module of one's own is finalised with its last key, and may be used again") {
  const SoftToken directory;
  const RawModule module;
  const Calls calls(module);
  for (int i = 1; i <= 2; ++i) {
    {
      auto token = pkcs11::Token::open(test::location(), test::with_pin());
      REQUIRE_OK(token);
      REQUIRE_OK(token->list_keys());
      REQUIRE_OK(pkcs11::list_tokens(SoftToken::module_path()));
      const pkcs11::Token copy = *token;
      REQUIRE_OK(copy.list_keys());
      // A session that may write replaces one that may not.
      REQUIRE_OK(copy.generate_key(crypto(), KemId::dhkem_x25519, {std::to_string(i), {}}));
      REQUIRE(Calls::initialized() == i);
      REQUIRE(Calls::sessions() == 1);
    }
    REQUIRE(Calls::finalized() == i);
    REQUIRE(Calls::sessions() == 0);
  }
}

TEST_CASE("a forked child derives in sessions of its own, and the parent goes on") {
  const SoftToken directory;
  const Work work = make_work(test::with_pin());
  REQUIRE_OK(work.once(0));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int failed = 0;
    for (std::size_t i = 0; i < 20; ++i) failed += work.once(i) ? 0 : 1;
    auto again = pkcs11::open_key(crypto(), test::uri("hpke"), test::with_pin());
    failed += again ? 0 : 1;
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (std::size_t t = 0; test::kThreadsInChild && t < 4; ++t) {
      threads.emplace_back([&, t] { wrong += work.once(t) ? 0 : 1; });
    }
    for (std::thread& thread : threads) thread.join();
    ::_exit(failed + wrong == 0 ? 0 : 1);
  }
  REQUIRE(failures(work, 4, 20) == 0);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  REQUIRE_OK(work.once(0));
}
