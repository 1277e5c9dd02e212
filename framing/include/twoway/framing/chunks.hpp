// The chunks of a message (Chunked OHTTP, draft-ietf-ohai-chunked-ohttp-08, sections 3, 6.1 and
// 6.2), sealed and opened one at a time in bounded memory. No input or output.
//
//   chunk       = varint(length of sealed) || sealed            sealed with an empty AAD
//   final chunk = varint(0) || sealed, to the end of the message   sealed with AAD "final"
//
// Who needs it: power users, who push chunks instead of pulling a stream.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

#include <twoway/framing/open_sequence_factory.hpp>

namespace twoway::framing {

/// Whether a chunk is the last of its message.
enum class Last : bool { no, yes };

/// Limits of a message. The sealer keeps to them, and the opener insists on them.
struct ChunkLimits {
  /// Largest plaintext of one chunk, also of the final one. The draft requires receivers to accept
  /// at least 16384. At most kMaxChunk.
  std::size_t max_chunk = 16384;
  std::uint64_t max_chunks = (std::numeric_limits<std::uint64_t>::max)();
  std::uint64_t max_plaintext = (std::numeric_limits<std::uint64_t>::max)();
};

/// Largest `ChunkLimits::max_chunk`: 1 GiB, far below the largest encoded length and the largest
/// text of every AEAD.
inline constexpr std::size_t kMaxChunk = std::size_t{1} << 30;

/// Checks limits, as every function that takes them does. Fails with invalid_argument if
/// `max_chunk` is 0 or over kMaxChunk, or if `max_chunks` is 0.
TWOWAY_API Status check_limits(const ChunkLimits& limits) noexcept;

/// Seals the chunks of one message. Belongs to one thread at a time, of the process that began the
/// message, as a core::SealSequence does.
class TWOWAY_API ChunkSealer {
 public:
  /// Takes over a sequence that has sealed nothing yet. Fails with the errors of check_limits.
  static Result<ChunkSealer> create(core::SealSequence sequence,
                                    const ChunkLimits& limits = {}) noexcept;

  /// Returns the number of bytes before the ciphertext of a chunk, which hold its length.
  std::size_t prefix_size(std::size_t plaintext_size, Last last) const noexcept;

  /// Returns the size of a whole chunk.
  std::size_t sealed_size(std::size_t plaintext_size, Last last) const noexcept;

  /// Returns the size of the largest plaintext of one chunk.
  std::size_t max_plaintext() const noexcept { return limits_.max_chunk; }

  /// Returns the size of the largest chunk that `seal` can give.
  std::size_t max_sealed_size() const noexcept { return sealed_size(limits_.max_chunk, Last::no); }

  /// Writes one chunk, sealed_size(plaintext.size(), last) bytes, to the front of `out` and returns
  /// their number. `plaintext` starts prefix_size(plaintext.size(), last) bytes into `out`, or is
  /// disjoint from the bytes written. The final chunk may hold text.
  ///
  /// Errors:
  ///   invalid_argument  an empty chunk that is not the last, or the buffers overlap in another way
  ///   limit_exceeded    the chunk would exceed the limits
  ///   buffer_too_small  `out` is too small
  ///   message_limit     the sequence is used up
  ///   wrong_state       after the last chunk, after a provider_failure, in a forked child, or used
  ///                     by two threads at once
  ///   provider_failure  the library failed
  /// Every failure except provider_failure leaves the sealer as it was.
  Result<std::size_t> seal(ByteSpan out, ByteView plaintext, Last last) noexcept;

  /// Returns true once the last chunk is sealed. Without it the message is truncated.
  bool finished() const noexcept { return finished_; }

 private:
  ChunkSealer(core::SealSequence sequence, const ChunkLimits& limits) noexcept
      : sequence_(std::move(sequence)), limits_(limits) {}

  core::SealSequence sequence_;
  ChunkLimits limits_;
  std::uint64_t sealed_ = 0;  // bytes of plaintext
  std::uint64_t chunks_ = 0;
  bool finished_ = false;
  bool failed_ = false;
};

/// Says whether more of the message may follow an input.
enum class End : bool { no, yes };

/// Opens the chunks of one message from an input in pieces of any size. Belongs to one thread at a
/// time.
///
///   while (true) {
///     auto step = opener.open(out, in, end);  // opens at most one chunk
///     if (!step) return step.error();
///     use(step->plaintext);
///     in = in.subspan(step->consumed);
///     if (step->state == ChunkOpener::State::done) break;
///     if (step->state == ChunkOpener::State::need_input) get the next `in`, or set `end`
///   }
class TWOWAY_API ChunkOpener {
 public:
  /// The result of a call of an opener, or the input that it waits for.
  enum class State : std::uint8_t {
    need_input,  ///< all input is consumed, and more is needed
    need_key,    ///< the opener waits for its key (never returned by this one)
    chunk,       ///< a chunk that is not the last was opened: call again
    done,        ///< the last chunk was opened: the message is complete and authentic
  };

