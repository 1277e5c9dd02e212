// One request to many receivers.
#include <algorithm>

#include "call.hpp"
#include "handles.hpp"
#include "messages.hpp"

using namespace twoway;

twoway_status twoway_multi_request_sender_new(const twoway_provider* provider, uint16_t aead,
                                              twoway_rng* rng, twoway_multi_request_sender** sender,
                                              twoway_error* error) noexcept {
  return c::call(error, provider, sender).then([&] {
    const c::Borrowed borrowed = c::borrow(rng);
    return c::give_handle(sender, borrowed,
                          MultiRequestSender::create(*c::object(provider), AeadId{aead},
                                                     {.rng = borrowed.rng.get()}));
  });
}

void twoway_multi_request_sender_free(twoway_multi_request_sender* sender) noexcept {
  delete sender;
}

twoway_status twoway_multi_request_sender_begin(const twoway_multi_request_sender* sender,
                                                twoway_form form, const twoway_media_types* types,
                                                twoway_multi_request_sealer** sealer,
                                                twoway_error* error) noexcept {
  return c::begin_sealing(sender, form, types, sealer, error);
}

void twoway_multi_request_sealer_free(twoway_multi_request_sealer* sealer) noexcept {
  delete sealer;
}

size_t twoway_multi_request_sealer_prefix_size(const twoway_multi_request_sealer* sealer) noexcept {
  return sealer == nullptr ? 0 : sealer->object.prefix().size();
}

twoway_status twoway_multi_request_sealer_prefix(const twoway_multi_request_sealer* sealer,
                                                 uint8_t* out, size_t capacity, size_t* written,
                                                 twoway_error* error) noexcept {
  return c::write_prefix(sealer, {out, capacity, written}, error);
}

size_t twoway_multi_request_sealer_sealed_size(const twoway_multi_request_sealer* sealer,
                                               size_t plaintext_size) noexcept {
  if (sealer == nullptr || plaintext_size > PTRDIFF_MAX) return 0;
  return sealer->object.sealed_size(plaintext_size);
}

twoway_status twoway_multi_request_sealer_seal(twoway_multi_request_sealer* sealer,
                                               const uint8_t* plaintext, size_t plaintext_size,
                                               uint8_t* out, size_t capacity, size_t* written,
                                               twoway_error* error) noexcept {
  return c::seal_whole(sealer, {plaintext, plaintext_size}, {out, capacity, written}, error);
}

twoway_status twoway_multi_request_sealer_chunk_sealer(twoway_multi_request_sealer* sealer,
                                                       const twoway_chunk_limits* limits,
                                                       twoway_chunk_sealer** chunk_sealer,
                                                       twoway_error* error) noexcept {
  return c::give_chunk_sealer(sealer, limits, chunk_sealer, error);
}

size_t twoway_multi_request_sealer_key_size(const twoway_multi_request_sealer* sealer,
                                            const twoway_request_sender* to) noexcept {
  if (sealer == nullptr || to == nullptr) return 0;
  return to->object.sealed_size(framing::kBodyKeySize);
}

twoway_status twoway_multi_request_sealer_encapsulate_key(const twoway_multi_request_sealer* sealer,
                                                          const twoway_request_sender* to,
                                                          uint8_t* out, size_t capacity,
                                                          size_t* written,
                                                          twoway_response_opener** response_opener,
                                                          twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, sealer, to, response_opener, output).then([&]() -> Status {
    if (Status s = output.require(to->object.sealed_size(framing::kBodyKeySize)); !s) return s;
    auto key = sealer->object.encapsulate_key(to->object);
    if (!key) return key.error();
    if (Status s = output.write(key->message); !s) return s;
    return c::give(response_opener, sealer->borrowed, std::move(key->response_opener));
  });
}

twoway_status twoway_multi_request_receiver_new(twoway_key_ring* ring, twoway_rng* rng,
                                                twoway_replay_filter* filter,
                                                twoway_multi_request_receiver** receiver,
                                                twoway_error* error) noexcept {
  return c::call(error, ring, receiver).then([&] {
    const c::Borrowed borrowed = c::borrow(rng, filter);
    return c::give(
        receiver, ring->object, borrowed,
        MultiRequestReceiver(*ring->object, {borrowed.rng.get(), borrowed.filter.get()}));
  });
}

void twoway_multi_request_receiver_free(twoway_multi_request_receiver* receiver) noexcept {
  delete receiver;
}

twoway_status twoway_multi_request_receiver_open(const twoway_multi_request_receiver* receiver,
                                                 const uint8_t* key_message,
                                                 size_t key_message_size, const uint8_t* body,
                                                 size_t body_size, const twoway_media_types* types,
                                                 uint8_t* out, size_t capacity, size_t* written,
                                                 twoway_response_sealer** response_sealer,
                                                 twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  const c::Input key{key_message, key_message_size};
  const c::Input bytes{body, body_size};
  return c::call(error, receiver, response_sealer, key, bytes, output).then([&]() -> Status {
    auto opened =
        receiver->object.open(output.span(), key, bytes, c::media_types(types, kRequestMediaTypes));
    if (!opened) {
      return output.filled(opened.error(), receiver->object.opened_size(key, body_size));
    }
    *written = opened->size;
    return c::give(response_sealer, receiver->borrowed, std::move(opened->response_sealer));
  });
}

