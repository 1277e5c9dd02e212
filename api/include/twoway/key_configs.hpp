// Key configuration lists from files and servers, with errors that name other inputs.
//
// Who needs it: applications that look into key configuration lists.
#pragma once

#include <vector>

#include <twoway/types.hpp>

namespace twoway {

/// Reads a list of media type application/ohttp-keys, as framing::parse_key_configs does.
///
/// Errors:
///   malformed   the bytes are not a list. The message names the known mistakes: an empty input,
///               a configuration without the list's length, a line end after the list,
///               hexadecimal, base64 and other text.
TWOWAY_API Result<std::vector<KeyConfig>> read_key_configs(const Provider& provider,
                                                           ByteView list) noexcept;

}  // namespace twoway
