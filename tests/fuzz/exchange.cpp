#include "exchange.hpp"

#include <algorithm>

#include "built_providers.hpp"

namespace twoway::fuzz {

const Provider& provider() { return *built::providers().front(); }

Status SameRng::fill(ByteSpan out) noexcept {
  std::ranges::fill(out, 0x42);
  return {};
}

RequestSender add_key(KeyRing& ring, std::uint8_t byte, Rng& rng) {
  const auto kem = Kem::find(provider(), kSuite.kem);
  FUZZ_REQUIRE(kem.ok());
  auto key = kem->import_private(Bytes(32, byte));
  FUZZ_REQUIRE(key.ok());
  const Bytes public_key = copy((*key)->public_key());
  FUZZ_REQUIRE(ring.add(kKeyId, std::move(*key), {{kSuite.kdf, kSuite.aead}}).ok());
  auto sender = RequestSender::create(provider(), kKeyId, kSuite, public_key, {.rng = &rng});
  FUZZ_REQUIRE(sender.ok());
  return std::move(*sender);
}

Exchange::Exchange() {
  sender = add_key(ring, 0x24, rng);
  auto sealed = sender->seal(plaintext);
  FUZZ_REQUIRE(sealed.ok());
  request = std::move(sealed->message);
  opener = std::move(sealed->response_opener);
  auto opened = receiver.open(request);
  FUZZ_REQUIRE(opened.ok() && opened->plaintext == plaintext);
  auto sealed_response = opened->response_sealer.seal(answer);
  FUZZ_REQUIRE(sealed_response.ok());
  response = std::move(*sealed_response);
  const auto pending = receiver.begin(Form::whole, request);
  FUZZ_REQUIRE(pending.ok());
  FUZZ_REQUIRE(pending->kem().decap(shared_secret, pending->enc(), pending->key()).ok());
}

Exchange& exchange() {
  static Exchange one;
  return one;
}

}  // namespace twoway::fuzz
