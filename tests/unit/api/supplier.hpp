// Sources of every kind for the tests of streams, and reads of a stream to its end.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <sstream>

#include <unistd.h>

#include "exchange_pair.hpp"

namespace twoway::test {

inline Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
  return bytes;
}

/// The ways in which a source gives its bytes.
enum class Supply { memory, function, function_with_end, function_with_size, stream, pipe };
inline constexpr std::array kSupplies{
    Supply::memory, Supply::function, Supply::function_with_end, Supply::function_with_size,
    Supply::stream, Supply::pipe};

/// Sources of one content, in pieces of `piece` bytes if the supply has pieces. Owns everything
/// that the sources borrow.
class Supplier {
 public:
  explicit Supplier(Bytes content) : content_(std::move(content)) {}
  Supplier(const Supplier&) = delete;
  Supplier& operator=(const Supplier&) = delete;
  ~Supplier() {
    if (pipe_[0] >= 0) close(pipe_[0]);
  }

  std::unique_ptr<Source> make(Supply supply, std::size_t piece) {
    switch (supply) {
      case Supply::memory: return from_memory(content_);
      case Supply::stream:
        text_.str(std::string(content_.begin(), content_.end()));
        return from_istream(text_);
      case Supply::pipe:
        REQUIRE(pipe(pipe_.data()) == 0);
        REQUIRE(write(pipe_[1], content_.data(), content_.size()) ==
                static_cast<ssize_t>(content_.size()));
        REQUIRE(close(pipe_[1]) == 0);
        return from_descriptor(pipe_[0]);
      default: break;
    }
    const bool says_end = supply == Supply::function_with_end;
    const auto read = [rest = ByteView(content_), piece, says_end](ByteSpan out) mutable {
      const std::size_t size = std::min({rest.size(), piece, out.size()});
      std::copy_n(rest.begin(), size, out.begin());
      rest = rest.subspan(size);
      return Result<SourceRead>(SourceRead{size, says_end && rest.empty() ? End::yes : End::no});
    };
    if (supply == Supply::function_with_size) return from_function(read, content_.size());
    return from_function(read);
  }

 private:
  Bytes content_;
  std::istringstream text_;
  std::array<int, 2> pipe_{-1, -1};
};

/// Reads to the end, in reads of `size` bytes. An error ends it, and must stay.
template <typename Stream>
Result<Bytes> read_all(Stream& stream, std::size_t size, Bytes* before_error = nullptr) {
  Bytes all;
  Bytes buffer(size);
  while (true) {
    const Result<std::size_t> got = stream.read(buffer);
    if (!got) {
      REQUIRE_ERRC(stream.read(buffer), got.error().code);
      if (before_error != nullptr) *before_error = all;
      return got.error();
    }
    REQUIRE(*got <= size);
    if (*got == 0) {
      const Result<std::size_t> again = stream.read(buffer);
      REQUIRE_OK(again);
      REQUIRE(*again == 0);
      return all;
    }
    all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

inline Result<Bytes> open_bytes(const Pair& pair, Form form, ByteView message,
                                const StreamOptions& options, std::size_t read_size = 1000,
                                Bytes* before_error = nullptr) {
  auto request = RequestReceiver{pair.ring}.stream(form, from_memory(message), kTypes, options);
  if (!request) return request.error();
  return read_all(request->plaintext, read_size, before_error);
}

}  // namespace twoway::test
