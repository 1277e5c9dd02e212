// Random bytes straight from the kernel: an example of docs/security.md.
#include <cerrno>
#include <cstdio>

#include <sys/random.h>

#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

using namespace twoway;

// example {
/// Keeps no state in the process, so that no copy of the process repeats what another one drew.
class SystemRng final : public Rng {
 public:
  Status fill(ByteSpan out) noexcept override {
    for (ByteSpan rest = out; !rest.empty();) {
      const ssize_t got = getrandom(rest.data(), rest.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        core::wipe(out);
        return Error{Errc::provider_failure, "the system gives no random bytes",
                     static_cast<std::uint64_t>(errno)};
      }
      rest = rest.subspan(static_cast<std::size_t>(got));
    }
    return {};
  }
};

Result<Bytes> ask(const KeyRing& ring, ByteView key_configs) {
  SystemRng rng;  // outlives what draws from it
  const auto sender = RequestSender::create(ring.provider(), key_configs, {.rng = &rng});
  if (!sender) return sender.error();
  const auto request = sender->seal(as_bytes("question"));  // the ephemeral key
  if (!request) return request.error();
  auto opened = RequestReceiver(ring, {.rng = &rng}).open(request->message);
  if (!opened) return opened.error();
  const auto response = opened->response_sealer.seal(as_bytes("answer"));  // the response nonce
  if (!response) return response.error();
  return request->response_opener.open(*response);
}
// } example

int main() {
  const Provider& crypto = openssl::provider();
  KeyRing ring(crypto);
  auto key = Kem::find(crypto, KemId::dhkem_x25519)->generate_key_pair();
  if (!key || !ring.add(1, std::move(*key), {{KdfId::hkdf_sha256, AeadId::aes128_gcm}})) return 1;
  const auto answer = ask(ring, *ring.key_configs());
  if (!answer) std::fprintf(stderr, "%s\n", answer.error().message);
  return answer && answer->size() == 6 ? 0 : 1;
}
