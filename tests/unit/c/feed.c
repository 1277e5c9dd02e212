#include "feed.h"

static twoway_status feed_read(void* context, uint8_t* out, size_t capacity, size_t* written,
                               int* end, uint64_t* native) {
  struct feed* feed = context;
  size_t size = feed->size - feed->at;
  CHECK(capacity != 0);
  CHECK(*written == 0 && *end == 0 && *native == 0);
  if (size > feed->piece) size = feed->piece;
  if (size > capacity) size = capacity;
  *native = feed->native;
  if (feed->status != TWOWAY_OK && feed->at + size == feed->size) return feed->status;
  if (size != 0) memcpy(out, feed->data + feed->at, size);
  feed->at += size;
  *written = size + feed->overflow;
  *end = feed->says_end && feed->at == feed->size;
  return TWOWAY_OK;
}

static void feed_release(void* context) { ++((struct feed*)context)->released; }

twoway_source* feed_source(struct feed* feed) {
  twoway_source_callbacks callbacks;
  twoway_source* source = NULL;
  memset(&callbacks, 0, sizeof callbacks);
  callbacks.size = sizeof callbacks;
  callbacks.context = feed;
  callbacks.read = feed_read;
  callbacks.release = feed_release;
  callbacks.total = feed->size;
  callbacks.total_known = feed->knows_total;
  CHECK_OK(twoway_source_new(&callbacks, &source, NULL));
  return source;
}

struct feed feed_of(struct message text, size_t piece) {
  struct feed feed;
  memset(&feed, 0, sizeof feed);
  feed.data = text.data;
  feed.size = text.size;
  feed.piece = piece;
  return feed;
}

#define DRAIN(name, type, read)                                           \
  struct message name(type* stream, size_t room, twoway_status* status) { \
    struct message got = {memory(0), 0};                                  \
    size_t written = 0;                                                   \
    do {                                                                  \
      uint8_t* longer = memory(got.size + room);                          \
      if (got.size != 0) memcpy(longer, got.data, got.size);              \
      got.data = longer;                                                  \
      *status = read(stream, longer + got.size, room, &written, NULL);    \
      CHECK(written <= room);                                             \
      got.size += written;                                                \
    } while (*status == TWOWAY_OK && written != 0);                       \
    CHECK(*status == TWOWAY_OK || written == 0);                          \
    return got;                                                           \
  }
DRAIN(drain_sealed, twoway_seal_stream, twoway_seal_stream_read)
DRAIN(drain_opened, twoway_open_stream, twoway_open_stream_read)

struct message long_text(size_t size) {
  struct message text;
  size_t i;
  text.data = memory(size);
  text.size = size;
  for (i = 0; i < size; ++i) text.data[i] = (uint8_t)(i * 7 + i / 251);
  return text;
}

int equal(struct message a, struct message b) {
  return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}
