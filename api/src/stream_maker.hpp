// The one way to make streams: for the objects that begin messages, and for tests.
#pragma once

#include <twoway/stream.hpp>

namespace twoway {

struct TWOWAY_API StreamMaker {
  /// Gives `prefix`, then what `sequence` seals of `source`.
  ///
  /// Errors:
  ///   invalid_argument  the limits, a null source
  static Result<SealStream> seal(Form form, std::unique_ptr<Source> source, Bytes prefix,
                                 core::SealSequence sequence,
                                 const StreamOptions& options) noexcept;

  /// Reads the bytes that `factory` wants from `source`, then the sealed text.
  ///
  /// Errors:
  ///   invalid_argument  the limits, a null source
  static Result<OpenStream> open(Form form, std::unique_ptr<Source> source,
                                 std::unique_ptr<framing::OpenSequenceFactory> factory,
                                 const StreamOptions& options) noexcept;
};

}  // namespace twoway
