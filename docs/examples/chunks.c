// A chunked request that arrives in pieces, in C: an example of docs/c.md.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <twoway/openssl.h>
#include <twoway/twoway.h>

// example {
/// Opens the pieces of one chunked request as they come, for a server that is driven by events.
struct connection {
  twoway_chunked_request_opener* opener;
  uint8_t input[4096];  // what the opener has not consumed yet
  size_t input_size;
  int complete;
};

/// Takes what has arrived, which fits `input`; `end` says that no more will. `use` gets plaintext
/// that is authentic, but complete only when `complete` is set.
static twoway_status arrived(struct connection* c, const uint8_t* piece, size_t piece_size, int end,
                             void (*use)(const uint8_t* plaintext, size_t size),
                             twoway_error* error) {
  memcpy(c->input + c->input_size, piece, piece_size);
  c->input_size += piece_size;
  while (!c->complete) {
    const uint8_t* plaintext = NULL;
    size_t plaintext_size = 0;
    size_t consumed = 0;
    twoway_chunk_state state = TWOWAY_CHUNK_NEED_INPUT;
    twoway_status status = twoway_chunked_request_opener_open_in_place(
        c->opener, c->input, c->input_size, end, &consumed, &plaintext, &plaintext_size, &state,
        error);
    if (status == TWOWAY_OK && state == TWOWAY_CHUNK_NEED_KEY) {
      // A token may take its time: _pending and _give_key let another thread do this.
      status = twoway_chunked_request_opener_decapsulate(c->opener, error);
    }
    if (status != TWOWAY_OK) return status;  // the connection is over
    use(plaintext, plaintext_size);
    c->input_size -= consumed;
    memmove(c->input, c->input + consumed, c->input_size);
    if (state == TWOWAY_CHUNK_NEED_INPUT) break;
    c->complete = state == TWOWAY_CHUNK_DONE;
  }
  return TWOWAY_OK;
}
// } example

static char g_text[64];

static void collect(const uint8_t* plaintext, size_t size) {
  if (size != 0) strncat(g_text, (const char*)plaintext, size);
}

/// Writes a chunked request of two chunks. Returns 0 if that fails.
static size_t seal(const twoway_request_sender* sender, uint8_t* out, size_t capacity) {
  twoway_request_sealer* request = NULL;
  twoway_chunk_sealer* chunks = NULL;
  size_t size = 0;
  size_t written = 0;
  int good =
      twoway_request_sender_begin(sender, TWOWAY_FORM_CHUNKED, NULL, &request, NULL) == TWOWAY_OK &&
      twoway_request_sealer_prefix(request, out, capacity, &size, NULL) == TWOWAY_OK &&
      twoway_request_sealer_chunk_sealer(request, NULL, &chunks, NULL) == TWOWAY_OK;
  good = good && twoway_chunk_sealer_seal(chunks, (const uint8_t*)"one, ", 5, TWOWAY_NO, out + size,
                                          capacity - size, &written, NULL) == TWOWAY_OK;
  size += written;
  good = good && twoway_chunk_sealer_seal(chunks, (const uint8_t*)"two", 3, TWOWAY_YES, out + size,
                                          capacity - size, &written, NULL) == TWOWAY_OK;
  size += written;
  twoway_chunk_sealer_free(chunks);
  twoway_request_sealer_free(request);
  return good ? size : 0;
}

int main(void) {
  const twoway_provider* crypto = twoway_openssl_provider();
  const twoway_symmetric_algorithms pair = {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_AES_128_GCM};
  static struct connection connection;
  twoway_private_key* key = NULL;
  twoway_key_ring* ring = NULL;
  twoway_request_receiver* receiver = NULL;
  twoway_request_sender* sender = NULL;
  uint8_t message[512];
  size_t size = 0;
  size_t i;
  int good = twoway_private_key_generate(crypto, TWOWAY_KEM_P256, &key, NULL) == TWOWAY_OK &&
             twoway_key_ring_new(crypto, NULL, &ring, NULL) == TWOWAY_OK &&
             twoway_key_ring_add(ring, 1, key, &pair, 1, TWOWAY_KEY_ACTIVE, NULL) == TWOWAY_OK &&
             twoway_request_receiver_new(ring, NULL, NULL, &receiver, NULL) == TWOWAY_OK &&
             twoway_key_ring_key_configs(ring, message, sizeof message, &size, NULL) == TWOWAY_OK &&
             twoway_request_sender_new(crypto, message, size, NULL, &sender, NULL) == TWOWAY_OK &&
             twoway_request_receiver_chunked_opener(receiver, NULL, NULL, &connection.opener,
                                                    NULL) == TWOWAY_OK;
  size = good ? seal(sender, message, sizeof message) : 0;
  for (i = 0; i < size; i += 10) {
    const size_t piece = size - i < 10 ? size - i : 10;
    good = good &&
           arrived(&connection, message + i, piece, i + piece == size, collect, NULL) == TWOWAY_OK;
  }
  good = good && connection.complete && strcmp(g_text, "one, two") == 0;
  twoway_chunked_request_opener_free(connection.opener);
  twoway_request_sender_free(sender);
  twoway_request_receiver_free(receiver);
  twoway_key_ring_free(ring);
  twoway_private_key_free(key);
  return good ? 0 : 1;
}
