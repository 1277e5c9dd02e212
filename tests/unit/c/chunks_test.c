// Chunked requests and responses, pushed in pieces.
#include "cases.h"

#define TEXT "a request that is sent in several chunks"

/// A chunked request of TEXT in pieces of 16 bytes, with the opener of its response.
static struct message chunked_request(const struct peer* peer, twoway_response_opener** opener) {
  twoway_request_sealer* sealer = NULL;
  twoway_chunk_sealer* chunks = NULL;
  struct message message;
  CHECK_OK(twoway_request_sender_begin(peer->sender, TWOWAY_FORM_CHUNKED, NULL, &sealer, NULL));
  message.size = twoway_request_sealer_prefix_size(sealer);
  message.data = memory(message.size);
  CHECK_OK(twoway_request_sealer_prefix(sealer, message.data, message.size, &message.size, NULL));
  CHECK_OK(twoway_request_sealer_response_opener(sealer, opener, NULL));
  CHECK_OK(twoway_request_sealer_chunk_sealer(sealer, NULL, &chunks, NULL));
  twoway_request_sealer_free(sealer);
  append_chunks(&message, chunks, TEXT, 16);
  return message;
}

/// The output of an opener.
struct opened {
  uint8_t text[256];
  size_t size;
  twoway_status status;
  twoway_chunk_state state;
};

/// Pushes one piece until it is consumed, with the key when it is needed.
static void push(twoway_chunked_request_opener* opener, const uint8_t* in, size_t size, int end,
                 struct opened* opened) {
  do {
    const size_t room = twoway_chunked_request_opener_output_size(opener, size);
    uint8_t* out = memory(room);
    size_t consumed = 99;
    size_t written = 99;
    opened->status = twoway_chunked_request_opener_open(opener, in, size, end, out, room, &consumed,
                                                        &written, &opened->state, NULL);
    CHECK(consumed <= size);
    CHECK(written <= room);
    if (written != 0) memcpy(opened->text + opened->size, out, written);
    opened->size += written;
    if (consumed != 0) in += consumed;  // `in` may be NULL
    size -= consumed;
    if (opened->status != TWOWAY_OK) {
      CHECK(consumed == 0 && written == 0 && opened->state == 0);
      return;
    }
    if (opened->state == TWOWAY_CHUNK_NEED_KEY) {
      CHECK_OK(twoway_chunked_request_opener_decapsulate(opener, NULL));
    }
    if (opened->state == TWOWAY_CHUNK_NEED_INPUT) CHECK(size == 0);
  } while (opened->state == TWOWAY_CHUNK_OPENED || opened->state == TWOWAY_CHUNK_NEED_KEY);
  if (opened->state == TWOWAY_CHUNK_DONE) CHECK(size == 0);
}

static twoway_chunked_request_opener* opener_at(const struct peer* peer) {
  twoway_chunked_request_opener* opener = NULL;
  CHECK_OK(twoway_request_receiver_chunked_opener(peer->receiver, NULL, NULL, &opener, NULL));
  return opener;
}

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
    CHECK(is_text(opened.text, opened.size, TEXT));
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
    CHECK(is_text(opened.text, opened.size, TEXT));
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
  CHECK(size == 16 && memcmp(text, TEXT, 16) == 0);
  // A response may begin as soon as the first chunk of its request is open.
  REQUIRE_OK(twoway_request_opener_response_sealer(opener, &sealer, NULL));
  twoway_response_sealer_free(sealer);
  twoway_chunk_opener_free(chunks);
  twoway_request_opener_free(opener);
  twoway_pending_request_free(pending);
  twoway_response_opener_free(response);
  peer_free(&peer);
}

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
  CHECK(is_text(opened.text, opened.size, TEXT));  // authentic, but not complete
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
    if (i == 2) limits.max_plaintext = sizeof TEXT - 2;
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
  CHECK_STATUS(
      twoway_chunk_sealer_seal(chunks, (const uint8_t*)TEXT, 5, 0, out, sizeof out, &written, NULL),
      TWOWAY_LIMIT_EXCEEDED);
  CHECK_OK(twoway_chunk_sealer_seal(chunks, (const uint8_t*)TEXT, 4, 0, out, sizeof out, &written,
                                    NULL));
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
  CHECK(is_text(opened.text, opened.size, TEXT));
  twoway_chunked_request_opener_free(opener);

  REQUIRE_OK(twoway_request_sender_begin(peer.sender, TWOWAY_FORM_CHUNKED, &kTypes, &sealer, NULL));
  REQUIRE_OK(twoway_request_sealer_chunk_sealer(sealer, NULL, &chunks, NULL));
  size = twoway_chunk_sealer_sealed_size(chunks, 10, 1);
  out = memory(size);
  CHECK_STATUS(
      twoway_chunk_sealer_seal(chunks, (const uint8_t*)TEXT, 10, 1, out, size - 1, &written, NULL),
      TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == size);
  CHECK(!twoway_chunk_sealer_finished(chunks));
  // In place.
  memcpy(out + twoway_chunk_sealer_prefix_size(chunks, 10, 1), TEXT, 10);
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
    CHECK(opened.size < sizeof TEXT);
    CHECK(memcmp(opened.text, TEXT, opened.size) == 0);
    twoway_chunked_request_opener_free(opener);
  }
  twoway_response_opener_free(response);
  peer_free(&peer);
}
