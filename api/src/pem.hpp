// PEM (RFC 7468), and its base64 without look-ups that depend on the bytes.
#pragma once

#include <optional>
#include <string_view>

#include <twoway/types.hpp>

namespace twoway::pem {

/// The start of a text's first block, which is the line "-----BEGIN <label>-----". Borrows the
/// text.
struct Opening {
  std::string_view label;
  ByteView rest;  ///< the text after that line
};

/// Finds the first block. Skips the lines before it. Lines end in LF, CRLF or CR, and blanks around
/// them do not count. Returns nullopt if there is no BEGIN line.
std::optional<Opening> open(ByteView text) noexcept;

struct Block {
  SecretBytes content;
  ByteView rest;  ///< the text after the END line
};

/// Decodes the block, up to the END line of the same label. Blanks and line ends in its base64 do
/// not count. Returns nullopt if there is no such line, or if there is anything but base64 before
/// it.
std::optional<Block> decode(const Opening& opening) noexcept;

/// Writes the text of one block: lines of 64 characters that end in LF.
SecretBytes encode(std::string_view label, ByteView content) noexcept;

}  // namespace twoway::pem
