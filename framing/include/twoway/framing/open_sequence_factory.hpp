// Derives the key of a message from the prefix of the message.
//
// Who needs it: power users, who frame messages themselves.
#pragma once

#include <memory>

#include <twoway/framing/types.hpp>

namespace twoway::framing {

/// Returns the size of the plaintext in a message of `size` bytes that has `overhead` bytes around
/// it, or 0 if it is too short.
constexpr std::size_t without(std::size_t overhead, std::size_t size) noexcept {
  return size < overhead ? 0 : size - overhead;
}

/// Makes the sequence that opens a message from the message's prefix. A response or a body for many
/// receivers starts with its nonce.
class TWOWAY_INTERFACE OpenSequenceFactory {
 public:
  virtual ~OpenSequenceFactory() = default;

  /// Returns the number of bytes before the ciphertext.
  virtual std::size_t prefix_size() const noexcept = 0;

  /// Returns the number of bytes of a whole message around its plaintext: the prefix and the tag.
  virtual std::size_t overhead() const noexcept = 0;

  /// Makes the sequence. `prefix` has prefix_size() bytes. Called once.
  virtual Result<core::OpenSequence> open_sequence(ByteView prefix) noexcept = 0;
};

/// Returns a factory for a message whose prefix was read already. Its prefix_size() is 0.
TWOWAY_API std::unique_ptr<OpenSequenceFactory> factory_of(core::OpenSequence sequence) noexcept;

}  // namespace twoway::framing
