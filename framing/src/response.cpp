#include <algorithm>
#include <array>
#include <string>

#include <twoway/framing/response.hpp>

#include "wire.hpp"

namespace twoway::framing {
namespace {

constexpr std::size_t kMaxResponseNonce = std::max(core::kMaxNn, core::kMaxNk);

// A saved state: the magic, whose last byte is the version, the role, the request's header, the
// length of enc (2), enc, and the exporter secret (Nh).
constexpr std::array<std::uint8_t, 8> kMagic{'t', 'w', 'o', 'w', 'a', 'y', 0, 1};
constexpr Error kBadState{
    Errc::malformed, "not a response state of this side and version: use the one that it saved"};

class ResponseSequenceFactory final : public OpenSequenceFactory {
 public:
  ResponseSequenceFactory(ResponseContext context, std::string_view media_type) noexcept
      : context_(std::move(context)), media_type_(media_type) {}
  std::size_t prefix_size() const noexcept override { return context_.nonce_size(); }
  std::size_t overhead() const noexcept override { return context_.sealed_size(0); }
  Result<core::OpenSequence> open_sequence(ByteView response_nonce) noexcept override {
    return context_.open_sequence(response_nonce, media_type_);
  }

 private:
  ResponseContext context_;
  std::string media_type_;
};

}  // namespace

ResponseContext::ResponseContext(const core::CipherSuite& suite, std::uint8_t key_id, ByteView enc,
                                 const core::Exporter& exporter) noexcept
    : suite_(suite),
      key_id_(key_id),
      enc_(enc.begin(), enc.end()),
      exporter_(exporter.duplicate()) {}

std::size_t ResponseContext::nonce_size() const noexcept {
  return std::max(suite_.aead()->params().nn, suite_.aead()->params().nk);
}

// RFC 9458 section 4.4:
//   secret = context.Export("message/bhttp response", max(Nn, Nk))
//   salt = concat(enc, response_nonce)
//   prk = Extract(salt, secret)
//   aead_key = Expand(prk, "key", Nk)
//   aead_nonce = Expand(prk, "nonce", Nn)
Result<ResponseContext::Keys> ResponseContext::derive_keys(
    ByteView response_nonce, std::string_view media_type) const noexcept {
  if (enc_.empty()) return core::kMovedFrom;
  const core::AeadParams& aead = suite_.aead()->params();
  const core::Kdf& kdf = suite_.kdf();
  if (response_nonce.size() != nonce_size()) {
    return Error{Errc::invalid_argument, "a response nonce is max(Nn, Nk) bytes"};
  }
  if (enc_.size() != suite_.nenc()) {
    return Error{Errc::invalid_argument, "this enc is not of the suite's KEM"};
  }
  core::Secret<kMaxResponseNonce> secret;
  Status s = exporter_.export_secret(secret.reset(nonce_size()), core::as_bytes(media_type));
  if (!s) return s.error();

  std::array<std::uint8_t, core::kMaxEnc + kMaxResponseNonce> buffer{};
  const ByteSpan salt = ByteSpan(buffer).first(enc_.size() + response_nonce.size());
  Writer writer(salt);
  writer.bytes(enc_);
  writer.bytes(response_nonce);

  core::Prk prk;
  const std::array<ByteView, 1> ikm{secret.view()};
  if (s = kdf.extract(prk, salt, ikm); !s) return s.error();
  Keys keys;
  const std::array<ByteView, 1> key_label{core::as_bytes("key")};
  if (s = kdf.expand(keys.key.reset(aead.nk), prk.view(), key_label); !s) return s.error();
  const std::array<ByteView, 1> nonce_label{core::as_bytes("nonce")};
  if (s = kdf.expand(keys.nonce.reset(aead.nn), prk.view(), nonce_label); !s) return s.error();
  return keys;
}

Result<core::SealSequence> ResponseContext::seal_sequence(
    ByteView response_nonce, std::string_view media_type) const noexcept {
  Result<Keys> keys = derive_keys(response_nonce, media_type);
  if (!keys) return keys.error();
  return core::SealSequence::create(*suite_.aead(), keys->key.view(), keys->nonce.view());
}

Result<core::OpenSequence> ResponseContext::open_sequence(
    ByteView response_nonce, std::string_view media_type) const noexcept {
  Result<Keys> keys = derive_keys(response_nonce, media_type);
  if (!keys) return keys.error();
  return core::OpenSequence::create(*suite_.aead(), keys->key.view(), keys->nonce.view());
}

std::unique_ptr<OpenSequenceFactory> ResponseContext::sequence_factory(
    std::string_view media_type) const noexcept {
  return std::make_unique<ResponseSequenceFactory>(
      ResponseContext(suite_, key_id_, enc_, exporter_), media_type);
}

std::size_t ResponseContext::sealed_size(std::size_t plaintext_size) const noexcept {
  return nonce_size() + plaintext_size + suite_.nt();
}

std::size_t ResponseContext::opened_size(std::size_t message_size) const noexcept {
  return without(nonce_size() + suite_.nt(), message_size);
}

// RFC 9458 section 4.4:
//   response_nonce = random(max(Nn, Nk))
//   ct = Seal(aead_key, aead_nonce, "", response)
//   enc_response = concat(response_nonce, ct)
Result<std::size_t> ResponseContext::seal(ByteSpan out, ByteView plaintext,
                                          std::string_view media_type,
                                          core::Rng& rng) const noexcept {
  const std::size_t size = sealed_size(plaintext.size());
  if (out.size() < size) {
    return Error{Errc::buffer_too_small, "the output is too small: ask sealed_size"};
  }
  if (!core::apart_or_at(out.first(size), plaintext, nonce_size())) return core::kBadOverlap;
  const ByteSpan response_nonce = out.first(nonce_size());
  if (Status s = rng.fill(response_nonce); !s) return s.error();
  Result<core::SealSequence> sequence = seal_sequence(response_nonce, media_type);
  if (!sequence) return sequence.error();
  auto sealed = sequence->seal(out.subspan(nonce_size()), {}, plaintext);
  if (!sealed) return sealed.error();
  return size;
}

Result<std::size_t> ResponseContext::open(ByteSpan out, ByteView message,
                                          std::string_view media_type) const noexcept {
  if (message.size() < nonce_size()) return core::kBadAeadTag;
  const ByteSpan written = out.first(std::min(out.size(), opened_size(message.size())));
  if (!core::apart_or_at(message, written, nonce_size())) return core::kBadOverlap;
  Result<core::OpenSequence> sequence = open_sequence(message.first(nonce_size()), media_type);
  if (!sequence) return sequence.error();
  return sequence->open(out, {}, message.subspan(nonce_size()));
}

core::SecretBytes ResponseContext::export_secret_state(Role role) const noexcept {
  const ByteView secret = exporter_.secret();
  if (secret.empty()) return {};  // moved from
  core::SecretBytes state(kMagic.size() + 1 + kHeaderSize + 2 + enc_.size() + secret.size());
  Writer writer(state.span());
  writer.bytes(kMagic);
  writer.u8(static_cast<std::uint8_t>(role));
  writer.bytes(serialize({key_id_, suite_.id()}));
  writer.u16(static_cast<std::uint16_t>(enc_.size()));
  writer.bytes(enc_);
  writer.bytes(secret);
  return state;
}

Result<ResponseContext> ResponseContext::restore(const Provider& provider, Role role,
                                                 ByteView state) noexcept {
  Reader reader(state);
  const ByteView magic = reader.bytes(kMagic.size());
  const auto saved_role = Role{reader.u8()};
  Result<RequestHeader> header = parse_header(reader.bytes(kHeaderSize));
  const ByteView enc = reader.bytes(reader.u16());
  if (reader.failed() || !header || !std::equal(magic.begin(), magic.end(), kMagic.begin()) ||
      saved_role != role) {
    return kBadState;
  }
  Result<core::CipherSuite> suite = find_suite(provider, header->suite);
  if (!suite) return suite.error();
  const ByteView secret = reader.bytes(suite->kdf().params().nh);
  if (!reader.at_end() || enc.size() != suite->nenc()) return kBadState;
  Result<core::Exporter> exporter = core::Exporter::create(*suite, secret);
  if (!exporter) return exporter.error();
  return ResponseContext(*suite, header->key_id, enc, *exporter);
}

}  // namespace twoway::framing
