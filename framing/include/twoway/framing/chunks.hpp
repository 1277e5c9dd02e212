// The chunks of a message (Chunked OHTTP, draft-ietf-ohai-chunked-ohttp-08, sections 3, 6.1 and
// 6.2): sealed and opened one at a time, in bounded memory. No input or output.
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

/// What a message may hold. The sealer keeps to it, the opener insists on it.
struct ChunkLimits {
  /// Largest plaintext of one chunk, the final one included. The draft asks receivers for at
  /// least 16384. At most kMaxChunk.
  std::size_t max_chunk = 16384;
  std::uint64_t max_chunks = (std::numeric_limits<std::uint64_t>::max)();
  std::uint64_t max_plaintext = (std::numeric_limits<std::uint64_t>::max)();
};

/// What `ChunkLimits::max_chunk` may be at most: 1 GiB, far below what a length can encode and
/// what every AEAD seals at once.
inline constexpr std::size_t kMaxChunk = std::size_t{1} << 30;

/// invalid_argument if `max_chunk` is 0 or over kMaxChunk, or `max_chunks` is 0: what every
/// function that takes limits refuses.
TWOWAY_API core::Status check_limits(const ChunkLimits& limits) noexcept;

/// Seals the chunks of one message. Belongs to one thread at a time, of the process that began the
/// message, as a core::SealSequence does.
class TWOWAY_API ChunkSealer {
 public:
  /// Takes over a sequence that has sealed nothing yet. Errors: those of
  /// check_limits.
  static core::Result<ChunkSealer> create(core::SealSequence sequence,
                                          const ChunkLimits& limits = {}) noexcept;

  /// Bytes before the ciphertext of a chunk: its length.
  std::size_t prefix_size(std::size_t plaintext_size, Last last) const noexcept;

  /// The size of a whole chunk.
  std::size_t sealed_size(std::size_t plaintext_size, Last last) const noexcept;

  /// The size of the largest chunk that `seal` can give.
  std::size_t max_sealed_size() const noexcept { return sealed_size(limits_.max_chunk, Last::no); }

  /// Writes one chunk, sealed_size(plaintext.size(), last) bytes, to the front of `out` and
  /// answers how many. `plaintext` starts prefix_size(plaintext.size(), last) bytes into `out`, or
  /// is disjoint from what is written. Data may ride in the final chunk. Errors, of which all but
  /// provider_failure leave the sealer as it was: invalid_argument (an empty chunk that is not the
  /// last, or buffers that overlap otherwise), limit_exceeded, buffer_too_small, message_limit,
  /// wrong_state (after the last chunk, after a provider_failure, in a forked child, or used by two
  /// threads at once).
  core::Result<std::size_t> seal(core::ByteSpan out, core::ByteView plaintext, Last last) noexcept;

  /// Whether the last chunk is sealed: without it the message is truncated.
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

/// Opens the chunks of one message from an input in pieces of any size. Belongs to one thread at
/// a time.
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
  /// What an opener has done, or waits for.
  enum class State : std::uint8_t {
    need_input,  ///< all input is consumed, and more is needed
    need_key,    ///< of an opener that waits for its key, which this one never does
    chunk,       ///< a chunk that is not the last was opened: call again
    done,        ///< the last chunk was opened: the message is complete and authentic
  };

  /// What one call of an opener has done.
  struct Step {
    State state;               ///< what it has done
    std::size_t consumed;      ///< bytes of `in` that are not to be given again
    core::ByteSpan plaintext;  ///< of the chunk that was opened; else empty
  };

  /// Takes over a sequence that has opened nothing yet; the input is chunks from its first byte.
  /// Errors: those of check_limits.
  static core::Result<ChunkOpener> create(core::OpenSequence sequence,
                                          const ChunkLimits& limits = {}) noexcept;

  /// The input starts with the bytes that `factory`, not null, wants; its errors are final.
  static core::Result<ChunkOpener> create(std::unique_ptr<OpenSequenceFactory> factory,
                                          const ChunkLimits& limits = {}) noexcept;

  /// Opens at most one chunk of `in`, the input after what was consumed; `end` says that it
  /// reaches the end of the message. The plaintext is written to the front of `out`, which is
  /// disjoint from `in` in its first output_size(in.size()) bytes: straight from `in` where the
  /// chunk lies whole in it, else from its pieces, of which at most max_chunk + Nt bytes are kept.
  ///
  /// Plaintext is authentic when it is written, but the message is complete only with `done`.
  /// Errors: truncated (`end` came before the last chunk did), open_failed (a chunk was changed,
  /// dropped, repeated or moved, is too short, or is empty and not the last), limit_exceeded
  /// (known before the chunk is kept), message_limit, provider_failure, those of the replay filter:
  /// these are final, and every later call answers the same. buffer_too_small (`out` has less than
  /// `output_size`) and invalid_argument (`out` overlaps `in`) use nothing up. After `done`,
  /// wrong_state.
  core::Result<Step> open(core::ByteSpan out, core::ByteView in, End end) noexcept;

  /// As above, with the plaintext over its ciphertext in `in`, or in a buffer of the opener's until
  /// the next call. A failure destroys the chunk.
  core::Result<Step> open_in_place(core::ByteSpan in, End end) noexcept;

  /// Bytes that `out` needs for an input of this size; at most max_chunk.
  std::size_t output_size(std::size_t input_size) const noexcept;

 private:
  enum class Phase : std::uint8_t { prefix, length, body, final_body, finished };
  struct Sealed {
    core::ByteView bytes;
    Last last;
  };

  ChunkOpener(std::unique_ptr<OpenSequenceFactory> factory,
              std::optional<core::OpenSequence> sequence, const ChunkLimits& limits) noexcept
      : factory_(std::move(factory)),
        sequence_(std::move(sequence)),
        limits_(limits),
        phase_(sequence_ ? Phase::length : Phase::prefix) {}

  bool moved_from() const noexcept {
    return sequence_ ? sequence_->moved_from() : factory_ == nullptr;
  }
  std::size_t max_sealed() const noexcept { return sequence_->sealed_size(limits_.max_chunk); }
  core::Result<Step> open_at(core::ByteSpan* out, core::ByteView in, End end) noexcept;
  core::Result<std::optional<Sealed>> next_sealed(core::ByteView& in, End end) noexcept;
  core::Result<bool> read_prefix(core::ByteView& in) noexcept;
  core::Result<bool> read_length(core::ByteView& in) noexcept;
  bool keep(core::ByteView& in, std::size_t most) noexcept;

  std::unique_ptr<OpenSequenceFactory> factory_;  // until it has given the sequence
  std::optional<core::OpenSequence> sequence_;
  ChunkLimits limits_;
  Phase phase_;
  std::array<std::uint8_t, 8> length_bytes_{};  // a length, which may come in pieces
  std::size_t length_size_ = 0;
  std::size_t length_ = 0;    // of the sealed chunk that is being read
  core::SecretBuffer kept_;   // its pieces, or those of the prefix
  std::uint64_t opened_ = 0;  // bytes of plaintext
  std::uint64_t chunks_ = 0;
  std::optional<core::Error> error_;
};

}  // namespace twoway::framing
