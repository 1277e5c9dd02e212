// Messages in chunks by the specification, made and judged without the code under test.
#pragma once

#include <optional>
#include <vector>

#include <twoway/framing/chunks.hpp>

#include "choices.hpp"

namespace twoway::fuzz {

using core::Bytes;
using core::ByteView;
using framing::ChunkLimits;
using framing::ChunkSealer;
using framing::End;
using framing::Last;

inline constexpr std::size_t kTag = 16;

/// Sequences of one key and nonce.
core::SealSequence seal_sequence(std::uint64_t first = 0);
core::OpenSequence open_sequence();

struct Chunk {
  Bytes plaintext;
  Bytes sealed;  // without its length
  Last last;
};

/// Seals one chunk without its length, with the key of seal_sequence() and without a chunk sealer.
Bytes seal_alone(ByteView plaintext, Last last, std::size_t number);

/// Returns a chunk's length and the chunk.
Bytes as_sent(ByteView sealed, Last last);

/// Seals 1 to 8 chunks, the last one final. Returns the chunks, and each as it is sent.
std::vector<Chunk> seal(ChunkSealer& sealer, Choices& choices, std::vector<Bytes>& sent);

/// Makes one change of the sent bytes. Some changes have no effect.
void change(std::vector<Bytes>& sent, Choices& choices);

/// Returns limits by the lowest bits of `options`: of a chunk, of their number, of all plaintext.
ChunkLimits limits(unsigned options, Choices& choices);

Bytes joined(const std::vector<Bytes>& pieces);

/// Splits bytes into pieces as long as the choices say, and the rest.
std::vector<Bytes> split(ByteView message, Choices& choices, bool empty_end);

struct OpenResult {
  Bytes plaintext;
  std::optional<core::Errc> error;  // none if the message is complete
  friend bool operator==(const OpenResult&, const OpenResult&) = default;
};

/// Returns the result that a receiver must give for `message`: only the sealed chunks open, in
/// order. Without the end, returns the result before more bytes arrive, which is truncated if the
/// receiver waits.
OpenResult expected(ByteView message, const std::vector<Chunk>& chunks, const ChunkLimits& limits,
                    End end = End::yes);

/// Opens a message that arrives in these pieces, each in memory of its own. Checks that the end
/// stays.
OpenResult open(framing::ChunkOpener& opener, const std::vector<Bytes>& pieces, bool in_place,
                const ChunkLimits& limits);

}  // namespace twoway::fuzz
