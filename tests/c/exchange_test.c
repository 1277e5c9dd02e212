// Whole requests and responses between one sender and one receiver.
#include "cases.h"

void whole_exchange(const struct fixture *fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener *opener = NULL;
  twoway_response_sealer *sealer = NULL;
  uint8_t text[64];
  uint8_t message[256];
  size_t written = 0;
  size_t size;
  const struct message request = seal_request(&peer, "question", &opener);
  REQUIRE_OK(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, text, 8,
                                          &written, &sealer, NULL));
  CHECK(is_text(text, written, "question"));
  size = twoway_response_sealer_sealed_size(sealer, 6);
  REQUIRE_OK(twoway_response_sealer_seal(sealer, (const uint8_t *)"answer", 6, NULL, message, size,
                                         &written, NULL));
  CHECK(written == size);
  CHECK(twoway_response_opener_opened_size(opener, size) == 6);
  REQUIRE_OK(twoway_response_opener_open(opener, message, size, NULL, text, 6, &written, NULL));
  CHECK(is_text(text, written, "answer"));
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
  peer_free(&peer);
}

void step_by_step_exchange(const struct fixture *fixture) {
  struct peer peer = peer_new(fixture);
  twoway_request_sealer *request_sealer = NULL;
  twoway_pending_request *pending = NULL;
  twoway_request_opener *request_opener = NULL;
  twoway_response_sealer *sealer = NULL;
  twoway_response_opener *opener = NULL;
  size_t prefix;
  size_t size;
  size_t written = 0;
  uint8_t *message;

  REQUIRE_OK(twoway_request_sender_start(peer.sender, "type", &request_sealer, NULL));
  REQUIRE_OK(twoway_request_sealer_response_opener(request_sealer, &opener, NULL));
  prefix = twoway_request_sealer_prefix_size(request_sealer);
  size = twoway_request_sealer_sealed_size(request_sealer, 8);
  CHECK(size == twoway_request_sender_sealed_size(peer.sender, 8));
  message = memory(size);
  memcpy(message + prefix, "question", 8);
  REQUIRE_OK(twoway_request_sealer_seal(request_sealer, message + prefix, 8, message, size,
                                        &written, NULL));
  CHECK(written == size);

  REQUIRE_OK(twoway_request_receiver_begin(peer.receiver, message, size, "type", &pending, NULL));
  CHECK(twoway_pending_request_key_id(pending) == 7);
  CHECK(twoway_pending_request_suite(pending).kem == fixture->suite.kem);
  CHECK(twoway_pending_request_prefix_size(pending) == prefix);
  REQUIRE_OK(twoway_pending_request_decapsulate(pending, &request_opener, NULL));
  CHECK(twoway_request_opener_opened_size(request_opener, size - prefix) == 8);
  REQUIRE_OK(twoway_request_opener_open(request_opener, message + prefix, size - prefix,
                                        message + prefix, 8, &written, NULL));
  CHECK(is_text(message + prefix, written, "question"));
  REQUIRE_OK(twoway_request_opener_response_sealer(request_opener, &sealer, NULL));

  // The objects that led here may go.
  twoway_request_sealer_free(request_sealer);
  twoway_pending_request_free(pending);
  twoway_request_opener_free(request_opener);
  peer_free(&peer);

  prefix = twoway_response_sealer_prefix_size(sealer);
  CHECK(prefix == twoway_response_opener_prefix_size(opener));
  size = twoway_response_sealer_sealed_size(sealer, 6);
  message = memory(size);
  memcpy(message + prefix, "answer", 6);
  REQUIRE_OK(twoway_response_sealer_seal(sealer, message + prefix, 6, "reply", message, size,
                                         &written, NULL));
  CHECK(written == size);
  REQUIRE_OK(twoway_response_opener_open(opener, message, size, "reply", message + prefix,
                                         size - prefix, &written, NULL));
  CHECK(is_text(message + prefix, written, "answer"));
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
}
