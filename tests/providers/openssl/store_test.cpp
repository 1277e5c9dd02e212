// Keys from files, through the OpenSSL providers that are always there.
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <openssl/pem.h>
#include <sys/wait.h>
#include <unistd.h>

#include "objects.hpp"
#include "store_support.hpp"
#include "temporary_directory.hpp"

using namespace twoway;
using namespace twoway::test;
using openssl::KeyStore;

namespace {

class Directory : public TemporaryDirectory {
 public:
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path() / name, std::ios::binary) << text;
    return (path() / name).string();
  }

  /// Writes PKCS#8 in PEM, encrypted if there is a pass phrase.
  std::string write(const std::string& name, EVP_PKEY* key,
                    const char* passphrase = nullptr) const {
    const std::string path = (this->path() / name).string();
    BIO* out = BIO_new_file(path.c_str(), "wb");
    REQUIRE(out != nullptr);
    const int good =
        PEM_write_bio_PKCS8PrivateKey(out, key, passphrase == nullptr ? nullptr : EVP_aes_256_cbc(),
                                      nullptr, 0, nullptr, const_cast<char*>(passphrase));
    BIO_free(out);
    REQUIRE(good == 1);
    return path;
  }

  std::string write_public(const std::string& name, EVP_PKEY* key) const {
    const std::string path = (this->path() / name).string();
    BIO* out = BIO_new_file(path.c_str(), "wb");
    const int good = PEM_write_bio_PUBKEY(out, key);
    BIO_free(out);
    REQUIRE(good == 1);
    return path;
  }
};

}  // namespace

TEST_CASE("a store loads key files of every curve, and its keys open messages") {
  const Directory directory;
  const auto store = open_store({});
  const std::pair<const char*, const char*> curves[] = {
      {"EC", "P-256"}, {"EC", "P-384"}, {"EC", "P-521"}, {"X25519", nullptr}, {"X448", nullptr}};
  for (const auto& [type, group] : curves) {
    INFO(type << ' ' << (group == nullptr ? "" : group));
    const Pkey native = generate(type, group);
    const std::string path = directory.write("key.pem", native.get());
    for (const std::string& uri : {path, "file:" + path}) {
      auto key = store->load(uri);
      REQUIRE_OK(key);
      const auto expected = openssl::opaque_key(native.get());
      REQUIRE_OK(expected);
      REQUIRE(copy((*key)->public_key()) == copy((*expected)->public_key()));
      const Gateway gateway(std::move(*key));
      const auto carried = gateway.carry("question");
      REQUIRE_OK(carried);
      REQUIRE(*carried);
    }
  }
}

TEST_CASE("stored keys outlive their store") {
  const Directory directory;
  const std::string path = directory.write("key.pem", generate("EC", "P-256").get());
  auto store = open_store({});
  auto key = store->load(path);
  REQUIRE_OK(key);
  store.reset();
  std::filesystem::remove(path);  // it is read once
  const Gateway gateway(std::move(*key));
  REQUIRE(*gateway.carry("question"));
}

