// Handles of the C interface for tests in C++. They are made by calls that must succeed, and freed
// at their end.
#pragma once

#include <memory>
#include <string>

#include <twoway/twoway.h>
#include <twoway/types.hpp>

#include "cpp.hpp"

namespace twoway::test {

/// Frees a handle.
template <typename Handle, void (*free)(Handle*) noexcept>
struct Free {
  void operator()(Handle* handle) const { free(handle); }
};
#define HANDLE(name) std::unique_ptr<name, twoway::test::Free<name, name##_free>>

inline void ok(twoway_status status) { REQUIRE(std::string(twoway_status_name(status)) == "ok"); }

/// Returns a handle from the function that makes it.
template <typename Unique, typename Function>
Unique made(Function function) {
  typename Unique::pointer handle = nullptr;
  ok(function(&handle));
  return Unique(handle);
}

}  // namespace twoway::test
