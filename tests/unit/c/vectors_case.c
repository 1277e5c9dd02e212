#include "vectors_case.h"

static twoway_status fixed_bytes(void* context, uint8_t* out, size_t size, uint64_t* native) {
  const struct message* bytes = context;
  (void)native;
  if (size != bytes->size) return TWOWAY_PROVIDER_FAILURE;
  memcpy(out, bytes->data, size);
  return TWOWAY_OK;
}

/// Both sides of an example, with the response's nonce behind a callback.
struct example {
  struct message nonce;
  twoway_request_sender* sender;
  twoway_request_receiver* receiver;
};

static struct example example_new(const struct ohttp_vector* v, struct message* nonce) {
  struct example example;
  const twoway_symmetric_algorithms pairs[2] = {
      {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_AES_128_GCM},
      {TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305}};
  twoway_rng_callbacks callbacks;
  twoway_private_key* key = NULL;
  twoway_key_ring* ring = NULL;
  twoway_key_configs* configs = NULL;
  twoway_rng* rng = NULL;
  uint8_t published[128];
  uint8_t list[128];
  size_t size = 0;
  size_t list_size = 0;
  memset(&example, 0, sizeof example);
  memset(&callbacks, 0, sizeof callbacks);
  callbacks.size = sizeof callbacks;
  callbacks.context = nonce;
  callbacks.fill = fixed_bytes;
  *nonce = v->response_nonce;
  CHECK_OK(twoway_rng_new(&callbacks, &rng, NULL));
  CHECK_OK(twoway_private_key_import(v->crypto, TWOWAY_KEM_X25519, v->private_key.data,
                                     v->private_key.size, &key, NULL));
  CHECK_OK(twoway_key_ring_new(v->crypto, NULL, &ring, NULL));
  CHECK_OK(twoway_key_ring_add(ring, 1, key, pairs, 2, TWOWAY_KEY_ACTIVE, NULL));
  CHECK_OK(twoway_request_receiver_new(ring, rng, NULL, &example.receiver, NULL));

  // The ring publishes the configuration, after its length.
  CHECK_OK(twoway_key_ring_key_configs(ring, published, sizeof published, &size, NULL));
  CHECK(size == v->key_config.size + 2);
  CHECK(memcmp(published + 2, v->key_config.data, v->key_config.size) == 0);
  CHECK_OK(twoway_key_configs_new(v->crypto, &configs, NULL));
  CHECK_OK(twoway_key_configs_add_encoded(configs, v->key_config.data, v->key_config.size, NULL));
  CHECK_OK(twoway_key_configs_encode_list(configs, list, sizeof list, &list_size, NULL));
  CHECK(list_size == size);
  CHECK(memcmp(list, published, size) == 0);
  CHECK_OK(twoway_request_sender_new(v->fixed, list, list_size, NULL, &example.sender, NULL));
  twoway_key_configs_free(configs);
  twoway_private_key_free(key);
  twoway_key_ring_free(ring);
  twoway_rng_free(rng);
  return example;
}

static void example_free(struct example* example) {
  twoway_request_sender_free(example->sender);
  twoway_request_receiver_free(example->receiver);
}

static int equal(const uint8_t* bytes, size_t size, const struct message* expected) {
  return size == expected->size && (size == 0 || memcmp(bytes, expected->data, size) == 0);
}

void whole_example(const struct ohttp_vector* v) {
  struct message nonce;
  struct example example = example_new(v, &nonce);
  const struct message* question = &v->request_texts[0];
  const struct message* answer = &v->response_texts[0];
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  uint8_t message[512];
  uint8_t text[512];
  size_t size = 0;
  size_t written = 0;
  REQUIRE(v->request_count == 1 && v->response_count == 1);
  REQUIRE_OK(twoway_request_sender_seal(example.sender, question->data, question->size,
                                        WHOLE_TYPE(v->request_label), message, sizeof message,
                                        &size, &opener, NULL));
  CHECK(equal(message, size, &v->request));
  REQUIRE_OK(twoway_request_receiver_open(example.receiver, v->request.data, v->request.size,
                                          WHOLE_TYPE(v->request_label), text, sizeof text, &written,
                                          &sealer, NULL));
  CHECK(equal(text, written, question));
  REQUIRE_OK(twoway_response_sealer_seal(sealer, answer->data, answer->size,
                                         WHOLE_TYPE(v->response_label), message, sizeof message,
                                         &size, NULL));
  CHECK(equal(message, size, &v->response));
  REQUIRE_OK(twoway_response_opener_open(opener, v->response.data, v->response.size,
                                         WHOLE_TYPE(v->response_label), text, sizeof text, &written,
                                         NULL));
  CHECK(equal(text, written, answer));
  twoway_response_opener_free(opener);
  twoway_response_sealer_free(sealer);
  example_free(&example);
}

