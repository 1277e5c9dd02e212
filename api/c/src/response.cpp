// Responses: their openers and sealers.
#include "call.hpp"
#include "handles.hpp"

using namespace twoway;

void twoway_response_opener_free(twoway_response_opener* opener) noexcept { delete opener; }

size_t twoway_response_opener_opened_size(const twoway_response_opener* opener,
                                          size_t message_size) noexcept {
  return opener == nullptr ? 0 : opener->object.opened_size(message_size);
}

size_t twoway_response_opener_prefix_size(const twoway_response_opener* opener) noexcept {
  return opener == nullptr ? 0 : opener->object.prefix_size();
}

twoway_status twoway_response_opener_open(const twoway_response_opener* opener,
                                          const uint8_t* message, size_t message_size,
                                          const twoway_media_types* types, uint8_t* out,
                                          size_t capacity, size_t* written,
                                          twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, opener, c::Input{message, message_size}, output).then([&] {
    return output.filled(opener->object.open(output.span(), {message, message_size},
                                             c::media_types(types, kResponseMediaTypes)),
                         opener->object.opened_size(message_size));
  });
}

twoway_status twoway_response_opener_chunk_opener(const twoway_response_opener* opener,
                                                  const twoway_media_types* types,
                                                  const twoway_chunk_limits* limits,
                                                  twoway_chunk_opener** chunk_opener,
                                                  twoway_error* error) noexcept {
  const Result<ChunkLimits> known = c::limits_of(limits);
  return c::call(error, opener, chunk_opener, known).then([&] {
    return c::give_handle(
        chunk_opener, opener->borrowed,
        opener->object.chunk_opener(c::media_types(types, kResponseMediaTypes), *known));
  });
}

twoway_status twoway_response_opener_export_secret_state(const twoway_response_opener* opener,
                                                         uint8_t* out, size_t capacity,
                                                         size_t* written,
                                                         twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, opener, output).then([&] {
    return output.write(opener->object.export_secret_state(SecretAccess{}).view());
  });
}

twoway_status twoway_response_opener_restore(const twoway_provider* provider, const uint8_t* state,
                                             size_t state_size, twoway_response_opener** opener,
                                             twoway_error* error) noexcept {
  return c::call(error, provider, opener, c::Input{state, state_size}).then([&] {
    return c::give_handle(opener, {},
                          ResponseOpener::restore(*c::object(provider), {state, state_size}));
  });
}

void twoway_response_sealer_free(twoway_response_sealer* sealer) noexcept { delete sealer; }

size_t twoway_response_sealer_sealed_size(const twoway_response_sealer* sealer,
                                          size_t plaintext_size) noexcept {
  if (sealer == nullptr || plaintext_size > PTRDIFF_MAX) return 0;
  return sealer->object.sealed_size(plaintext_size);
}

size_t twoway_response_sealer_prefix_size(const twoway_response_sealer* sealer) noexcept {
  return sealer == nullptr ? 0 : sealer->object.prefix_size();
}

twoway_status twoway_response_sealer_seal(twoway_response_sealer* sealer, const uint8_t* plaintext,
                                          size_t plaintext_size, const twoway_media_types* types,
                                          uint8_t* out, size_t capacity, size_t* written,
                                          twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, sealer, c::Input{plaintext, plaintext_size}, output).then([&] {
    const auto size = sealer->object.seal(output.span(), {plaintext, plaintext_size},
                                          c::media_types(types, kResponseMediaTypes));
    return output.filled(size, sealer->object.sealed_size(plaintext_size));
  });
}

twoway_status twoway_response_sealer_chunk_sealer(twoway_response_sealer* sealer,
                                                  const twoway_media_types* types,
                                                  const twoway_chunk_limits* limits, uint8_t* out,
                                                  size_t capacity, size_t* written,
                                                  twoway_chunk_sealer** chunk_sealer,
                                                  twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  const Result<ChunkLimits> known = c::limits_of(limits);
  return c::call(error, sealer, chunk_sealer, output, known).then([&]() -> Status {
    if (Status s = output.require(sealer->object.prefix_size()); !s) return s;
    auto chunked = sealer->object.chunk_sealer(c::media_types(types, kResponseMediaTypes), *known);
    if (!chunked) return chunked.error();
    if (Status s = output.write(chunked->prefix); !s) return s;
    return c::give(chunk_sealer, sealer->borrowed, std::move(chunked->chunk_sealer));
  });
}

twoway_status twoway_response_sealer_export_secret_state(const twoway_response_sealer* sealer,
                                                         uint8_t* out, size_t capacity,
                                                         size_t* written,
                                                         twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, sealer, output).then([&] {
    const auto state = sealer->object.export_secret_state(SecretAccess{});
    return state ? output.write(state->view()) : state.error();
  });
}

twoway_status twoway_response_sealer_restore(const twoway_provider* provider, const uint8_t* state,
                                             size_t state_size, twoway_response_sealer** sealer,
                                             twoway_error* error) noexcept {
  return c::call(error, provider, sealer, c::Input{state, state_size}).then([&] {
    return c::give_handle(sealer, {},
                          ResponseSealer::restore(*c::object(provider), {state, state_size}));
  });
}
