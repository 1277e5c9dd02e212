#include <algorithm>

#include <twoway/multi_receiver.hpp>

#include "forms.hpp"
#include "open_whole.hpp"
#include "stream_maker.hpp"

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
  return StreamMaker::open(form(), std::move(source), std::move(*factory), options);
}

/// Opens the body's key in the place of a request's text. The gate goes to the body.
template <>
Result<MultiRequestOpener> PendingMultiRequest::complete(
    const SharedSecret& shared_secret) const noexcept {
  Result<RequestOpener> request = PendingRequest(state_).complete(shared_secret);
  if (!request) return request.error();
  Result<core::OpenSequence> sequence = request->take_sequence();
  if (!sequence) return sequence.error();
  std::unique_ptr<core::Gate> gate = sequence->take_gate();
  KeyProof& proof = *state_->match.entry->proof;
  Result<framing::BodyKey> key =
      framing::BodyKey::decapsulate(*state_->body_aead, *sequence, state_->sealed_key);
  if (!key) return proof.explain(key.error());
  proof.prove();
  return MultiRequestOpener(std::move(*request), std::move(*key), std::move(gate));
}

Result<PendingMultiRequest> MultiRequestReceiver::begin(Form form, ByteView encapsulated_key,
                                                        const MediaTypes& types) const noexcept {
  Result<detail::PendingState> state = receiver_.read(form, encapsulated_key, types);
  if (!state) return state.error();
  const ByteView sealed_key = encapsulated_key.subspan(framing::kHeaderSize + state->enc.size());
  if (sealed_key.size() != framing::kBodyKeySize + state->overhead) return core::kBadAeadTag;
  const Result<const core::Aead*> body_aead =
      framing::find_body_aead(ring_->provider(), state->match.suite.id().aead);
  if (!body_aead) return body_aead.error();
  state->body_aead = *body_aead;
  state->sealed_key.assign(sealed_key.begin(), sealed_key.end());
  state->overhead = framing::body_overhead(**body_aead);
  return PendingMultiRequest::of(std::move(state));
}

std::size_t MultiRequestReceiver::opened_size(ByteView encapsulated_key,
                                              std::size_t body_size) const noexcept {
  const Result<RequestHeader> header = framing::parse_header(encapsulated_key);
  if (!header || !ring_->find(*header)) return 0;
  const Result<const core::Aead*> body_aead =
      framing::find_body_aead(ring_->provider(), header->suite.aead);
  return body_aead ? framing::without(framing::body_overhead(**body_aead), body_size) : 0;
}

Result<OpenedText> MultiRequestReceiver::open(ByteSpan out, ByteView encapsulated_key,
                                              ByteView body,
                                              const MediaTypes& types) const noexcept {
  const Result<PendingMultiRequest> pending = begin(Form::whole, encapsulated_key, types);
  if (!pending) return pending.error();
  const std::size_t size = std::min(out.size(), pending->opened_size(body.size()));
  if (core::overlap(out.first(size), encapsulated_key)) return core::kBadOverlap;
  return open_whole(*pending, out, body);
}

Result<OpenedRequest> MultiRequestReceiver::open(ByteView encapsulated_key, ByteView body,
                                                 const MediaTypes& types) const noexcept {
  const Result<PendingMultiRequest> pending = begin(Form::whole, encapsulated_key, types);
  if (!pending) return pending.error();
  return open_whole(*pending, body);
}

}  // namespace twoway
