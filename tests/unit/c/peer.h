// The start of the tests in C: a receiver with one key, and a sender to it.
#ifndef TWOWAY_TESTS_C_PEER_H
#define TWOWAY_TESTS_C_PEER_H

#include <string.h>

#include "check.h"

#ifdef __cplusplus
extern "C" {
#endif

/// The parameters of a test: a provider, and a suite that it offers.
struct fixture {
  const twoway_provider* crypto;
  twoway_suite suite;
};

/// Media types of the tests' own, and one type for messages of one form.
extern const twoway_media_types kTypes;
#define WHOLE_TYPE(type) (&(const twoway_media_types){.whole = (type), .chunked = NULL})
#define CHUNKED_TYPE(type) (&(const twoway_media_types){.whole = NULL, .chunked = (type)})

struct peer {
  twoway_private_key* key;
  twoway_key_ring* ring;
  twoway_request_receiver* receiver;
  twoway_request_sender* sender;
};

/// Makes a receiver with a new key of id 7, and a sender that read its key configurations.
struct peer peer_new(const struct fixture* fixture);

/// The same with a replay filter, a key id and a key. Each may be NULL, or 0 for the id 7. The peer
/// owns the key from here on.
struct peer peer_with(const struct fixture* fixture, twoway_replay_filter* filter, uint8_t key_id,
                      twoway_private_key* key);
void peer_free(struct peer* peer);

/// Returns memory of exactly `size` bytes, so that sanitizers see writes beside it. It is freed at
/// the end of the test.
uint8_t* memory(size_t size);
uint8_t* copy_of(const void* bytes, size_t size);

/// Returns a message in such memory.
struct message {
  uint8_t* data;
  size_t size;
};

/// Seals a whole request of `text`, and gives the opener of its response.
struct message seal_request(const struct peer* peer, const char* text,
                            twoway_response_opener** opener);

/// Opens a new request, and gives the sealer and the opener of its response.
twoway_response_sealer* accepted(const struct peer* peer, twoway_response_opener** opener);

/// Appends `text` to `message` in chunks of `chunk` bytes, with an empty last one after them, and
/// frees the sealer.
void append_chunks(struct message* message, twoway_chunk_sealer* sealer, const char* text,
                   size_t chunk);

/// Returns true if the `size` bytes are `text`.
int is_text(const uint8_t* bytes, size_t size, const char* text);

/// The calls of a callback, and its result.
struct calls {
  int calls;
  int released;
  twoway_status answer;
  uint64_t native;
  const twoway_private_key* key;  ///< that a private key's callbacks stand for
  const twoway_provider* crypto;
};

/// Callbacks that forward to `calls->key` if `calls->answer` is TWOWAY_OK.
twoway_private_key_callbacks key_callbacks(struct calls* calls);
void count_release(void* context);

#ifdef __cplusplus
}
#endif

#endif
