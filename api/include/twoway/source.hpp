// Sources of pull streams.
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

/// The result of one read of a source: `size` bytes, and `end` if they are the last. No bytes mean
/// the end as well, so that a bare size, 0 at the end, is a result too.
struct SourceRead {
  std::size_t size;   ///< bytes that were written
  End end = End::no;  ///< whether they are the last
};

/// Gives bytes to a stream. Derive from it, or use one of the functions below. Used by one stream,
/// in one thread at a time.
class TWOWAY_INTERFACE Source {
 public:
  virtual ~Source() = default;

  /// Writes up to out.size() bytes to the front of `out`, and waits for the first as long as it
  /// takes. `out` is not empty. After the end, returns the end again. An error of any code ends the
  /// stream, whose message then never becomes complete. source_failed is meant for that.
  virtual Result<SourceRead> read(ByteSpan out) noexcept = 0;

  /// Returns the number of bytes still to be read, if that is certain. Such a source must return
  /// End::yes with its last bytes.
  virtual std::optional<std::uint64_t> remaining() const noexcept { return std::nullopt; }

  /// Returns all remaining bytes if they are in memory. The stream then uses them there, and does
  /// not call `read`.
  virtual std::optional<ByteView> memory() const noexcept { return std::nullopt; }
};

/// Makes a source of bytes in memory, which are borrowed and not copied. The compiler refuses a
/// temporary that owns bytes.
TWOWAY_API std::unique_ptr<Source> from_memory(ByteView bytes) noexcept;
template <typename Owner>
requires(
    !std::is_lvalue_reference_v<Owner> && std::is_convertible_v<Owner, ByteView> &&
    !std::is_same_v<std::remove_cv_t<Owner>, ByteView> &&
    !std::is_same_v<std::remove_cv_t<Owner>, ByteSpan>) std::unique_ptr<Source> from_memory(Owner&&)
= delete;

/// Makes a source of an open file, pipe or socket, which is borrowed and stays open. It must block:
/// EAGAIN is a failure. Reading fails with source_failed and errno.
TWOWAY_API std::unique_ptr<Source> from_descriptor(int descriptor) noexcept;

/// Makes a source of a standard stream, which is borrowed. Takes the bytes that the stream has
/// ready. If it has none ready (as std::cin before sync_with_stdio(false)), waits for as many as
/// are asked for. The stream must not be set to throw. Reading fails with source_failed.
TWOWAY_API std::unique_ptr<Source> from_istream(std::istream& stream) noexcept;

namespace detail {

inline constexpr Error kSourceOverflow{Errc::source_failed,
                                       "the source gave more bytes than it was asked for"};

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
    using Returned = std::invoke_result_t<Function&, ByteSpan>;
    if constexpr (std::is_same_v<Returned, Result<std::size_t>>) {
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

/// Makes a source of a function, which is called with a ByteSpan as `Source::read` is, until its
/// end. It returns a Result of SourceRead or of a size, so another stream's `read` can be used. It
/// must not throw. `size` is the number of bytes to take, if that is known. Fewer bytes are an
/// error (source_failed), and more are not asked for.
template <typename Function>
std::unique_ptr<Source> from_function(Function function,
                                      std::optional<std::uint64_t> size = std::nullopt) {
  return std::make_unique<detail::FunctionSource<Function>>(std::move(function), size);
}

}  // namespace twoway
