// The receiver of requests.
#include "call.hpp"
#include "chunks.hpp"
#include "handles.hpp"
#include "messages.hpp"

using namespace twoway;

namespace {

constexpr Error kGivenAway{Errc::wrong_state,
                           "this opener's content went to the opener of a chunked request"};

/// Opens what follows a request's prefix.
Status open_whole(RequestOpener& opener, ByteView sealed, const c::Output& output) noexcept {
  return output.filled(opener.open(output.span(), sealed), opener.opened_size(sealed.size()));
}

template <typename Opener>
Status give_response_sealer(twoway_response_sealer** sealer, const c::Kept& kept,
                            Opener& opener) noexcept {
  return c::give_kept(sealer, kept, opener.response_sealer());
}

}  // namespace

twoway_status twoway_request_receiver_new(twoway_key_ring* ring, twoway_rng* rng,
                                          twoway_replay_filter* filter,
                                          twoway_request_receiver** receiver,
                                          twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(receiver);
    if (c::any_null(ring, receiver)) return c::kNull;
    const c::Kept kept = c::keep(rng, filter);
    return c::give(receiver, ring->object, kept,
                   RequestReceiver(*ring->object, {kept.rng.get(), kept.filter.get()}));
  }());
}

void twoway_request_receiver_free(twoway_request_receiver* receiver) noexcept { delete receiver; }

twoway_status twoway_request_receiver_open(const twoway_request_receiver* receiver,
                                           const uint8_t* message, size_t message_size,
                                           const twoway_media_types* types, uint8_t* out,
                                           size_t capacity, size_t* written,
                                           twoway_response_sealer** response_sealer,
                                           twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(written, response_sealer);
    const c::Output output{out, capacity, written};
    if (c::any_null(receiver, response_sealer) || !c::is_span(message, message_size) ||
        !output.valid()) {
      return c::kNull;
    }
    const ByteView bytes(message, message_size);
    const auto pending =
        receiver->object.begin(Form::whole, bytes, c::media_types(types, kRequestMediaTypes));
    if (!pending) return pending.error();
    const ByteView sealed = bytes.subspan(pending->prefix_size());
    const std::size_t needed = pending->opened_size(sealed.size());
    if (Status s = output.require(needed); !s) return s;
    if (Status s = output.apart(needed, bytes.first(pending->prefix_size())); !s) return s;
    auto opener = pending->decapsulate();
    if (!opener) return opener.error();
    if (Status s = open_whole(*opener, sealed, output); !s) return s;
    return give_response_sealer(response_sealer, receiver->kept, *opener);
  }());
}

twoway_status twoway_request_receiver_begin(const twoway_request_receiver* receiver,
                                            twoway_form form, const uint8_t* message,
                                            size_t message_size, const twoway_media_types* types,
                                            twoway_pending_request** pending,
                                            twoway_error* error) noexcept {
  return c::answer(error, c::begin_opening(receiver, form, message, message_size, types, pending));
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
  return c::answer(error, c::write_enc(pending, {out, capacity, written}));
}

twoway_status twoway_pending_request_key(const twoway_pending_request* pending,
                                         twoway_private_key** key, twoway_error* error) noexcept {
  return c::answer(error, c::give_key_of(pending, key));
}

twoway_status twoway_pending_request_decapsulate(const twoway_pending_request* pending,
                                                 twoway_request_opener** opener,
                                                 twoway_error* error) noexcept {
  return c::answer(error, c::decapsulate(pending, opener));
}

twoway_status twoway_pending_request_complete(const twoway_pending_request* pending,
                                              const uint8_t* shared_secret,
                                              size_t shared_secret_size,
                                              twoway_request_opener** opener,
                                              twoway_error* error) noexcept {
  return c::answer(error, c::complete(pending, shared_secret, shared_secret_size, opener));
}

twoway_status twoway_pending_request_complete_dh(const twoway_pending_request* pending,
                                                 const uint8_t* dh, size_t dh_size,
                                                 twoway_request_opener** opener,
                                                 twoway_error* error) noexcept {
  return c::answer(error, c::complete_dh(pending, dh, dh_size, opener));
}

void twoway_request_opener_free(twoway_request_opener* opener) noexcept { delete opener; }

size_t twoway_request_opener_opened_size(const twoway_request_opener* opener,
                                         size_t sealed_size) noexcept {
  return opener == nullptr || !opener->object ? 0 : opener->object->opened_size(sealed_size);
}

