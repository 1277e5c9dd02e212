// Refusals, limits and buffers of chunked messages, and requests that are cut short.
#include "cases.h"
#include "chunked.h"

void chunk_refusals(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* response = NULL;
  twoway_request_sealer* sealer = NULL;
  twoway_chunk_sealer* chunks = NULL;
  twoway_chunked_request_opener* opener;
  struct opened opened = {{0}, 0, TWOWAY_OK, 0};
  struct message request = chunked_request(&peer, &response);
  uint8_t out[64];
  size_t written = 9;
  uint8_t* changed;

  // Errors of an opener stay.
  changed = copy_of(request.data, request.size);
  changed[request.size - 1] ^= 1;
  opener = opener_at(&peer);
  push(opener, changed, request.size, 1, &opened);
  CHECK(opened.status == TWOWAY_OPEN_FAILED);
  CHECK(is_text(opened.text, opened.size, CHUNKED_TEXT));  // authentic, but not complete
  push(opener, request.data, request.size, 1, &opened);
  CHECK(opened.status == TWOWAY_OPEN_FAILED);
  twoway_chunked_request_opener_free(opener);

  // A bad prefix is refused as in a whole request.
  opener = opener_at(&peer);
  changed = copy_of(request.data, request.size);
  changed[0] ^= 1;
  push(opener, changed, 7, 0, &opened);
  CHECK(opened.status == TWOWAY_UNKNOWN_KEY);
  twoway_chunked_request_opener_free(opener);

  // After the end.
  opener = opener_at(&peer);
  opened.size = 0;
  push(opener, request.data, request.size, 1, &opened);
  CHECK(opened.state == TWOWAY_CHUNK_DONE);
  push(opener, NULL, 0, 1, &opened);
  CHECK(opened.status == TWOWAY_WRONG_STATE);
  twoway_chunked_request_opener_free(opener);

  REQUIRE_OK(twoway_request_sender_begin(peer.sender, TWOWAY_FORM_CHUNKED, &kTypes, &sealer, NULL));
  REQUIRE_OK(twoway_request_sealer_chunk_sealer(sealer, NULL, &chunks, NULL));
  CHECK_STATUS(
      twoway_chunk_sealer_seal(chunks, NULL, 0, TWOWAY_NO, out, sizeof out, &written, NULL),
      TWOWAY_INVALID_ARGUMENT);
  CHECK(written == 0);
  CHECK_OK(twoway_chunk_sealer_seal(chunks, NULL, 0, TWOWAY_YES, out, sizeof out, &written, NULL));
  CHECK_STATUS(
      twoway_chunk_sealer_seal(chunks, NULL, 0, TWOWAY_YES, out, sizeof out, &written, NULL),
      TWOWAY_WRONG_STATE);
  twoway_chunk_sealer_free(chunks);
  twoway_request_sealer_free(sealer);
  twoway_response_opener_free(response);
  peer_free(&peer);
}

