// The receiver of requests.
#include "call.hpp"
#include "chunks.hpp"
#include "handles.hpp"
#include "messages.hpp"

using namespace twoway;

namespace {

Result<RequestOpener*> content_of(twoway_request_opener* opener) noexcept {
  if (opener == nullptr) return c::kNull;
  if (!opener->object) return c::kGivenAway;
  return &*opener->object;
}

/// The request that waits for its key.
Result<const PendingRequest*> pending_of(const twoway_chunked_request_opener* opener) noexcept {
  if (opener == nullptr) return c::kNull;
  if (opener->object.pending() == nullptr) {
    return Error{Errc::wrong_state, "no key is needed yet: the header is not read"};
  }
  return opener->object.pending();
}

}  // namespace

twoway_status twoway_request_receiver_new(twoway_key_ring* ring, twoway_rng* rng,
                                          twoway_replay_filter* filter,
                                          twoway_request_receiver** receiver,
                                          twoway_error* error) noexcept {
  return c::call(error, ring, receiver).then([&] {
    const c::Borrowed borrowed = c::borrow(rng, filter);
    return c::give(receiver, ring->object, borrowed,
                   RequestReceiver(*ring->object, {borrowed.rng.get(), borrowed.filter.get()}));
  });
}

void twoway_request_receiver_free(twoway_request_receiver* receiver) noexcept { delete receiver; }

twoway_status twoway_request_receiver_open(const twoway_request_receiver* receiver,
                                           const uint8_t* message, size_t message_size,
                                           const twoway_media_types* types, uint8_t* out,
                                           size_t capacity, size_t* written,
                                           twoway_response_sealer** response_sealer,
                                           twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  const c::Input bytes{message, message_size};
  return c::call(error, receiver, response_sealer, bytes, output).then([&]() -> Status {
    auto opened =
        receiver->object.open(output.span(), bytes, c::media_types(types, kRequestMediaTypes));
    if (!opened) return output.filled(opened.error(), receiver->object.opened_size(bytes));
    *written = opened->size;
    return c::give(response_sealer, receiver->borrowed, std::move(opened->response_sealer));
  });
}

twoway_status twoway_request_receiver_begin(const twoway_request_receiver* receiver,
                                            twoway_form form, const uint8_t* message,
                                            size_t message_size, const twoway_media_types* types,
                                            twoway_pending_request** pending,
                                            twoway_error* error) noexcept {
  return c::begin_opening(receiver, form, {message, message_size}, types, pending, error);
}

void twoway_pending_request_free(twoway_pending_request* pending) noexcept { delete pending; }

uint8_t twoway_pending_request_key_id(const twoway_pending_request* pending) noexcept {
  return pending == nullptr ? std::uint8_t{0} : pending->object.key_id();
}

twoway_suite twoway_pending_request_suite(const twoway_pending_request* pending) noexcept {
  return pending == nullptr ? twoway_suite{} : c::suite_of(pending->object.suite());
}

size_t twoway_pending_request_prefix_size(const twoway_pending_request* pending) noexcept {
  return pending == nullptr ? 0 : pending->object.prefix_size();
}

twoway_status twoway_pending_request_enc(const twoway_pending_request* pending, uint8_t* out,
                                         size_t capacity, size_t* written,
                                         twoway_error* error) noexcept {
  return c::write_enc(pending, {out, capacity, written}, error);
}

twoway_status twoway_pending_request_key(const twoway_pending_request* pending,
                                         twoway_private_key** key, twoway_error* error) noexcept {
  return c::give_key_of(pending, key, error);
}

twoway_status twoway_pending_request_decapsulate(const twoway_pending_request* pending,
                                                 twoway_request_opener** opener,
                                                 twoway_error* error) noexcept {
  return c::decapsulate(pending, opener, error);
}

twoway_status twoway_pending_request_complete(const twoway_pending_request* pending,
                                              const uint8_t* shared_secret,
                                              size_t shared_secret_size,
                                              twoway_request_opener** opener,
                                              twoway_error* error) noexcept {
  return c::complete(pending, {shared_secret, shared_secret_size}, opener, error);
}

twoway_status twoway_pending_request_complete_dh(const twoway_pending_request* pending,
                                                 const uint8_t* dh, size_t dh_size,
                                                 twoway_request_opener** opener,
                                                 twoway_error* error) noexcept {
  return c::complete_dh(pending, {dh, dh_size}, opener, error);
}

twoway_status twoway_pending_request_complete_hybrid(const twoway_pending_request* pending,
                                                     const uint8_t* ml_kem, size_t ml_kem_size,
                                                     const uint8_t* dh, size_t dh_size,
                                                     twoway_request_opener** opener,
                                                     twoway_error* error) noexcept {
  return c::complete_hybrid(pending, {ml_kem, ml_kem_size}, {dh, dh_size}, opener, error);
}

void twoway_request_opener_free(twoway_request_opener* opener) noexcept { delete opener; }

