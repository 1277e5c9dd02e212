// Pull streams of requests, responses and bodies to many receivers.
#include "cases.h"
#include "feed.h"

/// A way to carry a text: the form, pieces of the source, and room of the reader.
struct way {
  twoway_form form;
  size_t size;
  size_t piece;
  size_t room;
  int says_end;
  int knows_total;
  int full_chunks;
};

static const struct way kWays[] = {
    {TWOWAY_FORM_WHOLE, 0, 1, 7, 0, 0, 0},         {TWOWAY_FORM_WHOLE, 300, 13, 7, 0, 1, 0},
    {TWOWAY_FORM_WHOLE, 300, 300, 1000, 1, 0, 0},  {TWOWAY_FORM_CHUNKED, 0, 1, 5, 0, 0, 0},
    {TWOWAY_FORM_CHUNKED, 0, 1, 50, 0, 1, 1},      {TWOWAY_FORM_CHUNKED, 300, 13, 7, 0, 0, 0},
    {TWOWAY_FORM_CHUNKED, 300, 64, 1000, 1, 0, 0}, {TWOWAY_FORM_CHUNKED, 300, 7, 100, 1, 1, 1},
    {TWOWAY_FORM_CHUNKED, 256, 64, 3, 0, 1, 1},
};
enum { WAYS = sizeof kWays / sizeof kWays[0] };

static twoway_chunk_limits kChunks = {sizeof(twoway_chunk_limits), 64, 0, 0};

static twoway_stream_options options_of(const struct way* way) {
  twoway_stream_options options;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.limits = &kChunks;
  options.full_chunks = way->full_chunks;
  return options;
}

static struct feed way_feed(const struct way* way, struct message text) {
  struct feed feed = feed_of(text, way->piece);
  feed.says_end = way->says_end;
  feed.knows_total = way->knows_total;
  return feed;
}

/// Reads all of a stream that must succeed, and frees it.
static struct message sealed(twoway_seal_stream* stream, size_t room) {
  twoway_status status = TWOWAY_OK;
  uint64_t remaining = 0;
  const int known = twoway_seal_stream_remaining(stream, &remaining);
  struct message message;
  size_t written = 9;
  message = drain_sealed(stream, room, &status);
  CHECK_OK(status);
  if (known) CHECK(remaining == message.size);
  CHECK(twoway_seal_stream_remaining(stream, &remaining) == 1 && remaining == 0);
  CHECK_OK(twoway_seal_stream_read(stream, message.data, 1, &written, NULL));
  CHECK(written == 0);
  twoway_seal_stream_free(stream);
  return message;
}

static struct message opened(twoway_open_stream* stream, size_t room) {
  twoway_status status = TWOWAY_OK;
  const struct message text = drain_opened(stream, room, &status);
  CHECK_OK(status);
  twoway_open_stream_free(stream);
  return text;
}

