// Random generators of the caller's.
#include "cases.h"

/// Counts up, so that two generators give the same.
static twoway_status count_up(void* context, uint8_t* out, size_t size, uint64_t* native) {
  struct calls* calls = context;
  size_t i;
  *native = calls->native;
  for (i = 0; i < size; ++i) out[i] = (uint8_t)(calls->calls++ * 7 + 1);
  return calls->answer;
}

static twoway_rng* counting(struct calls* calls) {
  twoway_rng* rng = NULL;
  twoway_rng_callbacks callbacks;
  memset(&callbacks, 0, sizeof callbacks);
  callbacks.size = sizeof callbacks;
  callbacks.context = calls;
  callbacks.fill = count_up;
  callbacks.release = count_release;
  CHECK_OK(twoway_rng_new(&callbacks, &rng, NULL));
  return rng;
}

/// A sender to the peer's key that draws from `rng`.
static twoway_request_sender* sender_with(const struct fixture* fixture, const struct peer* peer,
                                          twoway_rng* rng) {
  twoway_request_sender* sender = NULL;
  uint8_t pk[TWOWAY_MAX_PUBLIC_KEY];
  size_t size = 0;
  CHECK_OK(twoway_private_key_public_key(peer->key, pk, sizeof pk, &size, NULL));
  CHECK_OK(twoway_request_sender_new_to_key(fixture->crypto, 7, fixture->suite, pk, size, rng,
                                            &sender, NULL));
  return sender;
}

void own_rng(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  struct message messages[2];
  struct message responses[2];
  int i;
  for (i = 0; i < 2; ++i) {
    struct calls calls = {0, 0, TWOWAY_OK, 0, NULL, NULL};
    twoway_rng* rng = counting(&calls);
    twoway_request_sender* sender = sender_with(fixture, &peer, rng);
    twoway_request_receiver* receiver = NULL;
    twoway_response_opener* opener = NULL;
    twoway_response_sealer* sealer = NULL;
    uint8_t text[8];
    size_t written = 0;
    REQUIRE_OK(twoway_request_receiver_new(peer.ring, rng, NULL, &receiver, NULL));
    twoway_rng_free(rng);
    messages[i].size = twoway_request_sender_sealed_size(sender, 8);
    messages[i].data = memory(messages[i].size);
    REQUIRE_OK(twoway_request_sender_seal(sender, (const uint8_t*)"question", 8, NULL,
                                          messages[i].data, messages[i].size, &written, &opener,
                                          NULL));
    CHECK(calls.calls == 32);
    REQUIRE_OK(twoway_request_receiver_open(receiver, messages[i].data, messages[i].size, NULL,
                                            text, sizeof text, &written, &sealer, NULL));
    CHECK(is_text(text, written, "question"));
    // Objects made from another one keep its generator.
    twoway_request_receiver_free(receiver);
    twoway_request_sender_free(sender);
    twoway_response_opener_free(opener);
    CHECK(calls.released == 0);
    responses[i].size = twoway_response_sealer_sealed_size(sealer, 6);
    responses[i].data = memory(responses[i].size);
    REQUIRE_OK(twoway_response_sealer_seal(sealer, (const uint8_t*)"answer", 6, NULL,
                                           responses[i].data, responses[i].size, &written, NULL));
    CHECK(calls.calls == 64);
    twoway_response_sealer_free(sealer);
    CHECK(calls.released == 1);
  }
  CHECK(messages[0].size == messages[1].size);
  CHECK(memcmp(messages[0].data, messages[1].data, messages[0].size) == 0);
  CHECK(memcmp(responses[0].data, responses[1].data, responses[0].size) == 0);
  peer_free(&peer);
}

