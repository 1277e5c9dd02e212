// HPKE by itself: contexts.
#include "hpke.hpp"

namespace twoway::c {
namespace {

/// Exports from a context.
template <typename Handle>
twoway_status export_from(const Handle* context, const Input& exporter_context, const InPlace& out,
                          twoway_error* error) noexcept {
  return call(error, context, exporter_context, out).then([&]() -> Status {
    if (Status s = apart(ByteSpan(out), {exporter_context}); !s) return s;
    return context->object.exporter().export_secret(out, exporter_context);
  });
}

}  // namespace
}  // namespace twoway::c

using namespace twoway;

twoway_status twoway_hpke_sender_setup(const twoway_provider* provider, twoway_suite suite,
                                       const uint8_t* public_key, size_t public_key_size,
                                       const uint8_t* info, size_t info_size,
                                       const twoway_hpke_sender_mode* mode, twoway_rng* rng,
                                       uint8_t* enc, size_t enc_capacity, size_t* enc_written,
                                       twoway_hpke_sender** sender, twoway_error* error) noexcept {
  const c::Output encoded{enc, enc_capacity, enc_written};
  const auto read =
      c::sending(provider, suite, {public_key, public_key_size}, {info, info_size}, mode, rng);
  return c::call(error, encoded, sender, read).then([&]() -> Status {
    std::size_t none = 0;
    const auto to = read->enc(encoded, {nullptr, 0, &none}, 0);
    if (!to) return to.error();
    auto made = core::SenderContext::setup(read->suite, *to, *read->receiver, read->info,
                                           read->mode, read->rng);
    if (!made) return made.error();
    *enc_written = to->size();
    return c::give(sender, std::move(*made));
  });
}

void twoway_hpke_sender_free(twoway_hpke_sender* sender) noexcept { delete sender; }

size_t twoway_hpke_sender_sealed_size(const twoway_hpke_sender* sender,
                                      size_t plaintext_size) noexcept {
  if (sender == nullptr || plaintext_size > PTRDIFF_MAX) return 0;
  return sender->object.sealed_size(plaintext_size);
}

twoway_status twoway_hpke_sender_seal(twoway_hpke_sender* sender, const uint8_t* aad,
                                      size_t aad_size, const uint8_t* plaintext,
                                      size_t plaintext_size, uint8_t* out, size_t capacity,
                                      size_t* written, twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  const c::Input data{aad, aad_size};
  return c::call(error, sender, data, c::Input{plaintext, plaintext_size}, output).then([&] {
    return output.filled(sender->object.seal(output.span(), data, {plaintext, plaintext_size}),
                         sender->object.sealed_size(plaintext_size));
  });
}

twoway_status twoway_hpke_sender_export(const twoway_hpke_sender* sender,
                                        const uint8_t* exporter_context,
                                        size_t exporter_context_size, uint8_t* out, size_t out_size,
                                        twoway_error* error) noexcept {
  return c::export_from(sender, {exporter_context, exporter_context_size}, {out, out_size}, error);
}

twoway_status twoway_hpke_recipient_setup(const twoway_provider* provider, twoway_suite suite,
                                          const twoway_private_key* key, const uint8_t* enc,
                                          size_t enc_size, const uint8_t* info, size_t info_size,
                                          const twoway_hpke_recipient_mode* mode,
                                          twoway_hpke_recipient** recipient,
                                          twoway_error* error) noexcept {
  const auto read = c::receiving(provider, suite, {enc, enc_size}, {info, info_size}, mode);
  return c::call(error, key, recipient, read).then([&]() -> Status {
    auto made = core::RecipientContext::setup(read->suite, read->enc, *key->object, read->info,
                                              read->mode());
    if (!made) return made.error();
    return c::give(recipient, std::move(*made));
  });
}

void twoway_hpke_recipient_free(twoway_hpke_recipient* recipient) noexcept { delete recipient; }

size_t twoway_hpke_recipient_opened_size(const twoway_hpke_recipient* recipient,
                                         size_t ciphertext_size) noexcept {
  return recipient == nullptr ? 0 : recipient->object.opened_size(ciphertext_size);
}

twoway_status twoway_hpke_recipient_open(twoway_hpke_recipient* recipient, const uint8_t* aad,
                                         size_t aad_size, const uint8_t* ciphertext,
                                         size_t ciphertext_size, uint8_t* out, size_t capacity,
                                         size_t* written, twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  const c::Input data{aad, aad_size};
  return c::call(error, recipient, data, c::Input{ciphertext, ciphertext_size}, output).then([&] {
    return output.filled(recipient->object.open(output.span(), data, {ciphertext, ciphertext_size}),
                         recipient->object.opened_size(ciphertext_size));
  });
}

twoway_status twoway_hpke_recipient_export(const twoway_hpke_recipient* recipient,
                                           const uint8_t* exporter_context,
                                           size_t exporter_context_size, uint8_t* out,
                                           size_t out_size, twoway_error* error) noexcept {
  return c::export_from(recipient, {exporter_context, exporter_context_size}, {out, out_size},
                        error);
}
