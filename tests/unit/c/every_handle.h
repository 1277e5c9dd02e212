// One object of every type in the C interface, ready for use.
#ifndef TWOWAY_TESTS_C_EVERY_HANDLE_H
#define TWOWAY_TESTS_C_EVERY_HANDLE_H

#include "cases.h"

/// Each member has the name of its type. What null_calls.py writes reads them by it, so a new type
/// of handle needs a member.
struct every_handle {
  const twoway_provider* twoway_provider;
  twoway_rng* twoway_rng;
  twoway_clock* twoway_clock;
  twoway_private_key* twoway_private_key;
  twoway_key_ring* twoway_key_ring;
  twoway_key_configs* twoway_key_configs;
  twoway_replay_filter* twoway_replay_filter;
  twoway_request_sender* twoway_request_sender;
  twoway_request_sealer* twoway_request_sealer;
  twoway_response_opener* twoway_response_opener;
  twoway_chunk_sealer* twoway_chunk_sealer;
  twoway_request_receiver* twoway_request_receiver;
  twoway_pending_request* twoway_pending_request;
  twoway_request_opener* twoway_request_opener;
  twoway_response_sealer* twoway_response_sealer;
  twoway_chunked_request_opener* twoway_chunked_request_opener;
  twoway_chunk_opener* twoway_chunk_opener;
  twoway_multi_request_sender* twoway_multi_request_sender;
  twoway_multi_request_sealer* twoway_multi_request_sealer;
  twoway_multi_request_receiver* twoway_multi_request_receiver;
  twoway_pending_multi_request* twoway_pending_multi_request;
  twoway_multi_request_opener* twoway_multi_request_opener;
  twoway_source* twoway_source;
  twoway_seal_stream* twoway_seal_stream;
  twoway_open_stream* twoway_open_stream;
  twoway_hpke_sender* twoway_hpke_sender;
  twoway_hpke_recipient* twoway_hpke_recipient;
  struct peer peer;

  /// Callbacks that count in `released` how often they were let go.
  int released;
  twoway_rng_callbacks twoway_rng_callbacks;
  twoway_clock_callbacks twoway_clock_callbacks;
  twoway_private_key_callbacks twoway_private_key_callbacks;
  twoway_replay_callbacks twoway_replay_callbacks;
  twoway_source_callbacks twoway_source_callbacks;
};

/// Written by null_calls.py.
void null_calls_of_all(struct every_handle* all, twoway_suite suite);

/// The callbacks point to `all`, which stays in its place.
void every_handle_new(struct every_handle* all, const struct fixture* fixture);
void every_handle_free(struct every_handle* all);

#endif
