// Whole and chunked messages: a relay that rewrites one into the other, and the media types that
// keep them apart.
#include "cases.h"

#define FIRST "transfer 100 to bob"
#define REST ", once he has signed"
#define FIRST_SIZE (sizeof FIRST - 1)

static const twoway_form kForms[] = {TWOWAY_FORM_WHOLE, TWOWAY_FORM_CHUNKED};
static const twoway_media_types* const kPairs[] = {NULL, &kTypes};

/// Appends FIRST and REST, each in a chunk, and frees the sealer.
static void append_text(struct message* message, twoway_chunk_sealer* chunks) {
  append_chunks(message, chunks, FIRST REST, FIRST_SIZE);
}

/// A relay's message of the other form, from `prefix` bytes and a text whose length takes one byte.
static struct message rewritten(struct message message, size_t prefix, twoway_form form) {
  struct message other;
  if (form == TWOWAY_FORM_CHUNKED) {
    other.size = prefix + message.data[prefix];
    other.data = memory(other.size);
    memcpy(other.data, message.data, prefix);
    memcpy(other.data + prefix, message.data + prefix + 1, other.size - prefix);
    return other;
  }
  other.size = message.size + 1;
  other.data = memory(other.size);
  memcpy(other.data, message.data, prefix);
  other.data[prefix] = (uint8_t)(message.size - prefix);
  memcpy(other.data + prefix + 1, message.data + prefix, message.size - prefix);
  return other;
}

/// Opens the first text of chunks that come at once, in place or into a buffer.
static void check_no_chunk(twoway_chunk_opener* opener, const struct message* message, size_t at,
                           int in_place) {
  uint8_t out[128];
  uint8_t* in = copy_of(message->data + at, message->size - at);
  const uint8_t* text = NULL;
  size_t consumed = 0;
  size_t written = 0;
  twoway_chunk_state state = 0;
  if (in_place) {
    CHECK_STATUS(twoway_chunk_opener_open_in_place(opener, in, message->size - at, TWOWAY_YES,
                                                   &consumed, &text, &written, &state, NULL),
                 TWOWAY_OPEN_FAILED);
  } else {
    CHECK_STATUS(twoway_chunk_opener_open(opener, in, message->size - at, TWOWAY_YES, out,
                                          sizeof out, &consumed, &written, &state, NULL),
                 TWOWAY_OPEN_FAILED);
  }
  CHECK(written == 0);
  twoway_chunk_opener_free(opener);
}

static struct message seal_request_of(const struct peer* peer, twoway_form form,
                                      const twoway_media_types* types) {
  twoway_request_sealer* sealer = NULL;
  twoway_chunk_sealer* chunks = NULL;
  struct message message;
  uint8_t out[128];
  CHECK_OK(twoway_request_sender_begin(peer->sender, form, types, &sealer, NULL));
  message.size = twoway_request_sealer_prefix_size(sealer);
  message.data = memory(message.size);
  CHECK_OK(twoway_request_sealer_prefix(sealer, message.data, message.size, &message.size, NULL));
  if (form == TWOWAY_FORM_CHUNKED) {
    CHECK_STATUS(twoway_request_sealer_seal(sealer, (const uint8_t*)FIRST, FIRST_SIZE, out,
                                            sizeof out, &message.size, NULL),
                 TWOWAY_WRONG_STATE);
    message.size = twoway_request_sealer_prefix_size(sealer);
    CHECK_OK(twoway_request_sealer_chunk_sealer(sealer, NULL, &chunks, NULL));
    append_text(&message, chunks);
  } else {
    CHECK_STATUS(twoway_request_sealer_chunk_sealer(sealer, NULL, &chunks, NULL),
                 TWOWAY_WRONG_STATE);
    CHECK(chunks == NULL);
    message.size = twoway_request_sealer_sealed_size(sealer, FIRST_SIZE);
    message.data = memory(message.size);
    CHECK_OK(twoway_request_sealer_seal(sealer, (const uint8_t*)FIRST, FIRST_SIZE, message.data,
                                        message.size, &message.size, NULL));
  }
  twoway_request_sealer_free(sealer);
  return message;
}

