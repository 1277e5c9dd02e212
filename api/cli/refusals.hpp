// What is said of messages and states that do not fit the keys and files that were given.
#pragma once

#include <string>

#include <twoway/key_ring.hpp>

#include "failure.hpp"

namespace twoway::cli {

/// The failure for a request with a key id or suite that `ring` does not hold. `head` is the start
/// of the request, `about` its file.
Failure unknown_key(const KeyRing& ring, ByteView head, const std::string& about);

/// The failure for a response state that cannot be restored, which `writer`, a command, should have
/// written.
Failure unusable_state(const Error& error, const std::string& about, const char* writer);

}  // namespace twoway::cli
