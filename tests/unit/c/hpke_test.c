// HPKE by itself: properties that its vectors do not show.
#include "cases.h"

static const uint8_t kPsk[32] = {9, 0, 7};
static const uint8_t kInfo[3] = {'i', 0, 'o'};
static const uint8_t kAad[2] = {0, 1};

/// Both keys of an exchange, and a mode of each side.
struct pair {
  twoway_private_key* receiver;
  twoway_private_key* sender;
  uint8_t receiver_pk[32];
  uint8_t sender_pk[32];
  twoway_hpke_sender_mode sending;
  twoway_hpke_recipient_mode receiving;
};

enum { BASE = 0, PSK = 1, AUTH = 2, AUTH_PSK = 3, MODES = 4 };

static void set_mode(struct pair* pair, int mode) {
  memset(&pair->sending, 0, sizeof pair->sending);
  memset(&pair->receiving, 0, sizeof pair->receiving);
  pair->sending.size = sizeof pair->sending;
  pair->receiving.size = sizeof pair->receiving;
  if (mode & PSK) {
    pair->sending.psk = pair->receiving.psk = kPsk;
    pair->sending.psk_size = pair->receiving.psk_size = sizeof kPsk;
    pair->sending.psk_id = pair->receiving.psk_id = kInfo;
    pair->sending.psk_id_size = pair->receiving.psk_id_size = sizeof kInfo;
  }
  if (mode & AUTH) {
    pair->sending.key = pair->sender;
    pair->receiving.sender = pair->sender_pk;
    pair->receiving.sender_size = sizeof pair->sender_pk;
  }
}

static struct pair pair_new(const struct fixture* fixture) {
  struct pair pair;
  size_t size = 0;
  memset(&pair, 0, sizeof pair);
  CHECK_OK(twoway_private_key_generate(fixture->crypto, fixture->suite.kem, &pair.receiver, NULL));
  CHECK_OK(twoway_private_key_generate(fixture->crypto, fixture->suite.kem, &pair.sender, NULL));
  CHECK_OK(twoway_private_key_public_key(pair.receiver, pair.receiver_pk, 32, &size, NULL));
  CHECK_OK(twoway_private_key_public_key(pair.sender, pair.sender_pk, 32, &size, NULL));
  return pair;
}

static void pair_free(struct pair* pair) {
  twoway_private_key_free(pair->receiver);
  twoway_private_key_free(pair->sender);
}

static twoway_status set_up_sender(const struct fixture* fixture, const struct pair* pair,
                                   uint8_t enc[32], twoway_hpke_sender** sender) {
  size_t size = 0;
  return twoway_hpke_sender_setup(fixture->crypto, fixture->suite, pair->receiver_pk, 32, kInfo,
                                  sizeof kInfo, &pair->sending, NULL, enc, 32, &size, sender, NULL);
}

static twoway_status set_up_recipient(const struct fixture* fixture, const struct pair* pair,
                                      const uint8_t enc[32], twoway_hpke_recipient** recipient) {
  return twoway_hpke_recipient_setup(fixture->crypto, fixture->suite, pair->receiver, enc, 32,
                                     kInfo, sizeof kInfo, &pair->receiving, recipient, NULL);
}

