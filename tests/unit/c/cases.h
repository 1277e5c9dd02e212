// The tests in C. Each runs over every provider, with a suite that it offers.
#ifndef TWOWAY_TESTS_C_CASES_H
#define TWOWAY_TESTS_C_CASES_H

#include "peer.h"

#define C_CASES(CASE)                                                           \
  CASE(statuses, "statuses have stable numbers and names")                      \
  CASE(errors, "an error holds the words of the call")                          \
  CASE(structs, "structs state their size")                                     \
  CASE(null_calls, "NULL is refused in the place of every pointer")             \
  CASE(wrong_values, "forms, counts and callbacks that are wrong are refused")  \
  CASE(refused_steps, "a refused call uses nothing up")                         \
  CASE(whole_exchange, "a request and its response, each in one call")          \
  CASE(step_by_step_exchange, "a request and its response, in place")           \
  CASE(empty_texts, "empty texts")                                              \
  CASE(request_refusals, "refusals of senders and receivers of requests")       \
  CASE(response_refusals, "refusals of openers and sealers of responses")       \
  CASE(short_buffers, "a buffer that is too small consumes nothing")            \
  CASE(saved_states, "both sides of a response go to another process")          \
  CASE(own_rng, "a random generator of the caller's")                           \
  CASE(kept_rng, "a sender keeps its random generator")                         \
  CASE(failing_rng, "a random generator that fails")                            \
  CASE(chunked_exchange, "a chunked request and its response, in every split")  \
  CASE(chunked_in_place, "chunks opened in place")                              \
  CASE(chunked_by_parts, "a chunked request whose prefix the caller reads")     \
  CASE(form_requests, "a relay that rewrites requests into the other form")     \
  CASE(form_responses, "a relay that rewrites responses into the other form")   \
  CASE(form_bodies, "a relay that rewrites bodies into the other form")         \
  CASE(media_types, "media types that could be the other form's")               \
  CASE(binary_media_types, "media types that hold zero bytes")                  \
  CASE(chunk_refusals, "refusals of sealers and openers of chunks")             \
  CASE(chunk_limits, "limits of chunked messages")                              \
  CASE(chunk_room, "chunks in a buffer that is too small")                      \
  CASE(truncated_everywhere, "a chunked request cut anywhere is truncated")     \
  CASE(stream_exchange, "a request and its response in streams")                \
  CASE(stream_multi, "a body to many receivers in streams")                     \
  CASE(stream_refusals, "a stream that is refused takes nothing")               \
  CASE(stream_failures, "sources that fail or end before the message")          \
  CASE(hpke_modes, "HPKE in all four modes, and exports")                       \
  CASE(hpke_single_shot, "HPKE's single-shot functions")                        \
  CASE(hpke_callbacks, "HPKE with private keys behind callbacks")               \
  CASE(hpke_refusals, "refusals of HPKE's functions")                           \
  CASE(keys_elsewhere, "a key's operation that runs elsewhere")                 \
  CASE(awaited_keys, "a chunked request waits for its key")                     \
  CASE(deferred_keys, "a key that is checked by its first request")             \
  CASE(unchecked_encs, "an enc that is not valid reaches no key")               \
  CASE(software_keys, "private keys made, derived and imported")                \
  CASE(key_files, "private keys in files")                                      \
  CASE(dh_callbacks, "a private key behind a Diffie-Hellman callback")          \
  CASE(decap_callbacks, "a private key behind a decapsulation callback")        \
  CASE(refused_callbacks, "callbacks that make no key are released")            \
  CASE(ring_states, "a key ring from pending to expired")                       \
  CASE(ring_refusals, "refusals of a key ring")                                 \
  CASE(key_configurations, "key configurations, read and written")              \
  CASE(replay_in_memory, "a replay filter in memory")                           \
  CASE(replay_callbacks, "a replay filter of the caller's")                     \
  CASE(multi_whole, "one request to three receivers")                           \
  CASE(multi_chunked, "one chunked request to three receivers")                 \
  CASE(multi_elsewhere, "keys of a request to many that run elsewhere")         \
  CASE(multi_refusals, "refusals of senders and receivers of requests to many") \
  CASE(free_order, "handles are freed in any order")

#ifdef __cplusplus
extern "C" {
#endif

#define DECLARE_CASE(name, title) void name(const struct fixture* fixture);
C_CASES(DECLARE_CASE)
#undef DECLARE_CASE

#ifdef __cplusplus
}
#endif

#endif
