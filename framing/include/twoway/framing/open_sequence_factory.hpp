// How the beginning of a message leads to the key of what follows it.
//
// Who needs it: power users, who frame messages themselves.
#pragma once

#include <memory>

#include <twoway/core/aead_sequence.hpp>

namespace twoway::framing {

/// Makes the sequence that opens a message from the bytes that the message starts with: a response
/// or a body for many receivers starts with its nonce.
class TWOWAY_INTERFACE OpenSequenceFactory {
 public:
  virtual ~OpenSequenceFactory() = default;

  /// Bytes before the ciphertext.
  virtual std::size_t prefix_size() const noexcept = 0;

  /// `prefix` is prefix_size() bytes. Called once.
  virtual core::Result<core::OpenSequence> open_sequence(core::ByteView prefix) noexcept = 0;
};

/// For a message whose prefix was read already: prefix_size() is 0.
TWOWAY_API std::unique_ptr<OpenSequenceFactory> factory_of(core::OpenSequence sequence) noexcept;

}  // namespace twoway::framing
