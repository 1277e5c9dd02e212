// One request to many receivers.
#include "call.hpp"
#include "handles.hpp"
#include "messages.hpp"

using namespace twoway;

twoway_status twoway_multi_sender_new(const twoway_provider* provider, uint16_t aead,
                                      twoway_rng* rng, twoway_multi_sender** sender,
                                      twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(sender);
    if (c::any_null(provider, sender)) return c::kNull;
    const c::Kept kept = c::keep(rng);
    return c::give_kept(
        sender, kept,
        MultiRequestSender::create(*c::object(provider), AeadId{aead}, {.rng = kept.rng.get()}));
  }());
}

void twoway_multi_sender_free(twoway_multi_sender* sender) noexcept { delete sender; }

twoway_status twoway_multi_sender_begin(const twoway_multi_sender* sender, twoway_form form,
                                        const twoway_media_types* types,
                                        twoway_multi_sealer** sealer,
                                        twoway_error* error) noexcept {
  return c::answer(error, c::begin_sealing(sender, form, types, sealer));
}

void twoway_multi_sealer_free(twoway_multi_sealer* sealer) noexcept { delete sealer; }

size_t twoway_multi_sealer_prefix_size(const twoway_multi_sealer* sealer) noexcept {
  return sealer == nullptr ? 0 : sealer->object.prefix().size();
}

twoway_status twoway_multi_sealer_prefix(const twoway_multi_sealer* sealer, uint8_t* out,
                                         size_t capacity, size_t* written,
                                         twoway_error* error) noexcept {
  return c::answer(error, c::write_prefix(sealer, {out, capacity, written}));
}

size_t twoway_multi_sealer_sealed_size(const twoway_multi_sealer* sealer,
                                       size_t text_size) noexcept {
  if (sealer == nullptr || text_size > PTRDIFF_MAX) return 0;
  return sealer->object.sealed_size(text_size);
}

twoway_status twoway_multi_sealer_seal(twoway_multi_sealer* sealer, const uint8_t* text,
                                       size_t text_size, uint8_t* out, size_t capacity,
                                       size_t* written, twoway_error* error) noexcept {
  return c::answer(error, c::seal_whole(sealer, text, text_size, {out, capacity, written}));
}

twoway_status twoway_multi_sealer_chunks(twoway_multi_sealer* sealer,
                                         const twoway_chunk_limits* limits,
                                         twoway_chunk_sealer** chunks,
                                         twoway_error* error) noexcept {
  return c::answer(error, c::start_chunks(sealer, limits, chunks));
}

size_t twoway_multi_sealer_key_size(const twoway_multi_sealer* sealer,
                                    const twoway_request_sender* to) noexcept {
  if (c::any_null(sealer, to)) return 0;
  return to->object.sealed_size(framing::kBodyKeySize);
}

twoway_status twoway_multi_sealer_encapsulate_key(const twoway_multi_sealer* sealer,
                                                  const twoway_request_sender* to, uint8_t* out,
                                                  size_t capacity, size_t* written,
                                                  twoway_response_opener** response_opener,
                                                  twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(written, response_opener);
    const c::Output output{out, capacity, written};
    if (c::any_null(sealer, to, response_opener) || !output.valid()) return c::kNull;
    if (Status s = output.require(to->object.sealed_size(framing::kBodyKeySize)); !s) return s;
    auto key = sealer->object.encapsulate_key(to->object);
    if (!key) return key.error();
    if (Status s = output.write(key->message); !s) return s;
    return c::give(response_opener, sealer->kept, std::move(key->response_opener));
  }());
}

twoway_status twoway_multi_receiver_new(twoway_key_ring* ring, twoway_rng* rng,
                                        twoway_replay_filter* filter,
                                        twoway_multi_receiver** receiver,
                                        twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(receiver);
    if (c::any_null(ring, receiver)) return c::kNull;
    const c::Kept kept = c::keep(rng, filter);
    return c::give(receiver, ring->object, kept,
                   MultiRequestReceiver(*ring->object, {kept.rng.get(), kept.filter.get()}));
  }());
}

void twoway_multi_receiver_free(twoway_multi_receiver* receiver) noexcept { delete receiver; }

