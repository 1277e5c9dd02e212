// Sources that give what a fuzz target says, and what a stream then gives.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <twoway/stream.hpp>

#include "chunk_model.hpp"

namespace twoway::fuzz {

/// How a source gives its bytes.
struct Plan {
  enum class Kind : std::uint8_t { memory, pieces, bare_size, known_size, istream };

  Kind kind = Kind::memory;
  std::vector<std::size_t> pieces{1};  ///< sizes, used in turn; 0 counts as 256
  bool end_with_data = false;
  std::optional<std::size_t> fails_at;  ///< after so many bytes; not in memory or in a stream
  bool overflows = false;               ///< fails by answering more than was asked for
  std::size_t size = 0;                 ///< of known_size, be it true or not
};

/// What a stream saw of its source.
struct Log {
  std::vector<SourceRead> reads;
  std::optional<core::Errc> error;
};

inline constexpr core::Error kSourceError{core::Errc::key_unavailable, "the source failed", 7};

/// A source of `bytes`, which are borrowed as the log is. It insists that it is not asked for
/// nothing, nor again after an error.
std::unique_ptr<Source> make_source(ByteView bytes, const Plan& plan, Log& log);

/// Reads a stream to its end or error, into buffers of these sizes in turn; checks that either
/// stays, that no read is over-long, and that reading nothing is refused and changes nothing.
template <typename Stream, typename Each>
Answer read_all(Stream& stream, const std::vector<std::size_t>& sizes, const Each& each) {
  Answer answer;
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
