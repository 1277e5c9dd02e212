// TWOWAY_API marks what the libraries export; everything else is hidden.
#pragma once

#if defined(__GNUC__) || defined(__clang__)
#define TWOWAY_API __attribute__((visibility("default")))
#else
#define TWOWAY_API
#endif
