// PEM (RFC 7468), one block to a text, and its base64 without look-ups that depend on the bytes.
#pragma once

#include <optional>
#include <string_view>

#include <twoway/core/bytes.hpp>
#include <twoway/core/secret.hpp>

namespace twoway::pem {

/// The start of a text that begins with "-----BEGIN <label>-----" and a line end. Borrows it.
struct Opening {
  std::string_view label;
  core::ByteView rest;  ///< from the second line on
};
std::optional<Opening> open(core::ByteView text) noexcept;

/// The block's content, where only base64 lines, the END line of the same label and at most one
/// more line end follow. Lines end in LF or CRLF, have any length above 0 and no blanks.
std::optional<core::SecretBytes> decode(const Opening& opening) noexcept;

/// The text of one block: lines of 64 characters that end in LF.
core::SecretBytes encode(std::string_view label, core::ByteView content) noexcept;

}  // namespace twoway::pem
