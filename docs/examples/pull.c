// Pull streams in C: an example of docs/c.md.
#include <stdio.h>
#include <string.h>

#include <twoway/openssl.h>
#include <twoway/twoway.h>

// example {
/// A source of the caller's: gives the bytes of a FILE.
static twoway_status read_file(void* context, uint8_t* out, size_t capacity, size_t* written,
                               int* end, uint64_t* native) {
  FILE* file = context;
  (void)native;
  *written = fread(out, 1, capacity, file);
  *end = feof(file) != 0;
  return ferror(file) ? TWOWAY_SOURCE_FAILED : TWOWAY_OK;
}

static twoway_status file_source(FILE* file, twoway_source** source, twoway_error* error) {
  twoway_source_callbacks callbacks = {0};
  callbacks.size = sizeof callbacks;
  callbacks.context = file;
  callbacks.read = read_file;
  return twoway_source_new(&callbacks, source, error);
}

/// Seals a file of any size as a chunked request. `opener` is for the response.
static twoway_status seal_file(const twoway_request_sender* sender, FILE* in, FILE* out,
                               twoway_response_opener** opener, twoway_error* error) {
  uint8_t buffer[16384];
  size_t size = 0;
  twoway_source* source = NULL;
  twoway_request_sealer* sealer = NULL;
  twoway_seal_stream* stream = NULL;
  twoway_status status =
      twoway_request_sender_begin(sender, TWOWAY_FORM_CHUNKED, NULL, &sealer, error);
  if (status == TWOWAY_OK) status = twoway_request_sealer_response_opener(sealer, opener, error);
  if (status == TWOWAY_OK) status = file_source(in, &source, error);
  if (status == TWOWAY_OK) {
    status = twoway_request_sealer_stream(sealer, source, NULL, &stream, error);
  }
  while (status == TWOWAY_OK) {
    status = twoway_seal_stream_read(stream, buffer, sizeof buffer, &size, error);
    if (status != TWOWAY_OK || size == 0) break;
    fwrite(buffer, 1, size, out);
  }
  twoway_seal_stream_free(stream);
  twoway_source_free(source);
  twoway_request_sealer_free(sealer);
  return status;
}

/// Opens such a request. What stands in `out` is authentic, but complete only after TWOWAY_OK.
static twoway_status open_file(const twoway_request_receiver* receiver, FILE* in, FILE* out,
                               twoway_response_sealer** sealer, twoway_error* error) {
  uint8_t buffer[16384];
  size_t size = 0;
  twoway_source* source = NULL;
  twoway_pending_request* pending = NULL;
  twoway_request_opener* opener = NULL;
  twoway_open_stream* stream = NULL;
  twoway_status status = file_source(in, &source, error);
  if (status == TWOWAY_OK) {
    status = twoway_request_receiver_begin_from(receiver, TWOWAY_FORM_CHUNKED, source, NULL,
                                                &pending, error);
  }
  if (status == TWOWAY_OK) status = twoway_pending_request_decapsulate(pending, &opener, error);
  if (status == TWOWAY_OK) {
    status = twoway_request_opener_stream(opener, source, NULL, &stream, error);
  }
  while (status == TWOWAY_OK) {
    status = twoway_open_stream_read(stream, buffer, sizeof buffer, &size, error);
    if (status != TWOWAY_OK || size == 0) break;
    fwrite(buffer, 1, size, out);
  }
  if (status == TWOWAY_OK) status = twoway_request_opener_response_sealer(opener, sealer, error);
  twoway_open_stream_free(stream);
  twoway_request_opener_free(opener);
  twoway_pending_request_free(pending);
  twoway_source_free(source);
  return status;
}
// } example

int main(void) {
  const twoway_provider* crypto = twoway_openssl_provider();
  const twoway_symmetric_algorithms pair = {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_AES_128_GCM};
  twoway_private_key* key = NULL;
  twoway_key_ring* ring = NULL;
  twoway_request_receiver* receiver = NULL;
  twoway_request_sender* sender = NULL;
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  FILE* plain = tmpfile();
  FILE* sealed = tmpfile();
  FILE* opened = tmpfile();
  uint8_t configs[256];
  size_t size = 0;
  long i;
  int good = plain != NULL && sealed != NULL && opened != NULL &&
             twoway_private_key_generate(crypto, TWOWAY_KEM_X25519, &key, NULL) == TWOWAY_OK &&
             twoway_key_ring_new(crypto, NULL, &ring, NULL) == TWOWAY_OK &&
             twoway_key_ring_add(ring, 1, key, &pair, 1, TWOWAY_KEY_ACTIVE, NULL) == TWOWAY_OK &&
             twoway_request_receiver_new(ring, NULL, NULL, &receiver, NULL) == TWOWAY_OK &&
             twoway_key_ring_key_configs(ring, configs, sizeof configs, &size, NULL) == TWOWAY_OK &&
             twoway_request_sender_new(crypto, configs, size, NULL, &sender, NULL) == TWOWAY_OK;
  for (i = 0; good && i < 100000; ++i) fputc((int)(i % 251), plain);
  if (good) rewind(plain);
  good = good && seal_file(sender, plain, sealed, &opener, NULL) == TWOWAY_OK;
  if (good) rewind(sealed);
  good = good && open_file(receiver, sealed, opened, &sealer, NULL) == TWOWAY_OK;
  if (good) rewind(opened);
  for (i = 0; good && i < 100000; ++i) good = fgetc(opened) == (int)(i % 251);
  good = good && fgetc(opened) == EOF;
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
  twoway_request_sender_free(sender);
  twoway_request_receiver_free(receiver);
  twoway_key_ring_free(ring);
  twoway_private_key_free(key);
  return good ? 0 : 1;
}
