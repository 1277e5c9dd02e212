// Chunked requests and responses, pushed in pieces.
#include "cases.h"
#include "chunked.h"

/// Responds to an opened request in chunks, which arrive in pieces of one byte.
static void check_response(twoway_chunked_request_opener* request,
                           const twoway_response_opener* response) {
  twoway_response_sealer* sealer = NULL;
  twoway_chunk_sealer* chunks = NULL;
  twoway_chunk_opener* opener = NULL;
  twoway_chunk_state state = TWOWAY_CHUNK_NEED_INPUT;
  struct message message;
  struct opened opened = {{0}, 0, TWOWAY_OK, 0};
  size_t i;
  REQUIRE_OK(twoway_chunked_request_opener_response_sealer(request, &sealer, NULL));
  message.size = twoway_response_sealer_prefix_size(sealer);
  message.data = memory(message.size);
  REQUIRE_OK(twoway_response_sealer_chunk_sealer(sealer, NULL, NULL, message.data, message.size,
                                                 &message.size, &chunks, NULL));
  twoway_response_sealer_free(sealer);
  append_chunks(&message, chunks, "the answer", 3);

  REQUIRE_OK(twoway_response_opener_chunk_opener(response, NULL, NULL, &opener, NULL));
  for (i = 0; i < message.size; ++i) {
    size_t consumed = 0;
    size_t written = 0;
    const int end = i + 1 == message.size;
    const size_t room = twoway_chunk_opener_output_size(opener, 1);
    uint8_t* out = memory(room);
    REQUIRE_OK(twoway_chunk_opener_open(opener, message.data + i, 1, end, out, room, &consumed,
                                        &written, &state, NULL));
    CHECK(consumed == 1);
    CHECK((state == TWOWAY_CHUNK_DONE) == end);
    if (written != 0) memcpy(opened.text + opened.size, out, written);
    opened.size += written;
  }
  CHECK(is_text(opened.text, opened.size, "the answer"));
  twoway_chunk_opener_free(opener);
}

void chunked_exchange(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* response = NULL;
  const struct message request = chunked_request(&peer, &response);
  size_t split;
  for (split = 0; split <= request.size; ++split) {
    struct opened opened = {{0}, 0, TWOWAY_OK, 0};
    twoway_chunked_request_opener* opener = opener_at(&peer);
    push(opener, copy_of(request.data, split), split, split == request.size, &opened);
    CHECK_OK(opened.status);
    if (split != request.size) {
      CHECK(opened.state == TWOWAY_CHUNK_NEED_INPUT);
      push(opener, copy_of(request.data + split, request.size - split), request.size - split, 1,
           &opened);
    }
    CHECK_OK(opened.status);
    CHECK(opened.state == TWOWAY_CHUNK_DONE);
    CHECK(is_text(opened.text, opened.size, CHUNKED_TEXT));
    if (split % 40 == 0) check_response(opener, response);
    twoway_chunked_request_opener_free(opener);
  }
  twoway_response_opener_free(response);
  peer_free(&peer);
}

void chunked_in_place(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* response = NULL;
  const struct message request = chunked_request(&peer, &response);
  size_t step;
  for (step = 1; step <= request.size; step += step < 3 ? 1 : 29) {
    twoway_chunked_request_opener* opener = opener_at(&peer);
    uint8_t* in = copy_of(request.data, request.size);
    struct opened opened = {{0}, 0, TWOWAY_OK, 0};
    size_t given = 0;
    size_t end = step;
    while (opened.state != TWOWAY_CHUNK_DONE) {
      const uint8_t* text = NULL;
      size_t size = 0;
      size_t consumed = 0;
      REQUIRE_OK(twoway_chunked_request_opener_open_in_place(opener, in + given, end - given,
                                                             end == request.size, &consumed, &text,
                                                             &size, &opened.state, NULL));
      if (size != 0) memcpy(opened.text + opened.size, text, size);
      opened.size += size;
      given += consumed;
      if (opened.state == TWOWAY_CHUNK_NEED_KEY) {
        REQUIRE_OK(twoway_chunked_request_opener_decapsulate(opener, NULL));
      } else if (opened.state == TWOWAY_CHUNK_NEED_INPUT) {
        end = end + step < request.size ? end + step : request.size;
      }
    }
    CHECK(is_text(opened.text, opened.size, CHUNKED_TEXT));
    twoway_chunked_request_opener_free(opener);
  }
  twoway_response_opener_free(response);
  peer_free(&peer);
}

void chunked_by_parts(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* response = NULL;
  twoway_pending_request* pending = NULL;
  twoway_request_opener* opener = NULL;
  twoway_chunk_opener* chunks = NULL;
  twoway_chunk_opener* second = NULL;
  twoway_response_sealer* sealer = NULL;
  twoway_chunk_state state = 0;
  size_t at;
  size_t consumed = 0;
  size_t size = 0;
  const uint8_t* text = NULL;
  const struct message request = chunked_request(&peer, &response);
  twoway_chunk_limits limits;
  memset(&limits, 0, sizeof limits);
  limits.size = sizeof limits;
  limits.max_chunk = (size_t)1 << 31;
  REQUIRE_OK(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_CHUNKED, request.data, 39,
                                           NULL, &pending, NULL));
  REQUIRE_OK(twoway_pending_request_decapsulate(pending, &opener, NULL));
  CHECK_STATUS(twoway_request_opener_chunk_opener(opener, &limits, &chunks, NULL),
               TWOWAY_INVALID_ARGUMENT);  // consumes nothing
  REQUIRE_OK(twoway_request_opener_chunk_opener(opener, NULL, &chunks, NULL));
  CHECK_STATUS(twoway_request_opener_chunk_opener(opener, NULL, &second, NULL), TWOWAY_WRONG_STATE);
  CHECK(second == NULL);
  at = twoway_pending_request_prefix_size(pending);
  CHECK_STATUS(twoway_request_opener_response_sealer(opener, &sealer, NULL), TWOWAY_WRONG_STATE);
  REQUIRE_OK(twoway_chunk_opener_open_in_place(chunks, request.data + at, request.size - at, 1,
                                               &consumed, &text, &size, &state, NULL));
  CHECK(state == TWOWAY_CHUNK_OPENED);
  CHECK(size == 16 && memcmp(text, CHUNKED_TEXT, 16) == 0);
  // A response may begin as soon as the first chunk of its request is open.
  REQUIRE_OK(twoway_request_opener_response_sealer(opener, &sealer, NULL));
  twoway_response_sealer_free(sealer);
  twoway_chunk_opener_free(chunks);
  twoway_request_opener_free(opener);
  twoway_pending_request_free(pending);
  twoway_response_opener_free(response);
  peer_free(&peer);
}
