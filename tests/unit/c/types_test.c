// Statuses, errors, versioned structs.
#include "cases.h"

void statuses(const struct fixture* fixture) {
  static const struct {
    twoway_status number;
    const char* name;
  } all[] = {
      {0, "ok"},
      {1, "invalid_argument"},
      {2, "buffer_too_small"},
      {3, "wrong_state"},
      {4, "not_supported"},
      {5, "invalid_key"},
      {6, "malformed"},
      {7, "unknown_key"},
      {8, "open_failed"},
      {9, "key_unavailable"},
      {10, "message_limit"},
      {11, "limit_exceeded"},
      {12, "truncated"},
      {13, "replayed"},
      {14, "source_failed"},
      {15, "provider_failure"},
      {16, "filter_full"},
      {17, "unknown"},
      {-1, "unknown"},
      {INT32_MAX, "unknown"},
      {INT32_MIN, "unknown"},
  };
  size_t i;
  (void)fixture;
  for (i = 0; i < sizeof all / sizeof all[0]; ++i) {
    CHECK(strcmp(twoway_status_name(all[i].number), all[i].name) == 0);
  }
  CHECK(TWOWAY_PROVIDER_FAILURE == 15);
  CHECK(TWOWAY_OPEN_FAILED == 8);
}

void errors(const struct fixture* fixture) {
  twoway_error error;
  twoway_suite suite = fixture->suite;
  uint8_t secret[3] = {1, 2, 3};
  memset(&error, 0xff, sizeof error);
  CHECK_OK(twoway_provider_offers(fixture->crypto, suite, &error));
  CHECK(error.status == TWOWAY_OK);
  CHECK(error.native == 0);
  CHECK(strcmp(error.message, "") == 0);
  suite.aead = 0xffff;  // export only: seals nothing
  CHECK_STATUS(twoway_provider_offers(fixture->crypto, suite, &error), TWOWAY_NOT_SUPPORTED);
  CHECK(error.status == TWOWAY_NOT_SUPPORTED);
  CHECK(strlen(error.message) > 10);
  CHECK_STATUS(twoway_provider_offers(fixture->crypto, suite, NULL), TWOWAY_NOT_SUPPORTED);
  CHECK_STATUS(twoway_provider_offers(NULL, suite, &error), TWOWAY_INVALID_ARGUMENT);
  CHECK(error.status == TWOWAY_INVALID_ARGUMENT);

  CHECK(strlen(twoway_provider_name(fixture->crypto)) > 0);
  CHECK(twoway_provider_name(NULL) == NULL);
  CHECK(twoway_provider_unusable(fixture->crypto) == NULL);
  CHECK(twoway_provider_unusable(NULL) == NULL);
  CHECK(strchr(twoway_version(), '.') != NULL);
  twoway_wipe(secret, sizeof secret);
  CHECK(secret[0] == 0 && secret[1] == 0 && secret[2] == 0);
  twoway_wipe(NULL, 0);
  twoway_wipe(NULL, 3);
}

static twoway_status fill_nothing(void* context, uint8_t* out, size_t size, uint64_t* native) {
  (void)context;
  (void)native;
  memset(out, 0, size);
  return TWOWAY_OK;
}

/// A struct that a later version might have.
struct later_limits {
  twoway_chunk_limits known;
  uint64_t added;
};

void structs(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  struct later_limits later;
  twoway_chunk_limits limits;
  twoway_chunked_request_opener* opener = NULL;
  twoway_rng_callbacks callbacks;
  twoway_rng* rng = (twoway_rng*)&callbacks;
  struct calls calls;
  memset(&limits, 0, sizeof limits);
  memset(&later, 0, sizeof later);
  memset(&callbacks, 0, sizeof callbacks);
  memset(&calls, 0, sizeof calls);

  CHECK_STATUS(twoway_request_receiver_chunked_opener(peer.receiver, NULL, &limits, &opener, NULL),
               TWOWAY_INVALID_ARGUMENT);  // size 0
  limits.size = SIZE_MAX;
  CHECK_STATUS(twoway_request_receiver_chunked_opener(peer.receiver, NULL, &limits, &opener, NULL),
               TWOWAY_INVALID_ARGUMENT);
  limits.size = sizeof(size_t);  // of a version that had no other member: all defaults
  limits.max_chunk = SIZE_MAX;
  CHECK_OK(twoway_request_receiver_chunked_opener(peer.receiver, NULL, &limits, &opener, NULL));
  twoway_chunked_request_opener_free(opener);
  later.known.size = sizeof later;
  CHECK_OK(
      twoway_request_receiver_chunked_opener(peer.receiver, NULL, &later.known, &opener, NULL));
  twoway_chunked_request_opener_free(opener);
  later.added = 1;
  CHECK_STATUS(
      twoway_request_receiver_chunked_opener(peer.receiver, NULL, &later.known, &opener, NULL),
      TWOWAY_NOT_SUPPORTED);
  CHECK(opener == NULL);

  // Callbacks are released once they were read, and only then.
  callbacks.context = &calls;
  callbacks.release = count_release;
  CHECK_STATUS(twoway_rng_new(&callbacks, &rng, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(rng == NULL);
  CHECK(calls.released == 0);
  callbacks.size = sizeof callbacks;
  CHECK_STATUS(twoway_rng_new(&callbacks, &rng, NULL), TWOWAY_INVALID_ARGUMENT);  // no fill
  CHECK(calls.released == 1);
  callbacks.fill = fill_nothing;
  CHECK_STATUS(twoway_rng_new(&callbacks, NULL, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(calls.released == 2);
  CHECK_OK(twoway_rng_new(&callbacks, &rng, NULL));
  CHECK(calls.released == 2);
  twoway_rng_free(rng);
  CHECK(calls.released == 3);
  callbacks.release = NULL;
  CHECK_OK(twoway_rng_new(&callbacks, &rng, NULL));
  twoway_rng_free(rng);
  CHECK(calls.released == 3);
  peer_free(&peer);
}
