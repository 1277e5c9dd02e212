// The one place where nonces are made: base nonce XOR a 64-bit counter (RFC 9180 section 5.2).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <twoway/core/aead.hpp>
#include <twoway/core/export.hpp>
#include <twoway/core/moved.hpp>
#include <twoway/core/secret.hpp>
#include <twoway/core/sole_use.hpp>

namespace twoway::core {

/// A base nonce and the number of the next message. Used by the two sequences below.
class TWOWAY_API NonceCounter {
 public:
  /// `base_nonce` is copied; `first` is the number of the first message.
  explicit NonceCounter(ByteView base_nonce, std::uint64_t first = 0) noexcept;

  /// Writes the nonce of the next message. Does not advance, so that a failed operation may be
  /// tried again. Errors: message_limit (2^64-1 messages have passed), wrong_state (moved from).
  Status next(AeadNonce& nonce) const noexcept;
  void advance() noexcept { ++next_; }
  std::uint64_t position() const noexcept { return next_; }

 private:
  AeadNonce base_;
  std::uint64_t next_;
};

/// Seals messages in order under one key. Belongs to one thread at a time, of the process that made
/// it: its use in a forked child is refused, and so is one by two threads as far as SoleUse sees
/// it.
class TWOWAY_API SealSequence {
 public:
  /// Borrows `aead`, copies the rest. `first` numbers the first message.
  static Result<SealSequence> create(const Aead& aead, ByteView key, ByteView base_nonce,
                                     std::uint64_t first = 0) noexcept;

  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return plaintext_size + aead_->params().nt;
  }

  /// Writes ciphertext || tag, sealed_size(in.size()) bytes, to the front of `out` and answers how
  /// many. `in` starts at out.data() or is disjoint from what is written, as `aad` is. The counter
  /// is checked before anything is sealed and advances only on success. Errors:
  ///   buffer_too_small
  ///   invalid_argument  the buffers overlap otherwise
  ///   wrong_state       in a forked child, or used by two threads at once
  ///   message_limit
  ///   provider_failure
  /// Only an overlap with another thread's use that is seen at its end uses the sequence up: `out`
  /// is then wiped, and every later call answers wrong_state.
  Result<std::size_t> seal(ByteSpan out, ByteView aad, ByteView in) noexcept;

  std::uint64_t position() const noexcept { return counter_.position(); }

  /// Whether it was moved from, and answers wrong_state.
  bool moved_from() const noexcept { return sealer_ == nullptr; }

  /// The process that `seal` works in.
  const OwnProcess& process() const noexcept { return use_.process(); }

 private:
  SealSequence(const Aead& aead, std::unique_ptr<AeadSealer> sealer, NonceCounter counter) noexcept
      : aead_(&aead), sealer_(std::move(sealer)), counter_(std::move(counter)) {}

  const Aead* aead_;
  std::unique_ptr<AeadSealer> sealer_;
  NonceCounter counter_;
  SoleUse use_;
};

/// Decides whether an authentic message may be released, as a replay filter does.
class TWOWAY_INTERFACE Gate {
 public:
  virtual ~Gate() = default;

  /// Returns an error to refuse the message. Asked again only after it refused.
  virtual Status admit() noexcept = 0;

  /// What `open` returns for a first message that is not authentic, in place of `error`.
  virtual Error explain(const Error& error) const noexcept { return error; }
};

/// Opens messages in order under one key. Belongs to one thread at a time.
class TWOWAY_API OpenSequence {
 public:
  /// As SealSequence::create.
  static Result<OpenSequence> create(const Aead& aead, ByteView key, ByteView base_nonce,
                                     std::uint64_t first = 0) noexcept;

  /// Bytes that a plaintext of this size is sealed in.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return plaintext_size + aead_->params().nt;
  }

  /// Bytes of plaintext in `sealed_size` bytes; 0 where they are too few to hold a tag.
  std::size_t opened_size(std::size_t sealed_size) const noexcept {
    const std::size_t nt = aead_->params().nt;
    return sealed_size < nt ? 0 : sealed_size - nt;
  }

  /// Writes the plaintext of ciphertext || tag, opened_size(in.size()) bytes, to the front of
  /// `out` and answers how many. What is written starts at in.data() or is disjoint from `in`, and
  /// is disjoint from `aad`. open_failed wipes what it wrote and does not advance the counter.
  /// Errors: open_failed, buffer_too_small, invalid_argument (the buffers overlap otherwise),
  /// message_limit, provider_failure, those of the gate.
  Result<std::size_t> open(ByteSpan out, ByteView aad, ByteView in) noexcept;

  /// Asks `gate` once the first message is found authentic and before it is released. Where the
  /// gate refuses, `open` wipes what it wrote, answers the gate's error and does not advance.
  void set_gate(std::unique_ptr<Gate> gate) noexcept { gate_ = std::move(gate); }

  /// Gives the gate back, for another sequence; null where none was set, or it has admitted.
  std::unique_ptr<Gate> take_gate() noexcept { return std::move(gate_); }

  std::uint64_t position() const noexcept { return counter_.position(); }

  /// Whether it was moved from, and answers wrong_state.
  bool moved_from() const noexcept { return opener_ == nullptr; }

 private:
  OpenSequence(const Aead& aead, std::unique_ptr<AeadOpener> opener, NonceCounter counter) noexcept
      : aead_(&aead), opener_(std::move(opener)), counter_(std::move(counter)) {}

  const Aead* aead_;
  std::unique_ptr<AeadOpener> opener_;
  NonceCounter counter_;
  std::unique_ptr<Gate> gate_;  // until it has admitted the message
};

/// Takes the sequence out of `from`, once. Errors: `gone` after that, wrong_state if the object
/// that `from` is a member of was moved from.
template <typename Sequence>
Result<Sequence> take_sequence(std::optional<Sequence>& from, const Error& gone) noexcept {
  if (!from) return gone;
  if (from->moved_from()) return kMovedFrom;
  if constexpr (requires { from->process(); }) {
    if (!from->process().is_current()) return kOtherProcess;
  }
  Sequence sequence = std::move(*from);
  from.reset();
  return sequence;
}

}  // namespace twoway::core
