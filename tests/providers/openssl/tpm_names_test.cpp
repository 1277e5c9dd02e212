// Names, authorisation values and refusals of keys in a TPM.
#include <fstream>

#include <openssl/err.h>

#include "tpm_keys.hpp"

using namespace twoway;
using namespace twoway::test;
using openssl::KeyStore;

TEST_CASE("persistent handles are keys, with and without an authorisation value") {
  const Watchdog watchdog;
  const Swtpm tpm;
  const std::string plain = tpm.persist("plain", "0x81000100");
  const std::string guarded = tpm.persist("guarded", "0x81000101", "secret");
  const auto store = open_store(kTpm);
  REQUIRE(*Gateway(load(*store, plain)).carry("question"));

  const auto right = std::make_shared<FixedPassphrase>("secret");
  REQUIRE(*Gateway(load(*store, guarded + "?pass", right)).carry("question"));
  REQUIRE(right->asked == 1);
  const auto without = store->load(guarded);
  REQUIRE_ERRC(without, Errc::key_unavailable);
  REQUIRE(std::string(without.error().message).find("refused") != std::string::npos);

  const auto missing = store->load("handle:0x81000109");
  REQUIRE_ERRC(missing, Errc::key_unavailable);
  REQUIRE(missing.error().native != 0);
  REQUIRE(std::string(missing.error().message).find("handle") != std::string::npos);
  REQUIRE_ERRC(store->load("handle:nonsense"), Errc::not_supported);
  REQUIRE(*Gateway(load(*store, plain)).carry("question"));
}

TEST_CASE("a persistent handle that is evicted is unavailable") {
  const Watchdog watchdog;
  const Swtpm tpm;
  const std::string uri = tpm.persist("key", "0x81000100");
  const auto store = open_store(kTpm);
  const Gateway gateway(load(*store, uri));
  REQUIRE(*gateway.carry("question"));
  REQUIRE(tpm.command("tpm2_evictcontrol -Q -C o -c 0x81000100"));
  REQUIRE_ERRC(gateway.carry("question"), Errc::key_unavailable);
  REQUIRE_ERRC(gateway.carry("question"), Errc::key_unavailable);
}

TEST_CASE("an authorisation value is asked for when a key is loaded") {
  const Watchdog watchdog;
  Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "key.pem", "-pkeyopt user-auth:secret"));
  const auto store = open_store(kTpm);
  const std::string path = tpm.path("key.pem");

  const auto without = store->load(path);
  REQUIRE_ERRC(without, Errc::key_unavailable);
  REQUIRE(std::string(without.error().message).find("SecretSource") != std::string::npos);

  const auto wrong = std::make_shared<FixedPassphrase>("wrong");
  const auto refused = store->load(path, wrong);
  REQUIRE_ERRC(refused, Errc::key_unavailable);
  REQUIRE(std::string(refused.error().message).find("refused") != std::string::npos);
  REQUIRE(wrong->asked == 1);

  // It is asked for again after the TPM was gone.
  const auto right = std::make_shared<FixedPassphrase>("secret");
  const Gateway gateway(load(*store, path, right));
  REQUIRE(*gateway.carry("question"));
  REQUIRE(right->asked == 1);
  tpm.stop();
  tpm.start();
  REQUIRE(*gateway.carry("question"));
  REQUIRE(right->asked == 2);
}

TEST_CASE("a loaded key does not repeat an authorisation value that the TPM refused") {
  const Watchdog watchdog;
  Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "key.pem", "-pkeyopt user-auth:secret"));
  const auto store = open_store(kTpm);
  const auto source = std::make_shared<FixedPassphrase>("secret");
  const Gateway gateway(load(*store, tpm.path("key.pem"), source));
  source->replace("wrong");
  tpm.stop();
  tpm.start();
  const auto count = [&] {
    REQUIRE(
        tpm.command("tpm2_getcap properties-variable | grep -w TPM2_PT_LOCKOUT_COUNTER > count"));
    std::string line;
    std::getline(std::ifstream(tpm.path("count")), line);
    return std::stoul(line.substr(line.find(':') + 1), nullptr, 0);
  };
  const auto before = count();
  for (int round = 0; round < 5; ++round) {
    const auto refused = gateway.carry("question");
    REQUIRE_ERRC(refused, Errc::key_unavailable);
    REQUIRE(refused.error().native != 0);
  }
  REQUIRE(count() == before + 1);
  REQUIRE(source->asked == 2);
}

TEST_CASE("an error says that a TPM is locked") {
  const Watchdog watchdog;
  const Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "key.pem", "-pkeyopt user-auth:secret"));
  REQUIRE(tpm.command("tpm2_dictionarylockout -Q -s -n 1 -t 1000 -l 1000"));
  const auto store = open_store(kTpm);
  const auto wrong = std::make_shared<FixedPassphrase>("wrong");
  REQUIRE_ERRC(store->load(tpm.path("key.pem"), wrong), Errc::key_unavailable);
  const auto locked = store->load(tpm.path("key.pem"), std::make_shared<FixedPassphrase>("secret"));
  REQUIRE_ERRC(locked, Errc::key_unavailable);
  REQUIRE(std::string(locked.error().message).find("locked") != std::string::npos);
}

TEST_CASE("files and keys of other kinds are refused in a TPM's store as well") {
  const Watchdog watchdog;
  const Swtpm tpm;
  const auto store = open_store(kTpm);
  REQUIRE_ERRC(store->load(tpm.path("missing.pem")), Errc::key_unavailable);
  REQUIRE(tpm.command("echo nothing > text"));
  REQUIRE_ERRC(store->load(tpm.path("text")), Errc::malformed);
  REQUIRE(tpm.command("openssl genpkey -provider tpm2 -provider base -algorithm RSA -out rsa.pem"));
  REQUIRE_ERRC(store->load(tpm.path("rsa.pem")), Errc::not_supported);
  REQUIRE(tpm.generate("P-256", "key.pem"));
  REQUIRE_ERRC(open_store({})->load(tpm.path("key.pem")), Errc::malformed);  // no tpm2 there
  REQUIRE(tpm.command("sed 's/^M/N/' key.pem > broken.pem"));
  REQUIRE(!store->load(tpm.path("broken.pem")).ok());
  REQUIRE(tpm.command("openssl genpkey -algorithm EC -pkeyopt group:P-256 -out software.pem"));
  REQUIRE(*Gateway(load(*store, tpm.path("software.pem"))).carry("question"));
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("a TPM that cannot be reached is unavailable") {
  const Watchdog watchdog;
  const Swtpm tpm;
  REQUIRE(tpm.generate("P-256", "key.pem"));
  for (const char* nowhere : {"swtpm:host=127.0.0.1,port=1", "nosuchtcti:"}) {
    ::setenv("TPM2OPENSSL_TCTI", nowhere, 1);
    const auto unreachable = KeyStore::open(kTpm);
    REQUIRE_ERRC(unreachable, Errc::key_unavailable);
    REQUIRE(std::string(unreachable.error().message).find("TPM2OPENSSL_TCTI") != std::string::npos);
  }
  ::setenv("TPM2OPENSSL_TCTI", tpm.tcti().c_str(), 1);
  REQUIRE(*Gateway(load(*open_store(kTpm), tpm.path("key.pem"))).carry("question"));
}
