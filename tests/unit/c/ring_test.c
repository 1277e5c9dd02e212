// Key rings and key configurations.
#include "cases.h"

static int64_t g_now;
static int64_t tell_time(void* context) {
  (void)context;
  return g_now;
}

static twoway_clock* clock_at(int64_t now, struct calls* calls) {
  twoway_clock* clock = NULL;
  twoway_clock_callbacks callbacks;
  memset(&callbacks, 0, sizeof callbacks);
  callbacks.size = sizeof callbacks;
  callbacks.now = tell_time;
  callbacks.context = calls;
  callbacks.release = count_release;
  g_now = now;
  CHECK_OK(twoway_clock_new(&callbacks, &clock, NULL));
  return clock;
}

void ring_states(const struct fixture* fixture) {
  struct calls calls = {0, 0, TWOWAY_OK, 0, NULL, NULL};
  twoway_clock* clock = clock_at(1000, &calls);
  const twoway_symmetric_algorithms pair = {fixture->suite.kdf, fixture->suite.aead};
  twoway_key_ring* ring = NULL;
  twoway_private_key* key = NULL;
  twoway_private_key* found = NULL;
  twoway_key_state state = -1;
  int64_t until = -1;
  uint8_t ids[256];
  uint8_t list[512];
  size_t size = 0;
  REQUIRE_OK(twoway_key_ring_new(fixture->crypto, clock, &ring, NULL));
  twoway_clock_free(clock);
  CHECK(calls.released == 0);
  REQUIRE_OK(twoway_private_key_generate(fixture->crypto, fixture->suite.kem, &key, NULL));
  CHECK_STATUS(twoway_key_ring_key_configs(ring, list, sizeof list, &size, NULL),
               TWOWAY_INVALID_ARGUMENT);
  REQUIRE_OK(twoway_key_ring_add(ring, 1, key, &pair, 1, TWOWAY_KEY_ACTIVE, NULL));
  REQUIRE_OK(twoway_key_ring_add(ring, 2, key, &pair, 1, TWOWAY_KEY_PENDING, NULL));
  twoway_private_key_free(key);
  REQUIRE_OK(twoway_key_ring_ids(ring, ids, sizeof ids, &size, NULL));
  CHECK(size == 2 && ids[0] == 1 && ids[1] == 2);
  CHECK_STATUS(twoway_key_ring_ids(ring, ids, 1, &size, NULL), TWOWAY_BUFFER_TOO_SMALL);
  CHECK(size == 2);
  CHECK_STATUS(twoway_key_ring_key_configs(ring, NULL, 0, &size, NULL), TWOWAY_BUFFER_TOO_SMALL);
  CHECK(size == 2 + 1 + 2 + 32 + 2 + 4);
  REQUIRE_OK(twoway_key_ring_key_configs(ring, list, size, &size, NULL));
  CHECK(list[2] == 1);

  REQUIRE_OK(twoway_key_ring_get(ring, 2, &state, &until, &found, NULL));
  CHECK(state == TWOWAY_KEY_PENDING);
  CHECK(until == 0);
  CHECK(twoway_private_key_kem(found) == fixture->suite.kem);
  twoway_private_key_free(found);
  REQUIRE_OK(twoway_key_ring_activate(ring, 2, NULL));
  CHECK_STATUS(twoway_key_ring_activate(ring, 2, NULL), TWOWAY_WRONG_STATE);
  REQUIRE_OK(twoway_key_ring_retire(ring, 1, 2000, NULL));
  REQUIRE_OK(twoway_key_ring_get(ring, 1, &state, &until, NULL, NULL));
  CHECK(state == TWOWAY_KEY_RETIRED);
  CHECK(until == 2000);
  REQUIRE_OK(twoway_key_ring_get(ring, 2, &state, NULL, NULL, NULL));
  CHECK(state == TWOWAY_KEY_ACTIVE);
  REQUIRE_OK(twoway_key_ring_key_configs(ring, list, sizeof list, &size, NULL));
  CHECK(list[2] == 2);

  CHECK(twoway_key_ring_remove_expired(ring) == 0);
  g_now = 1999;
  REQUIRE_OK(twoway_key_ring_activate(ring, 1, NULL));
  REQUIRE_OK(twoway_key_ring_retire(ring, 1, INT64_MAX, NULL));
  REQUIRE_OK(twoway_key_ring_retire(ring, 1, 2000, NULL));
  g_now = 2000;
  CHECK_STATUS(twoway_key_ring_activate(ring, 1, NULL), TWOWAY_UNKNOWN_KEY);
  REQUIRE_OK(twoway_key_ring_get(ring, 1, &state, NULL, NULL, NULL));  // still listed
  CHECK(twoway_key_ring_remove_expired(ring) == 1);
  CHECK_STATUS(twoway_key_ring_get(ring, 1, &state, &until, &found, NULL), TWOWAY_UNKNOWN_KEY);
  CHECK(found == NULL && state == 0 && until == 0);
  REQUIRE_OK(twoway_key_ring_retire(ring, 2, INT64_MIN, NULL));
  CHECK(twoway_key_ring_remove_expired(ring) == 1);
  CHECK_STATUS(twoway_key_ring_remove(ring, 2, NULL), TWOWAY_UNKNOWN_KEY);
  twoway_key_ring_free(ring);
  CHECK(calls.released == 1);
}

