#include <algorithm>

#include <twoway/multi_sender.hpp>

#include "forms.hpp"

namespace twoway {
namespace {

constexpr Error kSealedAlready{Errc::wrong_state,
                               "this request's body is sealed already: begin another"};

}  // namespace

Result<core::SealSequence> MultiRequestSealer::take_sequence() noexcept {
  return core::take_sequence(sequence_, kSealedAlready);
}

// body = concat(nonce, Seal(key, nonce, "", plaintext))
Result<std::size_t> MultiRequestSealer::seal(ByteSpan out, ByteView plaintext) noexcept {
  if (Status s = require_form(form_, Form::whole); !s) return s.error();
  if (!sequence_) return kSealedAlready;
  const std::size_t whole = sealed_size(plaintext.size());
  if (out.size() < whole) {
    return Error{Errc::buffer_too_small, "the output is too small: ask sealed_size"};
  }
  if (!core::apart_or_at(out.first(whole), plaintext, prefix_.size())) return core::kBadOverlap;
  const Result<std::size_t> size = sequence_->seal(out.subspan(prefix_.size()), {}, plaintext);
  if (!size) return size;
  std::copy(prefix_.begin(), prefix_.end(), out.begin());
  sequence_.reset();
  return prefix_.size() + *size;
}

Result<Bytes> MultiRequestSealer::seal(ByteView plaintext) noexcept {
  Bytes body(sealed_size(plaintext.size()));
  const Result<std::size_t> size = seal(body, plaintext);
  if (!size) return size.error();
  return body;
}

Result<ChunkSealer> MultiRequestSealer::chunk_sealer(const ChunkLimits& limits) noexcept {
  if (Status s = require_form(form_, Form::chunked); !s) return s.error();
  if (Status s = framing::check_limits(limits); !s) return s.error();
  Result<core::SealSequence> sequence = take_sequence();
  if (!sequence) return sequence.error();
  return ChunkSealer::create(std::move(*sequence), limits);
}

Result<SealStream> MultiRequestSealer::stream(std::unique_ptr<Source> source,
                                              const StreamOptions& options) noexcept {
  Result<core::SealSequence> sequence = take_sequence();
  if (!sequence) return sequence.error();
  return SealStream::create(form_, std::move(source), prefix_, std::move(*sequence), options);
}

Result<EncapsulatedKey> MultiRequestSealer::encapsulate_key(
    const RequestSender& to) const noexcept {
  const framing::KeyChoice& receiver = to.choice_;
  if (receiver.suite.id().aead != aead_) {
    return Error{Errc::invalid_argument,
                 "this receiver's suite has another AEAD than the request: choose a suite of its "
                 "key with that AEAD, or send it a request of its own"};
  }
  Result<framing::BegunRequest> begun =
      framing::begin_request(receiver.suite, receiver.key_id, *receiver.public_key, media_type_,
                             options_.rng != nullptr ? options_.rng : to.options_.rng);
  if (!begun) return begun.error();
  Result<Bytes> message = key_.encapsulate(*begun);
  if (!message) return message.error();
  return EncapsulatedKey{std::move(*message), ResponseOpener(framing::ResponseContext(
                                                  receiver.suite, receiver.key_id, begun->enc(),
                                                  begun->context.exporter()))};
}

Result<MultiRequestSender> MultiRequestSender::create(const Provider& provider, AeadId aead,
                                                      const SenderOptions& options) noexcept {
  const Result<const core::Aead*> body_aead = framing::find_body_aead(provider, aead);
  if (!body_aead) return body_aead.error();
  return MultiRequestSender(provider, aead, **body_aead, options);
}

// key = random(32), nonce = random(Nn)
Result<MultiRequestSealer> MultiRequestSender::begin(Form form,
                                                     const MediaTypes& types) const noexcept {
  const Result<std::string_view> type = framing::choose_media_type(form, types);
  if (!type) return type.error();
  Rng& rng = options_.rng != nullptr ? *options_.rng : provider_->rng();
  Result<framing::BodyKey> key = framing::BodyKey::draw(*body_aead_, rng);
  if (!key) return key.error();
  Bytes nonce(key->nonce_size());
  if (Status s = rng.fill(nonce); !s) return s.error();
  Result<core::SealSequence> sequence = key->seal_sequence(nonce);
  if (!sequence) return sequence.error();
  return MultiRequestSealer(form, *type, std::move(*key), std::move(nonce), std::move(*sequence),
                            aead_, options_);
}

}  // namespace twoway