size_t twoway_request_opener_opened_size(const twoway_request_opener* opener,
                                         size_t ciphertext_size) noexcept {
  return opener == nullptr || !opener->object ? 0 : opener->object->opened_size(ciphertext_size);
}

twoway_status twoway_request_opener_open(twoway_request_opener* opener, const uint8_t* ciphertext,
                                         size_t ciphertext_size, uint8_t* out, size_t capacity,
                                         size_t* written, twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  const auto content = content_of(opener);
  return c::call(error, c::Input{ciphertext, ciphertext_size}, output, content).then([&] {
    return output.filled((*content)->open(output.span(), {ciphertext, ciphertext_size}),
                         (*content)->opened_size(ciphertext_size));
  });
}

twoway_status twoway_request_opener_chunk_opener(twoway_request_opener* opener,
                                                 const twoway_chunk_limits* limits,
                                                 twoway_chunk_opener** chunk_opener,
                                                 twoway_error* error) noexcept {
  const auto content = content_of(opener);
  const Result<ChunkLimits> known = c::limits_of(limits);
  return c::call(error, chunk_opener, content, known).then([&] {
    return c::give_handle(chunk_opener, opener->borrowed, (*content)->chunk_opener(*known));
  });
}

twoway_status twoway_request_opener_response_sealer(twoway_request_opener* opener,
                                                    twoway_response_sealer** sealer,
                                                    twoway_error* error) noexcept {
  const auto content = content_of(opener);
  return c::call(error, sealer, content).then([&] {
    return c::give_handle(sealer, opener->borrowed, (*content)->response_sealer());
  });
}

twoway_status twoway_request_receiver_chunked_opener(const twoway_request_receiver* receiver,
                                                     const twoway_media_types* types,
                                                     const twoway_chunk_limits* limits,
                                                     twoway_chunked_request_opener** opener,
                                                     twoway_error* error) noexcept {
  const Result<ChunkLimits> known = c::limits_of(limits);
  return c::call(error, receiver, opener, known).then([&]() -> Status {
    auto chunked =
        receiver->object.chunked_opener(c::media_types(types, kRequestMediaTypes), *known);
    if (!chunked) return chunked.error();
    return c::give(opener, receiver->ring, receiver->borrowed, std::move(*chunked));
  });
}

void twoway_chunked_request_opener_free(twoway_chunked_request_opener* opener) noexcept {
  delete opener;
}

size_t twoway_chunked_request_opener_output_size(const twoway_chunked_request_opener* opener,
                                                 size_t input_size) noexcept {
  return opener == nullptr ? 0 : opener->object.output_size(input_size);
}

twoway_status twoway_chunked_request_opener_open(twoway_chunked_request_opener* opener,
                                                 const uint8_t* in, size_t in_size, int end,
                                                 uint8_t* out, size_t capacity, size_t* consumed,
                                                 size_t* written, twoway_chunk_state* state,
                                                 twoway_error* error) noexcept {
  return c::open_chunk(opener, {in, in_size}, end, {out, capacity, written}, consumed, state,
                       error);
}

twoway_status twoway_chunked_request_opener_open_in_place(
    twoway_chunked_request_opener* opener, uint8_t* in, size_t in_size, int end, size_t* consumed,
    const uint8_t** plaintext, size_t* plaintext_size, twoway_chunk_state* state,
    twoway_error* error) noexcept {
  return c::open_chunk_in_place(opener, {in, in_size}, end, consumed, plaintext, plaintext_size,
                                state, error);
}

twoway_status twoway_chunked_request_opener_pending(const twoway_chunked_request_opener* opener,
                                                    twoway_pending_request** pending,
                                                    twoway_error* error) noexcept {
  const auto waiting = pending_of(opener);
  return c::call(error, pending, waiting).then([&] {
    return c::give(pending, opener->borrowed, **waiting);
  });
}

twoway_status twoway_chunked_request_opener_give_key(twoway_chunked_request_opener* opener,
                                                     twoway_request_opener* key,
                                                     twoway_error* error) noexcept {
  const auto content = content_of(key);
  return c::call(error, opener, content).then([&] {
    const Status given = opener->object.give_key(std::move(**content));
    if (given) key->object.reset();
    return given;
  });
}

twoway_status twoway_chunked_request_opener_decapsulate(twoway_chunked_request_opener* opener,
                                                        twoway_error* error) noexcept {
  const auto waiting = pending_of(opener);
  return c::call(error, waiting).then([&] {
    auto key = (*waiting)->decapsulate();
    return key ? opener->object.give_key(std::move(*key)) : key.error();
  });
}

twoway_status twoway_chunked_request_opener_response_sealer(twoway_chunked_request_opener* opener,
                                                            twoway_response_sealer** sealer,
                                                            twoway_error* error) noexcept {
  return c::call(error, opener, sealer).then([&] {
    return c::give_handle(sealer, opener->borrowed, opener->object.response_sealer());
  });
}
