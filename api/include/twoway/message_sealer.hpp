// The common part of the sealers of requests to one receiver and to many.
//
// Who needs it: applications, as senders, through the headers that include it.
#pragma once

#include <memory>
#include <optional>

#include <twoway/stream.hpp>

namespace twoway {

/// Seals one message: a request, or the body of a request to many receivers. Belongs to one thread
/// at a time, of the process that began it. In a forked child every sealing function fails with
/// wrong_state, because the parent would use the same key and nonce. A use by two threads at once
/// is refused as far as core::SoleUse sees it.
class TWOWAY_API MessageSealer {
 public:
  /// Returns the form in which the message was begun. The functions for the other form fail with
  /// wrong_state and consume nothing.
  Form form() const noexcept { return form_; }

  /// Returns the bytes that the message starts with, and their number: hdr || enc of a request, the
  /// nonce of a body.
  ByteView prefix() const noexcept { return prefix_; }
  std::size_t prefix_size() const noexcept { return prefix_.size(); }

  /// Returns the size of the whole message for `plaintext_size` bytes.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return prefix_.size() + plaintext_size + nt_;
  }

  /// Writes the whole message, sealed_size(plaintext.size()) bytes, to the front of `out` and
  /// returns their number. `plaintext` starts prefix_size() bytes into `out` or is disjoint from
  /// the bytes written. Seals once.
  ///
  /// Errors:
  ///   buffer_too_small  `out` is too small
  ///   invalid_argument  the buffers overlap in another way
  ///   wrong_state       the message was sealed before, is chunked, a forked child, or a use by two
  ///                     threads at once
  ///   provider_failure  the library failed
  Result<std::size_t> seal(ByteSpan out, ByteView plaintext) noexcept;

  /// Seals the whole message, and returns it.
  Result<Bytes> seal(ByteView plaintext) noexcept;

  /// Makes the sealer of the message's chunks (Chunked OHTTP section 6.1), which follow `prefix`.
  /// Succeeds once.
  ///
  /// Errors:
  ///   wrong_state       the message was sealed before, is whole, or a forked child
  ///   invalid_argument  the limits are wrong (nothing is consumed)
  Result<ChunkSealer> chunk_sealer(const ChunkLimits& limits = {}) noexcept;

  /// Makes the message as a stream, which seals the bytes of `source`, in place of `seal` or
  /// `chunk_sealer`. One of them succeeds once.
  ///
  /// Errors:
  ///   wrong_state       the message was sealed before, or a forked child
  ///   invalid_argument  the limits are wrong or `source` is null (the message is then used up)
  Result<SealStream> stream(std::unique_ptr<Source> source,
                            const StreamOptions& options = {}) noexcept;

 protected:
  /// `sequence` seals the message that `prefix` begins.
  MessageSealer(Form form, Bytes prefix, core::SealSequence sequence) noexcept
      : form_(form),
        prefix_(std::move(prefix)),
        nt_(sequence.sealed_size(0)),
        sequence_(std::move(sequence)) {}
  MessageSealer(MessageSealer&&) noexcept = default;
  MessageSealer& operator=(MessageSealer&&) noexcept = default;
  ~MessageSealer() = default;

 private:
  Form form_;
  Bytes prefix_;
  std::size_t nt_;
  std::optional<core::SealSequence> sequence_;  // until it is used
};

}  // namespace twoway