  /// The result of one call of an opener.
  struct Step {
    State state;           ///< the opener's state after the call
    std::size_t consumed;  ///< bytes of `in` that must not be given again
    ByteSpan plaintext;    ///< of the opened chunk, or empty
  };

  /// Takes over a sequence that has opened nothing yet. The input is chunks from its first byte.
  /// Fails with the errors of check_limits.
  static Result<ChunkOpener> create(core::OpenSequence sequence,
                                    const ChunkLimits& limits = {}) noexcept;

  /// Takes over `factory`, which is not null. The input starts with its prefix. Its errors are
  /// final.
  static Result<ChunkOpener> create(std::unique_ptr<OpenSequenceFactory> factory,
                                    const ChunkLimits& limits = {}) noexcept;

  /// Opens at most one chunk of `in`, the input after the consumed bytes. `end` says that it
  /// reaches the end of the message. Writes the plaintext to the front of `out`, whose first
  /// output_size(in.size()) bytes are disjoint from `in`. A chunk that lies whole in `in` is opened
  /// straight from there. Otherwise its pieces are kept, at most max_chunk + Nt bytes.
  ///
  /// The plaintext written is authentic, but the message is complete only with `done`.
  ///
  /// Errors that are final, and that every later call returns again:
  ///   truncated         `end` came before the last chunk
  ///   open_failed       a chunk was changed, dropped, repeated or moved, is too short, or is empty
  ///                     and not the last
  ///   limit_exceeded    a chunk exceeds the limits, found before the chunk is kept
  ///   message_limit     the sequence is used up
  ///   provider_failure  the library failed
  ///   and those of the replay filter
  /// Errors that change nothing:
  ///   buffer_too_small  `out` has fewer than output_size(in.size()) bytes
  ///   invalid_argument  `out` overlaps `in`
  ///   wrong_state       after `done`
  Result<Step> open(ByteSpan out, ByteView in, End end) noexcept;

  /// Opens a chunk in place: the plaintext is over its ciphertext in `in`, or in a buffer of the
  /// opener until the next call. A failure destroys the chunk.
  Result<Step> open_in_place(ByteSpan in, End end) noexcept;

  /// Returns the size that `out` needs for an input of this size, at most max_chunk.
  std::size_t output_size(std::size_t input_size) const noexcept;

 private:
  enum class Phase : std::uint8_t { prefix, length, body, final_body, finished };

  /// The place of the next sealed chunk, if it is whole.
  enum class Location : std::uint8_t {
    nowhere,
    input,   ///< at the end of the consumed bytes
    pieces,  ///< in pieces_
  };
  struct Found {
    Location location;
    std::size_t consumed;  ///< bytes of the input
    std::size_t size;      ///< of the chunk
  };

  ChunkOpener(std::unique_ptr<OpenSequenceFactory> factory,
              std::optional<core::OpenSequence> sequence, const ChunkLimits& limits) noexcept
      : factory_(std::move(factory)),
        sequence_(std::move(sequence)),
        limits_(limits),
        phase_(sequence_ ? Phase::length : Phase::prefix) {}

  std::size_t max_sealed() const noexcept { return sequence_->sealed_size(limits_.max_chunk); }
  Status ready() const noexcept;
  Result<Found> find(ByteView in, End end) noexcept;
  Status read_prefix(ByteView& in) noexcept;
  Status read_length(ByteView& in) noexcept;
  bool gather(ByteView& in, std::size_t most) noexcept;
  Result<Step> open_found(const Result<Found>& found, ByteSpan out, ByteView sealed) noexcept;

  template <typename Span>  // a ByteView or a ByteSpan
  Span sealed_in(const Result<Found>& found, Span in) noexcept {
    if (!found) return {};
    return found->location == Location::pieces ? Span(pieces_)
                                               : in.first(found->consumed).last(found->size);
  }

  std::unique_ptr<OpenSequenceFactory> factory_;  // until it has given the sequence
  std::optional<core::OpenSequence> sequence_;
  ChunkLimits limits_;
  Phase phase_;
  std::array<std::uint8_t, 8> length_bytes_{};  // a length, which may come in pieces
  std::size_t length_size_ = 0;
  std::size_t length_ = 0;     // of the sealed chunk that is being read
  core::SecretBuffer pieces_;  // its pieces, or those of the prefix
  std::uint64_t opened_ = 0;   // bytes of plaintext
  std::uint64_t chunks_ = 0;
  std::optional<Error> error_;
};

}  // namespace twoway::framing
