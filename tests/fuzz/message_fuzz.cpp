// A receiver and a sender with fixed keys: nothing but the authentic message opens, every refusal
// is the one that the message's beginning calls for, and a state is taken as it was written or not
// at all. The first byte of an input says what the rest is.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include <twoway/twoway.hpp>

#include "built_providers.hpp"
#include "fuzz.hpp"

using namespace twoway;

namespace {

const Provider& provider() { return *built::providers().front(); }

constexpr core::Suite kSuite{KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::chacha20_poly1305};
constexpr std::uint8_t kKeyId = 1;
constexpr std::size_t kRoleAt = 8;  // in a state
constexpr std::array<std::uint8_t, framing::kHeaderSize> kHeader{kKeyId, 0, 0x20, 0, 1, 0, 3};

/// The same bytes at every draw, so that the messages are the seeds' in every run.
class SameRng final : public Rng {
 public:
  Status fill(ByteSpan out) noexcept override {
    std::ranges::fill(out, 0x42);
    return {};
  }
};

Bytes copy(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

/// One exchange between parties that keep their keys.
struct Exchange {
  SameRng rng;
  KeyRing ring{provider()};
  RequestReceiver receiver{ring, {.rng = &rng}};
  const Bytes plaintext = copy(core::as_bytes("question"));
  const Bytes answer = copy(core::as_bytes("answer"));
  Bytes request;
  Bytes response;
  std::optional<ResponseOpener> opener;

  Exchange() {
    const auto kem = Kem::find(provider(), kSuite.kem);
    FUZZ_REQUIRE(kem.ok());
    auto key = kem->import_private(Bytes(32, 0x24));
    FUZZ_REQUIRE(key.ok());
    const Bytes public_key = copy((*key)->public_key());
    FUZZ_REQUIRE(ring.add(kKeyId, std::move(*key), {{kSuite.kdf, kSuite.aead}}).ok());
    auto sender = RequestSender::create(provider(), kKeyId, kSuite, public_key, {.rng = &rng});
    FUZZ_REQUIRE(sender.ok());
    auto sealed = sender->seal(plaintext);
    FUZZ_REQUIRE(sealed.ok());
    request = std::move(sealed->message);
    opener = std::move(sealed->response_opener);
    auto opened = receiver.open(request);
    FUZZ_REQUIRE(opened.ok() && opened->plaintext == plaintext);
    auto sealed_response = opened->response_sealer.seal(answer);
    FUZZ_REQUIRE(sealed_response.ok());
    response = std::move(*sealed_response);
  }
};

Exchange& exchange() {
  static Exchange one;
  return one;
}

void check_request(ByteView message) {
  const Exchange& e = exchange();
  const auto opened = e.receiver.open(message);
  if (fuzz::equal(message, e.request)) {
    FUZZ_REQUIRE(opened.ok() && opened->plaintext == e.plaintext);
    return;
  }
  const bool ours =
      message.size() >= kHeader.size() && fuzz::equal(message.first(kHeader.size()), kHeader);
  FUZZ_REQUIRE(!opened);
  FUZZ_REQUIRE(opened.error().code == (message.size() < kHeader.size() ? Errc::malformed
                                       : ours                          ? Errc::open_failed
                                                                       : Errc::unknown_key));
  FUZZ_REQUIRE(opened.error().native == 0);

  // The beginning alone: its key is known as soon as `enc` is whole.
  const auto pending = e.receiver.begin(message);
  FUZZ_REQUIRE(pending.ok() == (ours && message.size() >= kHeader.size() + 32));
  if (!pending) {
    FUZZ_REQUIRE(pending.error().code == opened.error().code);
    return;
  }
  FUZZ_REQUIRE(pending->key_id() == kKeyId && pending->suite() == kSuite);
  FUZZ_REQUIRE(fuzz::equal(pending->enc(), message.subspan(kHeader.size(), 32)));
}

void check_response(ByteView message) {
  const Exchange& e = exchange();
  const auto opened = e.opener->open(message);
  if (fuzz::equal(message, e.response)) {
    FUZZ_REQUIRE(opened.ok() && *opened == e.answer);
  } else {
    FUZZ_REQUIRE(!opened && opened.error().code == Errc::open_failed);
    FUZZ_REQUIRE(opened.error().native == 0);
  }
}

/// A state of either side; the same with the other role belongs to its peer.
void check_state(ByteView state) {
  auto opener = ResponseOpener::restore(provider(), state);
  auto sealer = ResponseSealer::restore(provider(), state);
  FUZZ_REQUIRE(!opener || !sealer);
  for (const auto* code :
       {opener ? nullptr : &opener.error(), sealer ? nullptr : &sealer.error()}) {
    FUZZ_REQUIRE(code == nullptr || code->code == Errc::malformed ||
                 code->code == Errc::not_supported);
  }
  if (!opener && !sealer) return;

  Bytes peer = copy(state);
  peer[kRoleAt] =
      static_cast<std::uint8_t>(opener ? framing::Role::receiver : framing::Role::sender);
  if (opener) {
    FUZZ_REQUIRE(fuzz::equal(opener->export_secret_state(SecretAccess()).view(), state));
    sealer = ResponseSealer::restore(provider(), peer);
    FUZZ_REQUIRE(sealer.ok());
    FUZZ_REQUIRE(fuzz::equal(sealer->export_secret_state(SecretAccess())->view(), peer));
  } else {
    FUZZ_REQUIRE(fuzz::equal(sealer->export_secret_state(SecretAccess())->view(), state));
    opener = ResponseOpener::restore(provider(), peer);
    FUZZ_REQUIRE(opener.ok());
    FUZZ_REQUIRE(fuzz::equal(opener->export_secret_state(SecretAccess()).view(), peer));
  }
  const auto response = sealer->seal(exchange().answer);
  FUZZ_REQUIRE(response.ok());
  const auto opened = opener->open(*response);
  FUZZ_REQUIRE(opened.ok() && *opened == exchange().answer);
  FUZZ_REQUIRE(sealer->export_secret_state(SecretAccess()).error().code == Errc::wrong_state);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView rest = ByteView(data, size).subspan(1);
  switch (data[0] % 3) {
    case 0: check_request(rest); break;
    case 1: check_response(rest); break;
    default: check_state(rest);
  }
  return 0;
}
