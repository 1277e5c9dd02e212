// Ends objects before OpenSSL ends. OpenSSL, its providers and their libraries clean up in their
// own exit handlers. Static objects of the application may end later.
#pragma once

namespace twoway::openssl {

/// While it lives, `close(object)` is called when the process that made it ends. Thread-safe.
class AtExit {
 public:
  using Close = void (*)(void* object) noexcept;
  AtExit(void* object, Close close) noexcept;
  ~AtExit();
  AtExit(const AtExit&) = delete;
  AtExit& operator=(const AtExit&) = delete;

  /// From here on that call comes before the exit handlers that have been registered up to now.
  /// Call it after a library was loaded.
  static void guard() noexcept;

 private:
  static void close_all() noexcept;

  void* const object_;
  const Close close_;
};

}  // namespace twoway::openssl
