// The examples of RFC 9458 and of Chunked OHTTP, for a test in C.
#ifndef TWOWAY_TESTS_C_VECTORS_CASE_H
#define TWOWAY_TESTS_C_VECTORS_CASE_H

#include "peer.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Whole messages have one text on each side.
struct ohttp_vector {
  const twoway_provider* crypto;
  /// The same provider, whose X25519 has the example's ephemeral key, because the examples have no
  /// input of DeriveKeyPair that a random generator could give.
  const twoway_provider* fixed;
  const char* request_label;
  const char* response_label;
  struct message private_key;
  struct message key_config;
  const struct message* request_texts;
  size_t request_count;
  struct message request;
  struct message response_nonce;
  const struct message* response_texts;
  size_t response_count;
  struct message response;
};

void whole_example(const struct ohttp_vector* vector);
void chunked_example(const struct ohttp_vector* vector);

#ifdef __cplusplus
}
#endif

#endif
