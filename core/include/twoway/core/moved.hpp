// Lets objects that were moved from return wrong_state.
//
// Who needs it: the other headers.
#pragma once

#include <utility>

#include <twoway/core/error.hpp>

namespace twoway::core {

/// The error of such an object.
inline constexpr Error kMovedFrom{Errc::wrong_state,
                                  "this object was moved from: use the one that it was moved to"};

/// A member that tells whether its object was moved from, for classes whose other members do not.
class MovedFrom {
 public:
  MovedFrom() noexcept = default;
  MovedFrom(MovedFrom&& other) noexcept : yes_(std::exchange(other.yes_, true)) {}
  MovedFrom& operator=(MovedFrom&& other) noexcept {
    if (this != &other) yes_ = std::exchange(other.yes_, true);
    return *this;
  }
  /// Tells whether the object was moved from.
  explicit operator bool() const noexcept { return yes_; }

 private:
  bool yes_ = false;
};

}  // namespace twoway::core
