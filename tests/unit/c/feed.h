// A source for tests, and the output of streams.
#ifndef TWOWAY_TESTS_C_FEED_H
#define TWOWAY_TESTS_C_FEED_H

#include "peer.h"

/// The bytes of a source, its pieces, and its failure.
struct feed {
  const uint8_t* data;
  size_t size;
  size_t piece;          ///< the most bytes of one read
  int says_end;          ///< sets `end` with the last bytes
  int knows_total;       ///< states its size
  twoway_status status;  ///< returned in place of its last bytes, unless it is TWOWAY_OK
  uint64_t native;
  size_t overflow;  ///< added to the size that it claims to have written
  size_t at;
  int released;
};

/// A source that reads `feed`, which must outlive its stream.
twoway_source* feed_source(struct feed* feed);

/// A feed of `text`.
struct feed feed_of(struct message text, size_t piece);

/// Reads a stream to its end or failure, in reads of `room` bytes. Writes the last status to
/// `*status`.
struct message drain_sealed(twoway_seal_stream* stream, size_t room, twoway_status* status);
struct message drain_opened(twoway_open_stream* stream, size_t room, twoway_status* status);

/// Bytes that differ from place to place.
struct message long_text(size_t size);

int equal(struct message a, struct message b);

#endif
