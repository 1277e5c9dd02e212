// exchange MODULE TOKEN PIN_FILE LABEL COUNT: opens COUNT requests with the token's key of that
// label, then COUNT more in four threads, and compares the texts. If LABEL is --generate, the
// provider makes the key. Exits with 0 if all is right, and with 77 if the token makes no keys.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <twoway/openssl.hpp>
#include <twoway/pkcs11.hpp>
#include <twoway/twoway.hpp>

namespace {

int fail(const char* what, const twoway::core::Error& error) {
  std::fprintf(stderr, "%s: %s: %s (native 0x%llx)\n", what, twoway::core::to_string(error.code),
               error.message, static_cast<unsigned long long>(error.native));
  return 1;
}

/// Seals and opens one request. Returns true if its text came back.
bool carry(const twoway::RequestSender& sender, const twoway::KeyRing& ring, int number) {
  const std::string text = "question " + std::to_string(number);
  auto request = sender.seal(twoway::as_bytes(text));
  if (!request) return fail("seal", request.error()) == 0;
  auto opened = twoway::RequestReceiver{ring}.open(request->message);
  if (!opened) return fail("open", opened.error()) == 0;
  return std::string(opened->plaintext.begin(), opened->plaintext.end()) == text;
}

double rate(int count, std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return count / seconds.count();
}

}  // namespace

int main(int count_of_arguments, char** arguments) {
  using namespace twoway;
  if (count_of_arguments != 6) {
    std::fprintf(stderr, "usage: exchange MODULE TOKEN PIN_FILE LABEL COUNT\n");
    return 2;
  }
  const std::string label = arguments[4];
  const int count = std::atoi(arguments[5]);
  pkcs11::TokenLocation location;
  location.module_path = arguments[1];
  location.label = arguments[2];
  pkcs11::Options options;
  options.pin = core::secret_from_file(arguments[3]);
  auto token = pkcs11::Token::open(location, options);
  if (!token) return fail("token", token.error());

  const std::string option = "--generate=";
  Result<std::unique_ptr<core::DhPrivateKey>> key = core::Error{};
  if (label.compare(0, option.size(), option) == 0) {
    const std::string curve = label.substr(option.size());
    const KemId kem = curve == "p256"   ? KemId::dhkem_p256
                      : curve == "p384" ? KemId::dhkem_p384
                                        : KemId::dhkem_p521;
    key = token->generate_key(openssl::provider(), kem, {"made-" + curve, {}});
  } else {
    key = token->open_key(openssl::provider(), {label, {}});
  }
  if (!key) return fail(label.c_str(), key.error());
  const KdfId kdf = (*key)->kem_id() == KemId::dhkem_p256 ? KdfId::hkdf_sha256 : KdfId::hkdf_sha512;
  KeyRing ring{openssl::provider()};
  if (const Status added = ring.add(1, std::move(*key), {{kdf, AeadId::aes128_gcm}}); !added) {
    return fail("ring", added.error());
  }
  auto configs = ring.key_configs();
  if (!configs) return fail("configurations", configs.error());
  auto sender = RequestSender::create(openssl::provider(), *configs);
  if (!sender) return fail("sender", sender.error());

  auto start = std::chrono::steady_clock::now();
  int good = 0;
  for (int i = 0; i < count; ++i) good += carry(*sender, ring, i) ? 1 : 0;
  const double alone = rate(count, start);

  constexpr int kThreads = 4;
  std::atomic<int> together{0};
  start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = thread; i < count; i += kThreads) {
        if (carry(*sender, ring, i)) ++together;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("%s: %d of %d requests opened (%.0f/s), %d of %d in %d threads (%.0f/s)\n",
              label.c_str(), good, count, alone, together.load(), count, kThreads,
              rate(count, start));
  return good == count && together == count ? 0 : 1;
}
