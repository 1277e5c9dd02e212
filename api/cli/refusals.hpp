// Messages for requests and states that do not fit the given keys and files.
#pragma once

#include <string>

#include <twoway/key_ring.hpp>

#include "failure.hpp"

namespace twoway::cli {

/// Returns the failure for a request with a key id or suite that `ring` does not hold. `head` is
/// the start of the request, `about` its file.
Failure unknown_key(const KeyRing& ring, ByteView head, const std::string& about);

/// Returns the failure for a response state that cannot be restored. The command `writer` should
/// have written it.
Failure unusable_state(const Error& error, const std::string& about, const char* writer);

}  // namespace twoway::cli
