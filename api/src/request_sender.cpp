#include <algorithm>

#include <twoway/key_configs.hpp>
#include <twoway/request_sender.hpp>

#include "forms.hpp"

namespace twoway {
namespace {

constexpr Error kSealedAlready{Errc::wrong_state, "this request is sealed already: begin another"};
constexpr Error kTooSmall{Errc::buffer_too_small, "the output is too small: ask sealed_size"};

}  // namespace

Result<std::size_t> RequestSealer::seal(ByteSpan out, ByteView plaintext) noexcept {
  if (Status s = require_form(form_, Form::whole); !s) return s.error();
  if (sealed_) return kSealedAlready;
  const std::size_t whole = sealed_size(plaintext.size());
  if (out.size() < whole) return kTooSmall;
  if (!core::apart_or_at(out.first(whole), plaintext, begun_.prefix.size())) {
    return core::kBadOverlap;
  }
  Result<std::size_t> size = begun_.context.seal(out.subspan(begun_.prefix.size()), {}, plaintext);
  if (!size) return size;
  std::copy(begun_.prefix.begin(), begun_.prefix.end(), out.begin());
  sealed_ = true;
  return begun_.prefix.size() + *size;
}

Result<ChunkSealer> RequestSealer::chunk_sealer(const ChunkLimits& limits) noexcept {
  if (Status s = require_form(form_, Form::chunked); !s) return s.error();
  if (sealed_) return kSealedAlready;
  if (Status s = framing::check_limits(limits); !s) return s.error();
  Result<core::SealSequence> sequence = begun_.context.take_sequence();
  if (!sequence) return sequence.error();
  sealed_ = true;
  return ChunkSealer::create(std::move(*sequence), limits);
}

Result<SealStream> RequestSealer::stream(std::unique_ptr<Source> source,
                                         const StreamOptions& options) noexcept {
  if (sealed_) return kSealedAlready;
  Result<core::SealSequence> sequence = begun_.context.take_sequence();
  if (!sequence) return sequence.error();
  sealed_ = true;
  return SealStream::create(form_, std::move(source), begun_.prefix, std::move(*sequence), options);
}

ResponseOpener RequestSealer::response_opener() const noexcept {
  return ResponseOpener(
      framing::ResponseContext(suite_, key_id_, begun_.enc(), begun_.context.exporter()));
}

Result<RequestSender> RequestSender::create(const Provider& provider, ByteView key_configs,
                                            const SenderOptions& options) noexcept {
  Result<std::vector<KeyConfig>> configs = read_key_configs(provider, key_configs);
  if (!configs) return configs.error();
  return create(provider, *configs, options);
}

Result<RequestSender> RequestSender::create(const Provider& provider,
                                            std::span<const KeyConfig> configs,
                                            const SenderOptions& options) noexcept {
  Result<framing::KeyChoice> choice = framing::choose_key(provider, configs);
  if (!choice) return choice.error();
  return RequestSender(std::move(*choice), options);
}

Result<RequestSender> RequestSender::create(const Provider& provider, std::uint8_t key_id,
                                            Suite suite, ByteView public_key,
                                            const SenderOptions& options) noexcept {
  Result<core::CipherSuite> found = framing::find_suite(provider, suite);
  if (!found) return found.error();
  Result<std::unique_ptr<PublicKey>> key = found->kem().import_public(public_key);
  if (!key) return key.error();
  return RequestSender({key_id, *found, std::move(*key)}, options);
}

Result<RequestSealer> RequestSender::begin(Form form, const MediaTypes& types) const noexcept {
  const Result<std::string_view> type = framing::choose_media_type(form, types);
  if (!type) return type.error();
  Result<framing::BegunRequest> begun = framing::begin_request(
      choice_.suite, choice_.key_id, *choice_.public_key, *type, options_.rng);
  if (!begun) return begun.error();
  return RequestSealer(form, choice_.suite, choice_.key_id, std::move(*begun));
}

Result<ResponseOpener> RequestSender::seal(ByteSpan out, ByteView plaintext,
                                           const MediaTypes& types) const noexcept {
  if (out.size() < sealed_size(plaintext.size())) return kTooSmall;
  Result<RequestSealer> sealer = begin(Form::whole, types);
  if (!sealer) return sealer.error();
  if (Result<std::size_t> size = sealer->seal(out, plaintext); !size) return size.error();
  return sealer->response_opener();
}

Result<SealedRequest> RequestSender::seal(ByteView plaintext,
                                          const MediaTypes& types) const noexcept {
  Bytes message(sealed_size(plaintext.size()));
  Result<ResponseOpener> opener = seal(message, plaintext, types);
  if (!opener) return opener.error();
  return SealedRequest{std::move(message), std::move(*opener)};
}

}  // namespace twoway