twoway_status twoway_multi_request_receiver_begin(const twoway_multi_request_receiver* receiver,
                                                  twoway_form form, const uint8_t* key_message,
                                                  size_t key_message_size,
                                                  const twoway_media_types* types,
                                                  twoway_pending_multi_request** pending,
                                                  twoway_error* error) noexcept {
  return c::begin_opening(receiver, form, {key_message, key_message_size}, types, pending, error);
}

void twoway_pending_multi_request_free(twoway_pending_multi_request* pending) noexcept {
  delete pending;
}

uint8_t twoway_pending_multi_request_key_id(const twoway_pending_multi_request* pending) noexcept {
  return pending == nullptr ? std::uint8_t{0} : pending->object.key_id();
}

twoway_suite twoway_pending_multi_request_suite(
    const twoway_pending_multi_request* pending) noexcept {
  return pending == nullptr ? twoway_suite{} : c::suite_of(pending->object.suite());
}

twoway_status twoway_pending_multi_request_enc(const twoway_pending_multi_request* pending,
                                               uint8_t* out, size_t capacity, size_t* written,
                                               twoway_error* error) noexcept {
  return c::write_enc(pending, {out, capacity, written}, error);
}

twoway_status twoway_pending_multi_request_key(const twoway_pending_multi_request* pending,
                                               twoway_private_key** key,
                                               twoway_error* error) noexcept {
  return c::give_key_of(pending, key, error);
}

twoway_status twoway_pending_multi_request_decapsulate(const twoway_pending_multi_request* pending,
                                                       twoway_multi_request_opener** opener,
                                                       twoway_error* error) noexcept {
  return c::decapsulate(pending, opener, error);
}

twoway_status twoway_pending_multi_request_complete(const twoway_pending_multi_request* pending,
                                                    const uint8_t* shared_secret,
                                                    size_t shared_secret_size,
                                                    twoway_multi_request_opener** opener,
                                                    twoway_error* error) noexcept {
  return c::complete(pending, {shared_secret, shared_secret_size}, opener, error);
}

twoway_status twoway_pending_multi_request_complete_dh(const twoway_pending_multi_request* pending,
                                                       const uint8_t* dh, size_t dh_size,
                                                       twoway_multi_request_opener** opener,
                                                       twoway_error* error) noexcept {
  return c::complete_dh(pending, {dh, dh_size}, opener, error);
}

twoway_status twoway_pending_multi_request_complete_hybrid(
    const twoway_pending_multi_request* pending, const uint8_t* ml_kem, size_t ml_kem_size,
    const uint8_t* dh, size_t dh_size, twoway_multi_request_opener** opener,
    twoway_error* error) noexcept {
  return c::complete_hybrid(pending, {ml_kem, ml_kem_size}, {dh, dh_size}, opener, error);
}

void twoway_multi_request_opener_free(twoway_multi_request_opener* opener) noexcept {
  delete opener;
}

size_t twoway_multi_request_opener_prefix_size(const twoway_multi_request_opener* opener) noexcept {
  return opener == nullptr ? 0 : opener->object.prefix_size();
}

size_t twoway_multi_request_opener_opened_size(const twoway_multi_request_opener* opener,
                                               size_t body_size) noexcept {
  return opener == nullptr ? 0 : opener->object.opened_size(body_size);
}

twoway_status twoway_multi_request_opener_open(twoway_multi_request_opener* opener,
                                               const uint8_t* body, size_t body_size, uint8_t* out,
                                               size_t capacity, size_t* written,
                                               twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, opener, c::Input{body, body_size}, output).then([&] {
    const auto size = opener->object.open(output.span(), {body, body_size});
    return output.filled(size, opener->object.opened_size(body_size));
  });
}

twoway_status twoway_multi_request_opener_chunk_opener(twoway_multi_request_opener* opener,
                                                       const twoway_chunk_limits* limits,
                                                       twoway_chunk_opener** chunk_opener,
                                                       twoway_error* error) noexcept {
  const Result<ChunkLimits> known = c::limits_of(limits);
  return c::call(error, opener, chunk_opener, known).then([&] {
    return c::give_handle(chunk_opener, opener->borrowed, opener->object.chunk_opener(*known));
  });
}

twoway_status twoway_multi_request_opener_response_sealer(twoway_multi_request_opener* opener,
                                                          twoway_response_sealer** sealer,
                                                          twoway_error* error) noexcept {
  return c::call(error, opener, sealer).then([&] {
    return c::give_handle(sealer, opener->borrowed, opener->object.response_sealer());
  });
}
