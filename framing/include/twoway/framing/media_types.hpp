// The media types that tell the two forms of a message apart.
//
// Who needs it: applications.
#pragma once

#include <string_view>

#include <twoway/framing/header.hpp>

namespace twoway::framing {

/// A whole message is sealed at once and fits in memory. A chunked one has any size. Request and
/// response may have different forms. Both sides of one message must use the same.
enum class Form : std::uint8_t { whole, chunked };

/// The media types of whole and of chunked messages of one kind. Any bytes are allowed.
///
/// A first chunk is sealed as a whole message is. Only the media type, to which both sides bind the
/// keys, tells them apart. If one type served both forms, anyone between sender and receiver could
/// cut a chunked message down to its first chunk and pass that on as a whole message, and its
/// receiver would take it for the complete plaintext. So each form has its own type. Name both if
/// both forms are in use:
///
///   constexpr MediaTypes kOrders{.whole = "application/order",
///                                .chunked = "application/order chunked"};
///
/// A member whose `data()` is null is not given. "" is a type like any other.
struct MediaTypes {
  std::string_view whole = {};    ///< of whole messages
  std::string_view chunked = {};  ///< of chunked messages
};

/// The media types of requests and responses that name no others (RFC 9458 sections 4.3 and 4.4,
/// Chunked OHTTP sections 6.1 and 6.2).
inline constexpr MediaTypes kRequestMediaTypes{.whole = "message/bhttp request",
                                               .chunked = "message/bhttp chunked request"};
inline constexpr MediaTypes kResponseMediaTypes{.whole = "message/bhttp response",
                                                .chunked = "message/bhttp chunked response"};

/// Longest media type, in bytes, so that `info` fits HPKE's limit.
inline constexpr std::size_t kMaxMediaType = core::kMaxHpkeInput - 1 - kHeaderSize;

/// Returns the member of `types` for messages of `form`, without a copy.
///
/// Errors:
///   invalid_argument  that member is not given, both are equal, one is a default of the other
///                     form (a request's or a response's), or one has over kMaxMediaType bytes
TWOWAY_API Result<std::string_view> choose_media_type(Form form, const MediaTypes& types) noexcept;

}  // namespace twoway::framing
