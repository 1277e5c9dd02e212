#include "at_exit.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <vector>

#include <pthread.h>

namespace twoway::openssl {
namespace {

struct Table {
  std::mutex mutex;
  std::vector<AtExit*> rows;
};

/// Never destroyed. A child must not inherit a mutex that another thread holds.
Table& table() noexcept {
  static Table& all = *[] {
    static_cast<void>(::pthread_atfork([] { table().mutex.lock(); }, [] { table().mutex.unlock(); },
                                       [] { table().mutex.unlock(); }));
    return new Table;
  }();
  return all;
}

}  // namespace

AtExit::AtExit(void* object, Close close) noexcept : object_(object), close_(close) {
  Table& all = table();
  const std::lock_guard lock(all.mutex);
  all.rows.push_back(this);
}

AtExit::~AtExit() {
  Table& all = table();
  const std::lock_guard lock(all.mutex);
  std::erase(all.rows, this);
}

void AtExit::close_all() noexcept {
  Table& all = table();
  const std::lock_guard lock(all.mutex);
  for (const AtExit* row : all.rows) row->close_(row->object_);
}

void AtExit::guard() noexcept {
  static_cast<void>(std::atexit([] { close_all(); }));
}

}  // namespace twoway::openssl
