// What requests to one receiver and to many have in common.
#pragma once

#include "call.hpp"
#include "handles.hpp"

namespace twoway::c {

inline Kept keep(const twoway_rng* rng, const twoway_replay_filter* filter = nullptr) noexcept {
  Kept kept;
  if (rng != nullptr) kept.rng = rng->object;
  if (filter != nullptr) kept.filter = filter->object;
  return kept;
}

// --- Beginning to seal and to open -------------------------------------------------------------

template <typename Sender, typename Sealer>
Status begin_sealing(const Sender* sender, twoway_form form, const twoway_media_types* types,
                     Sealer** sealer) noexcept {
  clear(sealer);
  if (any_null(sender, sealer)) return kNull;
  const Result<Form> known = form_of(form);
  if (!known) return known.error();
  return give_kept(sealer, sender->kept,
                   sender->object.begin(*known, media_types(types, kRequestMediaTypes)));
}

/// `message` is a request, or the key message of one to many receivers.
template <typename Receiver, typename Pending>
Status begin_opening(const Receiver* receiver, twoway_form form, const uint8_t* message,
                     std::size_t size, const twoway_media_types* types,
                     Pending** pending) noexcept {
  clear(pending);
  if (any_null(receiver, pending) || !is_span(message, size)) return kNull;
  const Result<Form> known = form_of(form);
  if (!known) return known.error();
  return give_kept(
      pending, receiver->kept,
      receiver->object.begin(*known, {message, size}, media_types(types, kRequestMediaTypes)));
}

// --- Sealers of requests and of bodies ---------------------------------------------------------

template <typename Handle>
Status write_prefix(const Handle* sealer, const Output& out) noexcept {
  clear(out.written);
  if (sealer == nullptr || !out.valid()) return kNull;
  return out.write(sealer->object.prefix());
}

template <typename Handle>
Status seal_whole(Handle* sealer, const uint8_t* text, std::size_t text_size,
                  const Output& out) noexcept {
  clear(out.written);
  if (sealer == nullptr || !is_span(text, text_size) || !out.valid()) return kNull;
  const auto size = sealer->object.seal(out.span(), {text, text_size});
  return out.filled(size, sealer->object.sealed_size(text_size));
}

template <typename Handle>
Status start_chunks(Handle* sealer, const twoway_chunk_limits* limits,
                    twoway_chunk_sealer** chunks) noexcept {
  clear(chunks);
  if (any_null(sealer, chunks)) return kNull;
  const Result<ChunkLimits> known = limits_of(limits);
  if (!known) return known.error();
  return give_kept(chunks, sealer->kept, sealer->object.chunk_sealer(*known));
}

// --- Pending requests --------------------------------------------------------------------------

inline const PendingRequest& request_of(const PendingRequest& pending) noexcept { return pending; }
inline const PendingRequest& request_of(const PendingMultiRequest& pending) noexcept {
  return pending.request();
}

template <typename Handle>
Status write_enc(const Handle* pending, const Output& out) noexcept {
  clear(out.written);
  if (pending == nullptr || !out.valid()) return kNull;
  return out.write(request_of(pending->object).enc());
}

template <typename Handle>
Status give_key_of(const Handle* pending, twoway_private_key** key) noexcept {
  clear(key);
  if (any_null(pending, key)) return kNull;
  const auto holder = std::make_shared<const PendingRequest>(request_of(pending->object));
  return give(key, std::shared_ptr<const PrivateKey>(holder, &holder->key()));
}

template <typename Handle, typename Opener>
Status decapsulate(const Handle* pending, Opener** opener) noexcept {
  clear(opener);
  if (any_null(pending, opener)) return kNull;
  return give_kept(opener, pending->kept, pending->object.decapsulate());
}

template <typename Handle, typename Opener>
Status complete(const Handle* pending, const uint8_t* secret, std::size_t size,
                Opener** opener) noexcept {
  clear(opener);
  if (any_null(pending, opener) || !is_span(secret, size)) return kNull;
  SharedSecret shared_secret;  // empty if there are too many bytes, and its length is refused
  shared_secret.try_assign({secret, size});
  return give_kept(opener, pending->kept, pending->object.complete(shared_secret));
}

template <typename Handle, typename Opener>
Status complete_dh(const Handle* pending, const uint8_t* dh, std::size_t size,
                   Opener** opener) noexcept {
  clear(opener);
  if (any_null(pending, opener) || !is_span(dh, size)) return kNull;
  core::DhSecret secret;  // likewise
  secret.try_assign({dh, size});
  return give_kept(opener, pending->kept, pending->object.complete_dh(secret));
}

}  // namespace twoway::c