void stream_exchange(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  size_t i;
  for (i = 0; i < WAYS; ++i) {
    const struct way* way = &kWays[i];
    const twoway_stream_options options = options_of(way);
    const struct message text = long_text(way->size);
    struct feed plain = way_feed(way, text);
    struct feed wire;
    twoway_source* source = feed_source(&plain);
    twoway_request_sealer* sealer = NULL;
    twoway_response_opener* response_opener = NULL;
    twoway_pending_request* pending = NULL;
    twoway_request_opener* opener = NULL;
    twoway_response_sealer* response_sealer = NULL;
    twoway_seal_stream* sealing = NULL;
    twoway_open_stream* opening = NULL;
    struct message message;

    REQUIRE_OK(twoway_request_sender_begin(peer.sender, way->form, NULL, &sealer, NULL));
    REQUIRE_OK(twoway_request_sealer_response_opener(sealer, &response_opener, NULL));
    REQUIRE_OK(twoway_request_sealer_stream(sealer, source, &options, &sealing, NULL));
    CHECK(twoway_seal_stream_prefix_size(sealing) == twoway_request_sealer_prefix_size(sealer));
    CHECK(twoway_seal_stream_max_sealed_chunk(sealing) >= 64 + 16);
    twoway_request_sealer_free(sealer);
    twoway_source_free(source);
    CHECK(plain.released == 0 && plain.at == 0);
    message = sealed(sealing, way->room);
    CHECK(plain.released == 1);

    wire = way_feed(way, message);
    source = feed_source(&wire);
    REQUIRE_OK(
        twoway_request_receiver_begin_from(peer.receiver, way->form, source, NULL, &pending, NULL));
    CHECK(wire.at == twoway_pending_request_prefix_size(pending));
    REQUIRE_OK(twoway_pending_request_decapsulate(pending, &opener, NULL));
    REQUIRE_OK(twoway_request_opener_stream(opener, source, &options, &opening, NULL));
    twoway_source_free(source);
    twoway_pending_request_free(pending);
    CHECK(equal(opened(opening, way->room), text));
    CHECK(wire.released == 1);
    REQUIRE_OK(twoway_request_opener_response_sealer(opener, &response_sealer, NULL));
    twoway_request_opener_free(opener);

    // The response, from memory.
    REQUIRE_OK(twoway_source_from_memory(text.data, text.size, &source, NULL));
    REQUIRE_OK(twoway_response_sealer_stream(response_sealer, way->form, source, NULL, &options,
                                             &sealing, NULL));
    twoway_source_free(source);
    twoway_response_sealer_free(response_sealer);
    message = sealed(sealing, way->room);
    REQUIRE_OK(twoway_source_from_memory(message.data, message.size, &source, NULL));
    REQUIRE_OK(twoway_response_opener_stream(response_opener, way->form, source, NULL, &options,
                                             &opening, NULL));
    twoway_source_free(source);
    twoway_response_opener_free(response_opener);
    CHECK(equal(opened(opening, way->room), text));
  }
  peer_free(&peer);
}

void stream_multi(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_multi_request_sender* sender = NULL;
  twoway_multi_request_receiver* receiver = NULL;
  size_t i;
  REQUIRE_OK(
      twoway_multi_request_sender_new(fixture->crypto, fixture->suite.aead, NULL, &sender, NULL));
  REQUIRE_OK(twoway_multi_request_receiver_new(peer.ring, NULL, NULL, &receiver, NULL));
  for (i = 0; i < WAYS; ++i) {
    const struct way* way = &kWays[i];
    const twoway_stream_options options = options_of(way);
    const struct message text = long_text(way->size);
    struct feed plain = way_feed(way, text);
    struct feed wire;
    twoway_source* source = feed_source(&plain);
    twoway_multi_request_sealer* sealer = NULL;
    twoway_response_opener* response_opener = NULL;
    twoway_pending_multi_request* pending = NULL;
    twoway_multi_request_opener* opener = NULL;
    twoway_seal_stream* sealing = NULL;
    twoway_open_stream* opening = NULL;
    struct message body = {NULL, 0};
    uint8_t key[256];
    size_t key_size = 0;
    REQUIRE_OK(twoway_multi_request_sender_begin(sender, way->form, NULL, &sealer, NULL));
    REQUIRE_OK(twoway_multi_request_sealer_encapsulate_key(sealer, peer.sender, key, sizeof key,
                                                           &key_size, &response_opener, NULL));
    REQUIRE_OK(twoway_multi_request_sealer_stream(sealer, source, &options, &sealing, NULL));
    twoway_source_free(source);
    twoway_multi_request_sealer_free(sealer);
    body = sealed(sealing, way->room);

    REQUIRE_OK(twoway_multi_request_receiver_begin(receiver, way->form, key, key_size, NULL,
                                                   &pending, NULL));
    REQUIRE_OK(twoway_pending_multi_request_decapsulate(pending, &opener, NULL));
    twoway_pending_multi_request_free(pending);
    wire = way_feed(way, body);
    source = feed_source(&wire);
    REQUIRE_OK(twoway_multi_request_opener_stream(opener, source, &options, &opening, NULL));
    twoway_source_free(source);
    twoway_multi_request_opener_free(opener);
    CHECK(equal(opened(opening, way->room), text));
    CHECK(wire.released == 1);
    twoway_response_opener_free(response_opener);
  }
  twoway_multi_request_sender_free(sender);
  twoway_multi_request_receiver_free(receiver);
  peer_free(&peer);
}

