// A whole message, with the calls of the sealer and the opener of chunks (framing/chunks.hpp).
//
// Who needs it: power users, who frame messages themselves.
#pragma once

#include <twoway/framing/chunks.hpp>

namespace twoway::framing {

/// Seals a whole message: a last chunk without a length and without an AAD. Belongs to one thread
/// at a time, of the process that began the message, as a core::SealSequence does.
class TWOWAY_API WholeSealer {
 public:
  /// Takes over a sequence that has sealed nothing yet. `max_plaintext` is at most half of what a
  /// size can be.
  WholeSealer(core::SealSequence sequence, std::size_t max_plaintext) noexcept
      : sequence_(std::move(sequence)), max_plaintext_(max_plaintext) {}

  /// As the functions of a ChunkSealer. There is no length.
  std::size_t prefix_size(std::size_t, Last) const noexcept { return 0; }
  std::size_t sealed_size(std::size_t plaintext_size, Last) const noexcept {
    return sequence_.sealed_size(plaintext_size);
  }
  std::size_t max_plaintext() const noexcept { return max_plaintext_; }
  std::size_t max_sealed_size() const noexcept { return sequence_.sealed_size(max_plaintext_); }

  /// Seals as core::SealSequence does. Seal once.
  ///
  /// Errors: those of core::SealSequence::seal, and
  ///   limit_exceeded  `plaintext` has more than max_plaintext() bytes, or is not the last
  Result<std::size_t> seal(ByteSpan out, ByteView plaintext, Last last) noexcept;

 private:
  core::SealSequence sequence_;
  std::size_t max_plaintext_;
};

/// Opens a whole message that lies in one input. Belongs to one thread at a time.
class TWOWAY_API WholeOpener {
 public:
  using State = ChunkOpener::State;  ///< as of chunks
  using Step = ChunkOpener::Step;    ///< as of chunks

  /// Takes over `factory`, which is not null. The input starts with its prefix.
  WholeOpener(std::unique_ptr<OpenSequenceFactory> factory, std::size_t max_plaintext) noexcept
      : factory_(std::move(factory)), max_plaintext_(max_plaintext) {}

  /// Opens the message `in`, once `end` says that it is complete. Before that it returns need_input
  /// and consumes nothing: call again with `in` and what follows it. Writes the plaintext,
  /// output_size(in.size()) bytes, to the front of `out`, which starts at the ciphertext or is
  /// disjoint from `in`. Open once: after that, wrong_state.
  ///
  /// Errors: those of core::OpenSequence::open and of the factory, and
  ///   limit_exceeded  the plaintext has more than max_plaintext bytes
  ///   truncated       the message ends before its ciphertext does
  Result<Step> open(ByteSpan out, ByteView in, End end) noexcept;

  /// As above, with the plaintext over its ciphertext. A failure destroys the message.
  Result<Step> open_in_place(ByteSpan in, End end) noexcept;

  /// Bytes that `out` needs for an input of this size; at most max_plaintext.
  std::size_t output_size(std::size_t input_size) const noexcept;

 private:
  std::unique_ptr<OpenSequenceFactory> factory_;  // until it has given the sequence
  std::size_t max_plaintext_;
};

}  // namespace twoway::framing
