// A product with a key store, a key and a ring in static objects, which end with the process.
//
//   static_keys URI      exits with 0 if all went well before the end
#include <memory>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

using namespace twoway;

// The child does not close its parent's connection to the TPM, so the connection's memory looks
// like a leak.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

namespace {

std::unique_ptr<openssl::KeyStore> store_of_product;
std::shared_ptr<const PrivateKey> key_of_product, software_key;
std::unique_ptr<KeyRing> ring_of_product;

int run(const std::string& uri) {
  auto store = openssl::KeyStore::open({.providers = {"tpm2", "default"}});
  if (!store) return 3;
  store_of_product = std::move(*store);
  auto key = store_of_product->load(uri);
  if (!key) return 4;
  key_of_product = std::move(*key);
  const auto kem = Kem::find(openssl::provider(), KemId::dhkem_p256);
  if (!kem) return 5;
  auto software = kem->generate_key_pair();
  if (!software) return 5;
  software_key = std::move(*software);
  ring_of_product = std::make_unique<KeyRing>(openssl::provider());
  const std::vector<SymmetricAlgorithms> suites{{KdfId::hkdf_sha256, AeadId::aes128_gcm}};
  if (!ring_of_product->add(1, key_of_product, suites)) return 6;
  if (!ring_of_product->add(2, software_key, suites)) return 6;
  // A child ends as its parent does, and leaves the parent's connection alone.
  const pid_t child = ::fork();
  if (child == 0) return 0;
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0) return 7;
  return ring_of_product->add(3, key_of_product, suites) ? 0 : 8;
}

}  // namespace

int main(int argc, char** argv) { return argc == 2 ? run(argv[1]) : 2; }
