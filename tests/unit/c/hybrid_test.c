// Hybrid keys whose halves live in several places.
#include "bridge_calls.h"
#include "hybrid_cases.h"

#define TEXT "question"

/// A hybrid's key whose group key is behind callbacks, and its two halves.
struct halves {
  struct calls calls;
  twoway_private_key* ml_kem;
  twoway_private_key* dh;
  twoway_private_key* joined;
};

static void halves_new(struct halves* halves, const struct hybrid* hybrid) {
  const twoway_provider* crypto = hybrid->fixture.crypto;
  const uint16_t kem = hybrid->fixture.suite.kem;
  twoway_private_key_callbacks callbacks;
  twoway_private_key* elsewhere = NULL;
  twoway_private_key* joined = NULL;
  uint8_t pk[TWOWAY_MAX_PUBLIC_KEY];
  size_t size = 0;
  memset(halves, 0, sizeof *halves);
  REQUIRE_OK(twoway_private_key_generate(crypto, hybrid->ml_kem, &halves->ml_kem, NULL));
  REQUIRE_OK(twoway_private_key_generate(crypto, hybrid->dh, &halves->dh, NULL));
  REQUIRE_OK(twoway_private_key_public_key(halves->dh, pk, sizeof pk, &size, NULL));
  halves->calls.key = halves->dh;
  halves->calls.crypto = crypto;
  callbacks = key_callbacks(&halves->calls);
  REQUIRE_OK(twoway_private_key_new(&callbacks, hybrid->dh, pk, size, &elsewhere, NULL));
  // Halves in each other's place, of other KEMs, and a KEM that is no hybrid.
  CHECK_STATUS(
      twoway_private_key_join(crypto, kem, elsewhere, halves->ml_kem, &halves->joined, NULL),
      TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(
      twoway_private_key_join(crypto, kem, halves->ml_kem, halves->ml_kem, &halves->joined, NULL),
      TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(
      twoway_private_key_join(crypto, hybrid->dh, halves->ml_kem, elsewhere, &halves->joined, NULL),
      TWOWAY_NOT_SUPPORTED);
  CHECK(halves->joined == NULL);
  REQUIRE_OK(twoway_private_key_join(crypto, kem, halves->ml_kem, elsewhere, &joined, NULL));
  halves->joined = joined;
  CHECK_STATUS(twoway_private_key_join(crypto, kem, joined, elsewhere, &joined, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(twoway_private_key_kem(halves->joined) == kem);
  twoway_private_key_free(elsewhere);  // the joined key keeps it
  CHECK(halves->calls.released == 0);
}

static void halves_free(struct halves* halves) {
  twoway_private_key_free(halves->ml_kem);
  twoway_private_key_free(halves->dh);
  CHECK(halves->calls.released == 1);
}

/// Computes both results for a valid `enc`, as two services would.
static void answer_halves(const struct halves* halves, const struct hybrid* hybrid,
                          const uint8_t* enc, size_t enc_size, uint8_t ml_kem[32], uint8_t* dh,
                          size_t dh_size) {
  const twoway_provider* crypto = hybrid->fixture.crypto;
  const size_t first = hybrid->ml_kem_enc;
  CHECK_OK(key_decap(crypto, halves->ml_kem, enc, first, ml_kem, 32));
  CHECK_OK(key_dh(crypto, halves->dh, enc + first, enc_size - first, dh, dh_size));
}

void hybrid_joined(const struct hybrid* hybrid) {
  struct halves halves;
  struct peer peer;
  twoway_response_opener* response = NULL;
  twoway_response_sealer* sealer = NULL;
  struct message request;
  uint8_t pk[TWOWAY_MAX_PUBLIC_KEY], half[TWOWAY_MAX_PUBLIC_KEY], text[64];
  size_t size = 0, half_size = 0;
  twoway_error error;
  halves_new(&halves, hybrid);
  REQUIRE_OK(twoway_private_key_public_key(halves.joined, pk, sizeof pk, &size, NULL));
  REQUIRE_OK(twoway_private_key_public_key(halves.ml_kem, half, sizeof half, &half_size, NULL));
  CHECK(memcmp(pk, half, half_size) == 0);
  REQUIRE_OK(twoway_private_key_public_key(halves.dh, half, sizeof half, &half_size, NULL));
  CHECK(memcmp(pk + size - half_size, half, half_size) == 0);
  peer = peer_with(&hybrid->fixture, NULL, 3, halves.joined);
  request = seal_request(&peer, TEXT, &response);

  // A failure of a half is not a failure of the message.
  halves.calls.answer = TWOWAY_OPEN_FAILED;
  halves.calls.native = 0x30;
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, text,
                                            sizeof text, &size, &sealer, &error),
               TWOWAY_KEY_UNAVAILABLE);
  CHECK(error.native == 0x30);
  halves.calls.answer = TWOWAY_OK;
  REQUIRE_OK(twoway_request_receiver_open(peer.receiver, request.data, request.size, NULL, text,
                                          sizeof text, &size, &sealer, NULL));
  CHECK(is_text(text, size, TEXT));
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(response);
  peer_free(&peer);
  halves_free(&halves);
}

void hybrid_elsewhere(const struct hybrid* hybrid) {
  struct halves halves;
  struct peer peer;
  struct peer classical;
  struct fixture of_group = hybrid->fixture;
  twoway_response_opener* response = NULL;
  twoway_pending_request* pending = NULL;
  twoway_request_opener* opener = NULL;
  struct message request;
  uint8_t enc[TWOWAY_MAX_ENC];
  uint8_t ml_kem[32];
  uint8_t dh[66];
  const size_t dh_size = hybrid->dh_secret;
  uint8_t text[64];
  size_t enc_size = 0;
  size_t prefix;
  size_t size = 0;
  halves_new(&halves, hybrid);
  peer = peer_with(&hybrid->fixture, NULL, 3, halves.joined);
  request = seal_request(&peer, TEXT, &response);
  twoway_response_opener_free(response);
  REQUIRE_OK(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_WHOLE, request.data,
                                           request.size, NULL, &pending, NULL));
  prefix = twoway_pending_request_prefix_size(pending);
  REQUIRE_OK(twoway_pending_request_enc(pending, enc, sizeof enc, &enc_size, NULL));
  answer_halves(&halves, hybrid, enc, enc_size, ml_kem, dh, dh_size);
  CHECK_STATUS(
      twoway_pending_request_complete_hybrid(pending, ml_kem, 31, dh, dh_size, &opener, NULL),
      TWOWAY_KEY_UNAVAILABLE);
  CHECK_STATUS(
      twoway_pending_request_complete_hybrid(pending, ml_kem, 32, dh, dh_size - 1, &opener, NULL),
      TWOWAY_KEY_UNAVAILABLE);
  CHECK_STATUS(
      twoway_pending_request_complete_hybrid(pending, enc, enc_size, dh, dh_size, &opener, NULL),
      TWOWAY_KEY_UNAVAILABLE);
  CHECK_STATUS(twoway_pending_request_complete_dh(pending, dh, dh_size, &opener, NULL),
               TWOWAY_NOT_SUPPORTED);
  CHECK(opener == NULL);
  ml_kem[0] ^= 1;
  REQUIRE_OK(
      twoway_pending_request_complete_hybrid(pending, ml_kem, 32, dh, dh_size, &opener, NULL));
  CHECK_STATUS(twoway_request_opener_open(opener, request.data + prefix, request.size - prefix,
                                          text, sizeof text, &size, NULL),
               TWOWAY_OPEN_FAILED);
  twoway_request_opener_free(opener);
  ml_kem[0] ^= 1;
  REQUIRE_OK(
      twoway_pending_request_complete_hybrid(pending, ml_kem, 32, dh, dh_size, &opener, NULL));
  REQUIRE_OK(twoway_request_opener_open(opener, request.data + prefix, request.size - prefix, text,
                                        sizeof text, &size, NULL));
  CHECK(is_text(text, size, TEXT));
  twoway_request_opener_free(opener);
  twoway_pending_request_free(pending);
  peer_free(&peer);
  halves_free(&halves);

  // A DHKEM has no halves.
  of_group.suite.kem = hybrid->dh;
  classical = peer_new(&of_group);
  request = seal_request(&classical, TEXT, &response);
  twoway_response_opener_free(response);
  REQUIRE_OK(twoway_request_receiver_begin(classical.receiver, TWOWAY_FORM_WHOLE, request.data,
                                           request.size, NULL, &pending, NULL));
  CHECK_STATUS(
      twoway_pending_request_complete_hybrid(pending, ml_kem, 32, dh, dh_size, &opener, NULL),
      TWOWAY_NOT_SUPPORTED);
  twoway_pending_request_free(pending);
  peer_free(&classical);
}

void hybrid_chunked(const struct hybrid* hybrid) {
  struct halves halves;
  struct peer peer;
  twoway_request_sealer* begun = NULL;
  twoway_chunk_sealer* chunks = NULL;
  twoway_chunked_request_opener* pushed = NULL;
  twoway_pending_request* pending = NULL;
  twoway_request_opener* opener = NULL;
  twoway_source* source = NULL;
  twoway_open_stream* pulled = NULL;
  twoway_chunk_state state = 0;
  struct message request;
  uint8_t enc[TWOWAY_MAX_ENC];
  uint8_t ml_kem[32];
  uint8_t dh[66];
  uint8_t text[64];
  size_t enc_size = 0;
  size_t consumed = 0;
  size_t size = 0;
  halves_new(&halves, hybrid);
  peer = peer_with(&hybrid->fixture, NULL, 3, halves.joined);
  REQUIRE_OK(twoway_request_sender_begin(peer.sender, TWOWAY_FORM_CHUNKED, NULL, &begun, NULL));
  request.size = twoway_request_sealer_prefix_size(begun);
  request.data = memory(request.size);
  REQUIRE_OK(twoway_request_sealer_prefix(begun, request.data, request.size, &request.size, NULL));
  REQUIRE_OK(twoway_request_sealer_chunk_sealer(begun, NULL, &chunks, NULL));
  twoway_request_sealer_free(begun);
  append_chunks(&request, chunks, TEXT, 8);

  // Pushed, from the first byte.
  REQUIRE_OK(twoway_request_receiver_chunked_opener(peer.receiver, NULL, NULL, &pushed, NULL));
  REQUIRE_OK(twoway_chunked_request_opener_open(pushed, request.data, request.size, 1, text,
                                                sizeof text, &consumed, &size, &state, NULL));
  CHECK(state == TWOWAY_CHUNK_NEED_KEY);
  REQUIRE_OK(twoway_chunked_request_opener_pending(pushed, &pending, NULL));
  CHECK(consumed == twoway_pending_request_prefix_size(pending));
  REQUIRE_OK(twoway_pending_request_enc(pending, enc, sizeof enc, &enc_size, NULL));
  answer_halves(&halves, hybrid, enc, enc_size, ml_kem, dh, hybrid->dh_secret);
  REQUIRE_OK(twoway_pending_request_complete_hybrid(pending, ml_kem, 32, dh, hybrid->dh_secret,
                                                    &opener, NULL));
  REQUIRE_OK(twoway_chunked_request_opener_give_key(pushed, opener, NULL));
  twoway_request_opener_free(opener);
  REQUIRE_OK(twoway_chunked_request_opener_open(pushed, request.data + consumed,
                                                request.size - consumed, 1, text, sizeof text,
                                                &enc_size, &size, &state, NULL));
  CHECK(state == TWOWAY_CHUNK_OPENED);
  CHECK(is_text(text, size, TEXT));
  twoway_chunked_request_opener_free(pushed);

  // Pulled.
  REQUIRE_OK(twoway_pending_request_complete_hybrid(pending, ml_kem, 32, dh, hybrid->dh_secret,
                                                    &opener, NULL));
  REQUIRE_OK(
      twoway_source_from_memory(request.data + consumed, request.size - consumed, &source, NULL));
  REQUIRE_OK(twoway_request_opener_stream(opener, source, NULL, &pulled, NULL));
  REQUIRE_OK(twoway_open_stream_read(pulled, text, sizeof text, &size, NULL));
  CHECK(is_text(text, size, TEXT));
  twoway_open_stream_free(pulled);
  twoway_source_free(source);
  twoway_request_opener_free(opener);
  twoway_pending_request_free(pending);
  peer_free(&peer);
  halves_free(&halves);
}

void hybrid_multi(const struct hybrid* hybrid) {
  struct halves halves;
  struct peer peers[2];
  struct fixture of_group = hybrid->fixture;
  twoway_multi_request_sender* sender = NULL;
  twoway_multi_request_sealer* begun = NULL;
  twoway_multi_request_receiver* receiver = NULL;
  twoway_pending_multi_request* pending = NULL;
  twoway_multi_request_opener* opener = NULL;
  twoway_response_opener* response = NULL;
  struct message keys[2];
  uint8_t enc[TWOWAY_MAX_ENC];
  uint8_t ml_kem[32];
  uint8_t dh[66];
  uint8_t body[128];
  uint8_t text[64];
  size_t body_size = 0, enc_size = 0, size = 0;
  int i;
  halves_new(&halves, hybrid);
  of_group.suite.kem = hybrid->dh;
  peers[0] = peer_with(&hybrid->fixture, NULL, 3, halves.joined);
  peers[1] = peer_with(&of_group, NULL, 4, NULL);
  REQUIRE_OK(
      twoway_multi_request_sender_new(of_group.crypto, of_group.suite.aead, NULL, &sender, NULL));
  REQUIRE_OK(twoway_multi_request_sender_begin(sender, TWOWAY_FORM_WHOLE, NULL, &begun, NULL));
  twoway_multi_request_sender_free(sender);
  REQUIRE_OK(twoway_multi_request_sealer_seal(begun, (const uint8_t*)TEXT, sizeof TEXT - 1, body,
                                              sizeof body, &body_size, NULL));
  for (i = 0; i < 2; ++i) {
    keys[i].size = twoway_multi_request_sealer_key_size(begun, peers[i].sender);
    keys[i].data = memory(keys[i].size);
    REQUIRE_OK(twoway_multi_request_sealer_encapsulate_key(
        begun, peers[i].sender, keys[i].data, keys[i].size, &keys[i].size, &response, NULL));
    twoway_response_opener_free(response);
  }
  twoway_multi_request_sealer_free(begun);
  for (i = 0; i < 2; ++i) {
    REQUIRE_OK(twoway_multi_request_receiver_new(peers[i].ring, NULL, NULL, &receiver, NULL));
    REQUIRE_OK(twoway_multi_request_receiver_begin(receiver, TWOWAY_FORM_WHOLE, keys[i].data,
                                                   keys[i].size, NULL, &pending, NULL));
    if (i == 0) {
      REQUIRE_OK(twoway_pending_multi_request_enc(pending, enc, sizeof enc, &enc_size, NULL));
      answer_halves(&halves, hybrid, enc, enc_size, ml_kem, dh, hybrid->dh_secret);
      dh[0] ^= 1;
      CHECK_STATUS(twoway_pending_multi_request_complete_hybrid(pending, ml_kem, 32, dh,
                                                                hybrid->dh_secret, &opener, NULL),
                   TWOWAY_OPEN_FAILED);  // the key message is opened at once
      CHECK(opener == NULL);
      dh[0] ^= 1;
      REQUIRE_OK(twoway_pending_multi_request_complete_hybrid(pending, ml_kem, 32, dh,
                                                              hybrid->dh_secret, &opener, NULL));
    } else {
      REQUIRE_OK(twoway_pending_multi_request_decapsulate(pending, &opener, NULL));
    }
    REQUIRE_OK(
        twoway_multi_request_opener_open(opener, body, body_size, text, sizeof text, &size, NULL));
    CHECK(is_text(text, size, TEXT));
    twoway_multi_request_opener_free(opener);
    twoway_pending_multi_request_free(pending);
    twoway_multi_request_receiver_free(receiver);
    peer_free(&peers[i]);
  }
  halves_free(&halves);
}