/// A request of `form` that stands open, with its sealed message.
struct open_request {
  struct message message;
  twoway_request_opener* opener;
  twoway_response_opener* response_opener;
};

static struct open_request open_request(const struct peer* peer, twoway_form form,
                                        struct message text) {
  struct open_request request = {{NULL, 0}, NULL, NULL};
  struct feed feed = feed_of(text, 50);
  const struct way way = {form, text.size, 50, 100, 1, 0, 0};
  const twoway_stream_options options = options_of(&way);
  twoway_source* source = feed_source(&feed);
  twoway_request_sealer* sealer = NULL;
  twoway_pending_request* pending = NULL;
  twoway_seal_stream* stream = NULL;
  CHECK_OK(twoway_request_sender_begin(peer->sender, form, NULL, &sealer, NULL));
  CHECK_OK(twoway_request_sealer_response_opener(sealer, &request.response_opener, NULL));
  CHECK_OK(twoway_request_sealer_stream(sealer, source, &options, &stream, NULL));
  request.message = sealed(stream, 100);
  CHECK_OK(twoway_request_receiver_begin(peer->receiver, form, request.message.data,
                                         request.message.size, NULL, &pending, NULL));
  CHECK_OK(twoway_pending_request_decapsulate(pending, &request.opener, NULL));
  request.message.data += twoway_pending_request_prefix_size(pending);
  request.message.size -= twoway_pending_request_prefix_size(pending);
  twoway_pending_request_free(pending);
  twoway_request_sealer_free(sealer);
  twoway_source_free(source);
  return request;
}

static void open_request_free(struct open_request* request) {
  twoway_request_opener_free(request->opener);
  twoway_response_opener_free(request->response_opener);
}

