#include <twoway/multi_sender.hpp>

namespace twoway {

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
