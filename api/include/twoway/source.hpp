// Where pull streams read from.
//
// Who needs it: applications whose messages are streams.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <twoway/types.hpp>

namespace twoway {

/// What one read of a source gave: `size` bytes, and whether they are the last. No bytes are the
/// end as well, so that a bare size, 0 at the end, is an answer too.
struct SourceRead {
  std::size_t size;   ///< bytes that were written
  End end = End::no;  ///< whether they are the last
};

/// Gives bytes to a stream. Derive from it, or use one of the functions below. Used by one stream,
/// in one thread at a time.
class TWOWAY_INTERFACE Source {
 public:
  virtual ~Source() = default;

  /// Writes up to out.size() bytes, which are at least 1, to the front of `out`, waiting for the
  /// first as long as it takes. After the end, that answer again. An error of any code ends the
  /// stream, whose message then never becomes complete; source_failed is meant for it.
  virtual Result<SourceRead> read(ByteSpan out) noexcept = 0;

  /// Bytes that are still to be read, where that is certain. Such a source says End::yes with its
  /// last bytes.
  virtual std::optional<std::uint64_t> remaining() const noexcept { return std::nullopt; }

  /// All that remains, where it lies in memory: the stream then uses it there, and reads no more.
  virtual std::optional<ByteView> memory() const noexcept { return std::nullopt; }
};

/// Bytes in memory, which are borrowed and not copied. A temporary that owns bytes is refused by
/// the compiler.
TWOWAY_API std::unique_ptr<Source> from_memory(ByteView bytes) noexcept;
template <typename Owner>
requires(
    !std::is_lvalue_reference_v<Owner> && std::is_convertible_v<Owner, ByteView> &&
    !std::is_same_v<std::remove_cv_t<Owner>, ByteView> &&
    !std::is_same_v<std::remove_cv_t<Owner>, ByteSpan>) std::unique_ptr<Source> from_memory(Owner&&)
= delete;

/// An open file, pipe or socket, which is borrowed and stays open. It must block: EAGAIN is a
/// failure. Errors: source_failed, with errno.
TWOWAY_API std::unique_ptr<Source> from_descriptor(int descriptor) noexcept;

/// A standard stream, which is borrowed. Takes what the stream holds ready, and where it holds
/// nothing ready (as std::cin before sync_with_stdio(false)) waits for as much as is asked for. The
/// stream must not be set to throw. Errors: source_failed.
TWOWAY_API std::unique_ptr<Source> from_istream(std::istream& stream) noexcept;

namespace detail {

inline constexpr Error kSourceOverflow{Errc::source_failed,
                                       "the source answered more bytes than it was asked for"};

template <typename Function>
class FunctionSource final : public Source {
 public:
  FunctionSource(Function function, std::optional<std::uint64_t> size)
      : function_(std::move(function)), remaining_(size) {}

  Result<SourceRead> read(ByteSpan out) noexcept override {
    ended_ = ended_ || remaining_ == std::uint64_t{0};
    if (ended_) return SourceRead{0, End::yes};
    if (remaining_ && *remaining_ < out.size()) {
      out = out.first(static_cast<std::size_t>(*remaining_));
    }
    Result<SourceRead> got = call(out);
    if (!got) return got;
    if (got->size > out.size()) return kSourceOverflow;  // `out` may be less than the caller's
    ended_ = got->size == 0 || got->end == End::yes;
    if (remaining_) {
      *remaining_ -= got->size;
      if (ended_ && *remaining_ != 0) {
        return Error{Errc::source_failed, "the source ended before the size that it was given"};
      }
      if (*remaining_ == 0) got->end = End::yes;
    }
    return got;
  }

  std::optional<std::uint64_t> remaining() const noexcept override { return remaining_; }

 private:
  Result<SourceRead> call(ByteSpan out) noexcept {
    using Answer = std::invoke_result_t<Function&, ByteSpan>;
    if constexpr (std::is_same_v<Answer, Result<std::size_t>>) {
      const Result<std::size_t> size = function_(out);
      if (!size) return size.error();
      return SourceRead{*size};
    } else {
      return function_(out);
    }
  }

  Function function_;
  std::optional<std::uint64_t> remaining_;
  bool ended_ = false;
};

}  // namespace detail

/// What `function` gives, called with a ByteSpan as `Source::read` is, until its end: it answers a
/// Result of SourceRead or of a size, so that another stream's `read` will do. It must not throw.
/// `size` says how many bytes to take, where that is known: fewer are an error (source_failed), and
/// more are not asked for.
template <typename Function>
std::unique_ptr<Source> from_function(Function function,
                                      std::optional<std::uint64_t> size = std::nullopt) {
  return std::make_unique<detail::FunctionSource<Function>>(std::move(function), size);
}

}  // namespace twoway
