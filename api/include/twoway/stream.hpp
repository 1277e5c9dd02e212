// Pull streams: a message is sealed or opened as it is read.
//
// Who needs it: applications whose messages are streams.
#pragma once

#include <memory>
#include <optional>

#include <twoway/source.hpp>

namespace twoway {

/// What becomes one chunk.
enum class Fill : std::uint8_t {
  one_read,  ///< what one read of the source gave, so that nothing waits for what follows
  full,      ///< max_chunk bytes, whatever the reads: the fewest chunks
};

/// The choices of a stream.
struct StreamOptions {
  ChunkLimits limits = {};           ///< of a chunked message
  Fill fill = Fill::one_read;        ///< for sealing; a source in memory always fills its chunks
  std::size_t max_whole = 16777216;  ///< largest plaintext of a whole message, in bytes
};

/// Gives a message that it seals from a source. Belongs to one thread at a time.
///
///   while (true) {
///     Result<std::size_t> got = stream.read(buffer);
///     if (!got) return got.error();
///     if (*got == 0) break;
///     send(ByteView(buffer).first(*got));
///   }
///
/// The message is complete only when `read` has answered 0: a stream that fails or is abandoned
/// never gives a last chunk, so that its receiver sees a truncated message.
class TWOWAY_API SealStream {
 public:
  /// For the objects that begin messages: gives `prefix`, then what `sequence` seals of `source`.
  /// Errors: invalid_argument (the limits, a null source).
  static Result<SealStream> create(Form form, std::unique_ptr<Source> source, Bytes prefix,
                                   core::SealSequence sequence,
                                   const StreamOptions& options) noexcept;

  /// Writes the next bytes of the message, at most out.size(), to the front of `out` and answers
  /// how many; 0 only after the last. `out` overlaps no memory that the source has still to give.
  /// Reads the source only when it has nothing else to give; fastest where `out` holds whole chunks
  /// (max_sealed_chunk), which are then sealed straight into it. Errors, each of which stays:
  /// those of the source, limit_exceeded, message_limit, provider_failure, source_failed (more or
  /// less than the source said). invalid_argument for an `out` that is empty or overlaps changes
  /// nothing.
  Result<std::size_t> read(ByteSpan out) noexcept;

  /// Bytes of the message before its first ciphertext.
  std::size_t prefix_size() const noexcept { return prefix_size_; }

  /// The size of the largest chunk that this stream can give, its length included; of a whole
  /// message, all after the prefix, at most.
  std::size_t max_sealed_chunk() const noexcept;

  /// Bytes that `read` has still to give. Known for a whole message where the source knows its
  /// size, and for a chunked one where it also fills its chunks.
  std::optional<std::uint64_t> remaining() const noexcept;

 private:
  SealStream(std::unique_ptr<Source> source, Bytes prefix, std::optional<ChunkSealer> chunks,
             std::optional<core::SealSequence> whole, const StreamOptions& options) noexcept;

  struct Plaintext {
    ByteView bytes;
    Last last;
  };

  Result<std::size_t> seal_next(ByteSpan out) noexcept;
  Plaintext lendable() const noexcept;
  Result<Plaintext> lend() noexcept;
  Result<Plaintext> read_source() noexcept;
  std::size_t max_plaintext() const noexcept;
  std::size_t largest_chunk_prefix() const noexcept;
  std::size_t chunk_prefix(const Plaintext& plaintext) const noexcept;
  std::size_t sealed_size(const Plaintext& plaintext) const noexcept;

  std::unique_ptr<Source> source_;
  std::optional<ByteView> memory_;  // what remains of the source, where it lends
  std::optional<ChunkSealer> chunks_;
  std::optional<core::SealSequence> whole_;
  StreamOptions options_;
  Bytes prefix_;
  std::size_t prefix_size_;
  core::SecretBuffer buffer_;  // plaintext, or what of a sealed chunk did not fit `out`
  ByteView pending_;           // what is still to be given, in prefix_ or buffer_
  bool finished_ = false;
  std::optional<Error> error_;
};

/// Gives the plaintext of a message that it reads from a source. Belongs to one thread at a time.
///
/// All that it gives is authentic; the message is complete only when `read` has answered 0. Of a
/// whole message nothing is given before all of it is authentic.
class TWOWAY_API OpenStream {
 public:
  /// For the objects that begin messages: reads what `factory` wants from `source`, then the
  /// ciphertext. Errors: invalid_argument (the limits, a null source).
  static Result<OpenStream> create(Form form, std::unique_ptr<Source> source,
                                   std::unique_ptr<framing::OpenSequenceFactory> factory,
                                   const StreamOptions& options) noexcept;

  /// Writes the next bytes of the plaintext, at most out.size(), to the front of `out` and answers
  /// how many; 0 only at the authenticated end. `out` overlaps no memory that the source has still
  /// to give. Fastest where `out` has at least max_chunk bytes: chunks are then opened straight
  /// into it. Errors, each of which stays: truncated, open_failed, limit_exceeded, message_limit,
  /// replayed, those of the source, provider_failure. invalid_argument for an `out` that is empty
  /// or overlaps changes nothing.
  Result<std::size_t> read(ByteSpan out) noexcept;

 private:
  OpenStream(std::unique_ptr<Source> source, std::optional<ChunkOpener> chunks,
             std::unique_ptr<framing::OpenSequenceFactory> factory,
             const StreamOptions& options) noexcept;

  Result<std::size_t> open_chunk(ByteSpan out) noexcept;
  Result<std::size_t> open_whole(ByteSpan out) noexcept;
  Status read_source() noexcept;
  ByteSpan own_input() noexcept;

  std::unique_ptr<Source> source_;
  std::optional<ChunkOpener> chunks_;
  std::unique_ptr<framing::OpenSequenceFactory> factory_;  // of a whole message
  StreamOptions options_;
  core::SecretBuffer buffer_;  // what was read, or plaintext where the source is in memory
  bool lends_ = false;         // the source is in memory
  ByteView input_;             // what was read and not consumed, in buffer_ or that memory
  ByteView pending_;           // plaintext that did not fit `out`
  End end_ = End::no;          // the source's
  bool finished_ = false;
  std::optional<Error> error_;
};

}  // namespace twoway
