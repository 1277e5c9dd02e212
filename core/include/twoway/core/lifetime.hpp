// TWOWAY_LIFETIMEBOUND marks an argument that the result borrows: clang warns if it is a temporary
// that ends too early.
//
// Who needs it: the other headers.
#pragma once

#include <twoway/core/export.hpp>

#if defined(__clang__)
#define TWOWAY_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define TWOWAY_LIFETIMEBOUND
#endif