/// Opens a genuine request of `form` by the functions of the other form.
static void check_form_of_opener(const struct peer* peer, twoway_form form,
                                 const twoway_media_types* types, const struct message* message) {
  twoway_pending_request* pending = NULL;
  twoway_request_opener* opener = NULL;
  twoway_chunk_opener* chunks = NULL;
  uint8_t out[64];
  size_t written = 0;
  REQUIRE_OK(twoway_request_receiver_begin(peer->receiver, form, message->data, message->size,
                                           types, &pending, NULL));
  REQUIRE_OK(twoway_pending_request_decapsulate(pending, &opener, NULL));
  if (form == TWOWAY_FORM_CHUNKED) {
    CHECK_STATUS(twoway_request_opener_open(opener, message->data + 39, message->size - 39, out,
                                            sizeof out, &written, NULL),
                 TWOWAY_WRONG_STATE);
    CHECK_OK(twoway_request_opener_chunk_opener(opener, NULL, &chunks, NULL));
    twoway_chunk_opener_free(chunks);
  } else {
    CHECK_STATUS(twoway_request_opener_chunk_opener(opener, NULL, &chunks, NULL),
                 TWOWAY_WRONG_STATE);
    CHECK_OK(twoway_request_opener_open(opener, message->data + 39, message->size - 39, out,
                                        sizeof out, &written, NULL));
    CHECK(is_text(out, written, FIRST));
  }
  twoway_request_opener_free(opener);
  twoway_pending_request_free(pending);
}

void form_requests(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  int i;
  int k;
  for (i = 0; i < 4; ++i) {
    const twoway_form form = kForms[i % 2];
    const twoway_media_types* types = kPairs[i / 2];
    const struct message message = seal_request_of(&peer, form, types);
    const struct message other = rewritten(message, 39, form);
    twoway_response_sealer* sealer = NULL;
    twoway_pending_request* pending = NULL;
    uint8_t out[64];
    size_t written = 0;
    check_form_of_opener(&peer, form, types, &message);
    if (form == TWOWAY_FORM_CHUNKED) {
      CHECK_STATUS(twoway_request_receiver_open(peer.receiver, other.data, other.size, types, out,
                                                sizeof out, &written, &sealer, NULL),
                   TWOWAY_OPEN_FAILED);
      CHECK(written == 0 && sealer == NULL);
      for (k = 0; k < 2; ++k) {  // into a buffer, and in place
        twoway_request_opener* opener = NULL;
        uint8_t* in = copy_of(other.data + 39, other.size - 39);
        REQUIRE_OK(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_WHOLE, other.data,
                                                 other.size, types, &pending, NULL));
        REQUIRE_OK(twoway_pending_request_decapsulate(pending, &opener, NULL));
        CHECK_STATUS(twoway_request_opener_open(opener, in, other.size - 39, k ? in : out,
                                                other.size - 39, &written, NULL),
                     TWOWAY_OPEN_FAILED);
        CHECK(written == 0);
        twoway_request_opener_free(opener);
        twoway_pending_request_free(pending);
      }
      continue;
    }
    for (k = 0; k < 2; ++k) {
      twoway_request_opener* opener = NULL;
      twoway_chunk_opener* chunks = NULL;
      twoway_chunked_request_opener* pushed = NULL;
      twoway_chunk_state state = 0;
      size_t consumed = 0;
      REQUIRE_OK(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_CHUNKED, other.data,
                                               other.size, types, &pending, NULL));
      REQUIRE_OK(twoway_pending_request_decapsulate(pending, &opener, NULL));
      REQUIRE_OK(twoway_request_opener_chunk_opener(opener, NULL, &chunks, NULL));
      check_no_chunk(chunks, &other, 39, k);
      twoway_request_opener_free(opener);
      twoway_pending_request_free(pending);

      REQUIRE_OK(twoway_request_receiver_chunked_opener(peer.receiver, types, NULL, &pushed, NULL));
      REQUIRE_OK(twoway_chunked_request_opener_open(pushed, other.data, other.size, TWOWAY_YES, out,
                                                    sizeof out, &consumed, &written, &state, NULL));
      CHECK(state == TWOWAY_CHUNK_NEED_KEY);
      REQUIRE_OK(twoway_chunked_request_opener_decapsulate(pushed, NULL));
      CHECK_STATUS(
          twoway_chunked_request_opener_open(pushed, other.data + 39, other.size - 39, TWOWAY_YES,
                                             out, sizeof out, &consumed, &written, &state, NULL),
          TWOWAY_OPEN_FAILED);
      CHECK(written == 0);
      twoway_chunked_request_opener_free(pushed);
    }
  }
  peer_free(&peer);
}

