// HPKE by itself, in C: an example of docs/c.md.
#include <string.h>

#include <twoway/openssl.h>
#include <twoway/twoway.h>

// example {
static const twoway_suite suite = {TWOWAY_KEM_X25519, TWOWAY_KDF_HKDF_SHA256,
                                   TWOWAY_AEAD_AES_128_GCM};
static const uint8_t info[] = "order 1.0";

/// Seals an order that proves its sender (mode auth), and derives a token that both sides share.
static twoway_status send_order(const twoway_provider* crypto, const uint8_t receiver_pk[32],
                                const twoway_private_key* sender_key, const char* order,
                                uint8_t enc[32], uint8_t* sealed, size_t capacity,
                                size_t* sealed_size, uint8_t token[16], twoway_error* error) {
  twoway_hpke_sender_mode mode = {0};
  twoway_hpke_sender* sender = NULL;
  size_t enc_size = 0;
  twoway_status status;
  mode.size = sizeof mode;
  mode.key = sender_key;  // and `psk` and `psk_id` for auth_psk
  status = twoway_hpke_sender_setup(crypto, suite, receiver_pk, 32, info, sizeof info, &mode, NULL,
                                    enc, 32, &enc_size, &sender, error);
  if (status == TWOWAY_OK) {
    status = twoway_hpke_sender_seal(sender, NULL, 0, (const uint8_t*)order, strlen(order), sealed,
                                     capacity, sealed_size, error);
  }
  if (status == TWOWAY_OK) {
    status = twoway_hpke_sender_export(sender, (const uint8_t*)"token", 5, token, 16, error);
  }
  twoway_hpke_sender_free(sender);
  return status;
}

/// The other side, which must choose the same mode.
static twoway_status take_order(const twoway_provider* crypto, const twoway_private_key* key,
                                const uint8_t sender_pk[32], const uint8_t enc[32],
                                const uint8_t* sealed, size_t sealed_size, uint8_t* order,
                                size_t capacity, size_t* order_size, uint8_t token[16],
                                twoway_error* error) {
  twoway_hpke_recipient_mode mode = {0};
  twoway_hpke_recipient* recipient = NULL;
  twoway_status status;
  mode.size = sizeof mode;
  mode.sender = sender_pk;
  mode.sender_size = 32;
  status = twoway_hpke_recipient_setup(crypto, suite, key, enc, 32, info, sizeof info, &mode,
                                       &recipient, error);
  if (status == TWOWAY_OK) {
    status = twoway_hpke_recipient_open(recipient, NULL, 0, sealed, sealed_size, order, capacity,
                                        order_size, error);
  }
  if (status == TWOWAY_OK) {
    status = twoway_hpke_recipient_export(recipient, (const uint8_t*)"token", 5, token, 16, error);
  }
  twoway_hpke_recipient_free(recipient);
  return status;
}
// } example

int main(void) {
  const twoway_provider* crypto = twoway_openssl_provider();
  twoway_private_key* receiver = NULL;
  twoway_private_key* sender = NULL;
  uint8_t receiver_pk[32];
  uint8_t sender_pk[32];
  uint8_t enc[32];
  uint8_t sealed[64];
  uint8_t order[64];
  uint8_t tokens[2][16];
  size_t size = 0;
  size_t order_size = 0;
  const int good =
      twoway_private_key_generate(crypto, TWOWAY_KEM_X25519, &receiver, NULL) == TWOWAY_OK &&
      twoway_private_key_generate(crypto, TWOWAY_KEM_X25519, &sender, NULL) == TWOWAY_OK &&
      twoway_private_key_public_key(receiver, receiver_pk, 32, &size, NULL) == TWOWAY_OK &&
      twoway_private_key_public_key(sender, sender_pk, 32, &size, NULL) == TWOWAY_OK &&
      send_order(crypto, receiver_pk, sender, "one of each", enc, sealed, sizeof sealed, &size,
                 tokens[0], NULL) == TWOWAY_OK &&
      take_order(crypto, receiver, sender_pk, enc, sealed, size, order, sizeof order, &order_size,
                 tokens[1], NULL) == TWOWAY_OK &&
      order_size == 11 && memcmp(order, "one of each", 11) == 0 &&
      memcmp(tokens[0], tokens[1], 16) == 0;
  twoway_private_key_free(receiver);
  twoway_private_key_free(sender);
  return good ? 0 : 1;
}
