// A sealer that knows all keys of a message and may break the format, and a decoder of its messages
// that shares no code with the library.
#pragma once

#include <string>
#include <vector>

#include <twoway/twoway.hpp>

#include "choices.hpp"
#include "exchange.hpp"

namespace twoway::fuzz {

enum class Kind : std::uint8_t { request, response, body };

/// The outcome of opening: all released text, and the name of the error or "".
struct Opened {
  Bytes text = {};
  std::string error = {};
  friend bool operator==(const Opened&, const Opened&) = default;
};

struct Lie {
  Kind kind = Kind::request;
  bool chunked = false;  ///< the form in which it is opened, and its media type
  ChunkLimits limits = {};
  std::size_t prefix = 0;  ///< bytes before the ciphertext
  Bytes message = {};
  Bytes key_message = {};        ///< of a body
  core::SecretBytes state = {};  ///< that opens a response
  /// The texts that its key has sealed. Anything else is a forgery.
  struct Sealed {
    std::size_t number;
    std::string aad;
    Bytes bytes;
    Bytes text;
  };
  std::vector<Sealed> sealed = {};
  bool foreign = false;  ///< its prefix was changed, or its key has another media type
  std::size_t renumbered =
      0;  ///< XOR of each number in the place of its own: a body's nonce changed
};

/// Seals a message by a plan.
Lie lie(Choices& choices);

/// Returns the outcome that every way of opening must have.
Opened reference(const Lie& lie);

}  // namespace twoway::fuzz
