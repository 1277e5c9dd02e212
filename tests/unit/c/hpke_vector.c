#include "hpke_vector.h"

static twoway_status given_bytes(void* context, uint8_t* out, size_t size, uint64_t* native) {
  const struct message* bytes = context;
  (void)native;
  if (size != bytes->size) return TWOWAY_PROVIDER_FAILURE;
  memcpy(out, bytes->data, size);
  return TWOWAY_OK;
}

/// Both sides of a vector.
struct sides {
  twoway_private_key* receiver;
  twoway_private_key* sender;  ///< NULL in the modes without it
  twoway_rng* rng;
  twoway_hpke_sender_mode sender_mode;
  twoway_hpke_recipient_mode recipient_mode;
};

static struct sides sides_of(const struct hpke_vector* v, struct message* ikm_e) {
  struct sides sides;
  twoway_rng_callbacks callbacks;
  memset(&sides, 0, sizeof sides);
  memset(&callbacks, 0, sizeof callbacks);
  *ikm_e = v->ikm_e;
  callbacks.size = sizeof callbacks;
  callbacks.context = ikm_e;
  callbacks.fill = given_bytes;
  CHECK_OK(twoway_rng_new(&callbacks, &sides.rng, NULL));
  CHECK_OK(twoway_private_key_import(v->crypto, v->suite.kem, v->sk_r.data, v->sk_r.size,
                                     &sides.receiver, NULL));
  sides.sender_mode.size = sizeof sides.sender_mode;
  sides.recipient_mode.size = sizeof sides.recipient_mode;
  if (v->psk.size != 0) {
    sides.sender_mode.psk = sides.recipient_mode.psk = v->psk.data;
    sides.sender_mode.psk_size = sides.recipient_mode.psk_size = v->psk.size;
    sides.sender_mode.psk_id = sides.recipient_mode.psk_id = v->psk_id.data;
    sides.sender_mode.psk_id_size = sides.recipient_mode.psk_id_size = v->psk_id.size;
  }
  if (v->sk_s.size != 0) {
    CHECK_OK(twoway_private_key_import(v->crypto, v->suite.kem, v->sk_s.data, v->sk_s.size,
                                       &sides.sender, NULL));
    sides.sender_mode.key = sides.sender;
    sides.recipient_mode.sender = v->pk_s.data;
    sides.recipient_mode.sender_size = v->pk_s.size;
  }
  return sides;
}

static void sides_free(struct sides* sides) {
  twoway_private_key_free(sides->receiver);
  twoway_private_key_free(sides->sender);
  twoway_rng_free(sides->rng);
}

static int equal_bytes(const uint8_t* bytes, size_t size, struct message expected) {
  return size == expected.size && (size == 0 || memcmp(bytes, expected.data, size) == 0);
}

/// The messages through contexts, with a message of our own for every number between them.
static void check_messages(const struct hpke_vector* v, twoway_hpke_sender* sender,
                           twoway_hpke_recipient* recipient) {
  uint64_t next = 0;
  size_t i;
  for (i = 0; i < v->message_count; ++i) {
    const struct hpke_message* m = &v->messages[i];
    uint8_t* sealed = memory(m->sealed.size);
    uint8_t* text = memory(m->text.size);
    size_t size = 0;
    size_t text_size = 0;
    for (; next < m->number; ++next) {
      uint8_t between[17];
      REQUIRE_OK(twoway_hpke_sender_seal(sender, NULL, 0, (const uint8_t*)"-", 1, between,
                                         sizeof between, &size, NULL));
      REQUIRE_OK(twoway_hpke_recipient_open(recipient, NULL, 0, between, size, between,
                                            sizeof between, &text_size, NULL));
    }
    CHECK(twoway_hpke_sender_sealed_size(sender, m->text.size) == m->sealed.size);
    REQUIRE_OK(twoway_hpke_sender_seal(sender, m->aad.data, m->aad.size, m->text.data, m->text.size,
                                       sealed, m->sealed.size, &size, NULL));
    CHECK(equal_bytes(sealed, size, m->sealed));
    CHECK(twoway_hpke_recipient_opened_size(recipient, size) == m->text.size);
    REQUIRE_OK(twoway_hpke_recipient_open(recipient, m->aad.data, m->aad.size, sealed, size, text,
                                          m->text.size, &text_size, NULL));
    CHECK(equal_bytes(text, text_size, m->text));
    ++next;
  }
}

