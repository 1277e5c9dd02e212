// SoftHSM 2.6.1 leaks a little in each operation with X25519 and at its end. Only the slow unwinder
// can follow its stack.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TWOWAY_ADDRESS_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define TWOWAY_ADDRESS_SANITIZER
#endif

#ifdef TWOWAY_ADDRESS_SANITIZER
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "fast_unwind_on_malloc=0"; }
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libsofthsm2.so"; }
#endif
