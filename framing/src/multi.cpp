#include <algorithm>
#include <array>

#include <twoway/framing/multi.hpp>

namespace twoway::framing {
namespace {

/// The AEAD of a body, by the AEAD of its receivers' suites. Its key has kBodyKeySize bytes.
struct BodyAead {
  AeadId suite;
  AeadId body;
};
constexpr std::array kBodyAeads{
    BodyAead{AeadId::aes128_gcm, AeadId::aes256_gcm},
    BodyAead{AeadId::aes256_gcm, AeadId::aes256_gcm},
    BodyAead{AeadId::chacha20_poly1305, AeadId::chacha20_poly1305},
};
static_assert(core::AeadKey::capacity() >= kBodyKeySize);

ByteView key_aad() noexcept { return core::as_bytes("multi-encap-key"); }

class BodySequenceFactory final : public OpenSequenceFactory {
 public:
  BodySequenceFactory(BodyKey key, std::unique_ptr<core::Gate> gate) noexcept
      : key_(std::move(key)), gate_(std::move(gate)) {}
  std::size_t prefix_size() const noexcept override { return key_.nonce_size(); }
  std::size_t overhead() const noexcept override { return key_.sealed_size(0); }
  Result<core::OpenSequence> open_sequence(ByteView nonce) noexcept override {
    Result<core::OpenSequence> sequence = key_.open_sequence(nonce);
    if (sequence) sequence->set_gate(std::move(gate_));
    return sequence;
  }

 private:
  BodyKey key_;
  std::unique_ptr<core::Gate> gate_;
};

}  // namespace

Result<const core::Aead*> find_body_aead(const Provider& provider, AeadId suite_aead) noexcept {
  const auto row =
      std::find_if(kBodyAeads.begin(), kBodyAeads.end(),
                   [suite_aead](const BodyAead& body) { return body.suite == suite_aead; });
  if (row == kBodyAeads.end()) {
    return Error{Errc::not_supported,
                 "a request to many receivers needs AES-GCM or ChaCha20Poly1305 as its AEAD"};
  }
  const core::Aead* aead = provider.aead(row->body);
  if (aead == nullptr) {
    return core::not_offered(provider,
                             "the provider lacks the AEAD of this request's body (AES-128-GCM "
                             "suites need AES-256-GCM for it): choose another");
  }
  return aead;
}

// key = random(32)
Result<BodyKey> BodyKey::draw(const core::Aead& aead, core::Rng& rng) noexcept {
  BodyKey key(aead);
  if (Status s = rng.fill(key.key_.reset(kBodyKeySize)); !s) return s.error();
  return key;
}

// key = rctxt.Open("multi-encap-key", ciphertext)
Result<BodyKey> BodyKey::decapsulate(const core::Aead& aead, core::OpenSequence& sequence,
                                     ByteView ciphertext) noexcept {
  if (ciphertext.size() != sequence.sealed_size(kBodyKeySize)) return core::kBadAeadTag;
  BodyKey key(aead);
  const Result<std::size_t> size =
      sequence.open(key.key_.reset(kBodyKeySize), key_aad(), ciphertext);
  if (!size) return size.error();
  return key;
}

// concat(hdr, enc, sctxt.Seal("multi-encap-key", key))
Result<Bytes> BodyKey::encapsulate(BegunRequest& begun) const noexcept {
  if (moved_from()) return core::kMovedFrom;
  const std::size_t prefix = begun.prefix.size();
  Bytes message(prefix + begun.context.sealed_size(kBodyKeySize));
  std::copy(begun.prefix.begin(), begun.prefix.end(), message.begin());
  const Result<std::size_t> size =
      begun.context.seal(ByteSpan(message).subspan(prefix), key_aad(), key_.view());
  if (!size) return size.error();
  return message;
}

Result<core::SealSequence> BodyKey::seal_sequence(ByteView nonce) const noexcept {
  if (moved_from()) return core::kMovedFrom;
  return core::SealSequence::create(*aead_, key_.view(), nonce);
}

Result<core::OpenSequence> BodyKey::open_sequence(ByteView nonce) const noexcept {
  if (moved_from()) return core::kMovedFrom;
  return core::OpenSequence::create(*aead_, key_.view(), nonce);
}

std::unique_ptr<OpenSequenceFactory> BodyKey::sequence_factory(
    BodyKey key, std::unique_ptr<core::Gate> gate) noexcept {
  return std::make_unique<BodySequenceFactory>(std::move(key), std::move(gate));
}

}  // namespace twoway::framing
