// Rewrites a message into the other form without any key, as a relay could.
#pragma once

#include "support.hpp"

namespace twoway::test {

/// Turns a chunked message into a whole one: removes the length of its first chunk, which follows
/// `prefix` bytes, and everything after that chunk.
inline core::Bytes first_chunk_as_whole(core::ByteView message, std::size_t prefix) {
  const core::ByteView chunks = message.subspan(prefix);
  const std::size_t head = std::size_t{1} << (chunks[0] >> 6);
  std::size_t size = chunks[0] & 0x3f;
  for (std::size_t i = 1; i < head; ++i) size = size << 8 | chunks[i];
  core::Bytes whole = copy(message.first(prefix));
  const core::ByteView sealed = chunks.subspan(head, size);
  whole.insert(whole.end(), sealed.begin(), sealed.end());
  return whole;
}

/// Turns a whole message into a chunked one without an end. The sealed text, of less than 64 bytes,
/// becomes the first chunk.
inline core::Bytes whole_as_first_chunk(core::ByteView message, std::size_t prefix) {
  core::Bytes chunked = copy(message.first(prefix));
  const core::ByteView sealed = message.subspan(prefix);
  REQUIRE(sealed.size() < 64);
  chunked.push_back(static_cast<std::uint8_t>(sealed.size()));
  chunked.insert(chunked.end(), sealed.begin(), sealed.end());
  return chunked;
}

}  // namespace twoway::test
