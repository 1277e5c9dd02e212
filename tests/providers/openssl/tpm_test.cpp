// Operations of keys in a TPM, through OpenSSL's tpm2 provider and a swtpm that the test starts.
#include <atomic>
#include <fstream>
#include <thread>

#include <openssl/err.h>

#include "ml_kem_stand_in.hpp"
#include "tpm_keys.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

constexpr int kThreads = 8;

struct Curve {
  const char* group;
  KemId kem;
};
const Curve kCurves[] = {
    {"P-256", KemId::dhkem_p256}, {"P-384", KemId::dhkem_p384}, {"P-521", KemId::dhkem_p521}};

/// Runs `work(thread)` in kThreads threads.
template <typename Work>
std::vector<std::thread> in_threads(Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  return threads;
}

void join(std::vector<std::thread>& threads) {
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("TPM keys on NIST curves open requests") {
  const Watchdog watchdog;
  const Swtpm tpm;
  const auto store = open_store(kTpm);
  int curves = 0;
  for (const Curve& curve : kCurves) {
    INFO(curve.group);
    if (!tpm.generate(curve.group, "key.pem")) {
      WARN("this TPM has no " << curve.group);
      continue;
    }
    const auto key = load(*store, tpm.path("key.pem"));
    REQUIRE(key->kem_id() == curve.kem);
    const Gateway gateway(key);
    for (int round = 0; round < 20; ++round) {
      const auto carried = gateway.carry("question " + std::to_string(round));
      REQUIRE_OK(carried);
      REQUIRE(*carried);
    }
    ++curves;
  }
  REQUIRE(curves >= 2);
}

TEST_CASE("a TPM key agrees with OpenSSL on the raw result, as receiver and as sender") {
  const Watchdog watchdog;
  const Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "key.pem"));
  const auto store = open_store(kTpm);
  const auto key = load(*store, tpm.path("key.pem"));
  const auto kem = Kem::find(openssl::provider(), KemId::dhkem_p256);
  REQUIRE_OK(kem);
  const auto pk = kem->import_public(key->public_key());
  REQUIRE_OK(pk);
  for (int round = 0; round < 50; ++round) {
    const auto other = kem->generate_key_pair();
    REQUIRE_OK(other);
    const auto other_pk = kem->import_public((*other)->public_key());
    REQUIRE_OK(other_pk);
    core::DhSecret mine, theirs;
    REQUIRE_OK(key->auth_dh(mine, **other_pk));
    REQUIRE_OK((*other)->auth_dh(theirs, **pk));
    REQUIRE(copy(mine.view()) == copy(theirs.view()));
  }
}

TEST_CASE("a TPM key holds half of a hybrid's key") {
  const Watchdog watchdog;
  const Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "key.pem"));
  const auto store = open_store(kTpm);
  const auto half = load(*store, tpm.path("key.pem"));
  // OpenSSL's own ML-KEM if it has one.
  const test::StandInProvider stand_in(openssl::provider());
  const bool has_ml_kem = openssl::provider().native_kem(KemId::ml_kem_768) != nullptr;
  const Provider& provider = has_ml_kem ? openssl::provider() : stand_in;
  const auto kem = Kem::find(provider, KemId::mlkem768_p256);
  REQUIRE_OK(kem);
  auto seed = Kem::find(provider, KemId::ml_kem_768)->generate_key_pair();
  REQUIRE_OK(seed);
  const auto key = kem->join_private(std::move(*seed), half);
  REQUIRE_OK(key);
  const auto pk = kem->import_public((*key)->public_key());
  REQUIRE_OK(pk);
  Bytes enc(kem->params().nenc);
  SharedSecret sent, received;
  REQUIRE_OK(kem->encap(sent, enc, **pk));
  REQUIRE_OK(kem->decap(received, enc, **key));
  REQUIRE(copy(sent.view()) == copy(received.view()));
}

TEST_CASE("eight threads share TPM keys of one store") {
  const Watchdog watchdog;
  const Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "a.pem"));
  REQUIRE(tpm.generate("P-384", "b.pem"));
  const auto store = open_store(kTpm);
  const Gateway a(load(*store, tpm.path("a.pem"))), b(load(*store, tpm.path("b.pem")));
  std::atomic<int> good{0};
  auto threads = in_threads([&](int thread) {
    for (int round = 0; round < 25; ++round) {
      const Gateway& gateway = (thread + round) % 2 == 0 ? a : b;
      const auto carried = gateway.carry("question " + std::to_string(100 * thread + round));
      if (carried.ok() && *carried) ++good;
    }
  });
  join(threads);
  REQUIRE(good == kThreads * 25);
}

TEST_CASE("keys are unavailable while their TPM is gone, and work again when it is back") {
  const Watchdog watchdog;
  Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "a.pem"));
  REQUIRE(tpm.generate("P-256", "b.pem"));
  const auto store = open_store(kTpm);
  const Gateway a(load(*store, tpm.path("a.pem"))), b(load(*store, tpm.path("b.pem")));
  for (const int signal : {SIGTERM, SIGKILL, SIGKILL}) {
    INFO("signal " << signal);
    std::atomic<int> carried{0}, unavailable{0}, wrong{0};
    auto threads = in_threads([&](int thread) {
      const Gateway& gateway = thread % 2 == 0 ? a : b;
      for (;;) {
        const auto result = gateway.carry("question " + std::to_string(thread));
        if (!result) {
          const core::Error& error = result.error();
          ++(error.code == Errc::key_unavailable && error.native != 0 ? unavailable : wrong);
          return;
        }
        if (!*result) ++wrong;
        ++carried;
        carried.notify_one();
      }
    });
    for (int seen = 0; seen < 4 * kThreads; seen = carried) carried.wait(seen);
    tpm.end(signal);
    join(threads);
    REQUIRE(unavailable == kThreads);
    REQUIRE(wrong == 0);
    REQUIRE_ERRC(a.carry("question"), Errc::key_unavailable);
    REQUIRE_ERRC(store->load(tpm.path("a.pem")), Errc::key_unavailable);

    tpm.start();
    std::atomic<int> again{0};
    threads = in_threads([&](int thread) {
      const auto result = (thread % 2 == 0 ? a : b).carry("question " + std::to_string(thread));
      if (result.ok() && *result) ++again;
    });
    join(threads);
    REQUIRE(again == kThreads);
  }
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("a key that replaced a loaded one is not taken for it") {
  const Watchdog watchdog;
  Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "key.pem"));
  const auto store = open_store(kTpm);
  const Gateway gateway(load(*store, tpm.path("key.pem")));
  REQUIRE(tpm.generate("P-256", "key.pem"));
  REQUIRE(*gateway.carry("question"));  // by the loaded key
  tpm.stop();
  tpm.start();
  REQUIRE_ERRC(gateway.carry("question"), Errc::key_unavailable);
  REQUIRE_OK(store->load(tpm.path("key.pem")));
}

TEST_CASE("a TPM's keys in static objects end cleanly with the process, and leave the TPM") {
  const Watchdog watchdog;
  const Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "key.pem"));
  // Without a resource manager the TPM has room for three keys that nobody unloads.
  for (int run = 0; run < 5; ++run) REQUIRE(tpm.command(STATIC_KEYS " key.pem"));
}
