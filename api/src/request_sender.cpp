#include <twoway/key_configs.hpp>
#include <twoway/request_sender.hpp>

#include "forms.hpp"

namespace twoway {

ResponseOpener RequestSealer::response_opener() const noexcept {
  const ByteView enc = prefix().empty() ? ByteView() : prefix().subspan(framing::kHeaderSize);
  return ResponseOpener(framing::ResponseContext(suite_, key_id_, enc, context_.exporter()));
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
  Result<core::SealSequence> sequence = begun->context.take_sequence();
  if (!sequence) return sequence.error();
  return RequestSealer(form, choice_, std::move(*begun), std::move(*sequence));
}

Result<ResponseOpener> RequestSender::seal(ByteSpan out, ByteView plaintext,
                                           const MediaTypes& types) const noexcept {
  if (out.size() < sealed_size(plaintext.size())) return kSmallOutput;
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
