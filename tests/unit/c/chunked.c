#include "chunked.h"

struct message chunked_request(const struct peer* peer, twoway_response_opener** opener) {
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
  append_chunks(&message, chunks, CHUNKED_TEXT, 16);
  return message;
}

void push(twoway_chunked_request_opener* opener, const uint8_t* in, size_t size, int end,
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

twoway_chunked_request_opener* opener_at(const struct peer* peer) {
  twoway_chunked_request_opener* opener = NULL;
  CHECK_OK(twoway_request_receiver_chunked_opener(peer->receiver, NULL, NULL, &opener, NULL));
  return opener;
}
