// Chunked requests, and their pieces pushed into an opener.
#ifndef TWOWAY_TESTS_C_CHUNKED_H
#define TWOWAY_TESTS_C_CHUNKED_H

#include "peer.h"

#define CHUNKED_TEXT "a request that is sent in several chunks"

/// A chunked request of CHUNKED_TEXT in pieces of 16 bytes, with the opener of its response.
struct message chunked_request(const struct peer* peer, twoway_response_opener** opener);

/// The output of an opener.
struct opened {
  uint8_t text[256];
  size_t size;
  twoway_status status;
  twoway_chunk_state state;
};

/// Pushes one piece until it is consumed, with the key when it is needed.
void push(twoway_chunked_request_opener* opener, const uint8_t* in, size_t size, int end,
          struct opened* opened);

twoway_chunked_request_opener* opener_at(const struct peer* peer);

#endif