void stream_refusals(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  const struct message text = long_text(200);
  struct feed feed = feed_of(text, 100);
  twoway_source* source = feed_source(&feed);
  twoway_chunk_limits huge = kChunks;
  twoway_stream_options options;
  twoway_request_sealer* sealer = NULL;
  twoway_seal_stream* stream = NULL;
  twoway_open_stream* opening = NULL;
  struct open_request request = open_request(&peer, TWOWAY_FORM_CHUNKED, text);
  uint8_t out[512];
  size_t written = 0;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  huge.max_chunk = (size_t)1 << 31;
  REQUIRE_OK(twoway_request_sender_begin(peer.sender, TWOWAY_FORM_CHUNKED, NULL, &sealer, NULL));

  // Each refusal leaves sealer, opener and source as they were.
  options.limits = &huge;
  CHECK_STATUS(twoway_request_sealer_stream(sealer, source, &options, &stream, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_request_opener_stream(request.opener, source, &options, &opening, NULL),
               TWOWAY_INVALID_ARGUMENT);
  options.limits = NULL;
  options.size = 0;
  CHECK_STATUS(twoway_request_sealer_stream(sealer, source, &options, &stream, NULL),
               TWOWAY_INVALID_ARGUMENT);
  options.size = sizeof options;
  CHECK_STATUS(twoway_response_opener_stream(request.response_opener, 2, source, NULL, &options,
                                             &opening, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_response_opener_stream(request.response_opener, TWOWAY_FORM_WHOLE, source,
                                             CHUNKED_TYPE("type"), &options, &opening, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(stream == NULL && opening == NULL && feed.released == 0 && feed.at == 0);
  REQUIRE_OK(twoway_request_sealer_stream(sealer, source, NULL, &stream, NULL));
  CHECK_STATUS(twoway_seal_stream_read(stream, out, 0, &written, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(equal((struct message){out, 0}, (struct message){out, written}));
  CHECK(sealed(stream, 100).size > 200);
  stream = NULL;

  // The source went to a stream, and the sealer has sealed.
  CHECK_STATUS(twoway_request_opener_stream(request.opener, source, NULL, &opening, NULL),
               TWOWAY_WRONG_STATE);
  twoway_source_free(source);
  feed = feed_of(request.message, 100);
  source = feed_source(&feed);
  CHECK_STATUS(twoway_request_sealer_stream(sealer, source, NULL, &stream, NULL),
               TWOWAY_WRONG_STATE);
  CHECK(feed.released == 0);
  REQUIRE_OK(twoway_request_opener_stream(request.opener, source, NULL, &opening, NULL));
  CHECK_STATUS(twoway_open_stream_read(opening, out, 0, &written, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(equal(opened(opening, 100), text));
  twoway_source_free(source);
  source = feed_source(&feed);
  CHECK_STATUS(twoway_request_opener_stream(request.opener, source, NULL, &opening, NULL),
               TWOWAY_WRONG_STATE);
  twoway_source_free(source);
  twoway_source_free(NULL);
  twoway_seal_stream_free(NULL);
  twoway_open_stream_free(NULL);
  twoway_request_sealer_free(sealer);
  open_request_free(&request);
  peer_free(&peer);
}

void stream_failures(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  const struct message text = long_text(200);
  size_t cut;
  int fails;
  for (fails = 0; fails < 5; ++fails) {
    struct feed feed = feed_of(text, 70);
    twoway_source* source;
    twoway_request_sealer* sealer = NULL;
    twoway_seal_stream* stream = NULL;
    twoway_status status = TWOWAY_OK;
    twoway_error error;
    uint8_t out[8];
    size_t written = 9;
    feed.native = 77;
    feed.knows_total = fails == 4;
    if (fails < 3) feed.status = fails == 0 ? TWOWAY_BUFFER_TOO_SMALL : TWOWAY_OPEN_FAILED + fails;
    if (fails == 3) feed.overflow = SIZE_MAX / 2;
    source = feed_source(&feed);
    if (fails == 4) feed.size = 150;  // fewer bytes than were promised
    REQUIRE_OK(twoway_request_sender_begin(peer.sender, TWOWAY_FORM_CHUNKED, NULL, &sealer, NULL));
    REQUIRE_OK(twoway_request_sealer_stream(sealer, source, NULL, &stream, NULL));
    (void)drain_sealed(stream, 1000, &status);
    CHECK_STATUS(status, TWOWAY_SOURCE_FAILED);
    CHECK_STATUS(twoway_seal_stream_read(stream, out, sizeof out, &written, &error),
                 TWOWAY_SOURCE_FAILED);  // it stays
    CHECK(written == 0);
    CHECK(error.native == (fails < 3 ? 77 : 0));
    twoway_seal_stream_free(stream);
    twoway_request_sealer_free(sealer);
    twoway_source_free(source);
    CHECK(feed.released == 1);
  }
  for (cut = 0; cut < 2; ++cut) {
    const twoway_form form = cut == 0 ? TWOWAY_FORM_WHOLE : TWOWAY_FORM_CHUNKED;
    struct open_request request = open_request(&peer, form, text);
    struct feed feed = feed_of(request.message, 100);
    twoway_source* source;
    twoway_open_stream* stream = NULL;
    twoway_status status = TWOWAY_OK;
    struct message got;
    --feed.size;
    source = feed_source(&feed);
    REQUIRE_OK(twoway_request_opener_stream(request.opener, source, NULL, &stream, NULL));
    got = drain_opened(stream, 100, &status);
    CHECK_STATUS(status, cut == 0 ? TWOWAY_OPEN_FAILED : TWOWAY_TRUNCATED);
    CHECK(got.size <= text.size && equal(got, (struct message){text.data, got.size}));
    if (cut == 0) CHECK(got.size == 0);
    twoway_open_stream_free(stream);
    twoway_source_free(source);
    open_request_free(&request);
  }
  // A request that ends within its header or enc.
  for (cut = 0; cut < 39; ++cut) {
    twoway_response_opener* opener = NULL;
    const struct message request = seal_request(&peer, "question", &opener);
    struct feed feed = feed_of((struct message){request.data, cut}, 5);
    twoway_source* source = feed_source(&feed);
    twoway_pending_request* pending = NULL;
    CHECK_STATUS(twoway_request_receiver_begin_from(peer.receiver, TWOWAY_FORM_WHOLE, source, NULL,
                                                    &pending, NULL),
                 TWOWAY_TRUNCATED);
    CHECK(pending == NULL && feed.at == cut);
    twoway_source_free(source);
    twoway_response_opener_free(opener);
    CHECK(feed.released == 1);
  }
  peer_free(&peer);
}
