#include <twoway/request_receiver.hpp>

namespace twoway {

namespace {

constexpr Error kOpenedAlready{Errc::wrong_state, "this request is opened already"};

}  // namespace

Result<std::size_t> RequestOpener::open(ByteSpan out, ByteView sealed) noexcept {
  if (opened_) return kOpenedAlready;
  Result<std::size_t> size = context_.open(out, {}, sealed);
  opened_ = size.ok();
  return size;
}

Result<ChunkOpener> RequestOpener::chunk_opener(const ChunkLimits& limits) noexcept {
  if (opened_) return kOpenedAlready;
  opened_ = true;
  Result<core::OpenSequence> sequence = context_.take_sequence();
  if (!sequence) return sequence.error();
  return ChunkOpener::create(std::move(*sequence), limits);
}

Result<ResponseSealer> RequestOpener::response_sealer() noexcept {
  if (!opened_ || !response_) {
    return Error{Errc::wrong_state, "open the request first, and take its response sealer once"};
  }
  ResponseSealer sealer(std::move(*response_), *rng_);
  response_.reset();
  return sealer;
}

Result<RequestOpener> PendingRequest::decapsulate() const noexcept {
  SharedSecret shared_secret;
  if (Status s = key().decap(shared_secret, kem(), enc_); !s) return s.error();
  return complete(shared_secret.view());
}

Result<RequestOpener> PendingRequest::complete(ByteView shared_secret) const noexcept {
  Result<core::RecipientContext> context =
      framing::accept_request(match_.suite, key_id(), shared_secret, media_type_);
  if (!context) return context.error();
  framing::ResponseContext response(match_.suite, key_id(), enc_, context->exporter());
  return RequestOpener(std::move(*context), std::move(response), *rng_);
}

Result<PendingRequest> RequestReceiver::begin(ByteView message,
                                              std::string_view media_type) const noexcept {
  if (media_type.size() > framing::kMaxMediaType) {
    return Error{Errc::invalid_argument, "a media type has at most 65527 bytes"};
  }
  Result<RequestHeader> header = framing::parse_header(message);
  if (!header) return header.error();
  Result<KeyRing::Match> match = ring_->find(*header);
  if (!match) return match.error();
  const ByteView rest = message.subspan(framing::kHeaderSize);
  const std::size_t nenc = match->suite.nenc();
  if (rest.size() < nenc) return core::kBadAeadTag;
  Rng& rng = options_.rng == nullptr ? ring_->provider().rng() : *options_.rng;
  return PendingRequest(std::move(*match), rest.first(nenc), media_type, rng);
}

Result<OpenedRequest> RequestReceiver::open(ByteView message,
                                            std::string_view media_type) const noexcept {
  Result<PendingRequest> pending = begin(message, media_type);
  if (!pending) return pending.error();
  Result<RequestOpener> opener = pending->decapsulate();
  if (!opener) return opener.error();
  const ByteView sealed = message.subspan(pending->prefix_size());
  Bytes plaintext(opener->opened_size(sealed.size()));
  Result<std::size_t> size = opener->open(plaintext, sealed);
  if (!size) return size.error();
  Result<ResponseSealer> sealer = opener->response_sealer();
  if (!sealer) return sealer.error();
  return OpenedRequest{std::move(plaintext), std::move(*sealer)};
}

}  // namespace twoway
