// The exports of the libraries, and the standard that their headers need. Every header includes
// this one before it uses anything of C++20.
//
// Who needs it: the other headers.
#pragma once

#if __cplusplus < 202002L
#error "twoway needs C++20: compile with -std=c++20 or a newer standard"
#include "C++20 is needed"  // no such file: ends the list of errors here
#endif

// TWOWAY_API marks the exports of the libraries. Everything else is hidden.
#if defined(__GNUC__) || defined(__clang__)
#define TWOWAY_API __attribute__((visibility("default")))
#else
#define TWOWAY_API
#endif

// TWOWAY_INTERFACE marks classes with virtual functions, of which a library and its user both
// derive. In a product with hidden visibility, clang's -fwhole-program-vtables and -fsanitize=cfi
// would otherwise take the product's own derived classes for all that there are. Only the type gets
// default visibility (its vtable and type info): inline members stay hidden. GCC knows no such
// attribute and draws no such conclusion. Templates bear no mark: each instance is its user's own.
#if defined(__clang__)
#define TWOWAY_INTERFACE __attribute__((type_visibility("default")))
#else
#define TWOWAY_INTERFACE
#endif