void hpke_modes(const struct fixture* fixture) {
  int sent;
  int received;
  for (sent = BASE; sent < MODES; ++sent) {
    struct pair pair = pair_new(fixture);
    twoway_hpke_sender* sender = NULL;
    uint8_t enc[32];
    uint8_t sealed[2][24];
    uint8_t secret[64];
    size_t size = 0;
    set_mode(&pair, sent);
    REQUIRE_OK(set_up_sender(fixture, &pair, enc, &sender));
    for (received = 0; received < 2; ++received) {
      memcpy(sealed[received], "question", 8);
      REQUIRE_OK(twoway_hpke_sender_seal(sender, kAad, sizeof kAad, sealed[received], 8,
                                         sealed[received], 24, &size, NULL));
      CHECK(size == 24);
    }
    REQUIRE_OK(twoway_hpke_sender_export(sender, kAad, sizeof kAad, secret, sizeof secret, NULL));
    for (received = BASE; received < MODES; ++received) {
      twoway_hpke_recipient* recipient = NULL;
      const int fits = received == sent;
      uint8_t text[24];
      uint8_t same[64];
      set_mode(&pair, received);
      REQUIRE_OK(set_up_recipient(fixture, &pair, enc, &recipient));
      // The second message is not the next one, and consumes nothing.
      CHECK_STATUS(twoway_hpke_recipient_open(recipient, kAad, sizeof kAad, sealed[1], 24, text,
                                              sizeof text, &size, NULL),
                   TWOWAY_OPEN_FAILED);
      CHECK(size == 0);
      CHECK_STATUS(twoway_hpke_recipient_open(recipient, kAad, sizeof kAad, sealed[0], 24, text,
                                              sizeof text, &size, NULL),
                   fits ? TWOWAY_OK : TWOWAY_OPEN_FAILED);
      if (fits) CHECK(is_text(text, size, "question"));
      REQUIRE_OK(
          twoway_hpke_recipient_export(recipient, kAad, sizeof kAad, same, sizeof same, NULL));
      CHECK((memcmp(secret, same, sizeof secret) == 0) == fits);
      twoway_hpke_recipient_free(recipient);
    }
    twoway_hpke_sender_free(sender);
    pair_free(&pair);
  }
}

void hpke_single_shot(const struct fixture* fixture) {
  int mode;
  for (mode = BASE; mode < MODES; ++mode) {
    struct pair pair = pair_new(fixture);
    uint8_t enc[32];
    uint8_t sealed[24];
    uint8_t text[8];
    uint8_t secret[2][40];
    size_t enc_size = 0;
    size_t size = 0;
    size_t short_by;
    set_mode(&pair, mode);
    for (short_by = 1; short_by < 4; ++short_by) {
      CHECK_STATUS(twoway_hpke_seal(fixture->crypto, fixture->suite, pair.receiver_pk, 32, kInfo,
                                    sizeof kInfo, &pair.sending, NULL, kAad, sizeof kAad,
                                    (const uint8_t*)"question", 8, enc, 32 - (short_by & 1),
                                    &enc_size, sealed, 24 - (short_by >> 1), &size, NULL),
                   TWOWAY_BUFFER_TOO_SMALL);
      CHECK(enc_size == 32 && size == 24);
    }
    REQUIRE_OK(twoway_hpke_seal(fixture->crypto, fixture->suite, pair.receiver_pk, 32, kInfo,
                                sizeof kInfo, &pair.sending, NULL, kAad, sizeof kAad,
                                (const uint8_t*)"question", 8, enc, 32, &enc_size, sealed, 24,
                                &size, NULL));
    CHECK(enc_size == 32 && size == 24);
    CHECK_STATUS(twoway_hpke_open(fixture->crypto, fixture->suite, pair.receiver, enc, 32, kInfo,
                                  sizeof kInfo, &pair.receiving, kAad, sizeof kAad, sealed, 24,
                                  text, 7, &size, NULL),
                 TWOWAY_BUFFER_TOO_SMALL);
    CHECK(size == 8);
    CHECK_STATUS(
        twoway_hpke_open(fixture->crypto, fixture->suite, pair.receiver, enc, 32, kInfo,
                         sizeof kInfo, &pair.receiving, NULL, 0, sealed, 24, text, 8, &size, NULL),
        TWOWAY_OPEN_FAILED);
    REQUIRE_OK(twoway_hpke_open(fixture->crypto, fixture->suite, pair.receiver, enc, 32, kInfo,
                                sizeof kInfo, &pair.receiving, kAad, sizeof kAad, sealed, 24, text,
                                8, &size, NULL));
    CHECK(is_text(text, size, "question"));
    CHECK_STATUS(twoway_hpke_send_export(fixture->crypto, fixture->suite, pair.receiver_pk, 32,
                                         kInfo, sizeof kInfo, &pair.sending, NULL, kAad,
                                         sizeof kAad, enc, 31, &enc_size, secret[0], 40, NULL),
                 TWOWAY_BUFFER_TOO_SMALL);
    CHECK(enc_size == 32);
    REQUIRE_OK(twoway_hpke_send_export(fixture->crypto, fixture->suite, pair.receiver_pk, 32, kInfo,
                                       sizeof kInfo, &pair.sending, NULL, kAad, sizeof kAad, enc,
                                       32, &enc_size, secret[0], 40, NULL));
    REQUIRE_OK(twoway_hpke_receive_export(fixture->crypto, fixture->suite, pair.receiver, enc, 32,
                                          kInfo, sizeof kInfo, &pair.receiving, kAad, sizeof kAad,
                                          secret[1], 40, NULL));
    CHECK(memcmp(secret[0], secret[1], 40) == 0);
    pair_free(&pair);
  }
}

