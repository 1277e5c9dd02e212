// A vector of RFC 9180 for tests in C.
#ifndef TWOWAY_TESTS_C_HPKE_VECTOR_H
#define TWOWAY_TESTS_C_HPKE_VECTOR_H

#include "peer.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hpke_message {
  uint64_t number;
  struct message aad;
  struct message text;
  struct message sealed;
};

struct hpke_export {
  struct message context;
  struct message value;
};

struct hpke_vector {
  const twoway_provider* crypto;
  twoway_suite suite;
  struct message info;
  struct message ikm_e;  ///< input of DeriveKeyPair for the ephemeral key
  struct message enc;
  struct message sk_r;
  struct message pk_r;
  struct message psk;  ///< of size 0 in the modes without it, as are the next three
  struct message psk_id;
  struct message sk_s;
  struct message pk_s;
  const struct hpke_message* messages;
  size_t message_count;
  const struct hpke_export* exports;
  size_t export_count;
};

void hpke_vector(const struct hpke_vector* vector);

#ifdef __cplusplus
}
#endif

#endif
