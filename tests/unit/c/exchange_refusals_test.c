// Refusals of whole requests and responses.
#include "cases.h"

/// A media type that is too long.
static const char* long_type(void) {
  const size_t size = 65528;
  char* type = (char*)memory(size + 1);
  memset(type, 'a', size);
  type[size] = 0;
  return type;
}

void request_refusals(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* opener = NULL;
  twoway_response_sealer* sealer = (twoway_response_sealer*)&opener;
  twoway_pending_request* pending = NULL;
  twoway_request_sealer* request_sealer = NULL;
  twoway_request_sender* sender = NULL;
  twoway_error error;
  uint8_t out[256];
  uint8_t* changed;
  size_t written = 9;
  const struct message request = seal_request(&peer, "question", &opener);
  twoway_suite other = fixture->suite;

  changed = copy_of(request.data, request.size);
  changed[request.size - 1] ^= 1;
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, changed, request.size, NULL, out,
                                            sizeof out, &written, &sealer, &error),
               TWOWAY_OPEN_FAILED);
  CHECK(error.native == 0);
  CHECK(written == 0);
  CHECK(sealer == NULL);
  CHECK_STATUS(
      twoway_request_receiver_open(peer.receiver, request.data, request.size, WHOLE_TYPE("other"),
                                   out, sizeof out, &written, &sealer, NULL),
      TWOWAY_OPEN_FAILED);
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, 6, NULL, out, sizeof out,
                                            &written, &sealer, NULL),
               TWOWAY_MALFORMED);
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, 20, NULL, out, sizeof out,
                                            &written, &sealer, NULL),
               TWOWAY_OPEN_FAILED);
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, request.size - 9, NULL,
                                            NULL, 0, &written, &sealer, NULL),
               TWOWAY_OPEN_FAILED);  // a text without a tag needs no room
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, NULL, 0, NULL, out, sizeof out, &written,
                                            &sealer, NULL),
               TWOWAY_MALFORMED);
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, request.size,
                                            WHOLE_TYPE(long_type()), out, sizeof out, &written,
                                            &sealer, NULL),
               TWOWAY_INVALID_ARGUMENT);
  changed = copy_of(request.data, request.size);
  changed[0] = 8;
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, changed, request.size, NULL, out,
                                            sizeof out, &written, &sealer, NULL),
               TWOWAY_UNKNOWN_KEY);
  CHECK_STATUS(twoway_request_receiver_begin(peer.receiver, TWOWAY_FORM_WHOLE, changed,
                                             request.size, &kTypes, &pending, NULL),
               TWOWAY_UNKNOWN_KEY);
  CHECK(pending == NULL);
  changed = copy_of(request.data, request.size);
  memset(changed + 7, 0, 32);  // of small order
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, changed, request.size, NULL, out,
                                            sizeof out, &written, &sealer, NULL),
               TWOWAY_OPEN_FAILED);

  twoway_response_opener_free(opener);
  CHECK_STATUS(twoway_request_sender_seal(peer.sender, NULL, 0, WHOLE_TYPE(long_type()), out,
                                          sizeof out, &written, &opener, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK(opener == NULL);
  CHECK_STATUS(twoway_request_sender_begin(peer.sender, TWOWAY_FORM_WHOLE, WHOLE_TYPE(long_type()),
                                           &request_sealer, NULL),
               TWOWAY_INVALID_ARGUMENT);
  CHECK_STATUS(
      twoway_request_sender_new(fixture->crypto, request.data, request.size, NULL, &sender, NULL),
      TWOWAY_MALFORMED);
  CHECK_STATUS(twoway_request_sender_new_to_key(fixture->crypto, 1, fixture->suite, out, 31, NULL,
                                                &sender, NULL),
               TWOWAY_INVALID_KEY);
  other.kem = 0x7777;
  CHECK_STATUS(
      twoway_request_sender_new_to_key(fixture->crypto, 1, other, out, 32, NULL, &sender, NULL),
      TWOWAY_NOT_SUPPORTED);
  CHECK(sender == NULL);

  // A size that no object has.
  CHECK(twoway_request_sender_sealed_size(peer.sender, SIZE_MAX) == 0);
  CHECK_STATUS(twoway_request_receiver_open(peer.receiver, request.data, SIZE_MAX, NULL, out,
                                            sizeof out, &written, &sealer, NULL),
               TWOWAY_INVALID_ARGUMENT);
  peer_free(&peer);
}

void response_refusals(const struct fixture* fixture) {
  struct peer peer = peer_new(fixture);
  twoway_response_opener* opener = NULL;
  twoway_response_opener* other = NULL;
  twoway_response_sealer* sealer = accepted(&peer, &opener);
  twoway_response_sealer* other_sealer = accepted(&peer, &other);
  twoway_chunk_sealer* chunks = NULL;
  uint8_t message[128];
  uint8_t out[128];
  size_t size = 0;
  size_t written = 9;
  REQUIRE_OK(twoway_response_sealer_seal(sealer, (const uint8_t*)"answer", 6, NULL, message,
                                         sizeof message, &size, NULL));
  CHECK_STATUS(
      twoway_response_opener_open(other, message, size, NULL, out, sizeof out, &written, NULL),
      TWOWAY_OPEN_FAILED);
  CHECK(written == 0);
  CHECK_STATUS(twoway_response_opener_open(opener, message, size, WHOLE_TYPE("other"), out,
                                           sizeof out, &written, NULL),
               TWOWAY_OPEN_FAILED);
  CHECK_STATUS(
      twoway_response_opener_open(opener, message, 3, NULL, out, sizeof out, &written, NULL),
      TWOWAY_OPEN_FAILED);
  CHECK_STATUS(twoway_response_opener_open(opener, NULL, 0, NULL, out, sizeof out, &written, NULL),
               TWOWAY_OPEN_FAILED);
  CHECK_OK(twoway_response_opener_open(opener, message, size, NULL, out, sizeof out, &written,
                                       NULL));  // a failure consumes nothing
  CHECK(is_text(out, written, "answer"));

  CHECK_STATUS(
      twoway_response_sealer_seal(sealer, NULL, 0, NULL, message, sizeof message, &size, NULL),
      TWOWAY_WRONG_STATE);
  CHECK_STATUS(twoway_response_sealer_chunk_sealer(sealer, NULL, NULL, message, sizeof message,
                                                   &size, &chunks, NULL),
               TWOWAY_WRONG_STATE);
  CHECK(chunks == NULL);
  CHECK_STATUS(
      twoway_response_sealer_export_secret_state(sealer, message, sizeof message, &size, NULL),
      TWOWAY_WRONG_STATE);
  CHECK(twoway_response_sealer_sealed_size(sealer, SIZE_MAX) == 0);
  twoway_response_sealer_free(sealer);
  twoway_response_sealer_free(other_sealer);
  twoway_response_opener_free(opener);
  twoway_response_opener_free(other);
  peer_free(&peer);
}
