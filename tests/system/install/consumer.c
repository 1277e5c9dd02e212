/* A program in C outside of the project: one request over an installed provider. Compiled with, for
   example, -DPROVIDER=twoway_openssl_provider -DPROVIDER_HEADER="<twoway/openssl.h>". */
#include <stdio.h>

#include <twoway/twoway.h>

#include PROVIDER_HEADER

int main(void) {
  const twoway_provider* crypto = PROVIDER();
  const twoway_symmetric_algorithms pair = {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305};
  twoway_private_key* key = NULL;
  twoway_key_ring* ring = NULL;
  twoway_request_receiver* receiver = NULL;
  twoway_request_sender* sender = NULL;
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  twoway_error error;
  uint8_t message[256];
  uint8_t text[16];
  size_t size = 0;
  const int good =
      twoway_private_key_generate(crypto, TWOWAY_KEM_X25519, &key, &error) == TWOWAY_OK &&
      twoway_key_ring_new(crypto, NULL, &ring, &error) == TWOWAY_OK &&
      twoway_key_ring_add(ring, 1, key, &pair, 1, TWOWAY_KEY_ACTIVE, &error) == TWOWAY_OK &&
      twoway_request_receiver_new(ring, NULL, NULL, &receiver, &error) == TWOWAY_OK &&
      twoway_key_ring_key_configs(ring, message, sizeof message, &size, &error) == TWOWAY_OK &&
      twoway_request_sender_new(crypto, message, size, NULL, &sender, &error) == TWOWAY_OK &&
      twoway_request_sender_seal(sender, (const uint8_t*)"question", 8, NULL, message,
                                 sizeof message, &size, &opener, &error) == TWOWAY_OK &&
      twoway_request_receiver_open(receiver, message, size, NULL, text, sizeof text, &size, &sealer,
                                   &error) == TWOWAY_OK;
  if (good) {
    printf("%s: %.*s\n", twoway_provider_name(crypto), (int)size, (const char*)text);
  } else {
    fprintf(stderr, "%s: %s\n", twoway_status_name(error.status), error.message);
  }
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
  twoway_request_sender_free(sender);
  twoway_request_receiver_free(receiver);
  twoway_key_ring_free(ring);
  twoway_private_key_free(key);
  return good ? 0 : 1;
}
