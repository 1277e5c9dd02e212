// One request to many receivers.
#include "bridge_calls.h"
#include "cases.h"

#define RECEIVERS 3
#define TEXT "a request to three receivers"

/// Three receivers, one of them with another KEM if the provider has one, and their messages.
struct multi {
  struct peer peers[RECEIVERS];
  twoway_multi_request_sealer* sealer;
  struct message keys[RECEIVERS];
  twoway_response_opener* responses[RECEIVERS];
};

static struct multi multi_new(const struct fixture* fixture, twoway_form form,
                              const twoway_media_types* types) {
  struct multi multi;
  twoway_multi_request_sender* sender = NULL;
  int i;
  memset(&multi, 0, sizeof multi);
  CHECK_OK(
      twoway_multi_request_sender_new(fixture->crypto, fixture->suite.aead, NULL, &sender, NULL));
  CHECK_OK(twoway_multi_request_sender_begin(sender, form, types, &multi.sealer, NULL));
  twoway_multi_request_sender_free(sender);
  for (i = 0; i < RECEIVERS; ++i) {
    struct fixture own = *fixture;
    struct message* key = &multi.keys[i];
    if (i == 1) {
      own.suite.kem = TWOWAY_KEM_P256;
      if (twoway_provider_offers(own.crypto, own.suite, NULL) != TWOWAY_OK) own = *fixture;
    }
    multi.peers[i] = peer_with(&own, NULL, (uint8_t)(i + 1), NULL);
    key->size = twoway_multi_request_sealer_key_size(multi.sealer, multi.peers[i].sender);
    key->data = memory(key->size);
    CHECK_OK(twoway_multi_request_sealer_encapsulate_key(multi.sealer, multi.peers[i].sender,
                                                         key->data, key->size, &key->size,
                                                         &multi.responses[i], NULL));
  }
  return multi;
}

static void multi_free(struct multi* multi) {
  int i;
  twoway_multi_request_sealer_free(multi->sealer);
  for (i = 0; i < RECEIVERS; ++i) {
    twoway_response_opener_free(multi->responses[i]);
    peer_free(&multi->peers[i]);
  }
}

static twoway_multi_request_receiver* receiver_of(const struct multi* multi, int i) {
  twoway_multi_request_receiver* receiver = NULL;
  CHECK_OK(twoway_multi_request_receiver_new(multi->peers[i].ring, NULL, NULL, &receiver, NULL));
  return receiver;
}

/// Responds with the receiver's number, which only its own opener can read.
static void check_response(const struct multi* multi, int i, twoway_response_sealer* sealer) {
  const uint8_t answer = (uint8_t)('0' + i);
  uint8_t message[64];
  uint8_t text[64];
  size_t size = 0;
  size_t written = 0;
  int other;
  REQUIRE_OK(
      twoway_response_sealer_seal(sealer, &answer, 1, NULL, message, sizeof message, &size, NULL));
  for (other = 0; other < RECEIVERS; ++other) {
    CHECK_STATUS(twoway_response_opener_open(multi->responses[other], message, size, NULL, text,
                                             sizeof text, &written, NULL),
                 other == i ? TWOWAY_OK : TWOWAY_OPEN_FAILED);
    if (other == i) CHECK(written == 1 && text[0] == answer);
  }
  twoway_response_sealer_free(sealer);
}

