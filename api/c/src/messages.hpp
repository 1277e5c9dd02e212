// The common part of requests to one receiver and one-to-many requests.
#pragma once

#include "call.hpp"
#include "handles.hpp"

namespace twoway::c {

inline Borrowed borrow(const twoway_rng* rng,
                       const twoway_replay_filter* filter = nullptr) noexcept {
  Borrowed borrowed;
  if (rng != nullptr) borrowed.rng = rng->object;
  if (filter != nullptr) borrowed.filter = filter->object;
  return borrowed;
}

// --- Beginning to seal and to open -------------------------------------------------------------

template <typename Sender, typename Sealer>
twoway_status begin_sealing(const Sender* sender, twoway_form form, const twoway_media_types* types,
                            Sealer** sealer, twoway_error* error) noexcept {
  const Result<Form> known = form_of(form);
  return call(error, sender, sealer, known).then([&] {
    return give_handle(sealer, sender->borrowed,
                       sender->object.begin(*known, media_types(types, kRequestMediaTypes)));
  });
}

/// `message` is a request, or the key message of a one-to-many request.
template <typename Receiver, typename Pending>
twoway_status begin_opening(const Receiver* receiver, twoway_form form, const Input& message,
                            const twoway_media_types* types, Pending** pending,
                            twoway_error* error) noexcept {
  const Result<Form> known = form_of(form);
  return call(error, receiver, pending, message, known).then([&] {
    return give_handle(
        pending, receiver->borrowed,
        receiver->object.begin(*known, ByteView(message), media_types(types, kRequestMediaTypes)));
  });
}

// --- Sealers of requests and of bodies ---------------------------------------------------------

template <typename Handle>
twoway_status write_prefix(const Handle* sealer, const Output& out, twoway_error* error) noexcept {
  return call(error, sealer, out).then([&] { return out.write(sealer->object.prefix()); });
}

template <typename Handle>
twoway_status seal_whole(Handle* sealer, const Input& plaintext, const Output& out,
                         twoway_error* error) noexcept {
  return call(error, sealer, plaintext, out).then([&] {
    return out.filled(sealer->object.seal(out.span(), plaintext),
                      sealer->object.sealed_size(plaintext.size));
  });
}

template <typename Handle>
twoway_status give_chunk_sealer(Handle* sealer, const twoway_chunk_limits* limits,
                                twoway_chunk_sealer** chunk_sealer, twoway_error* error) noexcept {
  const Result<ChunkLimits> known = limits_of(limits);
  return call(error, sealer, chunk_sealer, known).then([&] {
    return give_handle(chunk_sealer, sealer->borrowed, sealer->object.chunk_sealer(*known));
  });
}

// --- Pending requests --------------------------------------------------------------------------

template <typename Handle>
twoway_status write_enc(const Handle* pending, const Output& out, twoway_error* error) noexcept {
  return call(error, pending, out).then([&] { return out.write(pending->object.enc()); });
}

template <typename Handle>
twoway_status give_key_of(const Handle* pending, twoway_private_key** key,
                          twoway_error* error) noexcept {
  return call(error, pending, key).then([&] {
    const auto holder = std::make_shared<const decltype(pending->object)>(pending->object);
    return give(key, std::shared_ptr<const PrivateKey>(holder, &holder->key()));
  });
}

template <typename Handle, typename Opener>
twoway_status decapsulate(const Handle* pending, Opener** opener, twoway_error* error) noexcept {
  return call(error, pending, opener).then([&] {
    return give_handle(opener, pending->borrowed, pending->object.decapsulate());
  });
}

template <typename Handle, typename Opener>
twoway_status complete(const Handle* pending, const Input& secret, Opener** opener,
                       twoway_error* error) noexcept {
  return call(error, pending, opener, secret).then([&] {
    SharedSecret shared_secret;  // empty if there are too many bytes, and its length is refused
    shared_secret.try_assign(secret);
    return give_handle(opener, pending->borrowed, pending->object.complete(shared_secret));
  });
}

template <typename Handle, typename Opener>
twoway_status complete_dh(const Handle* pending, const Input& dh, Opener** opener,
                          twoway_error* error) noexcept {
  return call(error, pending, opener, dh).then([&] {
    core::DhSecret secret;  // as above
    secret.try_assign(dh);
    return give_handle(opener, pending->borrowed, pending->object.complete_dh(secret));
  });
}

template <typename Handle, typename Opener>
twoway_status complete_hybrid(const Handle* pending, const Input& ml_kem, const Input& dh,
                              Opener** opener, twoway_error* error) noexcept {
  return call(error, pending, opener, ml_kem, dh).then([&] {
    SharedSecret first;  // both as above
    core::DhSecret second;
    first.try_assign(ml_kem);
    second.try_assign(dh);
    return give_handle(opener, pending->borrowed, pending->object.complete_hybrid(first, second));
  });
}

}  // namespace twoway::c
