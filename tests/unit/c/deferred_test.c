// Keys that are out of reach when they are added, and messages that no key may see.
#include "bridge_calls.h"
#include "cases.h"

/// Opens `message` by a Diffie-Hellman result that `key` computes elsewhere.
static twoway_status open_by_dh(const struct fixture* fixture, const struct peer* peer,
                                const twoway_private_key* key, const struct message* message,
                                twoway_error* error) {
  twoway_pending_request* pending = NULL;
  twoway_request_opener* opener = NULL;
  uint8_t enc[32];
  uint8_t secret[32];
  uint8_t text[64];
  size_t size = 0;
  twoway_status status;
  CHECK_OK(twoway_request_receiver_begin(peer->receiver, TWOWAY_FORM_WHOLE, message->data,
                                         message->size, NULL, &pending, NULL));
  CHECK_OK(twoway_pending_request_enc(pending, enc, sizeof enc, &size, NULL));
  CHECK_OK(key_dh(fixture->crypto, key, enc, sizeof enc, secret, sizeof secret));
  CHECK_OK(twoway_pending_request_complete_dh(pending, secret, sizeof secret, &opener, NULL));
  status = twoway_request_opener_open(opener, message->data + 39, message->size - 39, text,
                                      sizeof text, &size, error);
  twoway_request_opener_free(opener);
  twoway_pending_request_free(pending);
  return status;
}

void deferred_keys(const struct fixture* fixture) {
  const twoway_symmetric_algorithms pair = {fixture->suite.kdf, fixture->suite.aead};
  struct calls calls = {0, 0, TWOWAY_KEY_UNAVAILABLE, 0, NULL, fixture->crypto};
  const twoway_private_key_callbacks callbacks = key_callbacks(&calls);
  struct peer device = peer_new(fixture);  // its key is the device's
  struct peer peer = {NULL, NULL, NULL, NULL};
  twoway_response_opener* response = NULL;
  twoway_response_sealer* sealer = NULL;
  struct message request;
  struct message forged;
  twoway_error error;
  uint8_t pk[32];
  uint8_t text[64];
  size_t size = 0;
  REQUIRE_OK(twoway_private_key_public_key(device.key, pk, sizeof pk, &size, NULL));
  REQUIRE_OK(twoway_private_key_new(&callbacks, fixture->suite.kem, pk, size, &peer.key, NULL));
  REQUIRE_OK(twoway_key_ring_new(fixture->crypto, NULL, &peer.ring, NULL));
  CHECK_STATUS(twoway_key_ring_add(peer.ring, 7, peer.key, &pair, 1, TWOWAY_KEY_PENDING, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK_STATUS(
      twoway_key_ring_add_deferred(peer.ring, 7, peer.key, &pair, 1, TWOWAY_KEY_RETIRED, NULL),
      TWOWAY_INVALID_ARGUMENT);
  calls.calls = 0;
  REQUIRE_OK(
      twoway_key_ring_add_deferred(peer.ring, 7, peer.key, &pair, 1, TWOWAY_KEY_PENDING, NULL));
  CHECK(calls.calls == 0);
  CHECK(twoway_key_ring_checked(peer.ring, 7) == TWOWAY_NO);
  CHECK(twoway_key_ring_checked(peer.ring, 8) == TWOWAY_NO);
  CHECK(twoway_key_ring_checked(NULL, 7) == TWOWAY_NO);
  CHECK(twoway_key_ring_checked(device.ring, 7) == TWOWAY_YES);
  REQUIRE_OK(twoway_request_receiver_new(peer.ring, NULL, NULL, &peer.receiver, NULL));
  REQUIRE_OK(twoway_request_sender_new_to_key(fixture->crypto, 7, fixture->suite, pk, sizeof pk,
                                              NULL, &peer.sender, NULL));
  request = seal_request(&peer, "question", &response);
  forged.data = copy_of(request.data, request.size);
  forged.size = request.size;
  forged.data[forged.size - 1] ^= 1;

  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, text,
                                            sizeof text, &size, &sealer, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  // The message or the key may be at fault, until the key has opened one.
  CHECK_STATUS(open_by_dh(fixture, &peer, device.key, &forged, &error), TWOWAY_KEY_UNAVAILABLE);
  CHECK(error.native == 0);
  CHECK(twoway_key_ring_checked(peer.ring, 7) == TWOWAY_NO);
  CHECK_OK(open_by_dh(fixture, &peer, device.key, &request, NULL));
  CHECK(twoway_key_ring_checked(peer.ring, 7) == TWOWAY_YES);
  CHECK_STATUS(open_by_dh(fixture, &peer, device.key, &forged, NULL), TWOWAY_OPEN_FAILED);
  twoway_response_opener_free(response);
  peer_free(&peer);
  peer_free(&device);
}

void unchecked_encs(const struct fixture* fixture) {
  struct calls calls = {0, 0, TWOWAY_OK, 0, NULL, fixture->crypto};
  const twoway_private_key_callbacks callbacks = key_callbacks(&calls);
  struct peer software = peer_new(fixture);
  struct peer peer;
  twoway_private_key* key = NULL;
  twoway_response_opener* response = NULL;
  twoway_response_sealer* sealer = NULL;
  twoway_pending_request* pending = NULL;
  twoway_pending_multi_request* multi_pending = NULL;
  twoway_multi_request_receiver* multi = NULL;
  twoway_chunked_request_opener* opener = NULL;
  twoway_chunk_state state = 0;
  struct message request;
  twoway_error error;
  uint8_t pk[32];
  uint8_t text[64];
  size_t size = 0;
  size_t consumed = 0;
  int before;
  calls.key = software.key;
  REQUIRE_OK(twoway_private_key_public_key(software.key, pk, sizeof pk, &size, NULL));
  REQUIRE_OK(twoway_private_key_new(&callbacks, fixture->suite.kem, pk, size, &key, NULL));
  peer = peer_with(fixture, NULL, 0, key);
  request = seal_request(&peer, "32 bytes: as long as a body's key", &response);
  memset(request.data + 7, 0, 32);  // of small order
  before = calls.calls;
  CHECK_STATUS(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_WHOLE, request.data,
                                             request.size, NULL, &pending, &error),
               TWOWAY_OPEN_FAILED);
  CHECK(error.native == 0);
  CHECK(pending == NULL);
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, text,
                                            sizeof text, &size, &sealer, NULL),
               TWOWAY_OPEN_FAILED);
  REQUIRE_OK(twoway_request_receiver_chunked_opener(peer.receiver, NULL, NULL, &opener, NULL));
  CHECK_STATUS(twoway_chunked_request_opener_open(opener, request.data, request.size, 0, text,
                                                  sizeof text, &consumed, &size, &state, &error),
               TWOWAY_OPEN_FAILED);
  CHECK(error.native == 0);
  CHECK_STATUS(twoway_chunked_request_opener_pending(opener, &pending, NULL), TWOWAY_WRONG_STATE);
  REQUIRE_OK(twoway_multi_request_receiver_new(peer.ring, NULL, NULL, &multi, NULL));
  CHECK_STATUS(twoway_multi_request_receiver_begin(multi, TWOWAY_FORM_WHOLE, request.data,
                                                   39 + 32 + 16, NULL, &multi_pending, &error),
               TWOWAY_OPEN_FAILED);
  CHECK(error.native == 0);
  CHECK(calls.calls == before);
  twoway_multi_request_receiver_free(multi);
  twoway_chunked_request_opener_free(opener);
  twoway_response_opener_free(response);
  peer_free(&peer);
  peer_free(&software);
}
