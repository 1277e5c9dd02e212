// The sender of requests.
#include "call.hpp"
#include "handles.hpp"
#include "messages.hpp"

using namespace twoway;

twoway_status twoway_request_sender_new(const twoway_provider* provider, const uint8_t* key_configs,
                                        size_t key_configs_size, twoway_rng* rng,
                                        twoway_request_sender** sender,
                                        twoway_error* error) noexcept {
  return c::call(error, provider, sender, c::Input{key_configs, key_configs_size}).then([&] {
    const c::Borrowed borrowed = c::borrow(rng);
    return c::give_handle(
        sender, borrowed,
        RequestSender::create(*c::object(provider), ByteView(key_configs, key_configs_size),
                              {.rng = borrowed.rng.get()}));
  });
}

twoway_status twoway_request_sender_new_to_key(const twoway_provider* provider, uint8_t key_id,
                                               twoway_suite suite, const uint8_t* public_key,
                                               size_t public_key_size, twoway_rng* rng,
                                               twoway_request_sender** sender,
                                               twoway_error* error) noexcept {
  return c::call(error, provider, sender, c::Input{public_key, public_key_size}).then([&] {
    const c::Borrowed borrowed = c::borrow(rng);
    return c::give_handle(
        sender, borrowed,
        RequestSender::create(*c::object(provider), key_id, c::suite_of(suite),
                              {public_key, public_key_size}, {.rng = borrowed.rng.get()}));
  });
}

void twoway_request_sender_free(twoway_request_sender* sender) noexcept { delete sender; }

uint8_t twoway_request_sender_key_id(const twoway_request_sender* sender) noexcept {
  return sender == nullptr ? std::uint8_t{0} : sender->object.key_id();
}

twoway_suite twoway_request_sender_suite(const twoway_request_sender* sender) noexcept {
  return sender == nullptr ? twoway_suite{} : c::suite_of(sender->object.suite());
}

size_t twoway_request_sender_sealed_size(const twoway_request_sender* sender,
                                         size_t plaintext_size) noexcept {
  if (sender == nullptr || plaintext_size > PTRDIFF_MAX) return 0;
  return sender->object.sealed_size(plaintext_size);
}

twoway_status twoway_request_sender_seal(const twoway_request_sender* sender,
                                         const uint8_t* plaintext, size_t plaintext_size,
                                         const twoway_media_types* types, uint8_t* out,
                                         size_t capacity, size_t* written,
                                         twoway_response_opener** response_opener,
                                         twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, sender, response_opener, c::Input{plaintext, plaintext_size}, output)
      .then([&]() -> Status {
        const std::size_t size = sender->object.sealed_size(plaintext_size);
        auto opener = sender->object.seal(output.span(), {plaintext, plaintext_size},
                                          c::media_types(types, kRequestMediaTypes));
        if (!opener) return output.filled(opener.error(), size);
        *written = size;
        return c::give(response_opener, sender->borrowed, std::move(*opener));
      });
}

twoway_status twoway_request_sender_begin(const twoway_request_sender* sender, twoway_form form,
                                          const twoway_media_types* types,
                                          twoway_request_sealer** sealer,
                                          twoway_error* error) noexcept {
  return c::begin_sealing(sender, form, types, sealer, error);
}

void twoway_request_sealer_free(twoway_request_sealer* sealer) noexcept { delete sealer; }

size_t twoway_request_sealer_prefix_size(const twoway_request_sealer* sealer) noexcept {
  return sealer == nullptr ? 0 : sealer->object.prefix_size();
}

twoway_status twoway_request_sealer_prefix(const twoway_request_sealer* sealer, uint8_t* out,
                                           size_t capacity, size_t* written,
                                           twoway_error* error) noexcept {
  return c::write_prefix(sealer, {out, capacity, written}, error);
}

size_t twoway_request_sealer_sealed_size(const twoway_request_sealer* sealer,
                                         size_t plaintext_size) noexcept {
  if (sealer == nullptr || plaintext_size > PTRDIFF_MAX) return 0;
  return sealer->object.sealed_size(plaintext_size);
}

twoway_status twoway_request_sealer_seal(twoway_request_sealer* sealer, const uint8_t* plaintext,
                                         size_t plaintext_size, uint8_t* out, size_t capacity,
                                         size_t* written, twoway_error* error) noexcept {
  return c::seal_whole(sealer, {plaintext, plaintext_size}, {out, capacity, written}, error);
}

twoway_status twoway_request_sealer_chunk_sealer(twoway_request_sealer* sealer,
                                                 const twoway_chunk_limits* limits,
                                                 twoway_chunk_sealer** chunk_sealer,
                                                 twoway_error* error) noexcept {
  return c::give_chunk_sealer(sealer, limits, chunk_sealer, error);
}

twoway_status twoway_request_sealer_response_opener(const twoway_request_sealer* sealer,
                                                    twoway_response_opener** opener,
                                                    twoway_error* error) noexcept {
  return c::call(error, sealer, opener).then([&] {
    return c::give(opener, sealer->borrowed, sealer->object.response_opener());
  });
}
