#include <twoway/response.hpp>

namespace twoway {
namespace {

constexpr Error kSealedAlready{Errc::wrong_state,
                               "a request has one response, and this one is sealed already"};

}  // namespace

Result<Bytes> ResponseOpener::open(ByteView message, std::string_view media_type) const noexcept {
  Bytes plaintext(opened_size(message.size()));
  Result<std::size_t> size = open(plaintext, message, media_type);
  if (!size) return size.error();
  return plaintext;
}

Result<ChunkOpener> ResponseOpener::chunk_opener(std::string_view media_type,
                                                 const ChunkLimits& limits) const noexcept {
  return ChunkOpener::create(context_.keying(media_type), limits);
}

Result<OpenStream> ResponseOpener::stream(std::unique_ptr<Source> source,
                                          std::string_view media_type,
                                          const StreamOptions& options) const noexcept {
  return OpenStream::create(std::move(source), context_.keying(media_type), options);
}

Result<ResponseOpener> ResponseOpener::restore(const Provider& provider, ByteView state) noexcept {
  auto context = framing::ResponseContext::restore(provider, framing::Role::sender, state);
  if (!context) return context.error();
  return ResponseOpener(std::move(*context));
}

Result<std::size_t> ResponseSealer::seal(ByteSpan out, ByteView plaintext,
                                         std::string_view media_type) noexcept {
  if (sealed_) return kSealedAlready;
  Result<std::size_t> size = context_.seal(out, plaintext, media_type, *rng_);
  sealed_ = size.ok();
  return size;
}

Result<Bytes> ResponseSealer::seal(ByteView plaintext, std::string_view media_type) noexcept {
  Bytes message(sealed_size(plaintext.size()));
  Result<std::size_t> size = seal(message, plaintext, media_type);
  if (!size) return size.error();
  return message;
}

// Chunked OHTTP section 6.2: response_nonce = random(max(Nn, Nk)), and the chunks follow it.
Result<ResponseSealer::Start> ResponseSealer::start(std::string_view media_type) noexcept {
  if (sealed_) return kSealedAlready;
  Bytes response_nonce(prefix_size());
  if (Status s = rng_->fill(response_nonce); !s) return s.error();
  Result<core::SealSequence> sequence = context_.seal_sequence(response_nonce, media_type);
  if (!sequence) return sequence.error();
  return Start{std::move(response_nonce), std::move(*sequence)};
}

Result<ChunkedResponse> ResponseSealer::start_chunks(std::string_view media_type,
                                                     const ChunkLimits& limits) noexcept {
  Result<Start> begun = start(media_type);
  if (!begun) return begun.error();
  Result<ChunkSealer> chunks = ChunkSealer::create(std::move(begun->sequence), limits);
  if (!chunks) return chunks.error();
  sealed_ = true;
  return ChunkedResponse{std::move(begun->prefix), std::move(*chunks)};
}

Result<SealStream> ResponseSealer::stream(std::unique_ptr<Source> source,
                                          std::string_view media_type,
                                          const StreamOptions& options) noexcept {
  Result<Start> begun = start(media_type);
  if (!begun) return begun.error();
  Result<SealStream> sealing = SealStream::create(std::move(source), std::move(begun->prefix),
                                                  std::move(begun->sequence), options);
  sealed_ = sealing.ok();
  return sealing;
}

Result<SecretBytes> ResponseSealer::export_secret_state(SecretAccess) const noexcept {
  if (sealed_) return kSealedAlready;
  return context_.save(framing::Role::receiver);
}

Result<ResponseSealer> ResponseSealer::restore(const Provider& provider, ByteView state) noexcept {
  auto context = framing::ResponseContext::restore(provider, framing::Role::receiver, state);
  if (!context) return context.error();
  return ResponseSealer(std::move(*context), provider.rng());
}

}  // namespace twoway
