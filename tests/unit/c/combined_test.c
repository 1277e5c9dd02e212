// One provider made of two.
#include "hybrid_cases.h"

void combined_provider(const struct fixture* alone, const struct hybrid* hybrid) {
  twoway_provider* combined = NULL;
  struct fixture with = hybrid->fixture;
  struct peer peer;
  twoway_response_opener* response = NULL;
  twoway_response_sealer* sealer = NULL;
  struct message request;
  uint8_t text[64];
  size_t size = 0;
  CHECK_STATUS(twoway_provider_offers(alone->crypto, with.suite, NULL), TWOWAY_NOT_SUPPORTED);
  CHECK_STATUS(twoway_provider_offers(with.crypto, with.suite, NULL), TWOWAY_NOT_SUPPORTED);
  REQUIRE_OK(twoway_combined_provider_new(alone->crypto, with.crypto, &combined, NULL));
  CHECK(strcmp(twoway_provider_name(combined), "combined") == 0);
  CHECK(twoway_provider_unusable(combined) == NULL);
  REQUIRE_OK(twoway_provider_offers(combined, with.suite, NULL));
  with.crypto = combined;
  peer = peer_new(&with);
  request = seal_request(&peer, "question", &response);
  REQUIRE_OK(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, text,
                                          sizeof text, &size, &sealer, NULL));
  CHECK(is_text(text, size, "question"));
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(response);
  peer_free(&peer);
  twoway_combined_provider_free(combined);
}
