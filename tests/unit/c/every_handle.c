#include "every_handle.h"

static twoway_status fill(void* context, uint8_t* out, size_t size, uint64_t* native) {
  (void)context;
  (void)native;
  memset(out, 1, size);
  return TWOWAY_OK;
}

static int64_t now(void* context) {
  (void)context;
  return 1000;
}

static twoway_status dh(void* context, uint8_t* secret, size_t secret_size, const uint8_t* peer,
                        size_t peer_size, uint64_t* native) {
  (void)peer;
  (void)peer_size;
  return fill(context, secret, secret_size, native);
}

static twoway_status insert(void* context, uint8_t key_id, const uint8_t* enc, size_t enc_size,
                            int* absent, uint64_t* native) {
  (void)context;
  (void)key_id;
  (void)enc;
  (void)enc_size;
  (void)native;
  *absent = 1;
  return TWOWAY_OK;
}

static twoway_status read_end(void* context, uint8_t* out, size_t capacity, size_t* written,
                              int* end, uint64_t* native) {
  (void)context;
  (void)out;
  (void)capacity;
  (void)native;
  *written = 0;
  *end = 1;
  return TWOWAY_OK;
}

static void released(void* context) { ++((struct every_handle*)context)->released; }

static void describe_callbacks(struct every_handle* all) {
  all->twoway_rng_callbacks.size = sizeof all->twoway_rng_callbacks;
  all->twoway_rng_callbacks.context = all;
  all->twoway_rng_callbacks.fill = fill;
  all->twoway_rng_callbacks.release = released;
  all->twoway_clock_callbacks.size = sizeof all->twoway_clock_callbacks;
  all->twoway_clock_callbacks.context = all;
  all->twoway_clock_callbacks.now = now;
  all->twoway_clock_callbacks.release = released;
  all->twoway_private_key_callbacks.size = sizeof all->twoway_private_key_callbacks;
  all->twoway_private_key_callbacks.context = all;
  all->twoway_private_key_callbacks.dh = dh;
  all->twoway_private_key_callbacks.release = released;
  all->twoway_replay_callbacks.size = sizeof all->twoway_replay_callbacks;
  all->twoway_replay_callbacks.context = all;
  all->twoway_replay_callbacks.insert_if_absent = insert;
  all->twoway_replay_callbacks.release = released;
  all->twoway_source_callbacks.size = sizeof all->twoway_source_callbacks;
  all->twoway_source_callbacks.context = all;
  all->twoway_source_callbacks.read = read_end;
  all->twoway_source_callbacks.release = released;
}

/// Objects of a request and its response. Those of chunks belong to chunked requests.
static void make_messages(struct every_handle* all) {
  uint8_t prefix[64];
  uint8_t text[8];
  size_t size = 0;
  twoway_request_sealer* sealer = NULL;
  twoway_pending_request* pending = NULL;
  twoway_request_opener* opener = NULL;
  struct message request = seal_request(&all->peer, "question", &all->twoway_response_opener);
  REQUIRE_OK(twoway_request_receiver_open(all->peer.receiver, request.data, request.size, NULL,
                                          text, sizeof text, &size, &all->twoway_response_sealer,
                                          NULL));
  REQUIRE_OK(twoway_request_receiver_begin(all->peer.receiver, TWOWAY_FORM_WHOLE, request.data,
                                           request.size, NULL, &pending, NULL));
  REQUIRE_OK(twoway_pending_request_decapsulate(pending, &all->twoway_request_opener, NULL));
  twoway_pending_request_free(pending);
  REQUIRE_OK(twoway_request_sender_begin(all->peer.sender, TWOWAY_FORM_WHOLE, NULL,
                                         &all->twoway_request_sealer, NULL));

  REQUIRE_OK(
      twoway_request_sender_begin(all->peer.sender, TWOWAY_FORM_CHUNKED, NULL, &sealer, NULL));
  REQUIRE_OK(twoway_request_sealer_prefix(sealer, prefix, sizeof prefix, &size, NULL));
  REQUIRE_OK(twoway_request_sealer_chunk_sealer(sealer, NULL, &all->twoway_chunk_sealer, NULL));
  twoway_request_sealer_free(sealer);
  REQUIRE_OK(twoway_request_receiver_begin(all->peer.receiver, TWOWAY_FORM_CHUNKED, prefix, size,
                                           NULL, &pending, NULL));
  REQUIRE_OK(twoway_pending_request_decapsulate(pending, &opener, NULL));
  REQUIRE_OK(twoway_request_opener_chunk_opener(opener, NULL, &all->twoway_chunk_opener, NULL));
  twoway_request_opener_free(opener);
  twoway_pending_request_free(pending);
  REQUIRE_OK(twoway_request_receiver_begin(all->peer.receiver, TWOWAY_FORM_WHOLE, request.data,
                                           request.size, NULL, &all->twoway_pending_request, NULL));
  REQUIRE_OK(twoway_request_receiver_chunked_opener(all->peer.receiver, NULL, NULL,
                                                    &all->twoway_chunked_request_opener, NULL));
}

