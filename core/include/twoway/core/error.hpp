// Errors as values: Errc, Error, Result<T> and Status. The library throws nothing.
//
// Who needs it: applications.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

#include <twoway/core/export.hpp>

namespace twoway::core {

/// The kinds of failure.
enum class Errc : std::uint8_t {
  invalid_argument = 1,  ///< the caller's arguments break a documented rule
  buffer_too_small,      ///< an output is smaller than its size function says
  wrong_state,           ///< the object has already done its work, or has failed
  not_supported,         ///< the provider, key or mode lacks the requested algorithm or operation
  invalid_key,           ///< key bytes of the wrong length, off the curve or out of range
  malformed,             ///< a header, key configuration, key file or state that cannot be parsed
  unknown_key,           ///< a request names a key id or suite that the receiver does not hold
  open_failed,           ///< a sealed message, or its `enc`, is not authentic
  key_unavailable,       ///< a valid request reached a private key, and the key failed
  message_limit,         ///< the sequence number is used up: set up a new context
  limit_exceeded,        ///< a chunk or message would exceed a limit
  truncated,             ///< the input ended before the authenticated end of the message
  replayed,              ///< the same request was accepted before
  source_failed,         ///< the source of a stream failed: the message is not complete
  provider_failure,      ///< the crypto library or the random generator failed
  filter_full,           ///< a replay filter has no room for another request
};

/// Returns a stable, lower-case name such as "open_failed".
constexpr const char* to_string(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::buffer_too_small: return "buffer_too_small";
    case Errc::wrong_state: return "wrong_state";
    case Errc::not_supported: return "not_supported";
    case Errc::invalid_key: return "invalid_key";
    case Errc::malformed: return "malformed";
    case Errc::unknown_key: return "unknown_key";
    case Errc::open_failed: return "open_failed";
    case Errc::key_unavailable: return "key_unavailable";
    case Errc::message_limit: return "message_limit";
    case Errc::limit_exceeded: return "limit_exceeded";
    case Errc::truncated: return "truncated";
    case Errc::replayed: return "replayed";
    case Errc::source_failed: return "source_failed";
    case Errc::provider_failure: return "provider_failure";
    case Errc::filter_full: return "filter_full";
  }
  return "unknown";
}

/// A failure. `message` says what to do, lasts as long as the process and never holds bytes of a
/// key or a plaintext. `native` is the backend's own code (an OpenSSL reason, a CKR value), errno
/// of a source, or 0. It is always 0 for open_failed, so that every cause looks alike.
struct Error {
  Errc code;                 ///< the kind of failure
  const char* message;       ///< lasts as long as the process
  std::uint64_t native = 0;  ///< the backend's code, errno, or 0
};

namespace detail {
/// Print the ignored error, or that there is none, to standard error, and abort.
[[noreturn]] TWOWAY_API void no_value(const Error& error) noexcept;
[[noreturn]] TWOWAY_API void no_error() noexcept;
}  // namespace detail

/// A T or an Error. Reading the value of a failed result prints its error to standard error and
/// aborts. So does reading the error of a good one.
template <typename T>
class [[nodiscard]] Result {
  static_assert(!std::is_reference_v<T> && !std::is_same_v<T, Error>);

 public:
  /// Holds a value.
  Result(T value) noexcept(std::is_nothrow_move_constructible_v<T>)  // NOLINT: implicit by design
      : state_(std::in_place_index<0>, std::move(value)) {}
  /// Holds an error.
  Result(Error error) noexcept : state_(std::in_place_index<1>, error) {}  // NOLINT

  /// Tell whether there is a value.
  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  /// The value. Abort if there is none.
  T& value() & noexcept { return get(); }
  const T& value() const& noexcept { return const_cast<Result*>(this)->get(); }
  T&& value() && noexcept { return std::move(get()); }
  T& operator*() & noexcept { return get(); }
  const T& operator*() const& noexcept { return value(); }
  T&& operator*() && noexcept { return std::move(get()); }
  T* operator->() noexcept { return &get(); }
  const T* operator->() const noexcept { return &value(); }

  /// Returns the error. Aborts if there is none.
  const Error& error() const noexcept {
    const Error* error = std::get_if<1>(&state_);
    if (error == nullptr) detail::no_error();
    return *error;
  }

 private:
  T& get() noexcept {
    T* value = std::get_if<0>(&state_);
    if (value == nullptr) detail::no_value(*std::get_if<1>(&state_));
    return *value;
  }

  std::variant<T, Error> state_;
};

/// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() noexcept = default;
  /// Holds an error.
  Result(Error error) noexcept : error_(error), failed_(true) {}  // NOLINT: implicit by design

  /// Tell whether there is no error.
  bool ok() const noexcept { return !failed_; }
  explicit operator bool() const noexcept { return ok(); }

  /// Returns the error. Aborts if there is none.
  const Error& error() const noexcept {
    if (!failed_) detail::no_error();
    return error_;
  }

 private:
  Error error_{};
  bool failed_ = false;
};

/// Success or an error, of a function that gives nothing else.
using Status = Result<void>;

}  // namespace twoway::core
