// Pull streams: a message is sealed or opened as it is read.
//
// Who needs it: applications whose messages are streams.
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include <twoway/source.hpp>

namespace twoway {

/// The bytes that become one chunk.
enum class Fill : std::uint8_t {
  one_read,  ///< the bytes of one read of the source, so that none waits for later ones
  full,      ///< max_chunk bytes, for the fewest chunks
};

/// Options of a stream.
struct StreamOptions {
  ChunkLimits limits = {};           ///< of a chunked message
  Fill fill = Fill::one_read;        ///< for sealing (a source in memory always fills its chunks)
  std::size_t max_whole = 16777216;  ///< largest plaintext of a whole message, in bytes
};

namespace detail {

/// One step of a stream's `read`: the bytes that it wrote, and whether the read ends there.
struct Output {
  std::size_t size = 0;
  bool stops = false;
};

}  // namespace detail

/// Gives a message that it seals from a source. Belongs to one thread at a time.
///
///   while (true) {
///     Result<std::size_t> got = stream.read(buffer);
///     if (!got) return got.error();
///     if (*got == 0) break;
///     send(ByteView(buffer).first(*got));
///   }
///
/// The message is complete only when `read` has returned 0. A stream that fails or is abandoned
/// never gives a last chunk, so its receiver sees a truncated message.
class TWOWAY_API SealStream {
 public:
  /// Writes the next bytes of the message, at most out.size(), to the front of `out` and returns
  /// their number, 0 only after the last. `out` must overlap no memory that the source has yet to
  /// give. Reads the source only if it has nothing else to give. Fastest if `out` holds whole
  /// chunks (max_sealed_chunk), which are then sealed straight into it.
  ///
  /// Errors that are final, and that every later call returns again:
  ///   limit_exceeded    the message exceeds a limit
  ///   message_limit     the sequence is used up
  ///   source_failed     the source gave more or fewer bytes than its size
  ///   provider_failure  the library failed
  ///   and those of the source
  /// Errors that change nothing:
  ///   invalid_argument  `out` is empty or overlaps
  Result<std::size_t> read(ByteSpan out) noexcept;

  /// Returns the number of bytes of the message before its first ciphertext.
  std::size_t prefix_size() const noexcept { return prefix_size_; }

  /// Returns the size of the largest chunk that this stream can give, including its length. For a
  /// whole message, the largest size after the prefix.
  std::size_t max_sealed_chunk() const noexcept;

  /// Returns the number of bytes that `read` has yet to give. It is known for a whole message if
  /// the source knows its size, and for a chunked one if the stream also fills its chunks.
  std::optional<std::uint64_t> remaining() const noexcept;

 private:
  friend struct StreamMaker;  // of the objects that begin messages
  using Sealer = std::variant<ChunkSealer, framing::WholeSealer>;

  SealStream(std::unique_ptr<Source> source, Bytes prefix, Sealer sealer,
             const StreamOptions& options) noexcept;

  struct Plaintext {
    ByteView bytes;
    Last last;
  };

  bool is_whole() const noexcept { return sealer_.index() == 1; }
  Result<std::size_t> seal_next(ByteSpan out) noexcept;
  Plaintext lendable() const noexcept;
  Result<Plaintext> read_source() noexcept;
  std::size_t max_plaintext() const noexcept;
  std::size_t chunk_prefix(std::size_t size, Last last) const noexcept;
  std::size_t sealed_size(std::size_t size, Last last) const noexcept;

  std::unique_ptr<Source> source_;
  std::optional<ByteView> memory_;  // the rest of the source, if it is in memory
  Sealer sealer_;
  Fill fill_;
  Bytes prefix_;
  std::size_t prefix_size_;
  core::SecretBuffer buffer_;  // plaintext, or the rest of a sealed chunk that did not fit `out`
  ByteView pending_;           // bytes yet to be given, in prefix_ or buffer_
  bool finished_ = false;
  std::optional<Error> error_;
};

/// Gives the plaintext of a message that it reads from a source. Belongs to one thread at a time.
///
/// All bytes that it gives are authentic. The message is complete only when `read` has returned 0.
/// A whole message is given only after all of it is found authentic.
class TWOWAY_API OpenStream {
 public:
  /// Writes the next bytes of the plaintext, at most out.size(), to the front of `out` and returns
  /// their number, 0 only at the authenticated end. `out` must overlap no memory that the source
  /// has yet to give. Fastest if `out` has at least max_chunk bytes: chunks are then opened
  /// straight into it.
  ///
  /// Errors that are final, and that every later call returns again:
  ///   truncated         the message ended before its authenticated end
  ///   open_failed       the message is not authentic
  ///   limit_exceeded    the message exceeds a limit
  ///   message_limit     the sequence is used up
  ///   replayed          the request was accepted before
  ///   provider_failure  the library failed
  ///   and those of the source and the replay filter
  /// Errors that change nothing:
  ///   invalid_argument  `out` is empty or overlaps
  Result<std::size_t> read(ByteSpan out) noexcept;

 private:
  friend struct StreamMaker;  // of the objects that begin messages
  using Opener = std::variant<ChunkOpener, framing::WholeOpener>;

  OpenStream(std::unique_ptr<Source> source, Opener opener) noexcept;

  Result<detail::Output> open_next(ByteSpan out, bool given) noexcept;
  Status read_source() noexcept;
  ByteSpan own_input() noexcept;

  std::unique_ptr<Source> source_;
  Opener opener_;
  core::SecretBuffer buffer_;  // the bytes read, or plaintext if the source is in memory
  bool lends_ = false;         // the source is in memory
  ByteView input_;             // read but not consumed, in buffer_ or that memory
  ByteView pending_;           // plaintext that did not fit `out`
  End end_ = End::no;          // the source's
  bool wants_more_ = false;    // the opener needs input behind input_
  bool finished_ = false;
  std::optional<Error> error_;
};

}  // namespace twoway
