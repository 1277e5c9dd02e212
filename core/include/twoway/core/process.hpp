// Tells a process from its copies: two that hold one key and counter would repeat nonces.
//
// Who needs it: the other headers.
#pragma once

#include <cstdint>

#include <twoway/core/error.hpp>
#include <twoway/core/export.hpp>

namespace twoway::core {

/// Returns a number, never 0, that stays the same within a process and is another one in each
/// process that was forked from it. Costs two loads. Thread-safe, and safe in a child that another
/// thread's fork made.
///
/// Linux 4.14 and later report every copy of the memory (MADV_WIPEONFORK): fork, _Fork, a raw
/// clone, and a child that has its parent's process id. On other systems fork alone is seen
/// (pthread_atfork). A copy of the whole machine, and a process that is restored from a checkpoint,
/// keep their number.
TWOWAY_API std::uint32_t process_generation() noexcept;

/// Remembers the process in which an object was made. Moves and copies remember the same one.
class OwnProcess {
 public:
  /// False in a process that was forked since.
  bool is_current() const noexcept { return generation_ == process_generation(); }

 private:
  std::uint32_t generation_ = process_generation();
};

/// The error of an object in a copy of its process.
inline constexpr Error kOtherProcess{
    Errc::wrong_state,
    "this sealer belongs to the process that this one was forked from, which may use the same key "
    "and nonce: start a new message in this process"};

}  // namespace twoway::core
