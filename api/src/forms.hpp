// Checks that a message is sealed and opened in the form in which it was begun.
#pragma once

#include <twoway/types.hpp>

namespace twoway {

/// Fails with wrong_state if a message that was begun in the form `begun` is used in the other.
inline Status require_form(Form begun, Form used) noexcept {
  if (begun == used) return {};
  return used == Form::whole
             ? Error{Errc::wrong_state,
                     "this message was begun as a chunked one: go on in chunks, or begin it as "
                     "whole"}
             : Error{Errc::wrong_state,
                     "this message was begun as a whole one: go on so, or begin it as chunked"};
}

inline constexpr Error kSmallOutput{Errc::buffer_too_small,
                                    "the output is too small: ask sealed_size"};

}  // namespace twoway