void form_responses(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  int i;
  for (i = 0; i < 4; ++i) {
    const twoway_form form = kForms[i % 2];
    const twoway_media_types* types = kPairs[i / 2];
    twoway_response_opener* opener = NULL;
    twoway_response_sealer* sealer = NULL;
    twoway_chunk_sealer* chunks = NULL;
    twoway_chunk_opener* chunk_opener = NULL;
    const struct message request = seal_request(&peer, "question", &opener);
    struct message message;
    struct message other;
    uint8_t out[64];
    size_t prefix = twoway_response_opener_prefix_size(opener);
    size_t written = 0;
    REQUIRE_OK(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, out,
                                            sizeof out, &written, &sealer, NULL));
    if (form == TWOWAY_FORM_CHUNKED) {
      message.size = prefix;
      message.data = memory(prefix);
      REQUIRE_OK(twoway_response_sealer_chunk_sealer(sealer, types, NULL, message.data,
                                                     message.size, &message.size, &chunks, NULL));
      append_text(&message, chunks);
      other = rewritten(message, prefix, form);
      CHECK_STATUS(twoway_response_opener_open(opener, other.data, other.size, types, out,
                                               sizeof out, &written, NULL),
                   TWOWAY_OPEN_FAILED);
      CHECK_STATUS(
          twoway_response_opener_open(opener, other.data, other.size, types, other.data + prefix,
                                      other.size - prefix, &written, NULL),
          TWOWAY_OPEN_FAILED);
    } else {
      message.size = twoway_response_sealer_sealed_size(sealer, FIRST_SIZE);
      message.data = memory(message.size);
      REQUIRE_OK(twoway_response_sealer_seal(sealer, (const uint8_t*)FIRST, FIRST_SIZE, types,
                                             message.data, message.size, &message.size, NULL));
      other = rewritten(message, prefix, form);
      REQUIRE_OK(twoway_response_opener_chunk_opener(opener, types, NULL, &chunk_opener, NULL));
      check_no_chunk(chunk_opener, &other, 0, 0);
      REQUIRE_OK(twoway_response_opener_chunk_opener(opener, types, NULL, &chunk_opener, NULL));
      check_no_chunk(chunk_opener, &other, 0, 1);
      CHECK_OK(twoway_response_opener_open(opener, message.data, message.size, types, out,
                                           sizeof out, &written, NULL));
      CHECK(is_text(out, written, FIRST));
    }
    twoway_response_sealer_free(sealer);
    twoway_response_opener_free(opener);
  }
  peer_free(&peer);
}