static void check_contexts(const struct hpke_vector* v, const struct sides* sides) {
  twoway_hpke_sender* sender = NULL;
  twoway_hpke_recipient* recipient = NULL;
  uint8_t enc[TWOWAY_MAX_ENC];
  size_t size = 0;
  size_t i;
  REQUIRE_OK(twoway_hpke_sender_setup(v->crypto, v->suite, v->pk_r.data, v->pk_r.size, v->info.data,
                                      v->info.size, &sides->sender_mode, sides->rng, enc,
                                      sizeof enc, &size, &sender, NULL));
  CHECK(equal_bytes(enc, size, v->enc));
  REQUIRE_OK(twoway_hpke_recipient_setup(v->crypto, v->suite, sides->receiver, v->enc.data,
                                         v->enc.size, v->info.data, v->info.size,
                                         &sides->recipient_mode, &recipient, NULL));
  for (i = 0; i < v->export_count; ++i) {
    const struct hpke_export* e = &v->exports[i];
    uint8_t* value = memory(e->value.size);
    REQUIRE_OK(twoway_hpke_sender_export(sender, e->context.data, e->context.size, value,
                                         e->value.size, NULL));
    CHECK(equal_bytes(value, e->value.size, e->value));
    memset(value, 0, e->value.size);
    REQUIRE_OK(twoway_hpke_recipient_export(recipient, e->context.data, e->context.size, value,
                                            e->value.size, NULL));
    CHECK(equal_bytes(value, e->value.size, e->value));
  }
  if (v->suite.aead == TWOWAY_AEAD_EXPORT_ONLY) {
    uint8_t out[32];
    CHECK(twoway_hpke_sender_sealed_size(sender, 1) == 0);
    CHECK_STATUS(twoway_hpke_sender_seal(sender, NULL, 0, NULL, 0, out, sizeof out, &size, NULL),
                 TWOWAY_NOT_SUPPORTED);
    CHECK_STATUS(
        twoway_hpke_recipient_open(recipient, NULL, 0, enc, 20, out, sizeof out, &size, NULL),
        TWOWAY_NOT_SUPPORTED);
  } else {
    check_messages(v, sender, recipient);
  }
  twoway_hpke_sender_free(sender);
  twoway_hpke_recipient_free(recipient);
}

static void check_single_shot(const struct hpke_vector* v, const struct sides* sides) {
  uint8_t enc[TWOWAY_MAX_ENC];
  size_t enc_size = 0;
  size_t i;
  for (i = 0; i < v->message_count && i < 1; ++i) {
    const struct hpke_message* first = &v->messages[i];
    uint8_t* sealed = memory(first->sealed.size);
    uint8_t* text = memory(first->text.size);
    size_t size = 0;
    REQUIRE_OK(twoway_hpke_seal(v->crypto, v->suite, v->pk_r.data, v->pk_r.size, v->info.data,
                                v->info.size, &sides->sender_mode, sides->rng, first->aad.data,
                                first->aad.size, first->text.data, first->text.size, enc,
                                sizeof enc, &enc_size, sealed, first->sealed.size, &size, NULL));
    CHECK(equal_bytes(enc, enc_size, v->enc));
    CHECK(equal_bytes(sealed, size, first->sealed));
    REQUIRE_OK(twoway_hpke_open(v->crypto, v->suite, sides->receiver, v->enc.data, v->enc.size,
                                v->info.data, v->info.size, &sides->recipient_mode, first->aad.data,
                                first->aad.size, sealed, size, text, first->text.size, &size,
                                NULL));
    CHECK(equal_bytes(text, size, first->text));
  }
  for (i = 0; i < v->export_count; ++i) {
    const struct hpke_export* e = &v->exports[i];
    uint8_t* value = memory(e->value.size);
    REQUIRE_OK(twoway_hpke_send_export(v->crypto, v->suite, v->pk_r.data, v->pk_r.size,
                                       v->info.data, v->info.size, &sides->sender_mode, sides->rng,
                                       e->context.data, e->context.size, enc, sizeof enc, &enc_size,
                                       value, e->value.size, NULL));
    CHECK(equal_bytes(enc, enc_size, v->enc));
    CHECK(equal_bytes(value, e->value.size, e->value));
    memset(value, 0, e->value.size);
    REQUIRE_OK(twoway_hpke_receive_export(
        v->crypto, v->suite, sides->receiver, v->enc.data, v->enc.size, v->info.data, v->info.size,
        &sides->recipient_mode, e->context.data, e->context.size, value, e->value.size, NULL));
    CHECK(equal_bytes(value, e->value.size, e->value));
  }
}

void hpke_vector(const struct hpke_vector* v) {
  struct message ikm_e;
  struct sides sides = sides_of(v, &ikm_e);
  check_contexts(v, &sides);
  check_single_shot(v, &sides);
  sides_free(&sides);
}
