// NULL in every place, arguments that are wrong beside their pointers, and that refused calls
// change nothing.
#include "every_handle.h"

#define REFUSED(call) CHECK_STATUS(call, TWOWAY_INVALID_ARGUMENT)

void null_calls(const struct fixture* fixture) {
  struct every_handle all;
  every_handle_new(&all, fixture);
  null_calls_of_all(&all, fixture->suite);
  every_handle_free(&all);
}

void wrong_values(const struct fixture* fixture) {
  const twoway_symmetric_algorithms pair = {1, 1};
  const uint8_t enc[32] = {9};
  struct every_handle all;
  twoway_request_sealer* sealer = NULL;
  twoway_multi_request_sealer* multi_sealer = NULL;
  twoway_pending_request* pending = NULL;
  twoway_pending_multi_request* multi_pending = NULL;
  twoway_clock* clock = NULL;
  twoway_clock_callbacks no_clock;
  every_handle_new(&all, fixture);
  REFUSED(twoway_request_sender_begin(all.peer.sender, 2, NULL, &sealer, NULL));
  REFUSED(twoway_multi_request_sender_begin(all.twoway_multi_request_sender, 2, NULL, &multi_sealer,
                                            NULL));
  REFUSED(twoway_request_receiver_begin(all.peer.receiver, -1, enc, 32, NULL, &pending, NULL));
  REFUSED(twoway_multi_request_receiver_begin(all.twoway_multi_request_receiver, 2, enc, 32, NULL,
                                              &multi_pending, NULL));
  REFUSED(twoway_key_configs_add(all.twoway_key_configs, 1, fixture->suite.kem, enc, 32, &pair,
                                 SIZE_MAX, NULL));
  CHECK(twoway_key_configs_count(all.twoway_key_configs) == 1);
  memset(&no_clock, 0, sizeof no_clock);
  no_clock.size = sizeof no_clock;
  REFUSED(twoway_clock_new(&no_clock, &clock, NULL));
  every_handle_free(&all);
}

void refused_steps(const struct fixture* fixture) {
  struct every_handle all;
  const uint8_t text[4] = {1, 2, 3, 4};
  uint8_t out[512];
  size_t size = 0;
  size_t consumed = 0;
  twoway_chunk_state state = 0;
  every_handle_new(&all, fixture);
  REFUSED(
      twoway_request_sealer_seal(all.twoway_request_sealer, NULL, 4, out, sizeof out, &size, NULL));
  CHECK_OK(
      twoway_request_sealer_seal(all.twoway_request_sealer, text, 4, out, sizeof out, &size, NULL));
  REFUSED(
      twoway_chunk_sealer_seal(all.twoway_chunk_sealer, text, 4, 0, out, sizeof out, NULL, NULL));
  CHECK_OK(
      twoway_chunk_sealer_seal(all.twoway_chunk_sealer, text, 4, 0, out, sizeof out, &size, NULL));
  REFUSED(twoway_response_sealer_seal(all.twoway_response_sealer, NULL, 4, NULL, out, sizeof out,
                                      &size, NULL));
  CHECK_OK(twoway_response_sealer_seal(all.twoway_response_sealer, text, 4, NULL, out, sizeof out,
                                       &size, NULL));
  REFUSED(twoway_multi_request_sealer_seal(all.twoway_multi_request_sealer, NULL, 4, out,
                                           sizeof out, &size, NULL));
  CHECK_OK(twoway_multi_request_sealer_seal(all.twoway_multi_request_sealer, text, 4, out,
                                            sizeof out, &size, NULL));
  REFUSED(twoway_chunk_opener_open(all.twoway_chunk_opener, text, 4, 0, out, sizeof out, &consumed,
                                   &size, NULL, NULL));
  CHECK_OK(twoway_chunk_opener_open(all.twoway_chunk_opener, NULL, 0, 0, NULL, 0, &consumed, &size,
                                    &state, NULL));
  CHECK(state == TWOWAY_CHUNK_NEED_INPUT);
  every_handle_free(&all);
}
