// Replay filters.
#include "cases.h"

static int64_t g_now;
static int64_t tell_time(void* context) {
  (void)context;
  return g_now;
}

/// Opens a request, and returns the status.
static twoway_status open_once(const struct peer* peer, const struct message* request,
                               twoway_error* error) {
  twoway_response_sealer* sealer = NULL;
  uint8_t text[8];
  size_t size = 9;
  const twoway_status status = twoway_request_receiver_open(
      peer->receiver, request->data, request->size, NULL, text, sizeof text, &size, &sealer, error);
  CHECK((status == TWOWAY_OK) == (sealer != NULL));
  CHECK(status == TWOWAY_OK ? is_text(text, size, "question") : size == 0);
  twoway_response_sealer_free(sealer);
  return status;
}

void replay_in_memory(const struct fixture* fixture) {
  twoway_clock* clock = NULL;
  twoway_clock_callbacks callbacks;
  twoway_replay_filter* filter = NULL;
  twoway_response_opener* response = NULL;
  twoway_response_sealer* sealer = NULL;
  struct peer peer;
  struct message request;
  uint8_t text[8];
  size_t size = 0;
  int absent = 7;
  memset(&callbacks, 0, sizeof callbacks);
  callbacks.size = sizeof callbacks;
  callbacks.now = tell_time;
  g_now = 5000;
  REQUIRE_OK(twoway_clock_new(&callbacks, &clock, NULL));
  CHECK_STATUS(twoway_replay_filter_new_in_memory(fixture->crypto, 0, 600, clock, &filter, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(twoway_replay_filter_new_in_memory(fixture->crypto, 2, 0, clock, &filter, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(filter == NULL);
  REQUIRE_OK(twoway_replay_filter_new_in_memory(fixture->crypto, 2, 600, clock, &filter, NULL));
  twoway_clock_free(clock);
  peer = peer_with(fixture, filter, 0, NULL);
  request = seal_request(&peer, "question", &response);
  // The buffer is too small, so the filter is not asked.
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, text,
                                            7, &size, &sealer, NULL),
               TWOWAY_BUFFER_TOO_SMALL);
  CHECK_OK(open_once(&peer, &request, NULL));
  CHECK_STATUS(open_once(&peer, &request, NULL), TWOWAY_REPLAYED);
  CHECK_STATUS(twoway_replay_filter_insert(filter, 7, request.data + 7, 32, &absent, NULL),
               TWOWAY_OK);
  CHECK(absent == 0);
  CHECK_OK(twoway_replay_filter_insert(filter, 8, request.data + 7, 32, &absent, NULL));
  CHECK(absent == 1);
  CHECK_STATUS(twoway_replay_filter_insert(filter, 9, NULL, 0, &absent, NULL), TWOWAY_FILTER_FULL);
  CHECK(absent == 0);
  twoway_response_opener_free(response);
  request = seal_request(&peer, "question", &response);
  CHECK_STATUS(open_once(&peer, &request, NULL), TWOWAY_FILTER_FULL);
  g_now = 5601;
  CHECK_OK(open_once(&peer, &request, NULL));
  twoway_response_opener_free(response);
  twoway_replay_filter_free(filter);
  peer_free(&peer);
}

static twoway_status insert(void* context, uint8_t key_id, const uint8_t* enc, size_t enc_size,
                            int* absent, uint64_t* native) {
  struct calls* calls = context;
  CHECK(key_id == 7);
  CHECK(enc != NULL);
  CHECK(enc_size == 32);
  *native = calls->native;
  if (calls->answer == TWOWAY_OK) *absent = calls->calls++ == 0;
  return calls->answer;
}

void replay_callbacks(const struct fixture* fixture) {
  struct calls calls = {0, 0, TWOWAY_FILTER_FULL, 33, NULL, NULL};
  twoway_replay_callbacks callbacks;
  twoway_replay_filter* filter = NULL;
  twoway_response_opener* response = NULL;
  struct peer peer;
  struct message request;
  twoway_error error;
  memset(&callbacks, 0, sizeof callbacks);
  callbacks.size = sizeof callbacks;
  callbacks.context = &calls;
  callbacks.release = count_release;
  CHECK_STATUS(twoway_replay_filter_new(&callbacks, &filter, NULL), TWOWAY_INVALID_ARGUMENT);
  CHECK(calls.released == 1);
  callbacks.insert_if_absent = insert;
  REQUIRE_OK(twoway_replay_filter_new(&callbacks, &filter, NULL));
  peer = peer_with(fixture, filter, 0, NULL);
  twoway_replay_filter_free(filter);
  request = seal_request(&peer, "question", &response);
  CHECK_STATUS(open_once(&peer, &request, &error), TWOWAY_FILTER_FULL);
  CHECK(error.native == 33);
  calls.answer = TWOWAY_REPLAYED;  // a store must not return this
  CHECK_STATUS(open_once(&peer, &request, &error), TWOWAY_PROVIDER_FAILURE);
  calls.answer = TWOWAY_OPEN_FAILED;
  CHECK_STATUS(open_once(&peer, &request, &error), TWOWAY_PROVIDER_FAILURE);
  CHECK(error.native == 33);
  calls.answer = 4711;
  CHECK_STATUS(open_once(&peer, &request, NULL), TWOWAY_PROVIDER_FAILURE);
  calls.answer = TWOWAY_OK;
  CHECK_OK(open_once(&peer, &request, NULL));
  CHECK_STATUS(open_once(&peer, &request, NULL), TWOWAY_REPLAYED);
  twoway_response_opener_free(response);
  CHECK(calls.released == 1);
  peer_free(&peer);
  CHECK(calls.released == 2);
}