static twoway_status no_decap(void* context, uint8_t* shared_secret, size_t shared_secret_size,
                              const uint8_t* enc, size_t enc_size, uint64_t* native) {
  (void)context, (void)shared_secret, (void)shared_secret_size, (void)enc, (void)enc_size;
  *native = 9;
  return TWOWAY_WRONG_STATE;
}

void hpke_callbacks(const struct fixture* fixture) {
  struct calls receiver_calls = {0, 0, TWOWAY_OK, 0, NULL, fixture->crypto};
  struct calls sender_calls = {0, 0, TWOWAY_OK, 0, NULL, fixture->crypto};
  struct pair pair = pair_new(fixture);
  twoway_private_key* const software[2] = {pair.receiver, pair.sender};
  twoway_private_key_callbacks callbacks;
  twoway_private_key* opaque = NULL;
  twoway_hpke_sender* sender = NULL;
  twoway_hpke_recipient* recipient = NULL;
  uint8_t enc[32];
  uint8_t secrets[2][32];
  receiver_calls.key = pair.receiver;
  sender_calls.key = pair.sender;
  callbacks = key_callbacks(&receiver_calls);
  REQUIRE_OK(twoway_private_key_new(&callbacks, fixture->suite.kem, pair.receiver_pk, 32,
                                    &pair.receiver, NULL));
  callbacks = key_callbacks(&sender_calls);
  REQUIRE_OK(twoway_private_key_new(&callbacks, fixture->suite.kem, pair.sender_pk, 32,
                                    &pair.sender, NULL));
  set_mode(&pair, AUTH);
  REQUIRE_OK(set_up_sender(fixture, &pair, enc, &sender));
  CHECK(sender_calls.calls == 1);
  REQUIRE_OK(set_up_recipient(fixture, &pair, enc, &recipient));
  CHECK(receiver_calls.calls == 2);  // with the ephemeral key and with the sender's
  CHECK_OK(twoway_hpke_sender_export(sender, NULL, 0, secrets[0], 32, NULL));
  CHECK_OK(twoway_hpke_recipient_export(recipient, NULL, 0, secrets[1], 32, NULL));
  CHECK(memcmp(secrets[0], secrets[1], 32) == 0);
  twoway_hpke_sender_free(sender);
  twoway_hpke_recipient_free(recipient);

  // A key that fails is unavailable, and a whole Decap offers no authenticated mode.
  sender_calls.answer = TWOWAY_OPEN_FAILED;
  CHECK_STATUS(set_up_sender(fixture, &pair, enc, &sender), TWOWAY_KEY_UNAVAILABLE);
  callbacks.dh = NULL;
  callbacks.decap = no_decap;
  REQUIRE_OK(
      twoway_private_key_new(&callbacks, fixture->suite.kem, pair.sender_pk, 32, &opaque, NULL));
  twoway_private_key_free(pair.sender);
  pair.sender = opaque;
  set_mode(&pair, AUTH);
  CHECK_STATUS(set_up_sender(fixture, &pair, enc, &sender), TWOWAY_NOT_SUPPORTED);
  CHECK(sender == NULL);
  pair_free(&pair);
  twoway_private_key_free(software[0]);
  twoway_private_key_free(software[1]);
  CHECK(receiver_calls.released == 1 && sender_calls.released == 2);
}