void chunk_limits(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* response = NULL;
  twoway_chunked_request_opener* opener = NULL;
  twoway_chunk_opener* chunk_opener = NULL;
  twoway_request_sealer* sealer = NULL;
  twoway_chunk_sealer* chunks = NULL;
  struct message request = chunked_request(&peer, &response);
  twoway_chunk_limits limits;
  uint8_t out[64];
  size_t written = 0;
  int i;
  for (i = 0; i < 3; ++i) {
    struct opened opened = {{0}, 0, TWOWAY_OK, 0};
    memset(&limits, 0, sizeof limits);
    limits.size = sizeof limits;
    if (i == 0) limits.max_chunk = 15;
    if (i == 1) limits.max_chunks = 3;
    if (i == 2) limits.max_plaintext = sizeof CHUNKED_TEXT - 2;
    REQUIRE_OK(twoway_request_receiver_chunked_opener(peer.receiver, NULL, &limits, &opener, NULL));
    push(opener, request.data, request.size, 1, &opened);
    CHECK(opened.status == TWOWAY_LIMIT_EXCEEDED);
    twoway_chunked_request_opener_free(opener);
  }

  limits.max_chunk = ((size_t)1 << 30) + 1;
  CHECK_STATUS(twoway_request_receiver_chunked_opener(peer.receiver, NULL, &limits, &opener, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(opener == NULL);
  CHECK_STATUS(twoway_response_opener_chunk_opener(response, NULL, &limits, &chunk_opener, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(chunk_opener == NULL);
  REQUIRE_OK(twoway_request_sender_begin(peer.sender, TWOWAY_FORM_CHUNKED, &kTypes, &sealer, NULL));
  CHECK_STATUS(twoway_request_sealer_chunk_sealer(sealer, &limits, &chunks, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(chunks == NULL);
  memset(&limits, 0, sizeof limits);
  limits.size = sizeof limits;
  limits.max_chunk = 4;
  REQUIRE_OK(twoway_request_sealer_chunk_sealer(sealer, &limits, &chunks, NULL));  // not consumed
  CHECK_STATUS(twoway_chunk_sealer_seal(chunks, (const uint8_t*)CHUNKED_TEXT, 5, 0, out, sizeof out,
                                        &written, NULL),
               TWOWAY_LIMIT_EXCEEDED);
  CHECK_OK(twoway_chunk_sealer_seal(chunks, (const uint8_t*)CHUNKED_TEXT, 4, 0, out, sizeof out,
                                    &written, NULL));
  CHECK(written == twoway_chunk_sealer_max_sealed_size(chunks));
  CHECK(twoway_chunk_sealer_prefix_size(chunks, 4, 0) == 1);
  CHECK(twoway_chunk_sealer_sealed_size(chunks, SIZE_MAX, 0) == 0);
  CHECK(twoway_chunk_sealer_prefix_size(chunks, SIZE_MAX, 0) == 0);
  twoway_chunk_sealer_free(chunks);
  twoway_request_sealer_free(sealer);
  twoway_response_opener_free(response);
  peer_free(&peer);
}

void chunk_room(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* response = NULL;
  twoway_chunked_request_opener* opener = opener_at(&peer);
  twoway_request_sealer* sealer = NULL;
  twoway_chunk_sealer* chunks = NULL;
  twoway_chunk_state state = 7;
  size_t consumed = 7;
  size_t written = 7;
  size_t size;
  uint8_t* out;
  struct opened opened = {{0}, 0, TWOWAY_OK, 0};
  struct message request = chunked_request(&peer, &response);
  const size_t prefix = 39;
  push(opener, request.data, prefix, 0, &opened);
  CHECK(opened.state == TWOWAY_CHUNK_NEED_INPUT);
  out = memory(request.size);
  CHECK_STATUS(twoway_chunked_request_opener_open(opener, request.data + prefix, 40, 0, out, 39,
                                                  &consumed, &written, &state, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == 40);
  CHECK(written == twoway_chunked_request_opener_output_size(opener, 40));
  CHECK(consumed == 0);
  push(opener, request.data + prefix, request.size - prefix, 1, &opened);
  CHECK_OK(opened.status);
  CHECK(is_text(opened.text, opened.size, CHUNKED_TEXT));
  twoway_chunked_request_opener_free(opener);

  REQUIRE_OK(twoway_request_sender_begin(peer.sender, TWOWAY_FORM_CHUNKED, &kTypes, &sealer, NULL));
  REQUIRE_OK(twoway_request_sealer_chunk_sealer(sealer, NULL, &chunks, NULL));
  size = twoway_chunk_sealer_sealed_size(chunks, 10, 1);
  out = memory(size);
  CHECK_STATUS(twoway_chunk_sealer_seal(chunks, (const uint8_t*)CHUNKED_TEXT, 10, 1, out, size - 1,
                                        &written, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == size);
  CHECK(!twoway_chunk_sealer_finished(chunks));
  // In place.
  memcpy(out + twoway_chunk_sealer_prefix_size(chunks, 10, 1), CHUNKED_TEXT, 10);
  CHECK_OK(twoway_chunk_sealer_seal(chunks, out + twoway_chunk_sealer_prefix_size(chunks, 10, 1),
                                    10, 1, out, size, &written, NULL));
  CHECK(twoway_chunk_sealer_finished(chunks) == 1);
  twoway_chunk_sealer_free(chunks);
  twoway_request_sealer_free(sealer);
  twoway_response_opener_free(response);
  peer_free(&peer);
}

void truncated_everywhere(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* response = NULL;
  struct message request = chunked_request(&peer, &response);
  size_t cut;
  for (cut = 0; cut < request.size; ++cut) {
    struct opened opened = {{0}, 0, TWOWAY_OK, 0};
    twoway_chunked_request_opener* opener = opener_at(&peer);
    push(opener, copy_of(request.data, cut), cut, 1, &opened);
    CHECK(opened.status == TWOWAY_TRUNCATED);
    CHECK(opened.size < sizeof CHUNKED_TEXT);
    CHECK(memcmp(opened.text, CHUNKED_TEXT, opened.size) == 0);
    twoway_chunked_request_opener_free(opener);
  }
  twoway_response_opener_free(response);
  peer_free(&peer);
}
