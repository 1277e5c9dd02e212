// Private keys: software, key files, callbacks.
#include "bridge_calls.h"
#include "cases.h"

void software_keys(const struct fixture* fixture) {
  const uint16_t kem = fixture->suite.kem;
  twoway_private_key* key = NULL;
  twoway_private_key* same = NULL;
  uint8_t ikm[32];
  uint8_t pk[32];
  uint8_t other[32];
  size_t size = 0;
  size_t i;
  for (i = 0; i < sizeof ikm; ++i) ikm[i] = (uint8_t)i;
  REQUIRE_OK(twoway_private_key_derive(fixture->crypto, kem, ikm, sizeof ikm, &key, NULL));
  REQUIRE_OK(twoway_private_key_derive(fixture->crypto, kem, ikm, sizeof ikm, &same, NULL));
  CHECK(twoway_private_key_kem(key) == kem);
  REQUIRE_OK(twoway_private_key_public_key(key, pk, sizeof pk, &size, NULL));
  CHECK(size == 32);
  REQUIRE_OK(twoway_private_key_public_key(same, other, sizeof other, &size, NULL));
  CHECK(memcmp(pk, other, 32) == 0);
  CHECK_STATUS(twoway_private_key_public_key(key, pk, 31, &size, NULL), TWOWAY_BUFFER_TOO_SMALL);
  CHECK(size == 32);
  twoway_private_key_free(key);
  twoway_private_key_free(same);

  REQUIRE_OK(twoway_private_key_generate(fixture->crypto, kem, &key, NULL));
  REQUIRE_OK(twoway_private_key_public_key(key, other, sizeof other, &size, NULL));
  CHECK(memcmp(pk, other, 32) != 0);
  twoway_private_key_free(key);

  // RFC 7748 section 6.1: a known pair.
  {
    static const uint8_t sk[32] = {0x77, 0x07, 0x6d, 0x0a, 0x73, 0x18, 0xa5, 0x7d, 0x3c, 0x16, 0xc1,
                                   0x72, 0x51, 0xb2, 0x66, 0x45, 0xdf, 0x4c, 0x2f, 0x87, 0xeb, 0xc0,
                                   0x99, 0x2a, 0xb1, 0x77, 0xfb, 0xa5, 0x1d, 0xb9, 0x2c, 0x2a};
    static const uint8_t known[4] = {0x85, 0x20, 0xf0, 0x09};
    REQUIRE_OK(twoway_private_key_import(fixture->crypto, kem, sk, sizeof sk, &key, NULL));
    REQUIRE_OK(twoway_private_key_public_key(key, pk, sizeof pk, &size, NULL));
    CHECK(memcmp(pk, known, sizeof known) == 0);
    twoway_private_key_free(key);
    CHECK_STATUS(twoway_private_key_import(fixture->crypto, kem, sk, 31, &key, NULL),
                 TWOWAY_INVALID_KEY);
    CHECK(key == NULL);
  }
  CHECK_STATUS(twoway_private_key_derive(fixture->crypto, kem, ikm, 31, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_private_key_generate(fixture->crypto, 0x7777, &key, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK_STATUS(twoway_private_key_derive(fixture->crypto, 0x7777, ikm, 32, &key, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK_STATUS(twoway_private_key_import(fixture->crypto, 0x7777, ikm, 32, &key, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK(key == NULL);
  CHECK(twoway_private_key_kem(NULL) == 0);
}

void key_files(const struct fixture* fixture) {
  static const uint16_t kems[] = {TWOWAY_KEM_P256, TWOWAY_KEM_P384, TWOWAY_KEM_P521,
                                  TWOWAY_KEM_X25519, TWOWAY_KEM_X448};
  twoway_private_key* key = NULL;
  uint8_t sk[66] = {0};
  size_t size = 0;
  size_t found = 0;
  size_t i;
  for (i = 0; i < sizeof kems / sizeof kems[0]; ++i) {
    uint8_t pem[TWOWAY_MAX_PRIVATE_KEY_PEM];
    uint8_t* exact;
    const twoway_status status =
        twoway_private_key_generate_pem(fixture->crypto, kems[i], pem, sizeof pem, &size, NULL);
    if (status == TWOWAY_NOT_SUPPORTED) continue;
    ++found;
    REQUIRE_OK(status);
    CHECK(memcmp(pem, "-----BEGIN PRIVATE KEY-----\n", 28) == 0);
    REQUIRE_OK(twoway_private_key_read_pem(fixture->crypto, pem, size, &key, NULL));
    CHECK(twoway_private_key_kem(key) == kems[i]);
    twoway_private_key_free(key);
    exact = memory(size);
    CHECK_OK(twoway_private_key_generate_pem(fixture->crypto, kems[i], exact, size, &size, NULL));
    CHECK_STATUS(
        twoway_private_key_generate_pem(fixture->crypto, kems[i], exact, size - 1, &size, NULL),
        TWOWAY_BUFFER_TOO_SMALL);
    pem[40] = '!';
    CHECK_STATUS(twoway_private_key_read_pem(fixture->crypto, pem, size, &key, NULL),
                 TWOWAY_MALFORMED);
    CHECK(key == NULL);
    twoway_wipe(pem, sizeof pem);
  }
  CHECK(found != 0);
  CHECK_STATUS(twoway_private_key_read_pem(fixture->crypto, NULL, 0, &key, NULL), TWOWAY_MALFORMED);

  // From serialised bytes.
  {
    uint8_t pem[TWOWAY_MAX_PRIVATE_KEY_PEM];
    uint8_t pk[32];
    uint8_t same[32];
    memset(sk, 0x42, sizeof sk);
    CHECK_STATUS(twoway_private_key_write_pem(fixture->crypto, TWOWAY_KEM_X25519, sk, 32, NULL, 0,
                                              &size, NULL),
                 TWOWAY_BUFFER_TOO_SMALL);
    REQUIRE_OK(twoway_private_key_write_pem(fixture->crypto, TWOWAY_KEM_X25519, sk, 32, pem, size,
                                            &size, NULL));
    REQUIRE_OK(twoway_private_key_read_pem(fixture->crypto, pem, size, &key, NULL));
    REQUIRE_OK(twoway_private_key_public_key(key, pk, sizeof pk, &size, NULL));
    twoway_private_key_free(key);
    REQUIRE_OK(twoway_private_key_import(fixture->crypto, TWOWAY_KEM_X25519, sk, 32, &key, NULL));
    REQUIRE_OK(twoway_private_key_public_key(key, same, sizeof same, &size, NULL));
    CHECK(memcmp(pk, same, sizeof pk) == 0);
    twoway_private_key_free(key);
  }
  CHECK_STATUS(twoway_private_key_write_pem(fixture->crypto, TWOWAY_KEM_X25519, sk, 31, NULL, 0,
                                            &size, NULL),
               TWOWAY_INVALID_KEY);
  CHECK_STATUS(twoway_private_key_write_pem(fixture->crypto, 0x7777, sk, 32, NULL, 0, &size, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK_STATUS(twoway_private_key_generate_pem(fixture->crypto, 0x7777, NULL, 0, &size, NULL),
               TWOWAY_NOT_SUPPORTED);
}

/// Makes a peer whose key is behind `callbacks`, which forward to `software`.
static struct peer peer_behind(const struct fixture* fixture, const struct peer* software,
                               const twoway_private_key_callbacks* callbacks) {
  twoway_private_key* key = NULL;
  uint8_t pk[32];
  size_t size = 0;
  CHECK_OK(twoway_private_key_public_key(software->key, pk, sizeof pk, &size, NULL));
  CHECK_OK(twoway_private_key_new(callbacks, fixture->suite.kem, pk, size, &key, NULL));
  CHECK(twoway_private_key_kem(key) == fixture->suite.kem);
  return peer_with(fixture, NULL, 0, key);
}

/// Checks that a request opens, and that a failure of the key is key_unavailable with its code.
static void check_callback_key(struct peer* peer, struct calls* calls) {
  twoway_response_opener* response = NULL;
  twoway_response_sealer* sealer = NULL;
  uint8_t text[64];
  size_t size = 0;
  twoway_error error;
  const struct message request = seal_request(peer, "question", &response);
  const int before = calls->calls;
  CHECK_STATUS(twoway_request_receiver_open(peer->receiver, request.data, request.size, NULL, text,
                                            7, &size, &sealer, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(calls->calls == before);  // the room is checked before the key is used
  REQUIRE_OK(twoway_request_receiver_open(peer->receiver, request.data, request.size, NULL, text,
                                          sizeof text, &size, &sealer, NULL));
  CHECK(is_text(text, size, "question"));
  twoway_response_sealer_free(sealer);

  calls->answer = TWOWAY_PROVIDER_FAILURE;
  calls->native = 0xe0;
  CHECK_STATUS(twoway_request_receiver_open(peer->receiver, request.data, request.size, NULL, text,
                                            sizeof text, &size, &sealer, &error),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(error.native == 0xe0);
  CHECK(size == 0);
  calls->answer = 12345;  // not a status
  CHECK_STATUS(twoway_request_receiver_open(peer->receiver, request.data, request.size, NULL, text,
                                            sizeof text, &size, &sealer, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  twoway_response_opener_free(response);
}

void dh_callbacks(const struct fixture* fixture) {
  struct calls calls = {0, 0, TWOWAY_OK, 0, NULL, fixture->crypto};
  struct peer software = peer_new(fixture);
  const twoway_private_key_callbacks callbacks = key_callbacks(&calls);
  struct peer peer;
  twoway_key_ring* ring = NULL;
  const twoway_symmetric_algorithms pair = {fixture->suite.kdf, fixture->suite.aead};
  calls.key = software.key;
  peer = peer_behind(fixture, &software, &callbacks);
  check_callback_key(&peer, &calls);

  // A failure does not blame the sender's message.
  calls.answer = TWOWAY_OPEN_FAILED;
  REQUIRE_OK(twoway_key_ring_new(fixture->crypto, NULL, &ring, NULL));
  CHECK_STATUS(twoway_key_ring_add(ring, 1, peer.key, &pair, 1, TWOWAY_KEY_ACTIVE, NULL),
               TWOWAY_KEY_UNAVAILABLE);
  twoway_key_ring_free(ring);
  CHECK(calls.released == 0);
  peer_free(&peer);
  CHECK(calls.released == 1);
  peer_free(&software);
}

static twoway_status forward_decap(void* context, uint8_t* secret, size_t secret_size,
                                   const uint8_t* enc, size_t enc_size, uint64_t* native) {
  struct calls* calls = context;
  ++calls->calls;
  *native = calls->native;
  if (calls->answer != TWOWAY_OK) return calls->answer;
  return key_decap(calls->crypto, calls->key, enc, enc_size, secret, secret_size);
}

void decap_callbacks(const struct fixture* fixture) {
  struct calls calls = {0, 0, TWOWAY_OK, 0, NULL, fixture->crypto};
  struct peer software = peer_new(fixture);
  twoway_private_key_callbacks callbacks = key_callbacks(&calls);
  twoway_response_opener* response = NULL;
  twoway_response_sealer* sealer = NULL;
  struct peer peer;
  struct message request;
  uint8_t text[64];
  size_t size = 0;
  twoway_error error;
  calls.key = software.key;
  callbacks.dh = NULL;
  callbacks.decap = forward_decap;
  peer = peer_behind(fixture, &software, &callbacks);
  check_callback_key(&peer, &calls);
  // This callback may blame `enc`.
  calls.answer = TWOWAY_OPEN_FAILED;
  request = seal_request(&peer, "question", &response);
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, text,
                                            sizeof text, &size, &sealer, &error),
               TWOWAY_OPEN_FAILED);
  CHECK(error.native == 0);
  twoway_response_opener_free(response);
  peer_free(&peer);
  CHECK(calls.released == 1);
  peer_free(&software);
}

void refused_callbacks(const struct fixture* fixture) {
  struct calls calls = {0, 0, TWOWAY_OK, 0, NULL, fixture->crypto};
  twoway_private_key_callbacks callbacks = key_callbacks(&calls);
  twoway_private_key* key = NULL;
  uint8_t pk[TWOWAY_MAX_PUBLIC_KEY + 1] = {4};
  CHECK_STATUS(twoway_private_key_new(&callbacks, TWOWAY_KEM_P256, pk, 64, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(calls.released == 1);
  CHECK_STATUS(twoway_private_key_new(&callbacks, 0x7777, pk, 64, &key, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK(calls.released == 2);
  callbacks.decap = forward_decap;
  CHECK_STATUS(twoway_private_key_new(&callbacks, TWOWAY_KEM_P256, pk, 65, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);  // two operations
  CHECK(calls.released == 3);
  callbacks.dh = NULL;
  CHECK_STATUS(twoway_private_key_new(&callbacks, 0x7777, pk, sizeof pk, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_private_key_new(&callbacks, 0x7777, pk, 0, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(calls.released == 5);
  callbacks.decap = NULL;
  CHECK_STATUS(twoway_private_key_new(&callbacks, TWOWAY_KEM_P256, pk, 65, &key, NULL),
               TWOWAY_INVALID_ARGUMENT);  // none
  CHECK(calls.released == 6);
  CHECK(key == NULL);
  // A KEM that the library does not know, behind decap.
  callbacks.decap = forward_decap;
  CHECK_OK(twoway_private_key_new(&callbacks, 0x7777, pk, 1216, &key, NULL));
  CHECK(twoway_private_key_kem(key) == 0x7777);
  CHECK(calls.released == 6);
  twoway_private_key_free(key);
  CHECK(calls.released == 7);
  CHECK(calls.calls == 0);
}
