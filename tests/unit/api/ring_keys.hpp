// Senders to the keys of a ring, and the states of its keys.
#pragma once

#include <string>

#include "exchange_pair.hpp"

namespace twoway::test {

/// Makes a sender to a key, even if the ring does not publish it.
inline RequestSender sender_to(std::uint8_t key_id, const PrivateKey& key) {
  auto sender = RequestSender::create(any_provider(), key_id,
                                      {key.kem_id(), kChaCha.kdf, kChaCha.aead}, key.public_key());
  REQUIRE_OK(sender);
  return std::move(*sender);
}

inline SealedRequest seal(const RequestSender& sender, std::string_view text = "question") {
  auto request = sender.seal(as_bytes(text));
  REQUIRE_OK(request);
  return std::move(*request);
}

/// A message to a key.
inline Bytes message_to(std::uint8_t key_id, const PrivateKey& key) {
  return seal(sender_to(key_id, key)).message;
}

/// The states of all keys: "1 active, 2 retired".
inline std::string states(const KeyRing& ring) {
  std::string text;
  for (const auto& entry : ring.entries()) {
    text +=
        (text.empty() ? "" : ", ") + std::to_string(entry->key_id) + ' ' + to_string(entry->state);
  }
  return text;
}

}  // namespace twoway::test
