// Media types: the pairs that every function refuses, and those that hold zero bytes.
#include "cases.h"

void media_types(const struct fixture* fixture) {
  const twoway_media_types bad[] = {
      {NULL, NULL, 0, 0},
      {"type", "type", 0, 0},
      {"type\0a", "type\0b", 0, 0},  // a string ends at its zero byte
      {"", "", 0, 0},
      {TWOWAY_CHUNKED_REQUEST_MEDIA_TYPE, TWOWAY_REQUEST_MEDIA_TYPE, 0, 0},
      {TWOWAY_CHUNKED_RESPONSE_MEDIA_TYPE, "type", 0, 0},
      {"type", TWOWAY_RESPONSE_MEDIA_TYPE, 0, 0},
      {"type\0a", "type\0a", 6, 6},
  };
  const twoway_form forms[] = {TWOWAY_FORM_WHOLE, TWOWAY_FORM_CHUNKED};
  struct peer peer = peer_new(fixture);
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  const struct message request = seal_request(&peer, "question", &opener);
  uint8_t out[128];
  size_t written = 0;
  size_t i;
  REQUIRE_OK(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, out,
                                          sizeof out, &written, &sealer, NULL));
  for (i = 0; i < sizeof bad / sizeof bad[0]; ++i) {
    twoway_request_sealer* request_sealer = NULL;
    twoway_pending_request* pending = NULL;
    twoway_chunked_request_opener* pushed = NULL;
    twoway_chunk_sealer* chunks = NULL;
    twoway_chunk_opener* chunk_opener = NULL;
    twoway_response_opener* response = NULL;
    twoway_response_sealer* answer = NULL;
    int k;
    for (k = 0; k < 2; ++k) {
      CHECK_STATUS(
          twoway_request_sender_begin(peer.sender, forms[k], &bad[i], &request_sealer, NULL),
          TWOWAY_INVALID_ARGUMENT);
      CHECK_STATUS(twoway_request_receiver_begin(peer.receiver, forms[k], request.data,
                                                 request.size, &bad[i], &pending, NULL),
                   TWOWAY_INVALID_ARGUMENT);
    }
    CHECK_STATUS(twoway_request_sender_seal(peer.sender, NULL, 0, &bad[i], out, sizeof out,
                                            &written, &response, NULL),
                 TWOWAY_INVALID_ARGUMENT);
    CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, request.size, &bad[i],
                                              out, sizeof out, &written, &answer, NULL),
                 TWOWAY_INVALID_ARGUMENT);
    CHECK_STATUS(
        twoway_request_receiver_chunked_opener(peer.receiver, &bad[i], NULL, &pushed, NULL),
        TWOWAY_INVALID_ARGUMENT);
    CHECK_STATUS(
        twoway_response_sealer_seal(sealer, NULL, 0, &bad[i], out, sizeof out, &written, NULL),
        TWOWAY_INVALID_ARGUMENT);
    CHECK_STATUS(twoway_response_sealer_chunk_sealer(sealer, &bad[i], NULL, out, sizeof out,
                                                     &written, &chunks, NULL),
                 TWOWAY_INVALID_ARGUMENT);
    CHECK_STATUS(
        twoway_response_opener_open(opener, out, 60, &bad[i], out + 64, 64, &written, NULL),
        TWOWAY_INVALID_ARGUMENT);
    CHECK_STATUS(twoway_response_opener_chunk_opener(opener, &bad[i], NULL, &chunk_opener, NULL),
                 TWOWAY_INVALID_ARGUMENT);
  }
  // Nothing was consumed.
  CHECK_OK(twoway_response_sealer_seal(sealer, NULL, 0, NULL, out, sizeof out, &written, NULL));
  CHECK_OK(twoway_response_opener_open(opener, out, written, NULL, NULL, 0, &written, NULL));
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
  peer_free(&peer);
}

void binary_media_types(const struct fixture* fixture) {
  const twoway_media_types sealed = {"type\0a", "other\0", 6, 6};
  // Each differs from the first type: behind its zero byte, by its length, and as a string.
  const twoway_media_types others[] = {
      {"type\0b", "other\0", 6, 6}, {"type\0a", "other\0", 5, 6}, {"type\0a", "other\0", 0, 6}};
  struct peer peer = peer_new(fixture);
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  const size_t size = twoway_request_sender_sealed_size(peer.sender, 8);
  uint8_t* message = memory(size);
  uint8_t plaintext[8];
  size_t written = 0;
  size_t i;
  REQUIRE_OK(twoway_request_sender_seal(peer.sender, (const uint8_t*)"question", 8, &sealed,
                                        message, size, &written, &opener, NULL));
  for (i = 0; i < sizeof others / sizeof others[0]; ++i) {
    CHECK_STATUS(twoway_request_receiver_open(peer.receiver, message, size, &others[i], plaintext,
                                              sizeof plaintext, &written, &sealer, NULL),
                 TWOWAY_OPEN_FAILED);
  }
  REQUIRE_OK(twoway_request_receiver_open(peer.receiver, message, size, &sealed, plaintext,
                                          sizeof plaintext, &written, &sealer, NULL));
  CHECK(written == 8 && memcmp(plaintext, "question", 8) == 0);
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
  peer_free(&peer);
}
