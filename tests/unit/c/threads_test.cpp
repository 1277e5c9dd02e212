// The objects of the C interface that threads may share.
#include "threads.hpp"

#include "cpp.hpp"
#include "peer.h"

using namespace twoway;

namespace {

constexpr int kRounds = 20;

/// Runs one exchange through shared objects. Returns false if anything is wrong.
bool exchange(const peer& shared) {
  std::uint8_t message[256], text[64];
  std::size_t size = 0, text_size = 0;
  twoway_response_opener* opener = nullptr;
  twoway_response_sealer* sealer = nullptr;
  twoway_error error;
  const bool good =
      twoway_request_sender_seal(shared.sender, reinterpret_cast<const std::uint8_t*>("question"),
                                 8, nullptr, message, sizeof(message), &size, &opener,
                                 &error) == TWOWAY_OK &&
      twoway_request_receiver_open(shared.receiver, message, size, nullptr, text, sizeof(text),
                                   &text_size, &sealer, &error) == TWOWAY_OK &&
      is_text(text, text_size, "question") != 0 &&
      twoway_response_sealer_seal(sealer, text, text_size, nullptr, message, sizeof(message), &size,
                                  &error) == TWOWAY_OK &&
      twoway_response_opener_open(opener, message, size, nullptr, text, sizeof(text), &text_size,
                                  &error) == TWOWAY_OK &&
      is_text(text, text_size, "question") != 0;
  twoway_response_opener_free(opener);
  twoway_response_sealer_free(sealer);
  return good;
}

/// Adds a key of its own to the shared ring, reads the ring, and removes the key again.
bool change_ring(const peer& shared, std::uint8_t key_id) {
  const twoway_symmetric_algorithms pair{TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305};
  std::uint8_t list[4096], ids[256];
  std::size_t size = 0;
  twoway_private_key* found = nullptr;
  const bool good =
      twoway_key_ring_add(shared.ring, key_id, shared.key, &pair, 1, TWOWAY_KEY_PENDING, nullptr) ==
          TWOWAY_OK &&
      twoway_key_ring_activate(shared.ring, key_id, nullptr) == TWOWAY_OK &&
      twoway_key_ring_get(shared.ring, key_id, nullptr, nullptr, &found, nullptr) == TWOWAY_OK &&
      twoway_key_ring_key_configs(shared.ring, list, sizeof(list), &size, nullptr) == TWOWAY_OK &&
      twoway_key_ring_ids(shared.ring, ids, sizeof(ids), &size, nullptr) == TWOWAY_OK &&
      twoway_key_ring_remove(shared.ring, key_id, nullptr) == TWOWAY_OK;
  twoway_private_key_free(found);
  return good;
}

bool encapsulate(const twoway_multi_request_sealer* sealer, const peer& shared) {
  std::uint8_t key[128];
  std::size_t size = 0;
  twoway_response_opener* opener = nullptr;
  const bool good =
      twoway_multi_request_sealer_encapsulate_key(sealer, shared.sender, key, sizeof(key), &size,
                                                  &opener, nullptr) == TWOWAY_OK;
  twoway_response_opener_free(opener);
  return good;
}

}  // namespace

TEST_CASE("threads share senders, receivers, rings, filters and keys in C") {
  for (const core::Provider* provider : built::providers()) {
    INFO(provider->name());
    const fixture with{c::handle(*provider),
                       {TWOWAY_KEM_X25519, TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305}};
    twoway_replay_filter* filter = nullptr;
    REQUIRE(twoway_replay_filter_new_in_memory(with.crypto, 1000, 600, nullptr, &filter, nullptr) ==
            TWOWAY_OK);
    peer shared = peer_with(&with, filter, 0, nullptr);
    twoway_replay_filter_free(filter);
    twoway_multi_request_sender* multi = nullptr;
    twoway_multi_request_sealer* sealer = nullptr;
    REQUIRE(twoway_multi_request_sender_new(with.crypto, with.suite.aead, nullptr, &multi,
                                            nullptr) == TWOWAY_OK);
    REQUIRE(twoway_multi_request_sender_begin(multi, TWOWAY_FORM_WHOLE, nullptr, &sealer,
                                              nullptr) == TWOWAY_OK);
    REQUIRE(test::on_threads([&](unsigned thread) {
      for (int round = 0; round < kRounds; ++round) {
        const bool good = thread % 2 == 0
                              ? exchange(shared) && encapsulate(sealer, shared)
                              : change_ring(shared, static_cast<std::uint8_t>(100 + thread));
        if (!good) return false;
      }
      return true;
    }));
    twoway_multi_request_sealer_free(sealer);
    twoway_multi_request_sender_free(multi);
    peer_free(&shared);
  }
}
