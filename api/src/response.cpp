#include <twoway/response.hpp>

#include "stream_maker.hpp"

namespace twoway {
namespace {

constexpr Error kSealedAlready{Errc::wrong_state,
                               "a request has one response, and this one is sealed already"};

}  // namespace

Result<std::size_t> ResponseOpener::open(ByteSpan out, ByteView message,
                                         const MediaTypes& types) const noexcept {
  const Result<std::string_view> type = framing::choose_media_type(Form::whole, types);
  if (!type) return type.error();
  return context_.open(out, message, *type);
}

Result<Bytes> ResponseOpener::open(ByteView message, const MediaTypes& types) const noexcept {
  Bytes plaintext(opened_size(message.size()));
  Result<std::size_t> size = open(plaintext, message, types);
  if (!size) return size.error();
  return plaintext;
}

Result<ChunkOpener> ResponseOpener::chunk_opener(const MediaTypes& types,
                                                 const ChunkLimits& limits) const noexcept {
  const Result<std::string_view> type = framing::choose_media_type(Form::chunked, types);
  if (!type) return type.error();
  return ChunkOpener::create(context_.sequence_factory(*type), limits);
}

Result<OpenStream> ResponseOpener::stream(Form form, std::unique_ptr<Source> source,
                                          const MediaTypes& types,
                                          const StreamOptions& options) const noexcept {
  const Result<std::string_view> type = framing::choose_media_type(form, types);
  if (!type) return type.error();
  return StreamMaker::open(form, std::move(source), context_.sequence_factory(*type), options);
}

Result<ResponseOpener> ResponseOpener::restore(const Provider& provider, ByteView state) noexcept {
  auto context = framing::ResponseContext::restore(provider, framing::Role::sender, state);
  if (!context) return context.error();
  return ResponseOpener(std::move(*context));
}

Result<std::size_t> ResponseSealer::seal(ByteSpan out, ByteView plaintext,
                                         const MediaTypes& types) noexcept {
  if (sealed_) return kSealedAlready;
  const Result<std::string_view> type = framing::choose_media_type(Form::whole, types);
  if (!type) return type.error();
  const bool this_use = true;
  if (Status s = use_.begin(&this_use); !s) return s.error();
  Result<std::size_t> size = context_.seal(out, plaintext, *type, *rng_);
  if (Status s = use_.end(&this_use); !s) {
    if (size) core::wipe(out.first(*size));
    return s.error();
  }
  sealed_ = size.ok();
  return size;
}

Result<Bytes> ResponseSealer::seal(ByteView plaintext, const MediaTypes& types) noexcept {
  Bytes message(sealed_size(plaintext.size()));
  Result<std::size_t> size = seal(message, plaintext, types);
  if (!size) return size.error();
  return message;
}

// Chunked OHTTP section 6.2: response_nonce = random(max(Nn, Nk)), and the chunks follow it.
Result<ResponseSealer::Begun> ResponseSealer::begin(Form form, const MediaTypes& types) noexcept {
  if (sealed_) return kSealedAlready;
  const Result<std::string_view> type = framing::choose_media_type(form, types);
  if (!type) return type.error();
  if (!use_.process().is_current()) return core::kOtherProcess;
  Bytes response_nonce(prefix_size());
  if (Status s = rng_->fill(response_nonce); !s) return s.error();
  Result<core::SealSequence> sequence = context_.seal_sequence(response_nonce, *type);
  if (!sequence) return sequence.error();
  return Begun{std::move(response_nonce), std::move(*sequence)};
}

Result<ChunkedResponse> ResponseSealer::chunk_sealer(const MediaTypes& types,
                                                     const ChunkLimits& limits) noexcept {
  Result<Begun> begun = begin(Form::chunked, types);
  if (!begun) return begun.error();
  Result<ChunkSealer> chunks = ChunkSealer::create(std::move(begun->sequence), limits);
  if (!chunks) return chunks.error();
  sealed_ = true;
  return ChunkedResponse{std::move(begun->prefix), std::move(*chunks)};
}

Result<SealStream> ResponseSealer::stream(Form form, std::unique_ptr<Source> source,
                                          const MediaTypes& types,
                                          const StreamOptions& options) noexcept {
  Result<Begun> begun = begin(form, types);
  if (!begun) return begun.error();
  Result<SealStream> sealing = StreamMaker::seal(form, std::move(source), std::move(begun->prefix),
                                                 std::move(begun->sequence), options);
  sealed_ = sealing.ok();
  return sealing;
}

Result<SecretBytes> ResponseSealer::export_secret_state(SecretAccess) const noexcept {
  if (sealed_) return kSealedAlready;
  SecretBytes state = context_.export_secret_state(framing::Role::receiver);
  if (state.size() == 0) return core::kMovedFrom;
  return state;
}

Result<ResponseSealer> ResponseSealer::restore(const Provider& provider, ByteView state) noexcept {
  auto context = framing::ResponseContext::restore(provider, framing::Role::receiver, state);
  if (!context) return context.error();
  return ResponseSealer(std::move(*context), provider.rng());
}

}  // namespace twoway