void hpke_refusals(const struct fixture* fixture) {
  struct pair pair = pair_new(fixture);
  const twoway_suite unknown = {0x7777, fixture->suite.kdf, fixture->suite.aead};
  twoway_hpke_sender* sender = NULL;
  twoway_hpke_recipient* recipient = NULL;
  uint8_t enc[32];
  uint8_t longest[255 * 32 + 1];
  size_t size = 9;
  // A PSK needs an id and enough bytes.
  set_mode(&pair, PSK);
  pair.sending.psk_id = NULL;
  pair.sending.psk_id_size = 0;
  CHECK_STATUS(set_up_sender(fixture, &pair, enc, &sender), TWOWAY_INVALID_ARGUMENT);
  set_mode(&pair, PSK);
  pair.sending.psk_size = pair.receiving.psk_size = 31;
  CHECK_STATUS(set_up_sender(fixture, &pair, enc, &sender), TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(set_up_recipient(fixture, &pair, enc, &recipient), TWOWAY_INVALID_ARGUMENT);
  pair.sending.psk_size = 0;  // an empty PSK is not the same as none
  CHECK_STATUS(set_up_sender(fixture, &pair, enc, &sender), TWOWAY_INVALID_ARGUMENT);
  // Structs, spans and keys.
  set_mode(&pair, AUTH);
  pair.sending.size = 0;
  CHECK_STATUS(set_up_sender(fixture, &pair, enc, &sender), TWOWAY_INVALID_ARGUMENT);
  pair.receiving.sender_size = 31;
  CHECK_STATUS(set_up_recipient(fixture, &pair, enc, &recipient), TWOWAY_INVALID_KEY);
  pair.receiving.sender = NULL;
  CHECK_STATUS(set_up_recipient(fixture, &pair, enc, &recipient), TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_hpke_sender_setup(fixture->crypto, unknown, pair.receiver_pk, 32, NULL, 0,
                                        NULL, NULL, enc, 32, &size, &sender, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK_STATUS(twoway_hpke_sender_setup(fixture->crypto, fixture->suite, pair.receiver_pk, 31, NULL,
                                        0, NULL, NULL, enc, 32, &size, &sender, NULL),
               TWOWAY_INVALID_KEY);
  CHECK_STATUS(twoway_hpke_sender_setup(fixture->crypto, fixture->suite, pair.receiver_pk, 32, NULL,
                                        0, NULL, NULL, enc, 31, &size, &sender, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(size == 32);
  CHECK(sender == NULL && recipient == NULL);
  memset(enc, 0, sizeof enc);  // of small order
  set_mode(&pair, BASE);
  CHECK_STATUS(set_up_recipient(fixture, &pair, enc, &recipient), TWOWAY_OPEN_FAILED);
  // Exports of any length that the KDF has.
  REQUIRE_OK(set_up_sender(fixture, &pair, enc, &sender));
  CHECK_OK(twoway_hpke_sender_export(sender, NULL, 0, longest, sizeof longest - 1, NULL));
  CHECK_OK(twoway_hpke_sender_export(sender, NULL, 0, NULL, 0, NULL));
  CHECK_STATUS(twoway_hpke_sender_export(sender, NULL, 0, longest, sizeof longest, NULL),
               TWOWAY_INVALID_ARGUMENT);
  twoway_hpke_sender_free(sender);
  twoway_hpke_sender_free(NULL);
  twoway_hpke_recipient_free(NULL);
  pair_free(&pair);
}