void form_bodies(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_multi_request_sender* sender = NULL;
  twoway_multi_request_receiver* receiver = NULL;
  int i;
  REQUIRE_OK(
      twoway_multi_request_sender_new(fixture->crypto, fixture->suite.aead, NULL, &sender, NULL));
  REQUIRE_OK(twoway_multi_request_receiver_new(peer.ring, NULL, NULL, &receiver, NULL));
  for (i = 0; i < 4; ++i) {
    const twoway_form form = kForms[i % 2];
    const twoway_form other_form = kForms[1 - i % 2];
    const twoway_media_types* types = kPairs[i / 2];
    twoway_multi_request_sealer* sealer = NULL;
    twoway_response_opener* response = NULL;
    twoway_response_sealer* answer = NULL;
    twoway_chunk_sealer* chunks = NULL;
    twoway_chunk_opener* chunk_opener = NULL;
    twoway_pending_multi_request* pending = NULL;
    twoway_multi_request_opener* opener = NULL;
    struct message key;
    struct message body;
    uint8_t out[128];
    size_t written = 0;
    REQUIRE_OK(twoway_multi_request_sender_begin(sender, form, types, &sealer, NULL));
    key.size = twoway_multi_request_sealer_key_size(sealer, peer.sender);
    key.data = memory(key.size);
    REQUIRE_OK(twoway_multi_request_sealer_encapsulate_key(sealer, peer.sender, key.data, key.size,
                                                           &key.size, &response, NULL));
    body.size = twoway_multi_request_sealer_sealed_size(sealer, FIRST_SIZE);
    body.data = memory(body.size);
    if (form == TWOWAY_FORM_CHUNKED) {
      CHECK_STATUS(twoway_multi_request_sealer_seal(sealer, (const uint8_t*)FIRST, FIRST_SIZE,
                                                    body.data, body.size, &written, NULL),
                   TWOWAY_WRONG_STATE);
      REQUIRE_OK(
          twoway_multi_request_sealer_prefix(sealer, body.data, body.size, &body.size, NULL));
      REQUIRE_OK(twoway_multi_request_sealer_chunk_sealer(sealer, NULL, &chunks, NULL));
      append_text(&body, chunks);
    } else {
      CHECK_STATUS(twoway_multi_request_sealer_chunk_sealer(sealer, NULL, &chunks, NULL),
                   TWOWAY_WRONG_STATE);
      REQUIRE_OK(twoway_multi_request_sealer_seal(sealer, (const uint8_t*)FIRST, FIRST_SIZE,
                                                  body.data, body.size, &body.size, NULL));
    }
    // The key message is bound to the form, so a body of the other form has no key.
    REQUIRE_OK(twoway_multi_request_receiver_begin(receiver, other_form, key.data, key.size, types,
                                                   &pending, NULL));
    CHECK_STATUS(twoway_pending_multi_request_decapsulate(pending, &opener, NULL),
                 TWOWAY_OPEN_FAILED);
    twoway_pending_multi_request_free(pending);
    if (form == TWOWAY_FORM_CHUNKED) {
      const struct message cut = rewritten(body, 12, form);
      CHECK_STATUS(
          twoway_multi_request_receiver_open(receiver, key.data, key.size, cut.data, cut.size,
                                             types, out, sizeof out, &written, &answer, NULL),
          TWOWAY_OPEN_FAILED);
      CHECK(answer == NULL);
    }
    REQUIRE_OK(twoway_multi_request_receiver_begin(receiver, form, key.data, key.size, types,
                                                   &pending, NULL));
    REQUIRE_OK(twoway_pending_multi_request_decapsulate(pending, &opener, NULL));
    if (form == TWOWAY_FORM_CHUNKED) {
      CHECK_STATUS(twoway_multi_request_opener_open(opener, body.data, body.size, out, sizeof out,
                                                    &written, NULL),
                   TWOWAY_WRONG_STATE);
      CHECK_OK(twoway_multi_request_opener_chunk_opener(opener, NULL, &chunk_opener, NULL));
      twoway_chunk_opener_free(chunk_opener);
    } else {
      CHECK_STATUS(twoway_multi_request_opener_chunk_opener(opener, NULL, &chunk_opener, NULL),
                   TWOWAY_WRONG_STATE);
      CHECK_OK(twoway_multi_request_opener_open(opener, body.data, body.size, out, sizeof out,
                                                &written, NULL));
      CHECK(is_text(out, written, FIRST));
    }
    twoway_multi_request_opener_free(opener);
    twoway_pending_multi_request_free(pending);
    twoway_response_opener_free(response);
    twoway_multi_request_sealer_free(sealer);
  }
  twoway_multi_request_sender_free(sender);
  twoway_multi_request_receiver_free(receiver);
  peer_free(&peer);
}