static void make_many(const struct fixture* fixture, struct every_handle* all) {
  uint8_t key[128];
  size_t size = 0;
  twoway_response_opener* response = NULL;
  twoway_pending_multi_request* pending = NULL;
  REQUIRE_OK(twoway_multi_request_sender_new(fixture->crypto, fixture->suite.aead, NULL,
                                             &all->twoway_multi_request_sender, NULL));
  REQUIRE_OK(twoway_multi_request_sender_begin(all->twoway_multi_request_sender, TWOWAY_FORM_WHOLE,
                                               NULL, &all->twoway_multi_request_sealer, NULL));
  REQUIRE_OK(twoway_multi_request_sealer_encapsulate_key(
      all->twoway_multi_request_sealer, all->peer.sender, key, sizeof key, &size, &response, NULL));
  twoway_response_opener_free(response);
  REQUIRE_OK(twoway_multi_request_receiver_new(all->peer.ring, NULL, NULL,
                                               &all->twoway_multi_request_receiver, NULL));
  REQUIRE_OK(twoway_multi_request_receiver_begin(
      all->twoway_multi_request_receiver, TWOWAY_FORM_WHOLE, key, size, NULL, &pending, NULL));
  REQUIRE_OK(
      twoway_pending_multi_request_decapsulate(pending, &all->twoway_multi_request_opener, NULL));
  twoway_pending_multi_request_free(pending);
  REQUIRE_OK(twoway_multi_request_receiver_begin(all->twoway_multi_request_receiver,
                                                 TWOWAY_FORM_WHOLE, key, size, NULL,
                                                 &all->twoway_pending_multi_request, NULL));
}

static void make_streams(struct every_handle* all) {
  static const uint8_t bytes[4] = {1, 2, 3, 4};
  twoway_source* source = NULL;
  twoway_request_sealer* sealer = NULL;
  REQUIRE_OK(twoway_source_from_memory(bytes, sizeof bytes, &all->twoway_source, NULL));
  REQUIRE_OK(twoway_source_from_memory(bytes, sizeof bytes, &source, NULL));
  REQUIRE_OK(twoway_request_sender_begin(all->peer.sender, TWOWAY_FORM_WHOLE, NULL, &sealer, NULL));
  REQUIRE_OK(twoway_request_sealer_stream(sealer, source, NULL, &all->twoway_seal_stream, NULL));
  twoway_request_sealer_free(sealer);
  twoway_source_free(source);
  REQUIRE_OK(twoway_source_from_memory(bytes, sizeof bytes, &source, NULL));
  REQUIRE_OK(twoway_response_opener_stream(all->twoway_response_opener, TWOWAY_FORM_WHOLE, source,
                                           NULL, NULL, &all->twoway_open_stream, NULL));
  twoway_source_free(source);
}

