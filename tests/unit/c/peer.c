#include "peer.h"

#include <stdlib.h>

#include "bridge_calls.h"

const twoway_media_types kTypes = {"type", "type chunked", 0, 0};

static struct peer make_peer(const struct fixture* fixture, twoway_replay_filter* filter,
                             uint8_t key_id, twoway_private_key* key) {
  struct peer peer = {key, NULL, NULL, NULL};
  const twoway_symmetric_algorithms pair = {fixture->suite.kdf, fixture->suite.aead};
  uint8_t configs[2048];
  size_t size = 0;
  if (key == NULL) {
    CHECK_OK(twoway_private_key_generate(fixture->crypto, fixture->suite.kem, &peer.key, NULL));
  }
  CHECK_OK(twoway_key_ring_new(fixture->crypto, NULL, &peer.ring, NULL));
  CHECK_OK(twoway_key_ring_add(peer.ring, key_id, peer.key, &pair, 1, TWOWAY_KEY_ACTIVE, NULL));
  CHECK_OK(twoway_request_receiver_new(peer.ring, NULL, filter, &peer.receiver, NULL));
  CHECK_OK(twoway_key_ring_key_configs(peer.ring, configs, sizeof configs, &size, NULL));
  CHECK_OK(twoway_request_sender_new(fixture->crypto, configs, size, NULL, &peer.sender, NULL));
  return peer;
}

struct peer peer_new(const struct fixture* fixture) {
  return make_peer(fixture, NULL, 7, NULL);
}

struct peer peer_with(const struct fixture* fixture, twoway_replay_filter* filter, uint8_t key_id,
                      twoway_private_key* key) {
  return make_peer(fixture, filter, key_id == 0 ? 7 : key_id, key);
}

void peer_free(struct peer* peer) {
  twoway_request_sender_free(peer->sender);
  twoway_request_receiver_free(peer->receiver);
  twoway_key_ring_free(peer->ring);
  twoway_private_key_free(peer->key);
  memset(peer, 0, sizeof *peer);
}

uint8_t* copy_of(const void* bytes, size_t size) {
  uint8_t* copy = memory(size);
  if (size != 0) memcpy(copy, bytes, size);
  return copy;
}

struct message seal_request(const struct peer* peer, const char* text,
                            twoway_response_opener** opener) {
  struct message message;
  const size_t size = strlen(text);
  message.size = twoway_request_sender_sealed_size(peer->sender, size);
  message.data = memory(message.size);
  CHECK_OK(twoway_request_sender_seal(peer->sender, (const uint8_t*)text, size, NULL, message.data,
                                      message.size, &message.size, opener, NULL));
  return message;
}

void append_chunks(struct message* message, twoway_chunk_sealer* sealer, const char* text,
                   size_t chunk) {
  size_t left = strlen(text);
  int last = 0;
  while (!last) {
    const size_t part = left < chunk ? left : chunk;
    uint8_t* longer;
    size_t size;
    size_t written = 0;
    last = left == 0;
    size = twoway_chunk_sealer_sealed_size(sealer, part, last);
    longer = memory(message->size + size);
    if (message->size != 0) memcpy(longer, message->data, message->size);
    CHECK(!twoway_chunk_sealer_finished(sealer));
    CHECK_OK(twoway_chunk_sealer_seal(sealer, (const uint8_t*)text, part, last,
                                      longer + message->size, size, &written, NULL));
    CHECK(written == size);
    CHECK(size <= twoway_chunk_sealer_max_sealed_size(sealer));
    message->data = longer;
    message->size += written;
    text += part;
    left -= part;
  }
  CHECK(twoway_chunk_sealer_finished(sealer));
  twoway_chunk_sealer_free(sealer);
}

int is_text(const uint8_t* bytes, size_t size, const char* text) {
  return size == strlen(text) && (size == 0 || memcmp(bytes, text, size) == 0);
}

void count_release(void* context) { ++((struct calls*)context)->released; }

static twoway_status forward_dh(void* context, uint8_t* secret, size_t secret_size,
                                const uint8_t* peer, size_t peer_size, uint64_t* native) {
  struct calls* calls = context;
  ++calls->calls;
  *native = calls->native;
  if (calls->answer != TWOWAY_OK) return calls->answer;
  return key_dh(calls->crypto, calls->key, peer, peer_size, secret, secret_size);
}

twoway_private_key_callbacks key_callbacks(struct calls* calls) {
  twoway_private_key_callbacks callbacks;
  memset(&callbacks, 0, sizeof callbacks);
  callbacks.size = sizeof callbacks;
  callbacks.context = calls;
  callbacks.dh = forward_dh;
  callbacks.release = count_release;
  return callbacks;
}

twoway_response_sealer* accepted(const struct peer* peer, twoway_response_opener** opener) {
  twoway_response_sealer* sealer = NULL;
  uint8_t text[64];
  size_t written = 0;
  const struct message request = seal_request(peer, "question", opener);
  CHECK_OK(twoway_request_receiver_open(peer->receiver, request.data, request.size, NULL, text,
                                        sizeof text, &written, &sealer, NULL));
  return sealer;
}