twoway_status twoway_request_opener_open(twoway_request_opener* opener, const uint8_t* sealed,
                                         size_t sealed_size, uint8_t* out, size_t capacity,
                                         size_t* written, twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(written);
    const c::Output output{out, capacity, written};
    if (opener == nullptr || !c::is_span(sealed, sealed_size) || !output.valid()) return c::kNull;
    if (!opener->object) return kGivenAway;
    return open_whole(*opener->object, {sealed, sealed_size}, output);
  }());
}

twoway_status twoway_request_opener_chunks(twoway_request_opener* opener,
                                           const twoway_chunk_limits* limits,
                                           twoway_chunk_opener** chunks,
                                           twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(chunks);
    if (c::any_null(opener, chunks)) return c::kNull;
    if (!opener->object) return kGivenAway;
    const Result<ChunkLimits> known = c::limits_of(limits);
    if (!known) return known.error();
    return c::give_kept(chunks, opener->kept, opener->object->chunk_opener(*known));
  }());
}

twoway_status twoway_request_opener_response_sealer(twoway_request_opener* opener,
                                                    twoway_response_sealer** sealer,
                                                    twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(sealer);
    if (c::any_null(opener, sealer)) return c::kNull;
    if (!opener->object) return kGivenAway;
    return give_response_sealer(sealer, opener->kept, *opener->object);
  }());
}

twoway_status twoway_request_receiver_chunked_opener(const twoway_request_receiver* receiver,
                                                     const twoway_media_types* types,
                                                     const twoway_chunk_limits* limits,
                                                     twoway_chunked_request_opener** opener,
                                                     twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(opener);
    if (c::any_null(receiver, opener)) return c::kNull;
    const Result<ChunkLimits> known = c::limits_of(limits);
    if (!known) return known.error();
    auto chunked =
        receiver->object.chunked_opener(c::media_types(types, kRequestMediaTypes), *known);
    if (!chunked) return chunked.error();
    return c::give(opener, receiver->ring, receiver->kept, std::move(*chunked));
  }());
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
  return c::answer(
      error, c::open_chunk(opener, in, in_size, end, {out, capacity, written}, consumed, state));
}

twoway_status twoway_chunked_request_opener_open_in_place(twoway_chunked_request_opener* opener,
                                                          uint8_t* in, size_t in_size, int end,
                                                          size_t* consumed, const uint8_t** text,
                                                          size_t* text_size,
                                                          twoway_chunk_state* state,
                                                          twoway_error* error) noexcept {
  return c::answer(
      error, c::open_chunk_in_place(opener, in, in_size, end, consumed, text, text_size, state));
}

twoway_status twoway_chunked_request_opener_pending(const twoway_chunked_request_opener* opener,
                                                    twoway_pending_request** pending,
                                                    twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(pending);
    if (c::any_null(opener, pending)) return c::kNull;
    if (opener->object.pending() == nullptr) {
      return Error{Errc::wrong_state, "no key is needed yet: the header is not read"};
    }
    return c::give(pending, opener->kept, *opener->object.pending());
  }());
}

twoway_status twoway_chunked_request_opener_resume(twoway_chunked_request_opener* opener,
                                                   twoway_request_opener* key,
                                                   twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    if (c::any_null(opener, key)) return c::kNull;
    if (!key->object) return kGivenAway;
    if (Status s = opener->object.resume(std::move(*key->object)); !s) return s;
    key->object.reset();
    return {};
  }());
}

twoway_status twoway_chunked_request_opener_decapsulate(twoway_chunked_request_opener* opener,
                                                        twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    if (opener == nullptr) return c::kNull;
    if (opener->object.pending() == nullptr) {
      return Error{Errc::wrong_state, "no key is needed yet: the header is not read"};
    }
    auto key = opener->object.pending()->decapsulate();
    return key ? opener->object.resume(std::move(*key)) : key.error();
  }());
}

twoway_status twoway_chunked_request_opener_response_sealer(twoway_chunked_request_opener* opener,
                                                            twoway_response_sealer** sealer,
                                                            twoway_error* error) noexcept {
  return c::answer(error, [&]() -> Status {
    c::clear(sealer);
    if (c::any_null(opener, sealer)) return c::kNull;
    return give_response_sealer(sealer, opener->kept, opener->object);
  }());
}
