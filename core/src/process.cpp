#include <atomic>
#include <cstdlib>
#include <new>

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <twoway/core/process.hpp>

namespace twoway::core {
namespace {

using Number = std::atomic<std::uint32_t>;
static_assert(Number::is_always_lock_free);  // a lock could be held when the process forks

/// The latest number that this process, or one that it was forked from, has given out.
Number g_last{0};

/// The number of this process, 0 until it is asked for. Elsewhere on systems that zero a page.
Number g_number{0};

/// The place of the number: a page that the kernel zeroes in every child, or null if it cannot.
Number* wiped_number(std::size_t page_size) noexcept {
#if defined(MADV_WIPEONFORK)
  void* const page =
      ::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  // Some emulators accept every advice and follow none: one that does not exist shows them.
  if (::madvise(page, page_size, -1) != 0 && ::madvise(page, page_size, MADV_WIPEONFORK) == 0) {
    return new (page) Number(0);
  }
  ::munmap(page, page_size);
#endif
  static_cast<void>(page_size);
  return nullptr;
}

Number& number() noexcept {
  static std::atomic<Number*> known{nullptr};
  Number* found = known.load(std::memory_order_acquire);
  if (found != nullptr) return *found;
  const auto page_size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  Number* const wiped = wiped_number(page_size);
  if (wiped == nullptr && ::pthread_atfork(nullptr, nullptr, [] { g_number = 0; }) != 0) {
    std::abort();  // out of memory
  }
  if (known.compare_exchange_strong(found, wiped != nullptr ? wiped : &g_number)) {
    return wiped != nullptr ? *wiped : g_number;
  }
  if (wiped != nullptr) ::munmap(wiped, page_size);  // another thread was first
  return *found;
}

}  // namespace

std::uint32_t process_generation() noexcept {
  Number& current = number();
  std::uint32_t value = current.load(std::memory_order_acquire);
  if (value != 0) return value;
  // Without a lock, which another thread could have held when the process forked.
  const std::uint32_t fresh = ++g_last;
  return current.compare_exchange_strong(value, fresh) ? fresh : value;
}

}  // namespace twoway::core