static void make_hpke(const struct fixture* fixture, struct every_handle* all,
                      const uint8_t* public_key, size_t public_key_size) {
  uint8_t enc[TWOWAY_MAX_ENC];
  size_t enc_size = 0;
  REQUIRE_OK(twoway_hpke_sender_setup(fixture->crypto, fixture->suite, public_key, public_key_size,
                                      NULL, 0, NULL, NULL, enc, sizeof enc, &enc_size,
                                      &all->twoway_hpke_sender, NULL));
  REQUIRE_OK(twoway_hpke_recipient_setup(fixture->crypto, fixture->suite, all->peer.key, enc,
                                         enc_size, NULL, 0, NULL, &all->twoway_hpke_recipient,
                                         NULL));
}

void every_handle_new(struct every_handle* all, const struct fixture* fixture) {
  const twoway_symmetric_algorithms pair = {fixture->suite.kdf, fixture->suite.aead};
  uint8_t public_key[TWOWAY_MAX_PUBLIC_KEY];
  size_t size = 0;
  memset(all, 0, sizeof *all);
  describe_callbacks(all);
  all->twoway_provider = fixture->crypto;
  all->peer = peer_new(fixture);
  all->twoway_private_key = all->peer.key;
  all->twoway_key_ring = all->peer.ring;
  all->twoway_request_sender = all->peer.sender;
  all->twoway_request_receiver = all->peer.receiver;
  REQUIRE_OK(twoway_rng_new(&all->twoway_rng_callbacks, &all->twoway_rng, NULL));
  REQUIRE_OK(twoway_clock_new(&all->twoway_clock_callbacks, &all->twoway_clock, NULL));
  REQUIRE_OK(
      twoway_replay_filter_new(&all->twoway_replay_callbacks, &all->twoway_replay_filter, NULL));
  REQUIRE_OK(
      twoway_private_key_public_key(all->peer.key, public_key, sizeof public_key, &size, NULL));
  REQUIRE_OK(twoway_key_configs_new(fixture->crypto, &all->twoway_key_configs, NULL));
  REQUIRE_OK(twoway_key_configs_add(all->twoway_key_configs, 7, fixture->suite.kem, public_key,
                                    size, &pair, 1, NULL));
  make_messages(all);
  make_streams(all);
  make_hpke(fixture, all, public_key, size);
  make_many(fixture, all);
}

void every_handle_free(struct every_handle* all) {
  twoway_rng_free(all->twoway_rng);
  twoway_clock_free(all->twoway_clock);
  twoway_key_configs_free(all->twoway_key_configs);
  twoway_replay_filter_free(all->twoway_replay_filter);
  twoway_request_sealer_free(all->twoway_request_sealer);
  twoway_response_opener_free(all->twoway_response_opener);
  twoway_chunk_sealer_free(all->twoway_chunk_sealer);
  twoway_pending_request_free(all->twoway_pending_request);
  twoway_request_opener_free(all->twoway_request_opener);
  twoway_response_sealer_free(all->twoway_response_sealer);
  twoway_chunked_request_opener_free(all->twoway_chunked_request_opener);
  twoway_chunk_opener_free(all->twoway_chunk_opener);
  twoway_multi_request_sender_free(all->twoway_multi_request_sender);
  twoway_multi_request_sealer_free(all->twoway_multi_request_sealer);
  twoway_multi_request_receiver_free(all->twoway_multi_request_receiver);
  twoway_pending_multi_request_free(all->twoway_pending_multi_request);
  twoway_multi_request_opener_free(all->twoway_multi_request_opener);
  twoway_source_free(all->twoway_source);
  twoway_seal_stream_free(all->twoway_seal_stream);
  twoway_open_stream_free(all->twoway_open_stream);
  twoway_hpke_sender_free(all->twoway_hpke_sender);
  twoway_hpke_recipient_free(all->twoway_hpke_recipient);
  peer_free(&all->peer);
}
