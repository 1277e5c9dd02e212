// The one place where nonces are made: base nonce XOR a 64-bit counter (RFC 9180 section 5.2).
//
// Who needs it: power users, who seal messages in order under keys of their own.
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

/// A base nonce and the number of the next message. The two sequences below use it.
class TWOWAY_API NonceCounter {
 public:
  /// Copies `base_nonce`. `first` is the number of the first message.
  explicit NonceCounter(ByteView base_nonce, std::uint64_t first = 0) noexcept;

  /// Writes the nonce of the next message. Does not advance, so that a failed operation may be
  /// tried again.
  ///
  /// Errors:
  ///   message_limit  2^64-1 messages have passed
  ///   wrong_state    the object was moved from
  Status next(AeadNonce& nonce) const noexcept;
  void advance() noexcept { ++next_; }
  /// The number of messages before the next one.
  std::uint64_t position() const noexcept { return next_; }

 private:
  AeadNonce base_;
  std::uint64_t next_;
};

/// Seals messages in order under one key. Belongs to one thread at a time, of the process that made
/// it. Refuses its use in a forked child, and by two threads at once as far as SoleUse sees it.
class TWOWAY_API SealSequence {
 public:
  /// Borrows `aead`, copies the rest. `first` numbers the first message.
  static Result<SealSequence> create(const Aead& aead, ByteView key, ByteView base_nonce,
                                     std::uint64_t first = 0) noexcept;

  /// Returns the size of a sealed message.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return plaintext_size + aead_->params().nt;
  }

  /// Writes ciphertext || tag, sealed_size(in.size()) bytes, to the front of `out` and returns
  /// their number. `in` starts at out.data() or is disjoint from the bytes written. `aad` is
  /// disjoint from them. Checks the counter before it seals, and advances it on success only.
  ///
  /// Errors:
  ///   buffer_too_small  `out` has fewer than sealed_size(in.size()) bytes
  ///   invalid_argument  the buffers overlap in another way
  ///   wrong_state       a forked child, or a use by two threads at once
  ///   message_limit     the counter is used up
  ///   provider_failure  the library failed
  /// If the use by two threads is only noticed at the end, `out` is wiped and every later call
  /// returns wrong_state. Every other failure leaves the sequence as it was.
  Result<std::size_t> seal(ByteSpan out, ByteView aad, ByteView in) noexcept;

  /// Returns the number of the next message.
  std::uint64_t position() const noexcept { return counter_.position(); }

  /// Returns true if the object was moved from. Its functions then return wrong_state.
  bool moved_from() const noexcept { return sealer_ == nullptr; }

  /// Returns the process that `seal` works in.
  const OwnProcess& process() const noexcept { return use_.process(); }

 private:
  SealSequence(const Aead& aead, std::unique_ptr<AeadSealer> sealer, NonceCounter counter) noexcept
      : aead_(&aead), sealer_(std::move(sealer)), counter_(std::move(counter)) {}

  const Aead* aead_;
  std::unique_ptr<AeadSealer> sealer_;
  NonceCounter counter_;
  SoleUse use_;
};

/// Decides whether an authentic message may be released. A replay filter is one.
class TWOWAY_INTERFACE Gate {
 public:
  virtual ~Gate() = default;

  /// Returns an error to refuse the message. Called again only if the last call refused.
  virtual Status admit() noexcept = 0;

  /// Returns the error for a first message that is not authentic. `open` returns it in place of
  /// `error`.
  virtual Error explain(const Error& error) const noexcept { return error; }
};

/// Opens messages in order under one key. Belongs to one thread at a time.
class TWOWAY_API OpenSequence {
 public:
  /// Makes a sequence as SealSequence::create does.
  static Result<OpenSequence> create(const Aead& aead, ByteView key, ByteView base_nonce,
                                     std::uint64_t first = 0) noexcept;

  /// Returns the size of the ciphertext and tag of a plaintext of this size.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept {
    return plaintext_size + aead_->params().nt;
  }

  /// Returns the size of the plaintext in `ciphertext_size` bytes, or 0 if they are too few for a
  /// tag.
  std::size_t opened_size(std::size_t ciphertext_size) const noexcept {
    const std::size_t nt = aead_->params().nt;
    return ciphertext_size < nt ? 0 : ciphertext_size - nt;
  }

  /// Writes the plaintext of ciphertext || tag, opened_size(in.size()) bytes, to the front of `out`
  /// and returns their number. The bytes written start at in.data() or are disjoint from `in`, and
  /// are disjoint from `aad`. A failure does not advance the counter.
  ///
  /// Errors:
  ///   open_failed       the message is not authentic: the bytes written are wiped
  ///   buffer_too_small  `out` has fewer than opened_size(in.size()) bytes
  ///   invalid_argument  the buffers overlap in another way
  ///   message_limit     the counter is used up
  ///   provider_failure  the library failed
  ///   and those of the gate: the bytes written are wiped
  Result<std::size_t> open(ByteSpan out, ByteView aad, ByteView in) noexcept;

  /// Sets the gate, which `open` asks once the first message is found authentic and before it is
  /// released.
  void set_gate(std::unique_ptr<Gate> gate) noexcept { gate_ = std::move(gate); }

  /// Gives the gate back, for another sequence. Returns null if none was set or if it has admitted
  /// the message.
  std::unique_ptr<Gate> take_gate() noexcept { return std::move(gate_); }

  /// Returns the number of the next message.
  std::uint64_t position() const noexcept { return counter_.position(); }

  /// Returns true if the object was moved from. Its functions then return wrong_state.
  bool moved_from() const noexcept { return opener_ == nullptr; }

 private:
  OpenSequence(const Aead& aead, std::unique_ptr<AeadOpener> opener, NonceCounter counter) noexcept
      : aead_(&aead), opener_(std::move(opener)), counter_(std::move(counter)) {}

  const Aead* aead_;
  std::unique_ptr<AeadOpener> opener_;
  NonceCounter counter_;
  std::unique_ptr<Gate> gate_;  // until it has admitted the message
};

/// Takes the sequence out of `from`, once.
///
/// Errors:
///   `gone`       the sequence was taken before
///   wrong_state  the object that holds `from` was moved from, or belongs to another process
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