/// Seals the texts after the content of `message`, and frees the sealer.
static size_t seal_texts(twoway_chunk_sealer* sealer, const struct message* texts, size_t count,
                         uint8_t* message, size_t size, size_t capacity) {
  size_t i;
  for (i = 0; i < count; ++i) {
    size_t written = 0;
    CHECK_OK(twoway_chunk_sealer_seal(sealer, texts[i].data, texts[i].size, i + 1 == count,
                                      message + size, capacity - size, &written, NULL));
    size += written;
  }
  twoway_chunk_sealer_free(sealer);
  return size;
}

void chunked_example(const struct ohttp_vector* v) {
  struct message nonce;
  struct example example = example_new(v, &nonce);
  twoway_request_sealer* request = NULL;
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = NULL;
  twoway_chunk_sealer* chunks = NULL;
  twoway_chunked_request_opener* request_opener = NULL;
  twoway_chunk_opener* response_opener = NULL;
  twoway_chunk_state state = 0;
  uint8_t message[512];
  uint8_t text[512];
  const uint8_t* in = v->request.data;
  size_t left = v->request.size;
  size_t size = 0;
  size_t consumed = 0;
  size_t written = 0;
  size_t i;
  REQUIRE_OK(twoway_request_sender_begin(example.sender, TWOWAY_FORM_CHUNKED,
                                         CHUNKED_TYPE(v->request_label), &request, NULL));
  REQUIRE_OK(twoway_request_sealer_prefix(request, message, sizeof message, &size, NULL));
  REQUIRE_OK(twoway_request_sealer_response_opener(request, &opener, NULL));
  REQUIRE_OK(twoway_request_sealer_chunk_sealer(request, NULL, &chunks, NULL));
  twoway_request_sealer_free(request);
  size = seal_texts(chunks, v->request_texts, v->request_count, message, size, sizeof message);
  CHECK(equal(message, size, &v->request));

  REQUIRE_OK(twoway_request_receiver_chunked_opener(
      example.receiver, CHUNKED_TYPE(v->request_label), NULL, &request_opener, NULL));
  REQUIRE_OK(twoway_chunked_request_opener_open(request_opener, in, left, 1, NULL, 0, &consumed,
                                                &written, &state, NULL));
  REQUIRE(state == TWOWAY_CHUNK_NEED_KEY);
  REQUIRE_OK(twoway_chunked_request_opener_decapsulate(request_opener, NULL));
  for (i = 0; i < v->request_count; ++i) {
    in += consumed;
    left -= consumed;
    REQUIRE_OK(twoway_chunked_request_opener_open(request_opener, in, left, 1, text, sizeof text,
                                                  &consumed, &written, &state, NULL));
    CHECK(equal(text, written, &v->request_texts[i]));
    CHECK((state == TWOWAY_CHUNK_DONE) == (i + 1 == v->request_count));
  }
  CHECK(consumed == left);
  REQUIRE_OK(twoway_chunked_request_opener_response_sealer(request_opener, &sealer, NULL));
  twoway_chunked_request_opener_free(request_opener);

  REQUIRE_OK(twoway_response_sealer_chunk_sealer(sealer, CHUNKED_TYPE(v->response_label), NULL,
                                                 message, sizeof message, &size, &chunks, NULL));
  twoway_response_sealer_free(sealer);
  size = seal_texts(chunks, v->response_texts, v->response_count, message, size, sizeof message);
  CHECK(equal(message, size, &v->response));
  REQUIRE_OK(twoway_response_opener_chunk_opener(opener, CHUNKED_TYPE(v->response_label), NULL,
                                                 &response_opener, NULL));
  in = v->response.data;
  left = v->response.size;
  for (i = 0; i < v->response_count; ++i) {
    REQUIRE_OK(twoway_chunk_opener_open(response_opener, in, left, 1, text, sizeof text, &consumed,
                                        &written, &state, NULL));
    CHECK(equal(text, written, &v->response_texts[i]));
    CHECK((state == TWOWAY_CHUNK_DONE) == (i + 1 == v->response_count));
    in += consumed;
    left -= consumed;
  }
  CHECK(left == 0);
  twoway_chunk_opener_free(response_opener);
  twoway_response_opener_free(opener);
  example_free(&example);
}
