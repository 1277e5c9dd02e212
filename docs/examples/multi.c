// One request to many receivers, in C: an example of docs/c.md.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <twoway/openssl.h>
#include <twoway/twoway.h>

// example {
/// What one gateway gets, and the opener of its response.
struct copy {
  uint8_t key_message[256];
  size_t key_message_size;
  twoway_response_opener* opener;
};

/// Seals `question` once into `body`, and its key for each of `count` gateways, whose suites have
/// one AEAD.
static twoway_status ask_all(const twoway_provider* crypto,
                             const twoway_request_sender* const* gateways, size_t count,
                             const char* question, uint8_t* body, size_t capacity,
                             size_t* body_size, struct copy* copies, twoway_error* error) {
  twoway_multi_request_sender* sender = NULL;
  twoway_multi_request_sealer* sealer = NULL;
  size_t i;
  twoway_status status =
      twoway_multi_request_sender_new(crypto, TWOWAY_AEAD_AES_128_GCM, NULL, &sender, error);
  if (status == TWOWAY_OK) {
    status = twoway_multi_request_sender_begin(sender, TWOWAY_FORM_WHOLE, NULL, &sealer, error);
  }
  for (i = 0; status == TWOWAY_OK && i < count; ++i) {
    status = twoway_multi_request_sealer_encapsulate_key(
        sealer, gateways[i], copies[i].key_message, sizeof copies[i].key_message,
        &copies[i].key_message_size, &copies[i].opener, error);
  }
  if (status == TWOWAY_OK) {
    status = twoway_multi_request_sealer_seal(sealer, (const uint8_t*)question, strlen(question),
                                              body, capacity, body_size, error);
  }
  twoway_multi_request_sealer_free(sealer);
  twoway_multi_request_sender_free(sender);
  return status;
}

/// At a gateway: opens the body with the key message that came with it. `sealer` seals the answer.
static twoway_status take_copy(twoway_key_ring* ring, const struct copy* copy, const uint8_t* body,
                               size_t body_size, uint8_t* plaintext, size_t capacity,
                               size_t* plaintext_size, twoway_response_sealer** sealer,
                               twoway_error* error) {
  twoway_multi_request_receiver* receiver = NULL;
  twoway_status status = twoway_multi_request_receiver_new(ring, NULL, NULL, &receiver, error);
  if (status == TWOWAY_OK) {
    status = twoway_multi_request_receiver_open(receiver, copy->key_message, copy->key_message_size,
                                                body, body_size, NULL, plaintext, capacity,
                                                plaintext_size, sealer, error);
  }
  twoway_multi_request_receiver_free(receiver);
  return status;
}
// } example

int main(void) {
  const twoway_provider* crypto = twoway_openssl_provider();
  const twoway_symmetric_algorithms pair = {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_AES_128_GCM};
  twoway_key_ring* rings[2] = {NULL, NULL};
  twoway_request_sender* senders[2] = {NULL, NULL};
  struct copy copies[2];
  uint8_t body[256];
  size_t body_size = 0;
  int good = 1;
  int i;
  for (i = 0; i < 2; ++i) {
    twoway_private_key* key = NULL;
    uint8_t configs[256];
    size_t size = 0;
    good =
        good && twoway_private_key_generate(crypto, TWOWAY_KEM_X25519, &key, NULL) == TWOWAY_OK &&
        twoway_key_ring_new(crypto, NULL, &rings[i], NULL) == TWOWAY_OK &&
        twoway_key_ring_add(rings[i], 1, key, &pair, 1, TWOWAY_KEY_ACTIVE, NULL) == TWOWAY_OK &&
        twoway_key_ring_key_configs(rings[i], configs, sizeof configs, &size, NULL) == TWOWAY_OK &&
        twoway_request_sender_new(crypto, configs, size, NULL, &senders[i], NULL) == TWOWAY_OK;
    twoway_private_key_free(key);
  }
  good = good && ask_all(crypto, (const twoway_request_sender* const*)senders, 2, "who is there?",
                         body, sizeof body, &body_size, copies, NULL) == TWOWAY_OK;
  for (i = 0; good && i < 2; ++i) {
    twoway_response_sealer* sealer = NULL;
    uint8_t plaintext[64];
    size_t plaintext_size = 0;
    good = take_copy(rings[i], &copies[i], body, body_size, plaintext, sizeof plaintext,
                     &plaintext_size, &sealer, NULL) == TWOWAY_OK &&
           plaintext_size == 13 && memcmp(plaintext, "who is there?", 13) == 0;
    twoway_response_sealer_free(sealer);
    twoway_response_opener_free(copies[i].opener);
  }
  for (i = 0; i < 2; ++i) {
    twoway_request_sender_free(senders[i]);
    twoway_key_ring_free(rings[i]);
  }
  return good ? 0 : 1;
}
