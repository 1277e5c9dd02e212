// BoringSSL's objects as owning types, and its errors as Error.
#pragma once

#include <memory>

// Every source file that includes BoringSSL's headers must be compiled with the prefix that the
// library was built with: without it, calls would be bound to OpenSSL's functions of the same name.
#include "boringssl_config.hpp"
#if TWOWAY_BORINGSSL_PREFIXED && !defined(BORINGSSL_PREFIX)
#error "this BoringSSL has a symbol prefix: compile with -DBORINGSSL_PREFIX=..."
#endif
#if !TWOWAY_BORINGSSL_PREFIXED && defined(BORINGSSL_PREFIX)
#error "this BoringSSL has no symbol prefix: compile without BORINGSSL_PREFIX"
#endif

#include <openssl/base.h>
#if !defined(OPENSSL_IS_BORINGSSL)
#error "these headers are not BoringSSL's: put its include directory first"
#endif
#include <openssl/err.h>
#include <openssl/mem.h>

#include <twoway/core/error.hpp>

namespace twoway::boringssl {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

/// A value of BoringSSL's that is wiped when it ends. It starts uninitialised.
template <typename T>
class Wiped {
 public:
  Wiped() noexcept {}
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { OPENSSL_cleanse(&value_, sizeof value_); }

  T* get() noexcept { return &value_; }
  const T* get() const noexcept { return &value_; }

 private:
  T value_;
};

/// An Error with the reason of the last BoringSSL error on this thread, whose queue is emptied.
inline core::Error failure(core::Errc code, const char* message) noexcept {
  const auto reason = static_cast<std::uint64_t>(ERR_GET_REASON(ERR_peek_last_error()));
  ERR_clear_error();
  return {code, message, reason};
}

inline core::Error backend_failure() noexcept {
  return failure(core::Errc::provider_failure, "BoringSSL failed: see the native code, its reason");
}

}  // namespace twoway::boringssl