void multi_whole(const struct fixture* fixture) {
  struct multi multi = multi_new(fixture, TWOWAY_FORM_WHOLE, NULL);
  const size_t size = twoway_multi_request_sealer_sealed_size(multi.sealer, sizeof TEXT - 1);
  const size_t prefix = twoway_multi_request_sealer_prefix_size(multi.sealer);
  uint8_t* body = memory(size);
  uint8_t nonce[12];
  size_t written = 0;
  int i;
  CHECK_STATUS(twoway_multi_request_sealer_seal(multi.sealer, (const uint8_t*)TEXT, sizeof TEXT - 1,
                                                body, size - 1, &written, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == size);
  CHECK_STATUS(twoway_multi_request_sealer_prefix(multi.sealer, nonce, 11, &written, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK_OK(twoway_multi_request_sealer_prefix(multi.sealer, nonce, sizeof nonce, &written, NULL));
  CHECK(written == prefix && prefix == 12);
  memcpy(body + prefix, TEXT, sizeof TEXT - 1);
  REQUIRE_OK(twoway_multi_request_sealer_seal(multi.sealer, body + prefix, sizeof TEXT - 1, body,
                                              size, &written, NULL));
  CHECK(written == size);
  CHECK(memcmp(body, nonce, prefix) == 0);
  for (i = 0; i < RECEIVERS; ++i) {
    twoway_multi_request_receiver* receiver = receiver_of(&multi, i);
    twoway_response_sealer* sealer = NULL;
    uint8_t* text = memory(sizeof TEXT - 1);
    CHECK_STATUS(twoway_multi_request_receiver_open(receiver, multi.keys[i].data,
                                                    multi.keys[i].size, body, size, NULL, text,
                                                    sizeof TEXT - 2, &written, &sealer, NULL),
                 TWOWAY_BUFFER_TOO_SMALL);
    CHECK(written == sizeof TEXT - 1);
    CHECK(sealer == NULL);
    REQUIRE_OK(twoway_multi_request_receiver_open(receiver, multi.keys[i].data, multi.keys[i].size,
                                                  body, size, NULL, text, sizeof TEXT - 1, &written,
                                                  &sealer, NULL));
    CHECK(is_text(text, written, TEXT));
    check_response(&multi, i, sealer);
    twoway_multi_request_receiver_free(receiver);
  }
  multi_free(&multi);
}

void multi_chunked(const struct fixture* fixture) {
  struct multi multi = multi_new(fixture, TWOWAY_FORM_CHUNKED, NULL);
  twoway_chunk_sealer* chunks = NULL;
  struct message body;
  int i;
  body.size = twoway_multi_request_sealer_prefix_size(multi.sealer);
  body.data = memory(body.size);
  REQUIRE_OK(
      twoway_multi_request_sealer_prefix(multi.sealer, body.data, body.size, &body.size, NULL));
  REQUIRE_OK(twoway_multi_request_sealer_chunk_sealer(multi.sealer, NULL, &chunks, NULL));
  append_chunks(&body, chunks, TEXT, 9);
  for (i = 0; i < RECEIVERS; ++i) {
    twoway_multi_request_receiver* receiver = receiver_of(&multi, i);
    twoway_pending_multi_request* pending = NULL;
    twoway_multi_request_opener* opener = NULL;
    twoway_chunk_opener* chunk_opener = NULL;
    twoway_response_sealer* sealer = NULL;
    twoway_chunk_state state = 0;
    uint8_t text[64];
    size_t opened = 0;
    size_t at;
    REQUIRE_OK(twoway_multi_request_receiver_begin(receiver, TWOWAY_FORM_CHUNKED,
                                                   multi.keys[i].data, multi.keys[i].size, NULL,
                                                   &pending, NULL));
    CHECK(twoway_pending_multi_request_key_id(pending) == i + 1);
    CHECK(twoway_pending_multi_request_suite(pending).aead == fixture->suite.aead);
    REQUIRE_OK(twoway_pending_multi_request_decapsulate(pending, &opener, NULL));
    twoway_pending_multi_request_free(pending);
    twoway_multi_request_receiver_free(receiver);
    REQUIRE_OK(twoway_multi_request_opener_chunk_opener(opener, NULL, &chunk_opener, NULL));
    CHECK_STATUS(twoway_multi_request_opener_response_sealer(opener, &sealer, NULL),
                 TWOWAY_WRONG_STATE);
    // In pieces of one byte, which end within the nonce, lengths and chunks.
    for (at = 0; at < body.size; ++at) {
      size_t consumed = 0;
      size_t written = 0;
      REQUIRE_OK(twoway_chunk_opener_open(chunk_opener, body.data + at, 1, at + 1 == body.size,
                                          text + opened, sizeof text - opened, &consumed, &written,
                                          &state, NULL));
      CHECK(consumed == 1);
      opened += written;
    }
    CHECK(state == TWOWAY_CHUNK_DONE);
    CHECK(is_text(text, opened, TEXT));
    REQUIRE_OK(twoway_multi_request_opener_response_sealer(opener, &sealer, NULL));
    twoway_chunk_opener_free(chunk_opener);
    twoway_multi_request_opener_free(opener);
    check_response(&multi, i, sealer);
  }
  multi_free(&multi);
}

void multi_elsewhere(const struct fixture* fixture) {
  struct multi multi = multi_new(fixture, TWOWAY_FORM_WHOLE, &kTypes);
  twoway_multi_request_receiver* receiver = receiver_of(&multi, 0);
  twoway_pending_multi_request* pending = NULL;
  twoway_multi_request_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  twoway_private_key* key = NULL;
  uint8_t enc[32];
  uint8_t secret[32];
  uint8_t body[128];
  uint8_t text[64];
  size_t enc_size = 0;
  size_t size = 0;
  size_t written = 0;
  REQUIRE_OK(twoway_multi_request_sealer_seal(multi.sealer, (const uint8_t*)TEXT, sizeof TEXT - 1,
                                              body, sizeof body, &size, NULL));
  REQUIRE_OK(twoway_multi_request_receiver_begin(receiver, TWOWAY_FORM_WHOLE, multi.keys[0].data,
                                                 multi.keys[0].size, &kTypes, &pending, NULL));
  REQUIRE_OK(twoway_pending_multi_request_enc(pending, enc, sizeof enc, &enc_size, NULL));
  REQUIRE_OK(twoway_pending_multi_request_key(pending, &key, NULL));
  REQUIRE_OK(key_decap(fixture->crypto, key, enc, enc_size, secret, sizeof secret));
  CHECK_STATUS(twoway_pending_multi_request_complete(pending, secret, 31, &opener, NULL),
               TWOWAY_INVALID_ARGUMENT);
  secret[0] ^= 1;
  CHECK_STATUS(twoway_pending_multi_request_complete(pending, secret, sizeof secret, &opener, NULL),
               TWOWAY_OPEN_FAILED);
  CHECK(opener == NULL);
  secret[0] ^= 1;
  REQUIRE_OK(twoway_pending_multi_request_complete(pending, secret, sizeof secret, &opener, NULL));
  CHECK(twoway_multi_request_opener_prefix_size(opener) == 12);
  CHECK(twoway_multi_request_opener_opened_size(opener, size) == sizeof TEXT - 1);
  CHECK(twoway_multi_request_opener_opened_size(opener, 20) == 0);
  twoway_multi_request_opener_free(opener);
  REQUIRE_OK(key_dh(fixture->crypto, key, enc, enc_size, secret, sizeof secret));
  twoway_private_key_free(key);
  CHECK_STATUS(twoway_pending_multi_request_complete_dh(pending, secret, 31, &opener, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  REQUIRE_OK(
      twoway_pending_multi_request_complete_dh(pending, secret, sizeof secret, &opener, NULL));
  // A failure consumes nothing.
  CHECK_STATUS(
      twoway_multi_request_opener_open(opener, body, size - 1, text, sizeof text, &written, NULL),
      TWOWAY_OPEN_FAILED);
  CHECK_STATUS(twoway_multi_request_opener_open(opener, body, 3, text, sizeof text, &written, NULL),
               TWOWAY_OPEN_FAILED);
  CHECK_STATUS(twoway_multi_request_opener_open(opener, body, size, text, 3, &written, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == sizeof TEXT - 1);
  // In place.
  REQUIRE_OK(
      twoway_multi_request_opener_open(opener, body, size, body + 12, size - 12, &written, NULL));
  CHECK(is_text(body + 12, written, TEXT));
  CHECK_STATUS(
      twoway_multi_request_opener_open(opener, body, size, text, sizeof text, &written, NULL),
      TWOWAY_WRONG_STATE);
  REQUIRE_OK(twoway_multi_request_opener_response_sealer(opener, &sealer, NULL));
  check_response(&multi, 0, sealer);
  twoway_multi_request_opener_free(opener);
  twoway_pending_multi_request_free(pending);
  twoway_multi_request_receiver_free(receiver);
  multi_free(&multi);
}

void multi_refusals(const struct fixture* fixture) {
  struct multi multi = multi_new(fixture, TWOWAY_FORM_WHOLE, &kTypes);
  twoway_multi_request_receiver* receiver = receiver_of(&multi, 0);
  twoway_multi_request_sender* sender = NULL;
  twoway_multi_request_sealer* other = NULL;
  twoway_pending_multi_request* pending = NULL;
  twoway_multi_request_opener* opener = NULL;
  twoway_chunk_sealer* chunks = NULL;
  twoway_chunk_opener* chunk_opener = NULL;
  twoway_response_sealer* sealer = NULL;
  twoway_response_opener* response = NULL;
  twoway_chunk_limits limits;
  uint8_t body[128];
  uint8_t out[256];
  size_t size = 0;
  size_t written = 9;
  const uint16_t other_aead = TWOWAY_AEAD_AES_256_GCM;
  memset(&limits, 0, sizeof limits);
  limits.size = sizeof limits;
  limits.max_chunk = SIZE_MAX;
  CHECK_STATUS(twoway_multi_request_sealer_chunk_sealer(multi.sealer, &limits, &chunks, NULL),
               TWOWAY_INVALID_ARGUMENT);  // consumes nothing
  REQUIRE_OK(twoway_multi_request_sealer_seal(multi.sealer, (const uint8_t*)TEXT, sizeof TEXT - 1,
                                              body, sizeof body, &size, NULL));
  CHECK_STATUS(
      twoway_multi_request_sealer_seal(multi.sealer, NULL, 0, body, sizeof body, &size, NULL),
      TWOWAY_WRONG_STATE);
  CHECK_STATUS(twoway_multi_request_sealer_chunk_sealer(multi.sealer, NULL, &chunks, NULL),
               TWOWAY_WRONG_STATE);
  CHECK(twoway_multi_request_sealer_sealed_size(multi.sealer, SIZE_MAX) == 0);
  size = twoway_multi_request_sealer_sealed_size(multi.sealer, sizeof TEXT - 1);
  CHECK_STATUS(twoway_multi_request_sealer_encapsulate_key(multi.sealer, multi.peers[0].sender, out,
                                                           multi.keys[0].size - 1, &written,
                                                           &response, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(written == multi.keys[0].size);
  CHECK(response == NULL);

  CHECK_STATUS(twoway_multi_request_sender_new(fixture->crypto, 0xffff, NULL, &sender, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK(sender == NULL);
  if (twoway_multi_request_sender_new(fixture->crypto, other_aead, NULL, &sender, NULL) ==
      TWOWAY_OK) {
    REQUIRE_OK(twoway_multi_request_sender_begin(sender, TWOWAY_FORM_WHOLE, &kTypes, &other, NULL));
    CHECK_STATUS(twoway_multi_request_sealer_encapsulate_key(other, multi.peers[0].sender, out,
                                                             sizeof out, &written, &response, NULL),
                 TWOWAY_INVALID_ARGUMENT);  // another AEAD than the receiver's
    CHECK(written == 0);
    twoway_multi_request_sealer_free(other);
    twoway_multi_request_sender_free(sender);
  }

  CHECK_STATUS(twoway_multi_request_receiver_begin(receiver, TWOWAY_FORM_WHOLE, multi.keys[0].data,
                                                   6, &kTypes, &pending, NULL),
               TWOWAY_MALFORMED);
  CHECK_STATUS(twoway_multi_request_receiver_begin(receiver, TWOWAY_FORM_WHOLE, multi.keys[1].data,
                                                   multi.keys[1].size, &kTypes, &pending, NULL),
               TWOWAY_UNKNOWN_KEY);
  CHECK_STATUS(twoway_multi_request_receiver_begin(receiver, TWOWAY_FORM_WHOLE, multi.keys[0].data,
                                                   multi.keys[0].size - 1, &kTypes, &pending, NULL),
               TWOWAY_OPEN_FAILED);
  CHECK(pending == NULL);
  CHECK_STATUS(twoway_multi_request_receiver_open(receiver, multi.keys[0].data, multi.keys[0].size,
                                                  body, size, WHOLE_TYPE("other"), out, sizeof out,
                                                  &written, &sealer, NULL),
               TWOWAY_OPEN_FAILED);
  CHECK(written == 0);
  CHECK(sealer == NULL);
  // The key of these types. Chunks need nothing else.
  REQUIRE_OK(twoway_multi_request_receiver_begin(receiver, TWOWAY_FORM_CHUNKED, multi.keys[0].data,
                                                 multi.keys[0].size, CHUNKED_TYPE(kTypes.whole),
                                                 &pending, NULL));
  CHECK_STATUS(twoway_pending_multi_request_enc(pending, out, 31, &written, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  REQUIRE_OK(twoway_pending_multi_request_decapsulate(pending, &opener, NULL));
  CHECK_STATUS(twoway_multi_request_opener_response_sealer(opener, &sealer, NULL),
               TWOWAY_WRONG_STATE);
  CHECK_STATUS(twoway_multi_request_opener_chunk_opener(opener, &limits, &chunk_opener, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_OK(twoway_multi_request_opener_chunk_opener(opener, NULL, &chunk_opener, NULL));
  twoway_chunk_opener_free(chunk_opener);
  CHECK_STATUS(twoway_multi_request_opener_chunk_opener(opener, NULL, &chunk_opener, NULL),
               TWOWAY_WRONG_STATE);
  CHECK(chunk_opener == NULL);
  twoway_multi_request_opener_free(opener);
  twoway_pending_multi_request_free(pending);

  // A replay filter counts key messages, and is asked when the body is authentic.
  {
    twoway_replay_filter* filter = NULL;
    twoway_multi_request_receiver* once = NULL;
    REQUIRE_OK(twoway_replay_filter_new_in_memory(fixture->crypto, 4, 600, NULL, &filter, NULL));
    REQUIRE_OK(twoway_multi_request_receiver_new(multi.peers[0].ring, NULL, filter, &once, NULL));
    twoway_replay_filter_free(filter);
    body[size - 1] ^= 1;
    CHECK_STATUS(
        twoway_multi_request_receiver_open(once, multi.keys[0].data, multi.keys[0].size, body, size,
                                           &kTypes, out, sizeof out, &written, &sealer, NULL),
        TWOWAY_OPEN_FAILED);
    body[size - 1] ^= 1;
    CHECK_STATUS(
        twoway_multi_request_receiver_open(once, multi.keys[0].data, multi.keys[0].size, body, size,
                                           &kTypes, out, 3, &written, &sealer, NULL),
        TWOWAY_BUFFER_TOO_SMALL);
    CHECK_OK(twoway_multi_request_receiver_open(once, multi.keys[0].data, multi.keys[0].size, body,
                                                size, &kTypes, out, sizeof out, &written, &sealer,
                                                NULL));
    twoway_response_sealer_free(sealer);
    CHECK_STATUS(
        twoway_multi_request_receiver_open(once, multi.keys[0].data, multi.keys[0].size, body, size,
                                           &kTypes, out, sizeof out, &written, &sealer, NULL),
        TWOWAY_REPLAYED);
    CHECK(written == 0);
    twoway_multi_request_receiver_free(once);
  }
  twoway_multi_request_receiver_free(receiver);
  multi_free(&multi);
}