twoway_status twoway_multi_receiver_open(const twoway_multi_receiver* receiver,
                                         const uint8_t* key_message, size_t key_message_size,
                                         const uint8_t* body, size_t body_size,
                                         const twoway_media_types* types, uint8_t* out,
                                         size_t capacity, size_t* written,
                                         twoway_response_sealer** response_sealer,
                                         twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(written, response_sealer);
    const c::Output output{out, capacity, written};
    if (c::any_null(receiver, response_sealer) || !c::is_span(key_message, key_message_size) ||
        !c::is_span(body, body_size) || !output.valid()) {
      return c::kNull;
    }
    const auto pending = receiver->object.begin(Form::whole, {key_message, key_message_size},
                                                c::media_types(types, kRequestMediaTypes));
    if (!pending) return pending.error();
    auto opener = pending->decapsulate();
    if (!opener) return opener.error();
    const std::size_t needed = opener->opened_size(body_size);
    if (Status s = output.apart(needed, {key_message, key_message_size}); !s) return s;
    const auto size = opener->open(output.span(), {body, body_size});
    if (Status s = output.filled(size, needed); !s) return s;
    return c::give_kept(response_sealer, receiver->kept, opener->response_sealer());
  }());
}

twoway_status twoway_multi_receiver_begin(const twoway_multi_receiver* receiver, twoway_form form,
                                          const uint8_t* key_message, size_t key_message_size,
                                          const twoway_media_types* types,
                                          twoway_multi_pending** pending,
                                          twoway_error* error) noexcept {
  return c::answer(error,
                   c::begin_opening(receiver, form, key_message, key_message_size, types, pending));
}

void twoway_multi_pending_free(twoway_multi_pending* pending) noexcept { delete pending; }

uint8_t twoway_multi_pending_key_id(const twoway_multi_pending* pending) noexcept {
  return pending == nullptr ? std::uint8_t{0} : pending->object.request().key_id();
}

twoway_suite twoway_multi_pending_suite(const twoway_multi_pending* pending) noexcept {
  return pending == nullptr ? twoway_suite{} : c::suite_of(pending->object.request().suite());
}

twoway_status twoway_multi_pending_enc(const twoway_multi_pending* pending, uint8_t* out,
                                       size_t capacity, size_t* written,
                                       twoway_error* error) noexcept {
  return c::answer(error, c::write_enc(pending, {out, capacity, written}));
}

twoway_status twoway_multi_pending_key(const twoway_multi_pending* pending,
                                       twoway_private_key** key, twoway_error* error) noexcept {
  return c::answer(error, c::give_key_of(pending, key));
}

twoway_status twoway_multi_pending_decapsulate(const twoway_multi_pending* pending,
                                               twoway_multi_opener** opener,
                                               twoway_error* error) noexcept {
  return c::answer(error, c::decapsulate(pending, opener));
}

twoway_status twoway_multi_pending_complete(const twoway_multi_pending* pending,
                                            const uint8_t* shared_secret, size_t shared_secret_size,
                                            twoway_multi_opener** opener,
                                            twoway_error* error) noexcept {
  return c::answer(error, c::complete(pending, shared_secret, shared_secret_size, opener));
}

twoway_status twoway_multi_pending_complete_dh(const twoway_multi_pending* pending,
                                               const uint8_t* dh, size_t dh_size,
                                               twoway_multi_opener** opener,
                                               twoway_error* error) noexcept {
  return c::answer(error, c::complete_dh(pending, dh, dh_size, opener));
}

void twoway_multi_opener_free(twoway_multi_opener* opener) noexcept { delete opener; }

size_t twoway_multi_opener_prefix_size(const twoway_multi_opener* opener) noexcept {
  return opener == nullptr ? 0 : opener->object.prefix_size();
}

size_t twoway_multi_opener_opened_size(const twoway_multi_opener* opener,
                                       size_t body_size) noexcept {
  return opener == nullptr ? 0 : opener->object.opened_size(body_size);
}

twoway_status twoway_multi_opener_open(twoway_multi_opener* opener, const uint8_t* body,
                                       size_t body_size, uint8_t* out, size_t capacity,
                                       size_t* written, twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(written);
    const c::Output output{out, capacity, written};
    if (opener == nullptr || !c::is_span(body, body_size) || !output.valid()) return c::kNull;
    const auto size = opener->object.open(output.span(), {body, body_size});
    return output.filled(size, opener->object.opened_size(body_size));
  }());
}

twoway_status twoway_multi_opener_chunks(twoway_multi_opener* opener,
                                         const twoway_chunk_limits* limits,
                                         twoway_chunk_opener** chunks,
                                         twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(chunks);
    if (c::any_null(opener, chunks)) return c::kNull;
    const Result<ChunkLimits> known = c::limits_of(limits);
    if (!known) return known.error();
    return c::give_kept(chunks, opener->kept, opener->object.chunk_opener(*known));
  }());
}

twoway_status twoway_multi_opener_response_sealer(twoway_multi_opener* opener,
                                                  twoway_response_sealer** sealer,
                                                  twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(sealer);
    if (c::any_null(opener, sealer)) return c::kNull;
    return c::give_kept(sealer, opener->kept, opener->object.response_sealer());
  }());
}