void ring_refusals(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_symmetric_algorithms pair = {fixture->suite.kdf, fixture->suite.aead};
  static twoway_symmetric_algorithms too_many[16384];
  CHECK_STATUS(twoway_key_ring_add(peer.ring, 7, peer.key, &pair, 1, TWOWAY_KEY_ACTIVE, NULL),
               TWOWAY_INVALID_ARGUMENT);  // taken
  CHECK_STATUS(twoway_key_ring_add(peer.ring, 8, peer.key, NULL, 0, TWOWAY_KEY_ACTIVE, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_key_ring_add(peer.ring, 8, peer.key, NULL, 1, TWOWAY_KEY_ACTIVE, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(
      twoway_key_ring_add(peer.ring, 8, peer.key, too_many, 16384, TWOWAY_KEY_ACTIVE, NULL),
      TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_key_ring_add(peer.ring, 8, peer.key, &pair, 1, TWOWAY_KEY_RETIRED, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_key_ring_add(peer.ring, 8, peer.key, &pair, 1, 3, NULL),
               TWOWAY_INVALID_ARGUMENT);
  pair.aead = 0x7777;
  CHECK_STATUS(twoway_key_ring_add(peer.ring, 8, peer.key, &pair, 1, TWOWAY_KEY_ACTIVE, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK_STATUS(twoway_key_ring_activate(peer.ring, 8, NULL), TWOWAY_UNKNOWN_KEY);
  CHECK_STATUS(twoway_key_ring_retire(peer.ring, 8, 0, NULL), TWOWAY_UNKNOWN_KEY);
  CHECK_STATUS(twoway_key_ring_remove(peer.ring, 8, NULL), TWOWAY_UNKNOWN_KEY);
  CHECK_OK(twoway_key_ring_remove(peer.ring, 7, NULL));
  peer_free(&peer);
}

void key_configurations(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_key_configs* configs = NULL;
  twoway_key_configs* read = NULL;
  const twoway_symmetric_algorithms pairs[2] = {{fixture->suite.kdf, 3}, {0x4242, 0x4343}};
  twoway_symmetric_algorithms back[2];
  uint8_t pk[133] = {0};
  uint8_t list[512];
  uint8_t one[512];
  uint8_t key_id = 0;
  uint16_t kem = 0;
  size_t size = 0;
  size_t count = 0;
  REQUIRE_OK(twoway_key_ring_key_configs(peer.ring, list, sizeof list, &size, NULL));
  REQUIRE_OK(twoway_key_configs_parse(fixture->crypto, list, size, &read, NULL));
  CHECK(twoway_key_configs_count(read) == 1);
  REQUIRE_OK(twoway_key_configs_get(read, 0, &key_id, &kem, NULL));
  CHECK(key_id == 7 && kem == fixture->suite.kem);
  CHECK_OK(twoway_key_configs_get(read, 0, NULL, NULL, NULL));
  CHECK_STATUS(twoway_key_configs_get(read, 1, &key_id, &kem, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(key_id == 0 && kem == 0);
  twoway_key_configs_free(read);

  REQUIRE_OK(twoway_key_configs_new(fixture->crypto, &configs, NULL));
  CHECK(twoway_key_configs_count(configs) == 0);
  CHECK_STATUS(twoway_key_configs_encode_list(configs, list, sizeof list, &size, NULL),
               TWOWAY_INVALID_ARGUMENT);
  pk[0] = 4;
  REQUIRE_OK(twoway_key_configs_add(configs, 9, TWOWAY_KEM_P256, pk, 65, pairs, 2, NULL));
  REQUIRE_OK(twoway_key_configs_add(configs, 10, TWOWAY_KEM_X25519, pk, 32, pairs, 1, NULL));
  CHECK_STATUS(twoway_key_configs_add(configs, 9, TWOWAY_KEM_P256, pk, 64, pairs, 2, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_key_configs_add(configs, 9, TWOWAY_KEM_P256, pk, 65, NULL, 0, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_key_configs_add(configs, 9, 0x7777, pk, 65, pairs, 2, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK(twoway_key_configs_count(configs) == 2);
  REQUIRE_OK(twoway_key_configs_public_key(configs, 0, list, sizeof list, &size, NULL));
  CHECK(size == 65 && memcmp(list, pk, 65) == 0);
  CHECK_STATUS(twoway_key_configs_public_key(configs, 0, list, 64, &size, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK_STATUS(twoway_key_configs_public_key(configs, 2, list, sizeof list, &size, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_key_configs_algorithms(configs, 0, back, 1, &count, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(count == 2);
  REQUIRE_OK(twoway_key_configs_algorithms(configs, 0, back, 2, &count, NULL));
  CHECK(count == 2 && back[0].aead == 3 && back[1].kdf == 0x4242 && back[1].aead == 0x4343);
  CHECK_STATUS(twoway_key_configs_algorithms(configs, 2, back, 2, &count, NULL),
               TWOWAY_INVALID_ARGUMENT);

  CHECK_STATUS(twoway_key_configs_encode(configs, 0, NULL, 0, &size, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK(size == 1 + 2 + 65 + 2 + 8);
  REQUIRE_OK(twoway_key_configs_encode(configs, 0, one, size, &size, NULL));
  CHECK_STATUS(twoway_key_configs_encode(configs, 2, one, size, &size, NULL),
               TWOWAY_INVALID_ARGUMENT);
  REQUIRE_OK(twoway_key_configs_encode(configs, 0, one, sizeof one, &size, NULL));
  REQUIRE_OK(twoway_key_configs_add_encoded(configs, one, size, NULL));
  CHECK(twoway_key_configs_count(configs) == 3);
  CHECK_STATUS(twoway_key_configs_add_encoded(configs, one, size - 1, NULL), TWOWAY_MALFORMED);
  one[1] = 0x77;
  CHECK_STATUS(twoway_key_configs_add_encoded(configs, one, size, NULL), TWOWAY_NOT_SUPPORTED);
  CHECK_STATUS(twoway_key_configs_encode_list(configs, NULL, 0, &size, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  REQUIRE_OK(twoway_key_configs_encode_list(configs, list, size, &size, NULL));
  REQUIRE_OK(twoway_key_configs_parse(fixture->crypto, list, size, &read, NULL));
  CHECK(twoway_key_configs_count(read) == 3);
  twoway_key_configs_free(read);
  CHECK_STATUS(twoway_key_configs_parse(fixture->crypto, list, size - 1, &read, NULL),
               TWOWAY_MALFORMED);
  CHECK(read == NULL);
  twoway_key_configs_free(configs);

  {
    twoway_request_sender* sender = NULL;
    CHECK_STATUS(twoway_request_sender_new(fixture->crypto, NULL, 0, NULL, &sender, NULL),
                 TWOWAY_MALFORMED);
    memcpy(list, "\x00\x29\x01\x77\x77", 5);  // an unknown KEM alone
    memset(list + 5, 0, 38);
    CHECK_STATUS(twoway_request_sender_new(fixture->crypto, list, 43, NULL, &sender, NULL),
                 TWOWAY_NOT_SUPPORTED);
    CHECK(sender == NULL);
  }
  peer_free(&peer);
}