void failing_rng(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  struct calls calls = {0, 0, TWOWAY_OPEN_FAILED, 77, NULL, NULL};
  twoway_rng* rng = counting(&calls);
  twoway_request_sender* sender = sender_with(fixture, &peer, rng);
  twoway_multi_request_sender* multi = NULL;
  twoway_multi_request_sealer* body = NULL;
  twoway_request_receiver* receiver = NULL;
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  twoway_chunk_sealer* chunks = NULL;
  uint8_t out[256];
  size_t written = 9;
  twoway_error error;
  size_t i;
  const struct message request = seal_request(&peer, "question", &opener);
  twoway_response_opener_free(opener);
  CHECK_STATUS(
      twoway_request_sender_seal(sender, NULL, 0, NULL, out, sizeof out, &written, &opener, &error),
      TWOWAY_PROVIDER_FAILURE);
  CHECK(error.native == 77);
  CHECK(written == 0);
  CHECK(opener == NULL);
  REQUIRE_OK(
      twoway_multi_request_sender_new(fixture->crypto, fixture->suite.aead, rng, &multi, NULL));
  CHECK_STATUS(twoway_multi_request_sender_begin(multi, TWOWAY_FORM_WHOLE, NULL, &body, &error),
               TWOWAY_PROVIDER_FAILURE);
  CHECK(error.native == 77);
  CHECK(body == NULL);
  REQUIRE_OK(twoway_request_receiver_new(peer.ring, rng, NULL, &receiver, NULL));
  REQUIRE_OK(twoway_request_receiver_open(receiver, request.data, request.size, NULL, out,
                                          sizeof out, &written, &sealer, NULL));
  memset(out, 0xa5, sizeof out);
  CHECK_STATUS(twoway_response_sealer_seal(sealer, NULL, 0, NULL, out, sizeof out, &written, NULL),
               TWOWAY_PROVIDER_FAILURE);
  CHECK(written == 0);
  for (i = 0; i < 32; ++i) CHECK(out[i] == 0);  // what the generator wrote before it failed
  CHECK_STATUS(twoway_response_sealer_chunk_sealer(sealer, NULL, NULL, out, sizeof out, &written,
                                                   &chunks, &error),
               TWOWAY_PROVIDER_FAILURE);
  CHECK(written == 0);
  CHECK(chunks == NULL);
  // It failed before anything was sealed. Once the generator works, the response can be sealed.
  calls.answer = TWOWAY_OK;
  CHECK_OK(twoway_response_sealer_seal(sealer, NULL, 0, NULL, out, sizeof out, &written, NULL));
  twoway_response_sealer_free(sealer);
  twoway_request_receiver_free(receiver);
  twoway_request_sender_free(sender);
  twoway_multi_request_sender_free(multi);
  CHECK(calls.released == 0);
  twoway_rng_free(rng);
  CHECK(calls.released == 1);
  peer_free(&peer);
}

/// Seals with a sender that alone keeps the generator.
static void seal_and_free(twoway_request_sender* sender, struct calls* calls) {
  uint8_t out[128];
  size_t written = 0;
  twoway_response_opener* opener = NULL;
  const int before = calls->calls;
  CHECK(calls->released == 0);
  CHECK_OK(
      twoway_request_sender_seal(sender, NULL, 0, NULL, out, sizeof out, &written, &opener, NULL));
  CHECK(calls->calls == before + 32);
  twoway_response_opener_free(opener);
  CHECK(calls->released == 0);
  twoway_request_sender_free(sender);
  CHECK(calls->released == 1);
}

void kept_rng(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  struct calls calls = {0, 0, TWOWAY_OK, 0, NULL, NULL};
  twoway_rng* rng = counting(&calls);
  twoway_request_sender* sender = sender_with(fixture, &peer, rng);
  twoway_multi_request_sender* multi = NULL;
  twoway_multi_request_sealer* body = NULL;
  uint8_t list[512];
  size_t size = 0;
  twoway_rng_free(rng);
  seal_and_free(sender, &calls);

  calls.released = 0;
  rng = counting(&calls);
  REQUIRE_OK(twoway_key_ring_key_configs(peer.ring, list, sizeof list, &size, NULL));
  REQUIRE_OK(twoway_request_sender_new(fixture->crypto, list, size, rng, &sender, NULL));
  twoway_rng_free(rng);
  seal_and_free(sender, &calls);

  calls.released = 0;
  rng = counting(&calls);
  REQUIRE_OK(
      twoway_multi_request_sender_new(fixture->crypto, fixture->suite.aead, rng, &multi, NULL));
  twoway_rng_free(rng);
  CHECK(calls.released == 0);
  REQUIRE_OK(twoway_multi_request_sender_begin(multi, TWOWAY_FORM_WHOLE, NULL, &body, NULL));
  twoway_multi_request_sender_free(multi);
  CHECK(calls.released == 0);
  twoway_multi_request_sealer_free(body);
  CHECK(calls.released == 1);
  peer_free(&peer);
}
