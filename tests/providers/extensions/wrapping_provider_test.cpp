// A user's provider that wraps another and overrides a single lookup.
#include <atomic>

#include <twoway/twoway.hpp>

#include "support.hpp"
#include "wrapping.hpp"

using namespace twoway;

namespace {

/// Counts the keys under which messages were sealed.
class CountingAead final : public core::Aead {
 public:
  explicit CountingAead(const core::Aead& inner) : inner_(inner) {}
  const core::AeadParams& params() const noexcept override { return inner_.params(); }
  Result<std::unique_ptr<core::AeadSealer>> sealer(ByteView key) const noexcept override {
    ++sealers;
    return inner_.sealer(key);
  }
  Result<std::unique_ptr<core::AeadOpener>> opener(ByteView key) const noexcept override {
    ++openers;
    return inner_.opener(key);
  }

  mutable std::atomic<int> sealers{0};
  mutable std::atomic<int> openers{0};

 private:
  const core::Aead& inner_;
};

class CountingProvider final : public test::WrappingProvider {
 public:
  explicit CountingProvider(const Provider& inner)
      : WrappingProvider(inner), counting(*inner.aead(AeadId::chacha20_poly1305)) {}
  const core::Aead* aead(AeadId id) const noexcept override {
    return id == AeadId::chacha20_poly1305 ? &counting : WrappingProvider::aead(id);
  }

  CountingAead counting;
};

}  // namespace

TEST_CASE("one overridden lookup sees its messages, and the rest is the wrapped provider's") {
  for (const Provider* inner : built::providers()) {
    INFO(inner->name());
    const CountingProvider provider(*inner);
    auto kem = Kem::find(provider, KemId::dhkem_x25519);
    REQUIRE_OK(kem);
    auto key = kem->generate_key_pair();
    REQUIRE_OK(key);
    KeyRing ring{provider};
    REQUIRE_OK(ring.add(1, std::move(*key), {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}}));
    auto configs = ring.key_configs();
    REQUIRE_OK(configs);

    // The sender uses the wrapped provider directly: both are the same on the wire.
    auto sender = RequestSender::create(*inner, *configs);
    REQUIRE_OK(sender);
    auto request = sender->seal(as_bytes("question"));
    REQUIRE_OK(request);
    auto opened = RequestReceiver{ring}.open(request->message);
    REQUIRE_OK(opened);
    auto reply = opened->response_sealer.seal(as_bytes("answer"));
    REQUIRE_OK(reply);
    REQUIRE_OK(request->response_opener.open(*reply));
    REQUIRE(provider.counting.openers == 1);
    REQUIRE(provider.counting.sealers == 1);
  }
}