TEST_CASE("an encrypted key file opens with its pass phrase only") {
  const Directory directory;
  const std::string path =
      directory.write("key.pem", generate("EC", "P-256").get(), "correct horse");
  const auto store = open_store({});

  const auto without = store->load(path);
  REQUIRE_ERRC(without, Errc::key_unavailable);
  REQUIRE(std::string(without.error().message).find("SecretSource") != std::string::npos);

  const auto wrong = std::make_shared<FixedPassphrase>("wrong");
  REQUIRE_ERRC(store->load(path, wrong), Errc::key_unavailable);
  REQUIRE(wrong->asked == 1);

  const auto gone = std::make_shared<FixedPassphrase>("");
  const auto failed = store->load(path, gone);
  REQUIRE_ERRC(failed, Errc::source_failed);
  REQUIRE(failed.error().native == 7);

  const auto too_long = std::make_shared<FixedPassphrase>(std::string(1025, 'x'));
  REQUIRE_ERRC(store->load(path, too_long), Errc::invalid_argument);

  const auto right = std::make_shared<FixedPassphrase>("correct horse");
  auto key = store->load(path, right);
  REQUIRE_OK(key);
  REQUIRE(right->asked == 1);
  const Gateway gateway(std::move(*key));
  REQUIRE(*gateway.carry("question"));
  REQUIRE(right->asked == 1);
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("a store that loads nothing says why") {
  const Directory directory;
  const auto store = open_store({});
  const Pkey native = generate("EC", "P-256");
  const std::string path = directory.write("key.pem", native.get());

  REQUIRE_ERRC(store->load(""), Errc::invalid_argument);
  REQUIRE_ERRC(store->load(path + std::string(1, '\0')), Errc::invalid_argument);
  const auto missing = store->load(path + ".missing");
  REQUIRE_ERRC(missing, Errc::key_unavailable);
  REQUIRE(missing.error().native == ENOENT);
  REQUIRE_ERRC(store->load("nosuch:thing"), Errc::not_supported);
  REQUIRE_ERRC(store->load("handle:0x81000100"), Errc::not_supported);
  REQUIRE_ERRC(store->load(directory.write("text", "no key at all\n")), Errc::malformed);
  REQUIRE_ERRC(store->load(directory.write("empty", "")), Errc::malformed);
  REQUIRE_ERRC(store->load(directory.write_public("public.pem", native.get())), Errc::malformed);
  REQUIRE_ERRC(store->load(directory.write("rsa.pem", generate("RSA", nullptr).get())),
               Errc::not_supported);
  REQUIRE_ERRC(store->load(directory.write("k1.pem", generate("EC", "secp256k1").get())),
               Errc::not_supported);
  REQUIRE_OK(store->load(path));  // the store still works
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("a store says which OpenSSL provider it lacks") {
  const auto missing =
      KeyStore::open({.providers = {"default", "nosuch"}, .config = {}, .properties = {}});
  REQUIRE_ERRC(missing, Errc::not_supported);
  REQUIRE(std::string(missing.error().message).find("not installed") != std::string::npos);
  const auto config =
      KeyStore::open({.providers = {"default"}, .config = "/nonexistent.cnf", .properties = {}});
  REQUIRE_ERRC(config, Errc::malformed);
  REQUIRE(ERR_peek_error() == 0);
}

TEST_CASE("a store reads its configuration and its property query") {
  const Directory directory;
  const std::string path = directory.write("key.pem", generate("EC", "P-256").get());
  const std::string config = directory.write("openssl.cnf",
                                             "openssl_conf = init\n[init]\nproviders = list\n"
                                             "[list]\ndefault = loaded\n[loaded]\nactivate = 1\n");
  REQUIRE_OK(open_store({.providers = {}, .config = config, .properties = {}})->load(path));
  const auto store =
      open_store({.providers = {"default"}, .config = {}, .properties = "provider=nosuch"});
  REQUIRE(!store->load(path).ok());
}

TEST_CASE("threads share a store and its keys") {
  const Watchdog watchdog;
  const Directory directory;
  const auto store = open_store({});
  const std::string path = directory.write("key.pem", generate("EC", "P-256").get());
  auto loaded = store->load(path);
  REQUIRE_OK(loaded);
  const Gateway gateway(std::move(*loaded));
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        const auto own = store->load(path);
        const auto carried = gateway.carry("question " + std::to_string(100 * i + round));
        if (own.ok() && carried.ok() && *carried) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(good == 160);
}

TEST_CASE("a child of a fork is told to open a store of its own") {
  const Watchdog watchdog;
  const Directory directory;
  const std::string path = directory.write("key.pem", generate("EC", "P-256").get());
  auto store = open_store({});
  auto loaded = store->load(path);
  REQUIRE_OK(loaded);
  const Gateway gateway(std::move(*loaded));
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(60);
    const auto inherited = gateway.carry("question");
    const bool refused = !inherited && inherited.error().code == Errc::key_unavailable;
    const bool no_load = !store->load(path).ok();
    store.reset();
    const auto own = KeyStore::open({});
    ::_exit(refused && no_load && own.ok() && (*own)->load(path).ok() ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  REQUIRE(*gateway.carry("question"));
}
