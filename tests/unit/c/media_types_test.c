// The pairs of media types that every function refuses.
#include "cases.h"

void media_types(const struct fixture* fixture) {
  const twoway_media_types bad[] = {
      {NULL, NULL},
      {"type", "type"},
      {"", ""},
      {TWOWAY_CHUNKED_REQUEST_MEDIA_TYPE, TWOWAY_REQUEST_MEDIA_TYPE},
      {TWOWAY_CHUNKED_RESPONSE_MEDIA_TYPE, "type"},
      {"type", TWOWAY_RESPONSE_MEDIA_TYPE},
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
