// Sources with content and failures that a fuzz target chooses, and the output of streams.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <twoway/stream.hpp>

#include "chunk_model.hpp"

namespace twoway::fuzz {

/// The way in which a source gives its bytes.
struct Plan {
  enum class Kind : std::uint8_t { memory, pieces, bare_size, known_size, istream };

  Kind kind = Kind::memory;
  std::vector<std::size_t> pieces{1};  ///< sizes, used in turn (0 counts as 256)
  bool end_with_data = false;
  std::optional<std::size_t> fails_at;  ///< after so many bytes (not in memory or a stream)
  bool overflows = false;               ///< fails by returning more than was asked for
  std::size_t size = 0;                 ///< of known_size, true or false
};

/// The part of its source that a stream saw.
struct Log {
  std::vector<SourceRead> reads;
  std::optional<core::Errc> error;
};

inline constexpr core::Error kSourceError{core::Errc::key_unavailable, "the source failed", 7};

/// Makes a source of `bytes`. Borrows them and the log. Requires that no read asks for 0 bytes, and
/// that none follows an error.
std::unique_ptr<Source> make_source(ByteView bytes, const Plan& plan, Log& log);

/// Reads a stream to its end or error, into buffers of these sizes in turn. Checks that the end or
/// error stays, that no read is too long, and that reading 0 bytes is refused and changes nothing.
template <typename Stream, typename Each>
OpenResult read_all(Stream& stream, const std::vector<std::size_t>& sizes, const Each& each) {
  OpenResult answer;
  std::vector<Bytes> buffers;  // of the right sizes, so that a sanitizer sees their bounds
  for (const std::size_t size : sizes) {
    buffers.emplace_back(size == 0 ? 256 : size == 0xff ? 20000 : size);
  }
  for (std::size_t i = 0;; ++i) {
    each(answer.plaintext.size());
    Bytes& out = buffers[i % sizes.size()];
    if (sizes[i % sizes.size()] == 0) {
      FUZZ_REQUIRE(stream.read({}).error().code == core::Errc::invalid_argument);
    }
    const auto got = stream.read(out);
    FUZZ_REQUIRE(!got || *got <= out.size());
    if (!got) answer.error = got.error().code;
    if (!got || *got == 0) break;
    answer.plaintext.insert(answer.plaintext.end(), out.begin(),
                            out.begin() + static_cast<std::ptrdiff_t>(*got));
  }
  Bytes more(100);
  const auto again = stream.read(more);
  FUZZ_REQUIRE(answer.error ? !again && again.error().code == *answer.error
                            : again.ok() && *again == 0);
  return answer;
}

}  // namespace twoway::fuzz
