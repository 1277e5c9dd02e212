#include "der.hpp"

#include <algorithm>
#include <cstdlib>

namespace twoway::der {

// X.690 sections 8.1.2 to 8.1.4, and 10.1: the length in the fewest octets.
std::optional<ByteView> Reader::take_any() noexcept {
  constexpr std::uint8_t kHighTag = 0x1f;
  constexpr std::size_t kLongForm = 0x80;
  if (rest_.size() < 2 || (rest_[0] & kHighTag) == kHighTag) return std::nullopt;
  std::size_t length = rest_[1];
  std::size_t header = 2;
  if (length >= kLongForm) {
    const std::size_t octets = length - kLongForm;
    if (octets == 0 || octets > 2 || rest_.size() < header + octets) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < octets; ++i) length = length << 8 | rest_[header++];
    if (length < (octets == 1 ? kLongForm : 0x100)) return std::nullopt;
  }
  if (rest_.size() - header < length) return std::nullopt;
  const ByteView content = rest_.subspan(header, length);
  rest_ = rest_.subspan(header + length);
  return content;
}

std::optional<ByteView> Reader::take(Tag tag) noexcept {
  return next_is(tag) ? take_any() : std::nullopt;
}

bool Reader::skip() noexcept { return take_any().has_value(); }

std::optional<ByteView> whole(ByteView bytes, Tag tag) noexcept {
  Reader reader(bytes);
  const std::optional<ByteView> content = reader.take(tag);
  return reader.empty() ? content : std::nullopt;
}

void Writer::put(ByteView content) noexcept {
  if (buffer_.empty()) buffer_.reset(kCapacity);
  if (content.size() > kCapacity - size_) std::abort();  // sizes come from parameter tables
  size_ += content.size();
  std::copy(content.begin(), content.end(), buffer_.span().last(size_).begin());
}

void Writer::wrap(Tag tag, std::size_t since) noexcept {
  const std::size_t length = size_ - since;
  const auto low = static_cast<std::uint8_t>(length);
  const auto id = static_cast<std::uint8_t>(tag);
  if (length < 0x80) {
    put(std::array{id, low});
  } else if (length < 0x100) {
    put(std::array{id, std::uint8_t{0x81}, low});
  } else {
    put(std::array{id, std::uint8_t{0x82}, static_cast<std::uint8_t>(length >> 8), low});
  }
}

void Writer::element(Tag tag, ByteView content) noexcept {
  const std::size_t since = size_;
  put(content);
  wrap(tag, since);
}

}  // namespace twoway::der
