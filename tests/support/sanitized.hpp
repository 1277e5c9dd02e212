// TWOWAY_SANITIZED is defined if the program contains a sanitizer that needs the address space for
// itself, TWOWAY_THREAD_SANITIZED if that is TSan.
#pragma once

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TWOWAY_THREAD_SANITIZED
#endif
#if __has_feature(address_sanitizer)
#define TWOWAY_SANITIZED
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define TWOWAY_THREAD_SANITIZED
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(TWOWAY_THREAD_SANITIZED)
#define TWOWAY_SANITIZED
#endif
