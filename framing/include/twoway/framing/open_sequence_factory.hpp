// Derives the key of a message from the prefix of the message.
//
// Who needs it: power users, who frame messages themselves.
#pragma once

#include <memory>

#include <twoway/core/aead_sequence.hpp>

namespace twoway::framing {

/// Makes the sequence that opens a message from the message's prefix. A response or a body for many
/// receivers starts with its nonce.
class TWOWAY_INTERFACE OpenSequenceFactory {
 public:
  virtual ~OpenSequenceFactory() = default;

  /// Returns the number of bytes before the ciphertext.
  virtual std::size_t prefix_size() const noexcept = 0;

  /// Makes the sequence. `prefix` has prefix_size() bytes. Called once.
  virtual core::Result<core::OpenSequence> open_sequence(core::ByteView prefix) noexcept = 0;
};

/// Returns a factory for a message whose prefix was read already. Its prefix_size() is 0.
TWOWAY_API std::unique_ptr<OpenSequenceFactory> factory_of(core::OpenSequence sequence) noexcept;

}  // namespace twoway::framing
