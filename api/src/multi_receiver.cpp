#include <algorithm>

#include <twoway/multi_receiver.hpp>

#include "forms.hpp"

namespace twoway {
namespace {

constexpr Error kOpenedAlready{Errc::wrong_state, "this request's body is opened already"};

}  // namespace

Result<std::size_t> MultiRequestOpener::open(ByteSpan out, ByteView body) noexcept {
  if (Status s = require_form(form(), Form::whole); !s) return s.error();
  if (!key_) return kOpenedAlready;
  if (body.size() < prefix_size_) return core::kBadAeadTag;
  const ByteSpan written = out.first(std::min(out.size(), opened_size(body.size())));
  if (!core::apart_or_at(body, written, prefix_size_)) return core::kBadOverlap;
  Result<core::OpenSequence> sequence = key_->open_sequence(body.first(prefix_size_));
  if (!sequence) return sequence.error();
  sequence->set_gate(std::move(gate_));
  const Result<std::size_t> size = sequence->open(out, {}, body.subspan(prefix_size_));
  if (size) {
    key_.reset();
  } else {
    gate_ = sequence->take_gate();
  }
  return size;
}

Result<std::unique_ptr<framing::OpenSequenceFactory>> MultiRequestOpener::take_factory() noexcept {
  if (!key_) return kOpenedAlready;
  if (key_->moved_from()) return core::kMovedFrom;
  std::unique_ptr<framing::OpenSequenceFactory> factory =
      framing::BodyKey::sequence_factory(std::move(*key_), std::move(gate_));
  key_.reset();
  return factory;
}

Result<ChunkOpener> MultiRequestOpener::chunk_opener(const ChunkLimits& limits) noexcept {
  if (Status s = require_form(form(), Form::chunked); !s) return s.error();
  if (Status s = framing::check_limits(limits); !s) return s.error();
  Result<std::unique_ptr<framing::OpenSequenceFactory>> factory = take_factory();
  if (!factory) return factory.error();
  return ChunkOpener::create(std::move(*factory), limits);
}

Result<OpenStream> MultiRequestOpener::stream(std::unique_ptr<Source> source,
                                              const StreamOptions& options) noexcept {
  Result<std::unique_ptr<framing::OpenSequenceFactory>> factory = take_factory();
  if (!factory) return factory.error();
  return OpenStream::create(form(), std::move(source), std::move(*factory), options);
}

Result<MultiRequestOpener> PendingMultiRequest::decapsulate() const noexcept {
  return open_key(request_.decapsulate());
}

Result<MultiRequestOpener> PendingMultiRequest::complete(
    const SharedSecret& shared_secret) const noexcept {
  return open_key(request_.complete(shared_secret));
}

Result<MultiRequestOpener> PendingMultiRequest::complete_dh(
    const core::DhSecret& dh) const noexcept {
  return open_key(request_.complete_dh(dh));
}

Result<MultiRequestOpener> PendingMultiRequest::complete_hybrid(
    const SharedSecret& ml_kem, const core::DhSecret& dh) const noexcept {
  return open_key(request_.complete_hybrid(ml_kem, dh));
}

/// Opens the body's key, which takes the place of a request's text. The gate goes to the body.
Result<MultiRequestOpener> PendingMultiRequest::open_key(
    Result<RequestOpener> request) const noexcept {
  if (!request) return request.error();
  Result<core::OpenSequence> sequence = request->take_sequence();
  if (!sequence) return sequence.error();
  std::unique_ptr<core::Gate> gate = sequence->take_gate();
  Result<framing::BodyKey> key = framing::BodyKey::decapsulate(*body_aead_, *sequence, sealed_key_);
  if (!key) return request_.proof().explain(key.error());
  request_.proof().prove();
  return MultiRequestOpener(std::move(*request), std::move(*key), std::move(gate));
}

Result<PendingMultiRequest> MultiRequestReceiver::begin(Form form, ByteView encapsulated_key,
                                                        const MediaTypes& types) const noexcept {
  Result<PendingRequest> request = receiver_.begin(form, encapsulated_key, types);
  if (!request) return request.error();
  const ByteView sealed_key = encapsulated_key.subspan(request->prefix_size());
  if (request->opened_size(sealed_key.size()) != framing::kBodyKeySize) return core::kBadAeadTag;
  const Result<const core::Aead*> body_aead =
      framing::find_body_aead(ring_->provider(), request->suite().aead);
  if (!body_aead) return body_aead.error();
  return PendingMultiRequest(std::move(*request), **body_aead, sealed_key);
}

Result<OpenedRequest> MultiRequestReceiver::open(ByteView encapsulated_key, ByteView body,
                                                 const MediaTypes& types) const noexcept {
  Result<PendingMultiRequest> pending = begin(Form::whole, encapsulated_key, types);
  if (!pending) return pending.error();
  Result<MultiRequestOpener> opener = pending->decapsulate();
  if (!opener) return opener.error();
  Bytes plaintext(opener->opened_size(body.size()));
  const Result<std::size_t> size = opener->open(plaintext, body);
  if (!size) return size.error();
  Result<ResponseSealer> sealer = opener->response_sealer();
  if (!sealer) return sealer.error();
  return OpenedRequest{std::move(plaintext), std::move(*sealer)};
}

}  // namespace twoway
