// A product with keys in static objects. They end with the process, after the exit handlers of the
// PKCS#11 module and of the libraries that it loads.
//
//   static_objects key|ring|token|child URI      exits with 0 if all went well before the end
#include <cstdlib>
#include <memory>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include <twoway/pkcs11.hpp>
#include <twoway/twoway.hpp>

#include "built_providers.hpp"
#include "soft_token.hpp"

using namespace twoway;

// The module is finalised before static objects end, so their memory is not a leak.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

namespace {

std::shared_ptr<const PrivateKey> key_of_product;
std::unique_ptr<KeyRing> ring_of_product;
std::unique_ptr<pkcs11::Token> token_of_product;

pkcs11::Options options() {
  return {.pin = core::secret_from_function([](core::SecretBuffer& pin) -> Status {
            const ByteView bytes = as_bytes(test::kPin);
            pin.assign(bytes.begin(), bytes.end());
            return {};
          })};
}

/// Uses its token once more in the destructor of a static object.
struct Late {
  const pkcs11::Token* token = nullptr;
  ~Late() {
    if (token == nullptr) return;
    const auto keys = token->list_keys();
    if (keys || keys.error().message == nullptr) ::_exit(9);
  }
};
Late late;

Result<std::unique_ptr<DhPrivateKey>> open(const std::string& uri) {
  for (const Provider* const provider : built::providers()) {
    auto key = pkcs11::open_key(*provider, uri, options());
    if (key || key.error().code != Errc::not_supported) return key;
  }
  return Error{Errc::not_supported, "no provider offers the curve"};
}

int run(const std::string& what, const std::string& uri) {
  auto key = open(uri);
  if (!key) return 3;
  if (what == "key" || what == "child") {
    key_of_product = std::move(*key);
  } else if (what == "ring") {
    for (const Provider* const provider : built::providers()) {
      if (!Kem::find(*provider, (*key)->kem_id())) continue;
      ring_of_product = std::make_unique<KeyRing>(*provider);
      break;
    }
    const std::vector<SymmetricAlgorithms> suites{{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}};
    if (!ring_of_product->add(1, std::move(*key), suites)) return 4;
  } else {
    auto token = pkcs11::Token::open(pkcs11::parse_uri(uri)->location.token, options());
    if (!token || !token->list_keys()) return 5;
    token_of_product = std::make_unique<pkcs11::Token>(std::move(*token));
    late.token = token_of_product.get();
  }
  if (what != "child") return 0;
  // Children end like their parent: one that uses the key, and one that does not.
  for (const bool uses : {true, false}) {
    const pid_t child = ::fork();
    if (child == 0) {
      if (!uses) return 0;
      return open(uri) ? 0 : 6;
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) return 7;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return argc == 3 ? run(argv[1], argv[2]) : 2; }
