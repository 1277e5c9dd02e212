// Whole requests and responses between one sender and one receiver.
#include "cases.h"

void whole_exchange(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  uint8_t* text = memory(8);
  uint8_t* message;
  size_t written = 0;
  size_t size;
  const struct message request = seal_request(&peer, "question", &opener);
  CHECK(twoway_request_sender_key_id(peer.sender) == 7);
  CHECK(twoway_request_sender_suite(peer.sender).aead == fixture->suite.aead);
  REQUIRE_OK(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, text, 8,
                                          &written, &sealer, NULL));
  CHECK(is_text(text, written, "question"));
  size = twoway_response_sealer_sealed_size(sealer, 6);
  message = memory(size);
  REQUIRE_OK(twoway_response_sealer_seal(sealer, (const uint8_t*)"answer", 6, NULL, message, size,
                                         &written, NULL));
  CHECK(written == size);
  CHECK(twoway_response_opener_opened_size(opener, size) == 6);
  CHECK(twoway_response_opener_opened_size(opener, size - 7) == 0);
  REQUIRE_OK(twoway_response_opener_open(opener, message, size, NULL, text, 6, &written, NULL));
  CHECK(is_text(text, written, "answer"));
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
  peer_free(&peer);
}

void step_by_step_exchange(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_request_sealer* request_sealer = NULL;
  twoway_pending_request* pending = NULL;
  twoway_request_opener* request_opener = NULL;
  twoway_response_sealer* sealer = NULL;
  twoway_response_opener* opener = NULL;
  uint8_t enc[TWOWAY_MAX_ENC];
  size_t prefix;
  size_t size;
  size_t written = 0;
  uint8_t* message;

  REQUIRE_OK(
      twoway_request_sender_begin(peer.sender, TWOWAY_FORM_WHOLE, &kTypes, &request_sealer, NULL));
  REQUIRE_OK(twoway_request_sealer_response_opener(request_sealer, &opener, NULL));
  prefix = twoway_request_sealer_prefix_size(request_sealer);
  size = twoway_request_sealer_sealed_size(request_sealer, 8);
  CHECK(size == twoway_request_sender_sealed_size(peer.sender, 8));
  message = memory(size);
  memcpy(message + prefix, "question", 8);
  REQUIRE_OK(twoway_request_sealer_seal(request_sealer, message + prefix, 8, message, size,
                                        &written, NULL));
  CHECK(written == size);

  REQUIRE_OK(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_WHOLE, message, size, &kTypes,
                                           &pending, NULL));
  CHECK(twoway_pending_request_key_id(pending) == 7);
  CHECK(twoway_pending_request_suite(pending).kem == fixture->suite.kem);
  CHECK(twoway_pending_request_prefix_size(pending) == prefix);
  REQUIRE_OK(twoway_pending_request_enc(pending, enc, sizeof enc, &written, NULL));
  CHECK(written == prefix - 7);
  CHECK(memcmp(enc, message + 7, written) == 0);
  REQUIRE_OK(twoway_pending_request_decapsulate(pending, &request_opener, NULL));
  CHECK(twoway_request_opener_opened_size(request_opener, size - prefix) == 8);
  CHECK(twoway_request_opener_opened_size(request_opener, 15) == 0);
  CHECK_STATUS(twoway_request_opener_response_sealer(request_opener, &sealer, NULL),
               TWOWAY_WRONG_STATE);
  REQUIRE_OK(twoway_request_opener_open(request_opener, message + prefix, size - prefix,
                                        message + prefix, 8, &written, NULL));
  CHECK(is_text(message + prefix, written, "question"));
  CHECK_STATUS(twoway_request_opener_open(request_opener, message + prefix, size - prefix,
                                          message + prefix, 8, &written, NULL),
               TWOWAY_WRONG_STATE);
  REQUIRE_OK(twoway_request_opener_response_sealer(request_opener, &sealer, NULL));
  {
    twoway_response_sealer* second = sealer;
    CHECK_STATUS(twoway_request_opener_response_sealer(request_opener, &second, NULL),
                 TWOWAY_WRONG_STATE);
    CHECK(second == NULL);
  }

  // The objects that made this one may be freed.
  twoway_request_sealer_free(request_sealer);
  twoway_pending_request_free(pending);
  twoway_request_opener_free(request_opener);
  peer_free(&peer);

  prefix = twoway_response_sealer_prefix_size(sealer);
  CHECK(prefix == twoway_response_opener_prefix_size(opener));
  size = twoway_response_sealer_sealed_size(sealer, 6);
  message = memory(size);
  memcpy(message + prefix, "answer", 6);
  REQUIRE_OK(twoway_response_sealer_seal(sealer, message + prefix, 6, WHOLE_TYPE("reply"), message,
                                         size, &written, NULL));
  CHECK(written == size);
  REQUIRE_OK(twoway_response_opener_open(opener, message, size, WHOLE_TYPE("reply"),
                                         message + prefix, size - prefix, &written, NULL));
  CHECK(is_text(message + prefix, written, "answer"));
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
}

