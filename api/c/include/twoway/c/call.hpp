// The beginning and end of every function of the C interface, which empties its outputs, checks its
// arguments, and returns a status. C++, and not part of the interface's ABI promise.
//
// Who needs it: providers with a C header of their own.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include <twoway/c/types.h>
#include <twoway/core/bytes.hpp>
#include <twoway/core/error.hpp>
#include <twoway/core/export.hpp>

namespace twoway::c {

/// Returns the status for `status`, and writes it to `*error` if that is not NULL.
TWOWAY_API twoway_status report(twoway_error* error, const core::Status& status) noexcept;

/// The error for an argument that must not be NULL.
inline constexpr core::Error kNull{core::Errc::invalid_argument,
                                   "an argument is NULL that must not be, or a size is impossible"};

/// Returns true if a span can be read or written: it is not NULL unless it is empty, and not larger
/// than any object.
inline bool is_span(const void* data, std::size_t size) noexcept {
  return (data != nullptr || size == 0) && size <= PTRDIFF_MAX;
}

/// Elements that a call reads, or works on in place.
template <typename Element>
struct Span {
  Element* data;     ///< NULL if it is empty
  std::size_t size;  ///< in elements

  /// Tells whether it is a span.
  bool valid() const noexcept { return is_span(data, size); }
  /// Returns it as C++ has it.
  operator std::span<Element>() const noexcept { return {data, size}; }
};
using Input = Span<const std::uint8_t>;
using InPlace = Span<std::uint8_t>;

/// A buffer of the caller's that takes bytes.
struct Output {
  std::uint8_t* data;    ///< NULL if it has no room
  std::size_t capacity;  ///< its room, in bytes
  std::size_t* written;  ///< how many bytes were written

  /// Tells whether it is an output.
  bool valid() const noexcept { return written != nullptr && is_span(data, capacity); }
  /// Returns its room.
  core::ByteSpan span() const noexcept { return {data, capacity}; }

  /// buffer_too_small, with the size that is needed, if there is less room.
  core::Status require(std::size_t needed) const noexcept {
    if (capacity >= needed) return {};
    *written = needed;
    return core::Error{core::Errc::buffer_too_small,
                       "the output is too small: the size that is needed was written in its place"};
  }

  /// Writes `bytes`, if there is room.
  core::Status write(core::ByteView bytes) const noexcept {
    if (core::Status s = require(bytes.size()); !s) return s;
    if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
    *written = bytes.size();
    return {};
  }

  /// As above, of a result, or its error.
  template <typename Bytes>
  core::Status write(const core::Result<Bytes>& bytes) const noexcept {
    return bytes ? write(core::ByteView(*bytes)) : bytes.error();
  }

  /// Takes over how many bytes a call wrote, or its error: buffer_too_small with the size that is
  /// needed.
  core::Status filled(const core::Result<std::size_t>& size, std::size_t needed) const noexcept {
    if (size) {
      *written = *size;
      return {};
    }
    if (size.error().code == core::Errc::buffer_too_small) *written = needed;
    return size.error();
  }
};

/// An output that may be NULL.
template <typename Value>
struct Optional {
  Value* output;  ///< or NULL
  /// True: it may be NULL.
  bool valid() const noexcept { return true; }
};
template <typename Value>
Optional(Value*) -> Optional<Value>;

/// Empties an output, so that a failure leaves nothing in it. A pointer to a number or to a handle
/// is an output, and NULL is none. Every other argument is left alone.
template <typename Argument>
void clear(const Argument& argument) noexcept {
  if constexpr (std::is_same_v<Argument, Output>) {
    clear(argument.written);
  } else if constexpr (requires { argument.output; }) {
    clear(argument.output);
  } else if constexpr (std::is_pointer_v<Argument>) {
    using Value = std::remove_pointer_t<Argument>;
    if constexpr (std::is_scalar_v<Value> && !std::is_const_v<Value>) {
      if (argument != nullptr) *argument = {};
    }
  }
}

/// Refuses a pointer that is NULL, a span or output that is none, and a result with its own error.
template <typename Argument>
core::Status check(const Argument& argument) noexcept {
  if constexpr (std::is_pointer_v<Argument>) {
    return argument != nullptr ? core::Status() : kNull;
  } else if constexpr (requires { argument.valid(); }) {
    return argument.valid() ? core::Status() : kNull;
  } else {
    return argument ? core::Status() : argument.error();
  }
}

/// A call whose arguments are checked.
struct Checked {
  twoway_error* error;  ///< the caller's, or NULL
  core::Status status;  ///< of the arguments

  /// Runs `body` unless an argument was refused, and returns its status.
  template <typename Body>
  twoway_status then(const Body& body) const noexcept {
    return report(error, status ? core::Status(body()) : status);
  }
};

/// Begins a call of the C interface: empties all outputs among `arguments`, then checks each:
///
///   return c::call(error, sender, sealer).then([&] { return ...; });
template <typename... Arguments>
Checked call(twoway_error* error, const Arguments&... arguments) noexcept {
  (clear(arguments), ...);
  core::Status status;
  static_cast<void>((... && (status = check(arguments)).ok()));
  return {error, status};
}

}  // namespace twoway::c
