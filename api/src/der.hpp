// The part of strict DER (X.690) that key files need.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include <twoway/types.hpp>

namespace twoway::der {

enum class Tag : std::uint8_t {
  integer = 0x02,
  bit_string = 0x03,
  octet_string = 0x04,
  object_id = 0x06,
  sequence = 0x30,
  set = 0x31,
  implicit_0 = 0x80,  ///< [0], primitive
  implicit_1 = 0x81,  ///< [1], primitive
  explicit_0 = 0xa0,  ///< [0], constructed
  explicit_1 = 0xa1,  ///< [1], constructed
};

/// Takes elements off the front of a view. Lengths must be definite, minimal and within the view.
/// After a nullopt the reader has not moved.
class Reader {
 public:
  explicit Reader(ByteView bytes) noexcept : rest_(bytes) {}

  bool empty() const noexcept { return rest_.empty(); }
  bool next_is(Tag tag) const noexcept {
    return !rest_.empty() && rest_[0] == static_cast<std::uint8_t>(tag);
  }

  /// Returns the content of the next element, or nullopt if it has another tag or is not DER.
  std::optional<ByteView> take(Tag tag) noexcept;

  /// Skips one element of any tag below 31.
  bool skip() noexcept;

 private:
  std::optional<ByteView> take_any() noexcept;

  ByteView rest_;
};

/// Returns the content of the only element in `bytes`.
std::optional<ByteView> whole(ByteView bytes, Tag tag) noexcept;

/// Writes DER back to front, so that a length is known when its header is written. Put the last
/// element of the file first.
class Writer {
 public:
  /// Puts content in front of the written bytes.
  void put(ByteView content) noexcept;

  /// Puts in front the header of an element, whose content is everything written since size() was
  /// `since`.
  void wrap(Tag tag, std::size_t since) noexcept;

  /// Puts a whole element in front.
  void element(Tag tag, ByteView content) noexcept;

  std::size_t size() const noexcept { return size_; }
  ByteView view() const noexcept { return buffer_.view().last(size_); }

 private:
  static constexpr std::size_t kCapacity = 320;  // P-521, the longest, needs 241

  core::Secret<kCapacity> buffer_;
  std::size_t size_ = 0;
};

}  // namespace twoway::der
