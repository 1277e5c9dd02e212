// The tests of hybrid KEMs in C.
#ifndef TWOWAY_TESTS_C_HYBRID_CASES_H
#define TWOWAY_TESTS_C_HYBRID_CASES_H

#include "peer.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A provider and a suite whose KEM is a hybrid of parts that both can use by themselves.
struct hybrid {
  struct fixture fixture;
  uint16_t ml_kem;    ///< the KEM of one half
  uint16_t dh;        ///< that of the other
  size_t ml_kem_enc;  ///< bytes of `enc` that are ML-KEM's
  size_t dh_secret;   ///< Ndh
};

void hybrid_joined(const struct hybrid* hybrid);
void hybrid_elsewhere(const struct hybrid* hybrid);
void hybrid_chunked(const struct hybrid* hybrid);
void hybrid_multi(const struct hybrid* hybrid);

/// `alone` and the hybrid's provider each lack a part, and have all of them together.
void combined_provider(const struct fixture* alone, const struct hybrid* hybrid);

#ifdef __cplusplus
}
#endif

#endif
