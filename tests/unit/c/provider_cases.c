#include "provider_cases.h"

static twoway_status give_text(void* context, uint8_t* out, size_t capacity, size_t* written,
                               uint64_t* native) {
  struct text_source* source = context;
  const size_t text_size = strlen(source->text);
  const size_t size =
      source->size > text_size && source->size <= capacity ? source->size : text_size;
  ++source->asked;
  *native = source->native;
  if (source->status != TWOWAY_OK) return source->status;
  CHECK(capacity == TWOWAY_MAX_PASSPHRASE);
  *written = source->size != 0 ? source->size : size;
  memcpy(out, source->text, size);
  return TWOWAY_OK;
}

static void release_text(void* context) { ++((struct text_source*)context)->released; }

twoway_secret_source secret_source(struct text_source* source) {
  const twoway_secret_source secret = {sizeof secret, source, give_text, release_text};
  return secret;
}

static twoway_status fail(void* context, uint8_t* out, size_t capacity, size_t* written,
                          uint64_t* native) {
  (void)context, (void)out, (void)capacity, (void)written, (void)native;
  return TWOWAY_KEY_UNAVAILABLE;
}

static void count_up(void* context) { ++*(int*)context; }

twoway_secret_source unused_source(int* released) {
  const twoway_secret_source secret = {sizeof secret, released, fail, count_up};
  return secret;
}

const twoway_suite kSuite = {TWOWAY_KEM_P256, TWOWAY_KDF_HKDF_SHA256,
                             TWOWAY_AEAD_CHACHA20_POLY1305};

void check_key(const twoway_provider* crypto, const twoway_private_key* key, uint16_t kem) {
  const twoway_symmetric_algorithms pair = {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305};
  twoway_key_ring* ring = NULL;
  CHECK(twoway_private_key_kem(key) == kem);
  CHECK_OK(twoway_key_ring_new(crypto, NULL, &ring, NULL));
  // The ring encapsulates to the key, and decapsulates with it.
  CHECK_OK(twoway_key_ring_add(ring, 1, key, &pair, 1, TWOWAY_KEY_ACTIVE, NULL));
  twoway_key_ring_free(ring);
}
