// One exchange in C: the example of docs/c.md, whose lines are between the marks.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// example {
#include <twoway/openssl.h>
#include <twoway/twoway.h>

/// The media types of whole requests and responses. There are no chunked ones here.
static const twoway_media_types request_types = {.whole = "secret-req"};
static const twoway_media_types response_types = {.whole = "secret-resp"};

/// A receiver: a private key (in software here), and the suites that it accepts.
static twoway_status open_gateway(const twoway_provider* crypto, twoway_key_ring** ring,
                                  twoway_request_receiver** receiver, twoway_error* error) {
  const twoway_symmetric_algorithms pair = {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_AES_128_GCM};
  twoway_private_key* key = NULL;
  twoway_status status = twoway_private_key_generate(crypto, TWOWAY_KEM_P256, &key, error);
  if (status == TWOWAY_OK) status = twoway_key_ring_new(crypto, NULL, ring, error);
  if (status == TWOWAY_OK) {
    status = twoway_key_ring_add(*ring, 1, key, &pair, 1, TWOWAY_KEY_ACTIVE, error);
  }
  if (status == TWOWAY_OK) {
    status = twoway_request_receiver_new(*ring, NULL, NULL, receiver, error);
  }
  twoway_private_key_free(key);  // the ring has it
  return status;
}

/// At the receiver: opens a request, and seals the answer to it into `out`.
static twoway_status answer(const twoway_request_receiver* receiver, const uint8_t* request,
                            size_t request_size, uint8_t* out, size_t capacity, size_t* written,
                            twoway_error* error) {
  static const char reply[] = "fine, thank you";
  uint8_t plaintext[1024];  // too small a buffer is TWOWAY_BUFFER_TOO_SMALL, and uses nothing up
  size_t plaintext_size = 0;
  twoway_response_sealer* sealer = NULL;
  twoway_status status =
      twoway_request_receiver_open(receiver, request, request_size, &request_types, plaintext,
                                   sizeof plaintext, &plaintext_size, &sealer, error);
  if (status == TWOWAY_OK) {
    printf("%.*s\n", (int)plaintext_size, (const char*)plaintext);
    status = twoway_response_sealer_seal(sealer, (const uint8_t*)reply, strlen(reply),
                                         &response_types, out, capacity, written, error);
  }
  twoway_response_sealer_free(sealer);
  return status;
}

/// At the sender: seals a question with the receiver's published keys, and opens the response.
static twoway_status ask(const twoway_request_sender* sender, const char* question,
                         const twoway_request_receiver* gateway, uint8_t* out, size_t capacity,
                         size_t* written, twoway_error* error) {
  const size_t size = twoway_request_sender_sealed_size(sender, strlen(question));
  uint8_t* request = malloc(size);
  uint8_t response[1024];
  size_t request_size = 0;
  size_t response_size = 0;
  twoway_response_opener* opener = NULL;
  twoway_status status =
      twoway_request_sender_seal(sender, (const uint8_t*)question, strlen(question), &request_types,
                                 request, size, &request_size, &opener, error);
  if (status == TWOWAY_OK) {  // stands for the network
    status =
        answer(gateway, request, request_size, response, sizeof response, &response_size, error);
  }
  if (status == TWOWAY_OK) {
    status = twoway_response_opener_open(opener, response, response_size, &response_types, out,
                                         capacity, written, error);
  }
  twoway_response_opener_free(opener);
  free(request);
  return status;
}
// } example

int main(void) {
  const twoway_provider* crypto = twoway_openssl_provider();
  twoway_key_ring* ring = NULL;
  twoway_request_receiver* receiver = NULL;
  twoway_request_sender* sender = NULL;
  twoway_error error;
  uint8_t keys[256];
  uint8_t answer[64];
  size_t keys_size = 0;
  size_t size = 0;
  twoway_status status = open_gateway(crypto, &ring, &receiver, &error);
  if (status == TWOWAY_OK) {  // media type application/ohttp-keys
    status = twoway_key_ring_key_configs(ring, keys, sizeof keys, &keys_size, &error);
  }
  if (status == TWOWAY_OK) {
    status = twoway_request_sender_new(crypto, keys, keys_size, NULL, &sender, &error);
  }
  if (status == TWOWAY_OK) {
    status = ask(sender, "how are you?", receiver, answer, sizeof answer, &size, &error);
  }
  if (status != TWOWAY_OK) {
    fprintf(stderr, "%s: %s\n", twoway_status_name(status), error.message);
  }
  twoway_request_sender_free(sender);
  twoway_request_receiver_free(receiver);
  twoway_key_ring_free(ring);
  return status == TWOWAY_OK && size == 15 && memcmp(answer, "fine, thank you", size) == 0 ? 0 : 1;
}
