// HPKE by itself: single-shot functions.
#include "hpke.hpp"

using namespace twoway;

twoway_status twoway_hpke_seal(const twoway_provider* provider, twoway_suite suite,
                               const uint8_t* public_key, size_t public_key_size,
                               const uint8_t* info, size_t info_size,
                               const twoway_hpke_sender_mode* mode, twoway_rng* rng,
                               const uint8_t* aad, size_t aad_size, const uint8_t* plaintext,
                               size_t plaintext_size, uint8_t* enc, size_t enc_capacity,
                               size_t* enc_written, uint8_t* out, size_t capacity, size_t* written,
                               twoway_error* error) noexcept {
  const c::Output encoded{enc, enc_capacity, enc_written};
  const c::Output output{out, capacity, written};
  const c::Input data{aad, aad_size};
  const c::Input input{plaintext, plaintext_size};
  const auto read =
      c::sending(provider, suite, {public_key, public_key_size}, {info, info_size}, mode, rng);
  return c::call(error, encoded, output, data, input, read).then([&]() -> Status {
    const std::size_t needed = plaintext_size + read->suite.nt();
    const auto to = read->enc(encoded, output, needed);
    if (!to) return to.error();
    const auto size = core::seal(read->suite, *to, output.span(), *read->receiver, read->info, data,
                                 input, read->mode, read->rng);
    if (size) *enc_written = to->size();
    return output.filled(size, needed);
  });
}

twoway_status twoway_hpke_open(const twoway_provider* provider, twoway_suite suite,
                               const twoway_private_key* key, const uint8_t* enc, size_t enc_size,
                               const uint8_t* info, size_t info_size,
                               const twoway_hpke_recipient_mode* mode, const uint8_t* aad,
                               size_t aad_size, const uint8_t* ciphertext, size_t ciphertext_size,
                               uint8_t* out, size_t capacity, size_t* written,
                               twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  const c::Input data{aad, aad_size};
  const c::Input input{ciphertext, ciphertext_size};
  const auto read = c::receiving(provider, suite, {enc, enc_size}, {info, info_size}, mode);
  return c::call(error, key, data, input, output, read).then([&]() -> Status {
    const std::size_t nt = read->suite.nt();
    const std::size_t needed = ciphertext_size < nt ? 0 : ciphertext_size - nt;
    if (Status s = output.require(needed); !s) return s;
    if (Status s = read->unread(output.span().first(needed)); !s) return s;
    return output.filled(core::open(read->suite, output.span(), read->enc, *key->object, read->info,
                                    data, input, read->mode()),
                         needed);
  });
}

twoway_status twoway_hpke_send_export(const twoway_provider* provider, twoway_suite suite,
                                      const uint8_t* public_key, size_t public_key_size,
                                      const uint8_t* info, size_t info_size,
                                      const twoway_hpke_sender_mode* mode, twoway_rng* rng,
                                      const uint8_t* exporter_context, size_t exporter_context_size,
                                      uint8_t* enc, size_t enc_capacity, size_t* enc_written,
                                      uint8_t* out, size_t out_size, twoway_error* error) noexcept {
  const c::Output encoded{enc, enc_capacity, enc_written};
  const c::Input context{exporter_context, exporter_context_size};
  const c::InPlace secret{out, out_size};
  const auto read =
      c::sending(provider, suite, {public_key, public_key_size}, {info, info_size}, mode, rng);
  return c::call(error, encoded, secret, context, read).then([&]() -> Status {
    std::size_t exact = 0;
    const auto to = read->enc(encoded, {out, out_size, &exact}, out_size);
    if (!to) return to.error();
    if (Status s = c::apart(ByteSpan(secret), {context, *to}); !s) return s;
    if (Status s = c::apart(*to, {context}); !s) return s;
    Status s = core::send_export(read->suite, *to, secret, *read->receiver, read->info, context,
                                 read->mode, read->rng);
    if (s) *enc_written = to->size();
    return s;
  });
}

twoway_status twoway_hpke_receive_export(const twoway_provider* provider, twoway_suite suite,
                                         const twoway_private_key* key, const uint8_t* enc,
                                         size_t enc_size, const uint8_t* info, size_t info_size,
                                         const twoway_hpke_recipient_mode* mode,
                                         const uint8_t* exporter_context,
                                         size_t exporter_context_size, uint8_t* out,
                                         size_t out_size, twoway_error* error) noexcept {
  const c::Input context{exporter_context, exporter_context_size};
  const c::InPlace secret{out, out_size};
  const auto read = c::receiving(provider, suite, {enc, enc_size}, {info, info_size}, mode);
  return c::call(error, key, secret, context, read).then([&]() -> Status {
    if (Status s = c::apart(ByteSpan(secret), {context}); !s) return s;
    if (Status s = read->unread(ByteSpan(secret)); !s) return s;
    return core::receive_export(read->suite, secret, read->enc, *key->object, read->info, context,
                                read->mode());
  });
}
