// A sealer that knows all keys of a message and need not keep to the format, and a decoder of what
// it sends that shares no code with the library.
#pragma once

#include <string>
#include <vector>

#include <twoway/twoway.hpp>

#include "choices.hpp"
#include "exchange.hpp"

namespace twoway::fuzz {

enum class Kind : std::uint8_t { request, response, body };

/// The outcome of opening: all text that was given out, and the name of the error or "".
struct Opened {
  Bytes text = {};
  std::string error = {};
  friend bool operator==(const Opened&, const Opened&) = default;
};

struct Lie {
  Kind kind = Kind::request;
  bool chunked = false;  ///< how it is opened, and the media type of that
  ChunkLimits limits = {};
  std::size_t prefix = 0;  ///< bytes before the sealed text
  Bytes message = {};
  Bytes key_message = {};        ///< of a body
  core::SecretBytes state = {};  ///< that opens a response
  /// What its key has sealed: anything else is a forgery.
  struct Sealed {
    std::size_t number;
    std::string aad;
    Bytes bytes;
    Bytes text;
  };
  std::vector<Sealed> sealed = {};
  bool foreign = false;  ///< its prefix was changed, or its key has another media type
};

/// Seals a message by a plan.
Lie lie(Choices& choices);

/// What every way of opening must answer.
Opened reference(const Lie& lie);

}  // namespace twoway::fuzz