void empty_texts(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  size_t size = twoway_request_sender_sealed_size(peer.sender, 0);
  uint8_t* message = memory(size);
  size_t written = 1;
  REQUIRE_OK(twoway_request_sender_seal(peer.sender, NULL, 0, WHOLE_TYPE(""), message, size,
                                        &written, &opener, NULL));
  REQUIRE_OK(twoway_request_receiver_open(peer.receiver, message, size, WHOLE_TYPE(""), NULL, 0,
                                          &written, &sealer, NULL));
  CHECK(written == 0);
  size = twoway_response_sealer_sealed_size(sealer, 0);
  message = memory(size);
  REQUIRE_OK(
      twoway_response_sealer_seal(sealer, NULL, 0, WHOLE_TYPE(""), message, size, &written, NULL));
  REQUIRE_OK(
      twoway_response_opener_open(opener, message, size, WHOLE_TYPE(""), NULL, 0, &written, NULL));
  CHECK(written == 0);
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
  peer_free(&peer);
}

void short_buffers(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  twoway_request_sealer* request_sealer = NULL;
  twoway_chunk_sealer* chunks = NULL;
  const uint8_t* text = (const uint8_t*)"question";
  struct message request;
  size_t size = twoway_request_sender_sealed_size(peer.sender, 8);
  size_t written = 0;
  uint8_t* out = memory(size);

  CHECK_STATUS(twoway_request_sender_seal(peer.sender, text, 8, NULL, out, size - 1, &written,
                                          &opener, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == size);
  CHECK(opener == NULL);
  CHECK_STATUS(
      twoway_request_sender_seal(peer.sender, text, 8, NULL, NULL, 0, &written, &opener, NULL),
      TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == size);

  REQUIRE_OK(
      twoway_request_sender_begin(peer.sender, TWOWAY_FORM_WHOLE, NULL, &request_sealer, NULL));
  CHECK_STATUS(twoway_request_sealer_prefix(request_sealer, out, 38, &written, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == 39);
  CHECK_OK(twoway_request_sealer_prefix(request_sealer, out, 39, &written, NULL));
  CHECK(out[0] == 7);
  CHECK_STATUS(twoway_request_sealer_seal(request_sealer, text, 8, out, size - 1, &written, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == size);
  CHECK_OK(twoway_request_sealer_seal(request_sealer, text, 8, out, size, &written, NULL));
  CHECK_STATUS(twoway_request_sealer_seal(request_sealer, text, 8, out, size, &written, NULL),
               TWOWAY_WRONG_STATE);
  CHECK(written == 0);
  CHECK_STATUS(twoway_request_sealer_chunk_sealer(request_sealer, NULL, &chunks, NULL),
               TWOWAY_WRONG_STATE);
  CHECK(twoway_request_sealer_sealed_size(request_sealer, SIZE_MAX) == 0);
  twoway_request_sealer_free(request_sealer);

  request = seal_request(&peer, "question", &opener);
  out = memory(8);
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, out, 7,
                                            &written, &sealer, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == 8);
  CHECK(sealer == NULL);
  REQUIRE_OK(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, out, 8,
                                          &written, &sealer, NULL));

  size = twoway_response_sealer_sealed_size(sealer, 8);
  out = memory(size);
  CHECK_STATUS(
      twoway_response_sealer_chunk_sealer(sealer, NULL, NULL, out, 31, &written, &chunks, NULL),
      TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == twoway_response_sealer_prefix_size(sealer));
  CHECK(chunks == NULL);
  CHECK_STATUS(twoway_response_sealer_seal(sealer, text, 8, NULL, out, size - 1, &written, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == size);
  REQUIRE_OK(twoway_response_sealer_seal(sealer, text, 8, NULL, out, size, &written, NULL));
  {
    uint8_t* opened = memory(8);
    CHECK_STATUS(twoway_response_opener_open(opener, out, size, NULL, opened, 7, &written, NULL),
                 TWOWAY_BUFFER_TOO_SMALL);
    CHECK(written == 8);
    CHECK_OK(twoway_response_opener_open(opener, out, size, NULL, opened, 8, &written, NULL));
    CHECK(is_text(opened, written, "question"));
  }
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
  peer_free(&peer);
}

void saved_states(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = accepted(&peer, &opener);
  struct message sender_state;
  struct message receiver_state;
  uint8_t message[128];
  uint8_t text[128];
  size_t size = 0;
  size_t written = 0;
  CHECK_STATUS(
      twoway_response_opener_export_secret_state(opener, NULL, 0, &sender_state.size, NULL),
      TWOWAY_BUFFER_TOO_SMALL);
  sender_state.data = memory(sender_state.size);
  REQUIRE_OK(twoway_response_opener_export_secret_state(
      opener, sender_state.data, sender_state.size, &sender_state.size, NULL));
  CHECK_STATUS(
      twoway_response_sealer_export_secret_state(sealer, NULL, 0, &receiver_state.size, NULL),
      TWOWAY_BUFFER_TOO_SMALL);
  receiver_state.data = memory(receiver_state.size);
  REQUIRE_OK(twoway_response_sealer_export_secret_state(
      sealer, receiver_state.data, receiver_state.size, &receiver_state.size, NULL));
  twoway_response_opener_free(opener);
  twoway_response_sealer_free(sealer);
  peer_free(&peer);

  CHECK_STATUS(twoway_response_opener_restore(fixture->crypto, receiver_state.data,
                                              receiver_state.size, &opener, NULL),
               TWOWAY_MALFORMED);
  CHECK(opener == NULL);
  CHECK_STATUS(twoway_response_sealer_restore(fixture->crypto, sender_state.data, sender_state.size,
                                              &sealer, NULL),
               TWOWAY_MALFORMED);
  CHECK(sealer == NULL);
  CHECK_STATUS(twoway_response_opener_restore(fixture->crypto, NULL, 0, &opener, NULL),
               TWOWAY_MALFORMED);
  CHECK_STATUS(twoway_response_sealer_restore(fixture->crypto, receiver_state.data,
                                              receiver_state.size - 1, &sealer, NULL),
               TWOWAY_MALFORMED);
  REQUIRE_OK(twoway_response_opener_restore(fixture->crypto, sender_state.data, sender_state.size,
                                            &opener, NULL));
  REQUIRE_OK(twoway_response_sealer_restore(fixture->crypto, receiver_state.data,
                                            receiver_state.size, &sealer, NULL));
  REQUIRE_OK(twoway_response_sealer_seal(sealer, (const uint8_t*)"answer", 6, NULL, message,
                                         sizeof message, &size, NULL));
  REQUIRE_OK(
      twoway_response_opener_open(opener, message, size, NULL, text, sizeof text, &written, NULL));
  CHECK(is_text(text, written, "answer"));
  twoway_response_opener_free(opener);
  twoway_response_sealer_free(sealer);
}
