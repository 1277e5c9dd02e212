// Private keys whose operation runs elsewhere, between the two phases of opening.
#include "bridge_calls.h"
#include "cases.h"

void keys_elsewhere(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* response = NULL;
  twoway_pending_request* pending = NULL;
  twoway_request_opener* opener = NULL;
  twoway_private_key* key = NULL;
  uint8_t enc[TWOWAY_MAX_ENC];
  uint8_t secret[32];
  uint8_t text[8];
  uint8_t pk[32];
  uint8_t same_pk[32];
  size_t enc_size = 0;
  size_t written = 0;
  const struct message request = seal_request(&peer, "question", &response);
  const uint8_t* sealed = request.data + 39;
  const size_t sealed_size = request.size - 39;
  REQUIRE_OK(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_WHOLE, request.data,
                                           request.size, NULL, &pending, NULL));
  CHECK_STATUS(twoway_pending_request_enc(pending, enc, 31, &enc_size, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(enc_size == 32);
  REQUIRE_OK(twoway_pending_request_enc(pending, enc, sizeof enc, &enc_size, NULL));
  REQUIRE_OK(twoway_pending_request_key(pending, &key, NULL));
  REQUIRE_OK(twoway_private_key_public_key(key, pk, sizeof pk, &written, NULL));
  REQUIRE_OK(twoway_private_key_public_key(peer.key, same_pk, sizeof same_pk, &written, NULL));
  CHECK(memcmp(pk, same_pk, 32) == 0);

  // The shared secret.
  REQUIRE_OK(key_decap(fixture->crypto, key, enc, enc_size, secret, sizeof secret));
  CHECK_STATUS(twoway_pending_request_complete(pending, secret, 31, &opener, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(opener == NULL);
  REQUIRE_OK(twoway_pending_request_complete(pending, secret, sizeof secret, &opener, NULL));
  CHECK_OK(
      twoway_request_opener_open(opener, sealed, sealed_size, text, sizeof text, &written, NULL));
  CHECK(is_text(text, written, "question"));
  twoway_request_opener_free(opener);
  secret[0] ^= 1;
  REQUIRE_OK(twoway_pending_request_complete(pending, secret, sizeof secret, &opener, NULL));
  CHECK_STATUS(
      twoway_request_opener_open(opener, sealed, sealed_size, text, sizeof text, &written, NULL),
      TWOWAY_OPEN_FAILED);
  twoway_request_opener_free(opener);

  // The raw Diffie-Hellman result.
  REQUIRE_OK(key_dh(fixture->crypto, key, enc, enc_size, secret, sizeof secret));
  CHECK_STATUS(twoway_pending_request_complete_dh(pending, secret, 31, &opener, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(opener == NULL);
  REQUIRE_OK(twoway_pending_request_complete_dh(pending, secret, sizeof secret, &opener, NULL));
  CHECK_STATUS(twoway_request_opener_open(opener, sealed, sealed_size, text, 7, &written, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == 8);
  CHECK_OK(
      twoway_request_opener_open(opener, sealed, sealed_size, text, sizeof text, &written, NULL));
  CHECK(is_text(text, written, "question"));
  twoway_request_opener_free(opener);
  memset(secret, 0, sizeof secret);
  CHECK_STATUS(twoway_pending_request_complete_dh(pending, secret, sizeof secret, &opener, NULL),
               TWOWAY_KEY_UNAVAILABLE);

  twoway_pending_request_free(pending);
  // The key of a pending request outlives it.
  REQUIRE_OK(twoway_private_key_public_key(key, pk, sizeof pk, &written, NULL));
  twoway_private_key_free(key);
  twoway_response_opener_free(response);
  peer_free(&peer);
}

void awaited_keys(const struct fixture* fixture) {
  struct calls calls = {0, 0, TWOWAY_OK, 0, NULL, fixture->crypto};
  struct peer peer = peer_new(fixture);
  struct peer elsewhere;
  twoway_private_key* key = NULL;
  twoway_private_key_callbacks callbacks = key_callbacks(&calls);
  twoway_chunked_request_opener* opener = NULL;
  twoway_pending_request* pending = NULL;
  twoway_request_opener* completed = NULL;
  twoway_response_sealer* sealer = NULL;
  twoway_request_sealer* request = NULL;
  twoway_chunk_sealer* chunks = NULL;
  twoway_chunk_opener* taken = NULL;
  twoway_chunk_state state = 0;
  struct message message;
  uint8_t pk[32];
  size_t size = 0;
  size_t consumed = 0;
  uint8_t text[64];
  twoway_error error;
  calls.key = peer.key;
  REQUIRE_OK(twoway_private_key_public_key(peer.key, pk, sizeof pk, &size, NULL));
  REQUIRE_OK(twoway_private_key_new(&callbacks, fixture->suite.kem, pk, size, &key, NULL));
  elsewhere = peer_with(fixture, NULL, 9, key);
  CHECK(calls.calls == 1);  // the ring's trial
  REQUIRE_OK(
      twoway_request_sender_begin(elsewhere.sender, TWOWAY_FORM_CHUNKED, NULL, &request, NULL));
  message.size = twoway_request_sealer_prefix_size(request);
  message.data = memory(message.size);
  REQUIRE_OK(
      twoway_request_sealer_prefix(request, message.data, message.size, &message.size, NULL));
  REQUIRE_OK(twoway_request_sealer_chunk_sealer(request, NULL, &chunks, NULL));
  twoway_request_sealer_free(request);
  append_chunks(&message, chunks, "question", 8);

  REQUIRE_OK(twoway_request_receiver_chunked_opener(elsewhere.receiver, NULL, NULL, &opener, NULL));
  CHECK_STATUS(twoway_chunked_request_opener_pending(opener, &pending, NULL), TWOWAY_WRONG_STATE);
  CHECK(pending == NULL);
  CHECK_STATUS(twoway_chunked_request_opener_decapsulate(opener, NULL), TWOWAY_WRONG_STATE);
  CHECK_STATUS(twoway_chunked_request_opener_response_sealer(opener, &sealer, NULL),
               TWOWAY_WRONG_STATE);
  CHECK(twoway_chunked_request_opener_output_size(opener, 10) == 0);
  REQUIRE_OK(twoway_chunked_request_opener_open(opener, message.data, message.size, 1, text,
                                                sizeof text, &consumed, &size, &state, NULL));
  CHECK(state == TWOWAY_CHUNK_NEED_KEY);
  CHECK(consumed == 39);

  // A failure of the key is not a failure of the message.
  calls.answer = TWOWAY_INVALID_KEY;
  calls.native = 0x30;
  CHECK_STATUS(twoway_chunked_request_opener_decapsulate(opener, &error), TWOWAY_KEY_UNAVAILABLE);
  CHECK(error.native == 0x30);
  REQUIRE_OK(twoway_chunked_request_opener_pending(opener, &pending, NULL));
  CHECK_STATUS(twoway_pending_request_decapsulate(pending, &completed, &error),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(completed == NULL);
  calls.answer = TWOWAY_OK;
  REQUIRE_OK(twoway_pending_request_decapsulate(pending, &completed, NULL));
  peer_free(&elsewhere);  // the message needs none of it any more
  REQUIRE_OK(twoway_chunked_request_opener_give_key(opener, completed, NULL));
  CHECK_STATUS(twoway_chunked_request_opener_give_key(opener, completed, NULL), TWOWAY_WRONG_STATE);
  CHECK_STATUS(
      twoway_request_opener_open(completed, message.data, 20, text, sizeof text, &size, NULL),
      TWOWAY_WRONG_STATE);
  CHECK_STATUS(twoway_request_opener_chunk_opener(completed, NULL, &taken, NULL),
               TWOWAY_WRONG_STATE);
  CHECK_STATUS(twoway_request_opener_response_sealer(completed, &sealer, NULL), TWOWAY_WRONG_STATE);
  CHECK(twoway_request_opener_opened_size(completed, 100) == 0);
  twoway_request_opener_free(completed);
  REQUIRE_OK(twoway_pending_request_decapsulate(pending, &completed, NULL));
  CHECK_STATUS(twoway_chunked_request_opener_give_key(opener, completed, NULL), TWOWAY_WRONG_STATE);
  // A refused object is as before.
  CHECK(twoway_request_opener_opened_size(completed, 100) == 84);
  REQUIRE_OK(twoway_request_opener_chunk_opener(completed, NULL, &taken, NULL));
  twoway_chunk_opener_free(taken);
  twoway_request_opener_free(completed);
  twoway_pending_request_free(pending);

  REQUIRE_OK(twoway_chunked_request_opener_open(opener, message.data + consumed,
                                                message.size - consumed, 1, text, sizeof text,
                                                &consumed, &size, &state, NULL));
  CHECK(state == TWOWAY_CHUNK_OPENED);
  CHECK(is_text(text, size, "question"));
  REQUIRE_OK(twoway_chunked_request_opener_response_sealer(opener, &sealer, NULL));
  twoway_response_sealer_free(sealer);
  CHECK(calls.released == 0 || calls.released == 1);
  twoway_chunked_request_opener_free(opener);
  CHECK(calls.released == 1);
  peer_free(&peer);
}

void free_order(const struct fixture* fixture) {
  // Every handle is freed as soon as the next one exists.
  struct calls calls = {0, 0, TWOWAY_OK, 0, NULL, fixture->crypto};
  struct peer software = peer_new(fixture);
  twoway_private_key_callbacks callbacks = key_callbacks(&calls);
  twoway_private_key* key = NULL;
  struct peer peer;
  uint8_t pk[32];
  size_t size = 0;
  twoway_response_opener* response = NULL;
  twoway_pending_request* pending = NULL;
  twoway_request_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  uint8_t text[64];
  uint8_t answer[128];
  struct message request;
  calls.key = software.key;
  REQUIRE_OK(twoway_private_key_public_key(software.key, pk, sizeof pk, &size, NULL));
  REQUIRE_OK(twoway_private_key_new(&callbacks, fixture->suite.kem, pk, size, &key, NULL));
  peer = peer_with(fixture, NULL, 0, key);
  request = seal_request(&peer, "question", &response);
  twoway_key_ring_free(peer.ring);
  twoway_private_key_free(peer.key);
  peer.ring = NULL;
  peer.key = NULL;
  REQUIRE_OK(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_WHOLE, request.data,
                                           request.size, NULL, &pending, NULL));
  peer_free(&peer);
  CHECK(calls.released == 0);
  REQUIRE_OK(twoway_pending_request_decapsulate(pending, &opener, NULL));
  twoway_pending_request_free(pending);
  CHECK(calls.released == 1);
  REQUIRE_OK(twoway_request_opener_open(opener, request.data + 39, request.size - 39, text,
                                        sizeof text, &size, NULL));
  REQUIRE_OK(twoway_request_opener_response_sealer(opener, &sealer, NULL));
  twoway_request_opener_free(opener);
  REQUIRE_OK(
      twoway_response_sealer_seal(sealer, text, size, NULL, answer, sizeof answer, &size, NULL));
  twoway_response_sealer_free(sealer);
  REQUIRE_OK(
      twoway_response_opener_open(response, answer, size, NULL, text, sizeof text, &size, NULL));
  CHECK(is_text(text, size, "question"));
  twoway_response_opener_free(response);
  peer_free(&software);
}
