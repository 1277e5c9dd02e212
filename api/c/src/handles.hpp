// The objects behind the handles.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <twoway/core/hpke.hpp>
#include <twoway/multi_receiver.hpp>
#include <twoway/multi_sender.hpp>
#include <twoway/stream.hpp>
#include <twoway/twoway.h>

namespace twoway::c {

/// The objects that a message object borrows and its handle keeps.
struct Borrowed {
  std::shared_ptr<Rng> rng = nullptr;
  std::shared_ptr<ReplayFilter> filter = nullptr;
};

/// An object whose handle keeps the borrowed objects until it has ended.
template <typename Object>
struct MessageHandle {
  Borrowed borrowed;
  Object object;
};

/// The receiver of a handle also borrows a ring.
template <typename Object>
struct ReceiverHandle {
  std::shared_ptr<const KeyRing> ring;
  Borrowed borrowed;
  Object object;
};

/// Gives the caller a new handle. The outputs of a failed call were emptied before.
template <typename Handle, typename... Members>
Status give(Handle** out, Members&&... members) noexcept {
  *out = new Handle{{std::forward<Members>(members)...}};
  return {};
}

/// As above, of a result.
template <typename Handle, typename Object>
Status give_handle(Handle** out, const Borrowed& borrowed, Result<Object> object) noexcept {
  if (!object) return object.error();
  return give(out, borrowed, std::move(*object));
}

/// An object that borrows nothing but its provider.
template <typename Object>
struct PlainHandle {
  Object object;
};

template <typename Object>
struct SharedHandle {
  std::shared_ptr<Object> object;
};

/// Of a request's opener that is empty.
inline constexpr Error kGivenAway{Errc::wrong_state,
                                  "this opener's content went to the opener of a chunked request"};

}  // namespace twoway::c

struct twoway_rng : twoway::c::SharedHandle<twoway::Rng> {};
struct twoway_clock : twoway::c::SharedHandle<const twoway::Clock> {};
struct twoway_replay_filter : twoway::c::SharedHandle<twoway::ReplayFilter> {};
struct twoway_private_key : twoway::c::SharedHandle<const twoway::PrivateKey> {};
struct twoway_key_ring : twoway::c::SharedHandle<twoway::KeyRing> {};

/// Empty once a stream has taken its content.
struct twoway_source : twoway::c::SharedHandle<twoway::Source> {};
struct twoway_seal_stream : twoway::c::MessageHandle<twoway::SealStream> {};
struct twoway_open_stream : twoway::c::MessageHandle<twoway::OpenStream> {};

struct twoway_request_sender : twoway::c::MessageHandle<twoway::RequestSender> {};
struct twoway_request_sealer : twoway::c::MessageHandle<twoway::RequestSealer> {};
struct twoway_response_opener : twoway::c::MessageHandle<twoway::ResponseOpener> {};
struct twoway_response_sealer : twoway::c::MessageHandle<twoway::ResponseSealer> {};
struct twoway_chunk_sealer : twoway::c::MessageHandle<twoway::ChunkSealer> {};
struct twoway_chunk_opener : twoway::c::MessageHandle<twoway::ChunkOpener> {};

struct twoway_request_receiver : twoway::c::ReceiverHandle<twoway::RequestReceiver> {};
struct twoway_pending_request : twoway::c::MessageHandle<twoway::PendingRequest> {};
struct twoway_chunked_request_opener : twoway::c::ReceiverHandle<twoway::ChunkedRequestOpener> {};
/// Empty once its content went to a chunked opener.
struct twoway_request_opener : twoway::c::MessageHandle<std::optional<twoway::RequestOpener>> {};

struct twoway_hpke_sender : twoway::c::PlainHandle<twoway::core::SenderContext> {};
struct twoway_hpke_recipient : twoway::c::PlainHandle<twoway::core::RecipientContext> {};

struct twoway_multi_request_sender : twoway::c::MessageHandle<twoway::MultiRequestSender> {};
struct twoway_multi_request_sealer : twoway::c::MessageHandle<twoway::MultiRequestSealer> {};
struct twoway_multi_request_receiver : twoway::c::ReceiverHandle<twoway::MultiRequestReceiver> {};
struct twoway_pending_multi_request : twoway::c::MessageHandle<twoway::PendingMultiRequest> {};
struct twoway_multi_request_opener : twoway::c::MessageHandle<twoway::MultiRequestOpener> {};
