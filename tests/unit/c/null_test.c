// NULL for each handle, span and output is an error, and never a crash.
#include "cases.h"

#define REFUSED(call) CHECK_STATUS(call, TWOWAY_INVALID_ARGUMENT)

static uint8_t g_out[512];
static size_t g_size;
static const uint8_t kIn[4] = {1, 2, 3, 4};

void null_senders(const struct fixture* fixture) {
  const twoway_provider* crypto = fixture->crypto;
  struct peer peer = peer_new(fixture);
  twoway_request_sender* sender = NULL;
  twoway_request_sealer* sealer = NULL;
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* answer = NULL;
  twoway_chunk_sealer* chunks = NULL;
  twoway_chunk_opener* chunk_opener = NULL;
  struct message request;
  REFUSED(twoway_request_sender_new(NULL, kIn, 4, NULL, &sender, NULL));
  REFUSED(twoway_request_sender_new(crypto, NULL, 4, NULL, &sender, NULL));
  REFUSED(twoway_request_sender_new(crypto, kIn, 4, NULL, NULL, NULL));
  REFUSED(twoway_request_sender_new_to_key(NULL, 1, fixture->suite, kIn, 4, NULL, &sender, NULL));
  REFUSED(
      twoway_request_sender_new_to_key(crypto, 1, fixture->suite, NULL, 4, NULL, &sender, NULL));
  REFUSED(twoway_request_sender_new_to_key(crypto, 1, fixture->suite, kIn, 4, NULL, NULL, NULL));
  CHECK(twoway_request_sender_key_id(NULL) == 0);
  CHECK(twoway_request_sender_suite(NULL).kem == 0);
  CHECK(twoway_request_sender_sealed_size(NULL, 1) == 0);
  REFUSED(
      twoway_request_sender_seal(NULL, kIn, 4, NULL, g_out, sizeof g_out, &g_size, &opener, NULL));
  REFUSED(twoway_request_sender_seal(peer.sender, NULL, 4, NULL, g_out, sizeof g_out, &g_size,
                                     &opener, NULL));
  REFUSED(twoway_request_sender_seal(peer.sender, kIn, 4, NULL, NULL, 9, &g_size, &opener, NULL));
  REFUSED(twoway_request_sender_seal(peer.sender, kIn, 4, NULL, g_out, sizeof g_out, NULL, &opener,
                                     NULL));
  g_size = 9;
  REFUSED(twoway_request_sender_seal(peer.sender, kIn, 4, NULL, g_out, sizeof g_out, &g_size, NULL,
                                     NULL));
  CHECK(g_size == 0);
  sealer = (twoway_request_sealer*)&peer;
  REFUSED(twoway_request_sender_begin(NULL, TWOWAY_FORM_WHOLE, NULL, &sealer, NULL));
  CHECK(sealer == NULL);
  REFUSED(twoway_request_sender_begin(peer.sender, 2, NULL, &sealer, NULL));
  REFUSED(twoway_request_sender_begin(peer.sender, TWOWAY_FORM_WHOLE, NULL, NULL, NULL));
  REQUIRE_OK(twoway_request_sender_begin(peer.sender, TWOWAY_FORM_CHUNKED, NULL, &sealer, NULL));

  CHECK(twoway_request_sealer_prefix_size(NULL) == 0);
  CHECK(twoway_request_sealer_sealed_size(NULL, 1) == 0);
  REFUSED(twoway_request_sealer_prefix(NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_request_sealer_prefix(sealer, NULL, 99, &g_size, NULL));
  REFUSED(twoway_request_sealer_prefix(sealer, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_request_sealer_seal(NULL, kIn, 4, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_request_sealer_seal(sealer, NULL, 4, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_request_sealer_seal(sealer, kIn, 4, NULL, 99, &g_size, NULL));
  REFUSED(twoway_request_sealer_seal(sealer, kIn, 4, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_request_sealer_chunk_sealer(NULL, NULL, &chunks, NULL));
  REFUSED(twoway_request_sealer_chunk_sealer(sealer, NULL, NULL, NULL));
  REFUSED(twoway_request_sealer_response_opener(NULL, &opener, NULL));
  REFUSED(twoway_request_sealer_response_opener(sealer, NULL, NULL));
  REQUIRE_OK(twoway_request_sealer_chunk_sealer(sealer, NULL, &chunks, NULL));  // none was consumed

  CHECK(twoway_chunk_sealer_sealed_size(NULL, 1, 0) == 0);
  CHECK(twoway_chunk_sealer_prefix_size(NULL, 1, 0) == 0);
  CHECK(twoway_chunk_sealer_max_sealed_size(NULL) == 0);
  CHECK(twoway_chunk_sealer_finished(NULL) == 0);
  REFUSED(twoway_chunk_sealer_seal(NULL, kIn, 4, 0, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_chunk_sealer_seal(chunks, NULL, 4, 0, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_chunk_sealer_seal(chunks, kIn, 4, 0, NULL, 99, &g_size, NULL));
  REFUSED(twoway_chunk_sealer_seal(chunks, kIn, 4, 0, g_out, sizeof g_out, NULL, NULL));
  CHECK_OK(twoway_chunk_sealer_seal(chunks, kIn, 4, 0, g_out, sizeof g_out, &g_size, NULL));
  twoway_chunk_sealer_free(chunks);
  twoway_request_sealer_free(sealer);

  request = seal_request(&peer, "question", &opener);
  REQUIRE_OK(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, g_out,
                                          sizeof g_out, &g_size, &answer, NULL));
  CHECK(twoway_response_opener_opened_size(NULL, 100) == 0);
  CHECK(twoway_response_opener_prefix_size(NULL) == 0);
  REFUSED(twoway_response_opener_open(NULL, kIn, 4, NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_response_opener_open(opener, NULL, 4, NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_response_opener_open(opener, kIn, 4, NULL, NULL, 99, &g_size, NULL));
  REFUSED(twoway_response_opener_open(opener, kIn, 4, NULL, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_response_opener_chunk_opener(NULL, NULL, NULL, &chunk_opener, NULL));
  REFUSED(twoway_response_opener_chunk_opener(opener, NULL, NULL, NULL, NULL));
  REFUSED(twoway_response_opener_export_secret_state(NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_response_opener_export_secret_state(opener, NULL, 99, &g_size, NULL));
  REFUSED(twoway_response_opener_export_secret_state(opener, g_out, sizeof g_out, NULL, NULL));
  twoway_response_opener_free(opener);
  REFUSED(twoway_response_opener_restore(NULL, kIn, 4, &opener, NULL));
  REFUSED(twoway_response_opener_restore(crypto, NULL, 4, &opener, NULL));
  REFUSED(twoway_response_opener_restore(crypto, kIn, 4, NULL, NULL));

  CHECK(twoway_response_sealer_sealed_size(NULL, 100) == 0);
  CHECK(twoway_response_sealer_prefix_size(NULL) == 0);
  REFUSED(twoway_response_sealer_seal(NULL, kIn, 4, NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_response_sealer_seal(answer, NULL, 4, NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_response_sealer_seal(answer, kIn, 4, NULL, NULL, 99, &g_size, NULL));
  REFUSED(twoway_response_sealer_seal(answer, kIn, 4, NULL, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_response_sealer_chunk_sealer(NULL, NULL, NULL, g_out, sizeof g_out, &g_size,
                                              &chunks, NULL));
  REFUSED(
      twoway_response_sealer_chunk_sealer(answer, NULL, NULL, NULL, 99, &g_size, &chunks, NULL));
  REFUSED(twoway_response_sealer_chunk_sealer(answer, NULL, NULL, g_out, sizeof g_out, NULL,
                                              &chunks, NULL));
  REFUSED(twoway_response_sealer_chunk_sealer(answer, NULL, NULL, g_out, sizeof g_out, &g_size,
                                              NULL, NULL));
  REFUSED(twoway_response_sealer_export_secret_state(NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_response_sealer_export_secret_state(answer, NULL, 99, &g_size, NULL));
  REFUSED(twoway_response_sealer_export_secret_state(answer, g_out, sizeof g_out, NULL, NULL));
  CHECK_OK(twoway_response_sealer_seal(answer, kIn, 4, NULL, g_out, sizeof g_out, &g_size, NULL));
  twoway_response_sealer_free(answer);
  REFUSED(twoway_response_sealer_restore(NULL, kIn, 4, &answer, NULL));
  REFUSED(twoway_response_sealer_restore(crypto, NULL, 4, &answer, NULL));
  REFUSED(twoway_response_sealer_restore(crypto, kIn, 4, NULL, NULL));

  twoway_request_sender_free(NULL);
  twoway_request_sealer_free(NULL);
  twoway_response_opener_free(NULL);
  twoway_response_sealer_free(NULL);
  twoway_chunk_sealer_free(NULL);
  peer_free(&peer);
}

void null_receivers(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_request_receiver* receiver = NULL;
  twoway_response_opener* response = NULL;
  twoway_response_sealer* answer = NULL;
  twoway_pending_request* pending = NULL;
  twoway_request_opener* opener = NULL;
  twoway_chunked_request_opener* chunked = NULL;
  twoway_chunk_opener* chunks = NULL;
  twoway_private_key* key = NULL;
  twoway_chunk_state state = 0;
  const uint8_t* text = NULL;
  uint8_t in[4] = {0};
  size_t consumed = 0;
  const struct message request = seal_request(&peer, "question", &response);
  const uint8_t* data = request.data;
  const size_t size = request.size;

  REFUSED(twoway_request_receiver_new(NULL, NULL, NULL, &receiver, NULL));
  REFUSED(twoway_request_receiver_new(peer.ring, NULL, NULL, NULL, NULL));
  REFUSED(twoway_request_receiver_open(NULL, data, size, NULL, g_out, sizeof g_out, &g_size,
                                       &answer, NULL));
  REFUSED(twoway_request_receiver_open(peer.receiver, NULL, size, NULL, g_out, sizeof g_out,
                                       &g_size, &answer, NULL));
  REFUSED(twoway_request_receiver_open(peer.receiver, data, size, NULL, NULL, 99, &g_size, &answer,
                                       NULL));
  REFUSED(twoway_request_receiver_open(peer.receiver, data, size, NULL, g_out, sizeof g_out, NULL,
                                       &answer, NULL));
  REFUSED(twoway_request_receiver_open(peer.receiver, data, size, NULL, g_out, sizeof g_out,
                                       &g_size, NULL, NULL));
  REFUSED(twoway_request_receiver_begin(NULL, TWOWAY_FORM_WHOLE, data, size, NULL, &pending, NULL));
  REFUSED(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_WHOLE, NULL, size, NULL,
                                        &pending, NULL));
  REFUSED(twoway_request_receiver_begin(peer.receiver, -1, data, size, NULL, &pending, NULL));
  REFUSED(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_WHOLE, data, size, NULL, NULL,
                                        NULL));
  REQUIRE_OK(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_CHUNKED, data, size, NULL,
                                           &pending, NULL));
  CHECK(twoway_pending_request_key_id(NULL) == 0);
  CHECK(twoway_pending_request_suite(NULL).kdf == 0);
  CHECK(twoway_pending_request_prefix_size(NULL) == 0);
  REFUSED(twoway_pending_request_enc(NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_pending_request_enc(pending, NULL, 99, &g_size, NULL));
  REFUSED(twoway_pending_request_enc(pending, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_pending_request_key(NULL, &key, NULL));
  REFUSED(twoway_pending_request_key(pending, NULL, NULL));
  REFUSED(twoway_pending_request_decapsulate(NULL, &opener, NULL));
  REFUSED(twoway_pending_request_decapsulate(pending, NULL, NULL));
  REFUSED(twoway_pending_request_complete(NULL, kIn, 4, &opener, NULL));
  REFUSED(twoway_pending_request_complete(pending, NULL, 4, &opener, NULL));
  REFUSED(twoway_pending_request_complete(pending, kIn, 4, NULL, NULL));
  REFUSED(twoway_pending_request_complete_dh(NULL, kIn, 4, &opener, NULL));
  REFUSED(twoway_pending_request_complete_dh(pending, NULL, 4, &opener, NULL));
  REFUSED(twoway_pending_request_complete_dh(pending, kIn, 4, NULL, NULL));
  REQUIRE_OK(twoway_pending_request_decapsulate(pending, &opener, NULL));
  twoway_pending_request_free(pending);

  CHECK(twoway_request_opener_opened_size(NULL, 100) == 0);
  REFUSED(twoway_request_opener_open(NULL, kIn, 4, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_request_opener_open(opener, NULL, 4, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_request_opener_open(opener, kIn, 4, NULL, 99, &g_size, NULL));
  REFUSED(twoway_request_opener_open(opener, kIn, 4, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_request_opener_chunk_opener(NULL, NULL, &chunks, NULL));
  REFUSED(twoway_request_opener_chunk_opener(opener, NULL, NULL, NULL));
  REFUSED(twoway_request_opener_response_sealer(NULL, &answer, NULL));
  REFUSED(twoway_request_opener_response_sealer(opener, NULL, NULL));

  REFUSED(twoway_request_receiver_chunked_opener(NULL, NULL, NULL, &chunked, NULL));
  REFUSED(twoway_request_receiver_chunked_opener(peer.receiver, NULL, NULL, NULL, NULL));
  REQUIRE_OK(twoway_request_receiver_chunked_opener(peer.receiver, NULL, NULL, &chunked, NULL));
  CHECK(twoway_chunked_request_opener_output_size(NULL, 1) == 0);
  REFUSED(twoway_chunked_request_opener_open(NULL, kIn, 4, 0, g_out, sizeof g_out, &consumed,
                                             &g_size, &state, NULL));
  REFUSED(twoway_chunked_request_opener_open(chunked, NULL, 4, 0, g_out, sizeof g_out, &consumed,
                                             &g_size, &state, NULL));
  REFUSED(twoway_chunked_request_opener_open(chunked, kIn, 4, 0, NULL, 99, &consumed, &g_size,
                                             &state, NULL));
  REFUSED(twoway_chunked_request_opener_open(chunked, kIn, 4, 0, g_out, sizeof g_out, NULL, &g_size,
                                             &state, NULL));
  REFUSED(twoway_chunked_request_opener_open(chunked, kIn, 4, 0, g_out, sizeof g_out, &consumed,
                                             NULL, &state, NULL));
  REFUSED(twoway_chunked_request_opener_open(chunked, kIn, 4, 0, g_out, sizeof g_out, &consumed,
                                             &g_size, NULL, NULL));
  REFUSED(twoway_chunked_request_opener_open_in_place(NULL, in, 4, 0, &consumed, &text, &g_size,
                                                      &state, NULL));
  REFUSED(twoway_chunked_request_opener_open_in_place(chunked, NULL, 4, 0, &consumed, &text,
                                                      &g_size, &state, NULL));
  REFUSED(twoway_chunked_request_opener_open_in_place(chunked, in, 4, 0, NULL, &text, &g_size,
                                                      &state, NULL));
  REFUSED(twoway_chunked_request_opener_open_in_place(chunked, in, 4, 0, &consumed, NULL, &g_size,
                                                      &state, NULL));
  REFUSED(twoway_chunked_request_opener_open_in_place(chunked, in, 4, 0, &consumed, &text, NULL,
                                                      &state, NULL));
  REFUSED(twoway_chunked_request_opener_open_in_place(chunked, in, 4, 0, &consumed, &text, &g_size,
                                                      NULL, NULL));
  REFUSED(twoway_chunked_request_opener_pending(NULL, &pending, NULL));
  REFUSED(twoway_chunked_request_opener_pending(chunked, NULL, NULL));
  REFUSED(twoway_chunked_request_opener_give_key(NULL, opener, NULL));
  REFUSED(twoway_chunked_request_opener_give_key(chunked, NULL, NULL));
  REFUSED(twoway_chunked_request_opener_decapsulate(NULL, NULL));
  REFUSED(twoway_chunked_request_opener_response_sealer(NULL, &answer, NULL));
  REFUSED(twoway_chunked_request_opener_response_sealer(chunked, NULL, NULL));

  REQUIRE_OK(twoway_request_opener_chunk_opener(opener, NULL, &chunks, NULL));
  twoway_request_opener_free(opener);
  CHECK(twoway_chunk_opener_output_size(NULL, 1) == 0);
  REFUSED(twoway_chunk_opener_open(NULL, kIn, 4, 0, g_out, sizeof g_out, &consumed, &g_size, &state,
                                   NULL));
  REFUSED(twoway_chunk_opener_open(chunks, NULL, 4, 0, g_out, sizeof g_out, &consumed, &g_size,
                                   &state, NULL));
  REFUSED(twoway_chunk_opener_open(chunks, kIn, 4, 0, NULL, 99, &consumed, &g_size, &state, NULL));
  REFUSED(twoway_chunk_opener_open(chunks, kIn, 4, 0, g_out, sizeof g_out, NULL, &g_size, &state,
                                   NULL));
  REFUSED(twoway_chunk_opener_open(chunks, kIn, 4, 0, g_out, sizeof g_out, &consumed, NULL, &state,
                                   NULL));
  REFUSED(twoway_chunk_opener_open(chunks, kIn, 4, 0, g_out, sizeof g_out, &consumed, &g_size, NULL,
                                   NULL));
  REFUSED(
      twoway_chunk_opener_open_in_place(NULL, in, 4, 0, &consumed, &text, &g_size, &state, NULL));
  REFUSED(twoway_chunk_opener_open_in_place(chunks, NULL, 4, 0, &consumed, &text, &g_size, &state,
                                            NULL));
  REFUSED(twoway_chunk_opener_open_in_place(chunks, in, 4, 0, NULL, &text, &g_size, &state, NULL));
  REFUSED(
      twoway_chunk_opener_open_in_place(chunks, in, 4, 0, &consumed, NULL, &g_size, &state, NULL));
  REFUSED(
      twoway_chunk_opener_open_in_place(chunks, in, 4, 0, &consumed, &text, NULL, &state, NULL));
  REFUSED(
      twoway_chunk_opener_open_in_place(chunks, in, 4, 0, &consumed, &text, &g_size, NULL, NULL));
  // None of that was a step: the opener waits for its first byte.
  CHECK_OK(twoway_chunk_opener_open(chunks, NULL, 0, 0, NULL, 0, &consumed, &g_size, &state, NULL));
  CHECK(state == TWOWAY_CHUNK_NEED_INPUT);

  twoway_chunk_opener_free(chunks);
  twoway_chunked_request_opener_free(chunked);
  twoway_response_opener_free(response);
  twoway_request_receiver_free(NULL);
  twoway_pending_request_free(NULL);
  twoway_request_opener_free(NULL);
  twoway_chunked_request_opener_free(NULL);
  twoway_chunk_opener_free(NULL);
  peer_free(&peer);
}

void null_multi(const struct fixture* fixture) {
  const twoway_provider* crypto = fixture->crypto;
  const uint16_t aead = fixture->suite.aead;
  struct peer peer = peer_new(fixture);
  twoway_multi_request_sender* sender = NULL;
  twoway_multi_request_sealer* sealer = NULL;
  twoway_multi_request_receiver* receiver = NULL;
  twoway_pending_multi_request* pending = NULL;
  twoway_multi_request_opener* opener = NULL;
  twoway_response_opener* response = NULL;
  twoway_response_sealer* answer = NULL;
  twoway_chunk_sealer* chunks = NULL;
  twoway_chunk_opener* chunk_opener = NULL;
  twoway_private_key* private_key = NULL;
  uint8_t key[128];
  size_t key_size = 0;
  REFUSED(twoway_multi_request_sender_new(NULL, aead, NULL, &sender, NULL));
  REFUSED(twoway_multi_request_sender_new(crypto, aead, NULL, NULL, NULL));
  REQUIRE_OK(twoway_multi_request_sender_new(crypto, aead, NULL, &sender, NULL));
  REFUSED(twoway_multi_request_sender_begin(NULL, TWOWAY_FORM_WHOLE, NULL, &sealer, NULL));
  REFUSED(twoway_multi_request_sender_begin(sender, 2, NULL, &sealer, NULL));
  REFUSED(twoway_multi_request_sender_begin(sender, TWOWAY_FORM_WHOLE, NULL, NULL, NULL));
  REQUIRE_OK(twoway_multi_request_sender_begin(sender, TWOWAY_FORM_WHOLE, NULL, &sealer, NULL));
  twoway_multi_request_sender_free(sender);
  CHECK(twoway_multi_request_sealer_prefix_size(NULL) == 0);
  CHECK(twoway_multi_request_sealer_sealed_size(NULL, 1) == 0);
  CHECK(twoway_multi_request_sealer_key_size(NULL, peer.sender) == 0);
  CHECK(twoway_multi_request_sealer_key_size(sealer, NULL) == 0);
  REFUSED(twoway_multi_request_sealer_prefix(NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_multi_request_sealer_prefix(sealer, NULL, 99, &g_size, NULL));
  REFUSED(twoway_multi_request_sealer_prefix(sealer, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_multi_request_sealer_seal(NULL, kIn, 4, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_multi_request_sealer_seal(sealer, NULL, 4, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_multi_request_sealer_seal(sealer, kIn, 4, NULL, 99, &g_size, NULL));
  REFUSED(twoway_multi_request_sealer_seal(sealer, kIn, 4, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_multi_request_sealer_chunk_sealer(NULL, NULL, &chunks, NULL));
  REFUSED(twoway_multi_request_sealer_chunk_sealer(sealer, NULL, NULL, NULL));
  REFUSED(twoway_multi_request_sealer_encapsulate_key(NULL, peer.sender, key, sizeof key, &key_size,
                                                      &response, NULL));
  REFUSED(twoway_multi_request_sealer_encapsulate_key(sealer, NULL, key, sizeof key, &key_size,
                                                      &response, NULL));
  REFUSED(twoway_multi_request_sealer_encapsulate_key(sealer, peer.sender, NULL, 99, &key_size,
                                                      &response, NULL));
  REFUSED(twoway_multi_request_sealer_encapsulate_key(sealer, peer.sender, key, sizeof key, NULL,
                                                      &response, NULL));
  REFUSED(twoway_multi_request_sealer_encapsulate_key(sealer, peer.sender, key, sizeof key,
                                                      &key_size, NULL, NULL));
  REQUIRE_OK(twoway_multi_request_sealer_encapsulate_key(sealer, peer.sender, key, sizeof key,
                                                         &key_size, &response, NULL));
  REQUIRE_OK(twoway_multi_request_sealer_seal(sealer, kIn, 4, g_out, sizeof g_out, &g_size, NULL));
  twoway_multi_request_sealer_free(sealer);

  REFUSED(twoway_multi_request_receiver_new(NULL, NULL, NULL, &receiver, NULL));
  REFUSED(twoway_multi_request_receiver_new(peer.ring, NULL, NULL, NULL, NULL));
  REQUIRE_OK(twoway_multi_request_receiver_new(peer.ring, NULL, NULL, &receiver, NULL));
  REFUSED(twoway_multi_request_receiver_open(NULL, key, key_size, kIn, 4, NULL, g_out, sizeof g_out,
                                             &g_size, &answer, NULL));
  REFUSED(twoway_multi_request_receiver_open(receiver, NULL, key_size, kIn, 4, NULL, g_out,
                                             sizeof g_out, &g_size, &answer, NULL));
  REFUSED(twoway_multi_request_receiver_open(receiver, key, key_size, NULL, 4, NULL, g_out,
                                             sizeof g_out, &g_size, &answer, NULL));
  REFUSED(twoway_multi_request_receiver_open(receiver, key, key_size, kIn, 4, NULL, NULL, 99,
                                             &g_size, &answer, NULL));
  REFUSED(twoway_multi_request_receiver_open(receiver, key, key_size, kIn, 4, NULL, g_out,
                                             sizeof g_out, NULL, &answer, NULL));
  REFUSED(twoway_multi_request_receiver_open(receiver, key, key_size, kIn, 4, NULL, g_out,
                                             sizeof g_out, &g_size, NULL, NULL));
  REFUSED(twoway_multi_request_receiver_begin(NULL, TWOWAY_FORM_WHOLE, key, key_size, NULL,
                                              &pending, NULL));
  REFUSED(twoway_multi_request_receiver_begin(receiver, TWOWAY_FORM_WHOLE, NULL, key_size, NULL,
                                              &pending, NULL));
  REFUSED(twoway_multi_request_receiver_begin(receiver, 2, key, key_size, NULL, &pending, NULL));
  REFUSED(twoway_multi_request_receiver_begin(receiver, TWOWAY_FORM_WHOLE, key, key_size, NULL,
                                              NULL, NULL));
  REQUIRE_OK(twoway_multi_request_receiver_begin(receiver, TWOWAY_FORM_WHOLE, key, key_size, NULL,
                                                 &pending, NULL));
  CHECK(twoway_pending_multi_request_key_id(NULL) == 0);
  CHECK(twoway_pending_multi_request_suite(NULL).kem == 0);
  REFUSED(twoway_pending_multi_request_enc(NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_pending_multi_request_enc(pending, NULL, 99, &g_size, NULL));
  REFUSED(twoway_pending_multi_request_enc(pending, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_pending_multi_request_key(NULL, &private_key, NULL));
  REFUSED(twoway_pending_multi_request_key(pending, NULL, NULL));
  REFUSED(twoway_pending_multi_request_decapsulate(NULL, &opener, NULL));
  REFUSED(twoway_pending_multi_request_decapsulate(pending, NULL, NULL));
  REFUSED(twoway_pending_multi_request_complete(NULL, kIn, 4, &opener, NULL));
  REFUSED(twoway_pending_multi_request_complete(pending, NULL, 4, &opener, NULL));
  REFUSED(twoway_pending_multi_request_complete(pending, kIn, 4, NULL, NULL));
  REFUSED(twoway_pending_multi_request_complete_dh(NULL, kIn, 4, &opener, NULL));
  REFUSED(twoway_pending_multi_request_complete_dh(pending, NULL, 4, &opener, NULL));
  REFUSED(twoway_pending_multi_request_complete_dh(pending, kIn, 4, NULL, NULL));
  REQUIRE_OK(twoway_pending_multi_request_decapsulate(pending, &opener, NULL));
  CHECK(twoway_multi_request_opener_prefix_size(NULL) == 0);
  CHECK(twoway_multi_request_opener_opened_size(NULL, 99) == 0);
  REFUSED(twoway_multi_request_opener_open(NULL, kIn, 4, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_multi_request_opener_open(opener, NULL, 4, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_multi_request_opener_open(opener, kIn, 4, NULL, 99, &g_size, NULL));
  REFUSED(twoway_multi_request_opener_open(opener, kIn, 4, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_multi_request_opener_chunk_opener(NULL, NULL, &chunk_opener, NULL));
  REFUSED(twoway_multi_request_opener_chunk_opener(opener, NULL, NULL, NULL));
  REFUSED(twoway_multi_request_opener_response_sealer(NULL, &answer, NULL));
  REFUSED(twoway_multi_request_opener_response_sealer(opener, NULL, NULL));

  twoway_multi_request_opener_free(opener);
  twoway_pending_multi_request_free(pending);
  twoway_multi_request_receiver_free(receiver);
  twoway_response_opener_free(response);
  twoway_multi_request_sender_free(NULL);
  twoway_multi_request_sealer_free(NULL);
  twoway_multi_request_receiver_free(NULL);
  twoway_pending_multi_request_free(NULL);
  twoway_multi_request_opener_free(NULL);
  peer_free(&peer);
}

void null_keys(const struct fixture* fixture) {
  const twoway_provider* crypto = fixture->crypto;
  const uint16_t kem = fixture->suite.kem;
  struct calls calls = {0, 0, TWOWAY_OK, 0, NULL, NULL};
  twoway_private_key_callbacks callbacks = key_callbacks(&calls);
  struct peer peer = peer_new(fixture);
  const twoway_symmetric_algorithms pair = {1, 1};
  twoway_symmetric_algorithms pairs[2];
  twoway_private_key* key = NULL;
  twoway_key_ring* ring = NULL;
  twoway_key_configs* configs = NULL;
  twoway_replay_filter* filter = NULL;
  twoway_rng* rng = NULL;
  twoway_clock* clock = NULL;
  int absent = 0;
  REFUSED(twoway_private_key_generate(NULL, kem, &key, NULL));
  REFUSED(twoway_private_key_generate(crypto, kem, NULL, NULL));
  REFUSED(twoway_private_key_derive(NULL, kem, kIn, 4, &key, NULL));
  REFUSED(twoway_private_key_derive(crypto, kem, NULL, 4, &key, NULL));
  REFUSED(twoway_private_key_derive(crypto, kem, kIn, 4, NULL, NULL));
  REFUSED(twoway_private_key_import(NULL, kem, kIn, 4, &key, NULL));
  REFUSED(twoway_private_key_import(crypto, kem, NULL, 4, &key, NULL));
  REFUSED(twoway_private_key_import(crypto, kem, kIn, 4, NULL, NULL));
  REFUSED(twoway_private_key_read_pem(NULL, kIn, 4, &key, NULL));
  REFUSED(twoway_private_key_read_pem(crypto, NULL, 4, &key, NULL));
  REFUSED(twoway_private_key_read_pem(crypto, kIn, 4, NULL, NULL));
  REFUSED(twoway_private_key_generate_pem(NULL, kem, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_private_key_generate_pem(crypto, kem, NULL, 99, &g_size, NULL));
  REFUSED(twoway_private_key_generate_pem(crypto, kem, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_private_key_write_pem(NULL, kem, kIn, 4, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_private_key_write_pem(crypto, kem, NULL, 4, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_private_key_write_pem(crypto, kem, kIn, 4, NULL, 99, &g_size, NULL));
  REFUSED(twoway_private_key_write_pem(crypto, kem, kIn, 4, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_private_key_new(NULL, kem, kIn, 4, &key, NULL));
  REFUSED(twoway_private_key_new(&callbacks, kem, NULL, 4, &key, NULL));
  REFUSED(twoway_private_key_new(&callbacks, kem, kIn, 4, NULL, NULL));
  CHECK(calls.released == 2);
  REFUSED(twoway_private_key_public_key(NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_private_key_public_key(peer.key, NULL, 99, &g_size, NULL));
  REFUSED(twoway_private_key_public_key(peer.key, g_out, sizeof g_out, NULL, NULL));

  REFUSED(twoway_key_ring_new(NULL, NULL, &ring, NULL));
  REFUSED(twoway_key_ring_new(crypto, NULL, NULL, NULL));
  REFUSED(twoway_key_ring_add(NULL, 1, peer.key, &pair, 1, 0, NULL));
  REFUSED(twoway_key_ring_add(peer.ring, 1, NULL, &pair, 1, 0, NULL));
  REFUSED(twoway_key_ring_add_deferred(NULL, 1, peer.key, &pair, 1, 0, NULL));
  REFUSED(twoway_key_ring_add_deferred(peer.ring, 1, NULL, &pair, 1, 0, NULL));
  REFUSED(twoway_key_ring_activate(NULL, 1, NULL));
  REFUSED(twoway_key_ring_retire(NULL, 1, 0, NULL));
  REFUSED(twoway_key_ring_remove(NULL, 1, NULL));
  CHECK(twoway_key_ring_remove_expired(NULL) == 0);
  REFUSED(twoway_key_ring_ids(NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_key_ring_ids(peer.ring, NULL, 9, &g_size, NULL));
  REFUSED(twoway_key_ring_ids(peer.ring, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_key_ring_get(NULL, 7, NULL, NULL, &key, NULL));
  REFUSED(twoway_key_ring_key_configs(NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_key_ring_key_configs(peer.ring, NULL, 9, &g_size, NULL));
  REFUSED(twoway_key_ring_key_configs(peer.ring, g_out, sizeof g_out, NULL, NULL));

  REFUSED(twoway_key_configs_new(NULL, &configs, NULL));
  REFUSED(twoway_key_configs_new(crypto, NULL, NULL));
  REFUSED(twoway_key_configs_parse(NULL, kIn, 4, &configs, NULL));
  REFUSED(twoway_key_configs_parse(crypto, NULL, 4, &configs, NULL));
  REFUSED(twoway_key_configs_parse(crypto, kIn, 4, NULL, NULL));
  REQUIRE_OK(twoway_key_configs_new(crypto, &configs, NULL));
  REFUSED(twoway_key_configs_add(NULL, 1, kem, kIn, 4, &pair, 1, NULL));
  REFUSED(twoway_key_configs_add(configs, 1, kem, NULL, 32, &pair, 1, NULL));
  REFUSED(twoway_key_configs_add(configs, 1, kem, g_out, 32, NULL, 1, NULL));
  REFUSED(twoway_key_configs_add(configs, 1, kem, g_out, 32, &pair, SIZE_MAX, NULL));
  REFUSED(twoway_key_configs_add_encoded(NULL, kIn, 4, NULL));
  REFUSED(twoway_key_configs_add_encoded(configs, NULL, 4, NULL));
  CHECK(twoway_key_configs_count(NULL) == 0);
  CHECK(twoway_key_configs_count(configs) == 0);
  REQUIRE_OK(twoway_key_configs_add(configs, 1, kem, g_out, 32, &pair, 1, NULL));
  REFUSED(twoway_key_configs_get(NULL, 0, NULL, NULL, NULL));
  REFUSED(twoway_key_configs_public_key(NULL, 0, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_key_configs_public_key(configs, 0, NULL, 99, &g_size, NULL));
  REFUSED(twoway_key_configs_public_key(configs, 0, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_key_configs_algorithms(NULL, 0, pairs, 2, &g_size, NULL));
  REFUSED(twoway_key_configs_algorithms(configs, 0, NULL, 2, &g_size, NULL));
  REFUSED(twoway_key_configs_algorithms(configs, 0, pairs, 2, NULL, NULL));
  REFUSED(twoway_key_configs_encode(NULL, 0, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_key_configs_encode(configs, 0, NULL, 99, &g_size, NULL));
  REFUSED(twoway_key_configs_encode(configs, 0, g_out, sizeof g_out, NULL, NULL));
  REFUSED(twoway_key_configs_encode_list(NULL, g_out, sizeof g_out, &g_size, NULL));
  REFUSED(twoway_key_configs_encode_list(configs, NULL, 99, &g_size, NULL));
  REFUSED(twoway_key_configs_encode_list(configs, g_out, sizeof g_out, NULL, NULL));
  twoway_key_configs_free(configs);

  REFUSED(twoway_replay_filter_new_in_memory(NULL, 4, 9, NULL, &filter, NULL));
  REFUSED(twoway_replay_filter_new_in_memory(crypto, 4, 9, NULL, NULL, NULL));
  REFUSED(twoway_replay_filter_new(NULL, &filter, NULL));
  REQUIRE_OK(twoway_replay_filter_new_in_memory(crypto, 4, 9, NULL, &filter, NULL));
  REFUSED(twoway_replay_filter_insert(NULL, 1, kIn, 4, &absent, NULL));
  REFUSED(twoway_replay_filter_insert(filter, 1, NULL, 4, &absent, NULL));
  REFUSED(twoway_replay_filter_insert(filter, 1, kIn, 4, NULL, NULL));
  twoway_replay_filter_free(filter);
  REFUSED(twoway_rng_new(NULL, &rng, NULL));
  REFUSED(twoway_clock_new(NULL, &clock, NULL));
  {
    twoway_clock_callbacks no_clock;
    memset(&no_clock, 0, sizeof no_clock);
    no_clock.size = sizeof no_clock;
    REFUSED(twoway_clock_new(&no_clock, &clock, NULL));
  }

  twoway_private_key_free(NULL);
  twoway_key_ring_free(NULL);
  twoway_key_configs_free(NULL);
  twoway_replay_filter_free(NULL);
  twoway_rng_free(NULL);
  twoway_clock_free(NULL);
  peer_free(&peer);
}
