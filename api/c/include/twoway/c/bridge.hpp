// For C++ that hands its objects to the C interface: a provider's own C header, or a program in
// both languages. Not part of the interface's ABI promise.
//
// Who needs it: providers with a C header of their own, and power users, whose program is in both
// languages.
#pragma once

#include <cstring>
#include <memory>
#include <utility>

#include <twoway/c/call.hpp>
#include <twoway/core/key.hpp>
#include <twoway/core/provider.hpp>
#include <twoway/core/secret_source.hpp>

struct twoway_private_key;

namespace twoway::c {

/// A provider as its handle, and back. It is borrowed, as everywhere.
inline const twoway_provider* handle(const core::Provider& provider) noexcept {
  return reinterpret_cast<const twoway_provider*>(&provider);
}
inline const core::Provider* object(const twoway_provider* provider) noexcept {
  return reinterpret_cast<const core::Provider*>(provider);
}

/// Makes a handle of `key`, which is not null. Free it by twoway_private_key_free.
TWOWAY_API twoway_private_key* handle(std::shared_ptr<const core::PrivateKey> key) noexcept;

/// Returns the key behind a handle, or null for NULL.
TWOWAY_API std::shared_ptr<const core::PrivateKey> object(const twoway_private_key* key) noexcept;

/// Copies a struct that begins with its size. Members that an earlier version lacks become zero.
/// Members that a later version adds must be zero.
///
/// Errors:
///   invalid_argument  `given` is NULL or states no size
///   not_supported     a member that this version does not know is set
template <typename Struct>
core::Status read_struct(Struct& known, const Struct* given) noexcept {
  if (given == nullptr) return kNull;
  const std::size_t size = given->size;
  if (size < sizeof(size) || size > 4096) {
    return core::Error{core::Errc::invalid_argument,
                       "a struct does not state its size: set `size` to sizeof the struct"};
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  for (std::size_t i = sizeof(Struct); i < size; ++i) {
    if (bytes[i] != 0) {
      return core::Error{core::Errc::not_supported,
                         "a struct sets members that this version of the library does not know"};
    }
  }
  known = {};
  std::memcpy(&known, given, size < sizeof(Struct) ? size : sizeof(Struct));
  return {};
}

/// Rules for the status of a callback that did not return TWOWAY_OK. The library keeps only the
/// status `also`, if that is not TWOWAY_OK. Every other number becomes `failure`, so that a
/// callback's trouble is never taken for one of the library's own conditions, such as an output
/// that is too small or a message that is not authentic.
struct CallbackRule {
  core::Errc failure;              ///< of every other status
  const char* message;             ///< of the error
  twoway_status also = TWOWAY_OK;  ///< a status that is kept
  core::Errc also_code = failure;  ///< as an error of the library
};

/// The rules of the callbacks that there are.
inline constexpr CallbackRule kRngRule{core::Errc::provider_failure,
                                       "the random generator's callback failed"};
inline constexpr CallbackRule kDhRule{core::Errc::key_unavailable,
                                      "the private key's callback failed"};
inline constexpr CallbackRule kDecapRule{core::Errc::key_unavailable, kDhRule.message,
                                         TWOWAY_OPEN_FAILED, core::Errc::open_failed};
inline constexpr CallbackRule kReplayRule{core::Errc::provider_failure,
                                          "the replay filter's callback failed", TWOWAY_FILTER_FULL,
                                          core::Errc::filter_full};
inline constexpr CallbackRule kSourceRule{core::Errc::source_failed,
                                          "the source's callback failed"};
inline constexpr CallbackRule kSecretRule{core::Errc::key_unavailable,
                                          "the callback for the PIN or pass phrase failed"};

/// Returns the error that a callback's status becomes.
inline core::Error callback_error(const CallbackRule& rule, twoway_status status,
                                  std::uint64_t native) noexcept {
  const bool also = rule.also != TWOWAY_OK && status == rule.also;
  if (also && rule.also_code == core::Errc::open_failed) return core::kBadAeadTag;
  return {also ? rule.also_code : rule.failure, rule.message, native};
}

/// Callbacks that were taken over. Releases their context when it ends.
template <typename Callbacks>
class Owned {
 public:
  Owned() noexcept = default;
  /// Takes callbacks over.
  explicit Owned(const Callbacks& callbacks) noexcept : callbacks_(callbacks) {}
  Owned(Owned&& other) noexcept : callbacks_(std::exchange(other.callbacks_, {})) {}
  Owned& operator=(Owned&&) = delete;
  ~Owned() {
    if (callbacks_.release != nullptr) callbacks_.release(callbacks_.context);
  }

  /// Returns the callbacks.
  const Callbacks* operator->() const noexcept { return &callbacks_; }

  /// Takes over the caller's callbacks. Fails with the errors of read_struct.
  static core::Result<Owned> take(const Callbacks* given) noexcept {
    Callbacks known{};
    if (core::Status s = read_struct(known, given); !s) return s.error();
    return Owned(known);
  }

  /// As above. Fails also with invalid_argument without the function `needed`, and then releases
  /// the context.
  template <typename Function>
  static core::Result<Owned> take(const Callbacks* given, Function Callbacks::*needed) noexcept {
    core::Result<Owned> owned = take(given);
    if (owned && owned->callbacks_.*needed == nullptr) return kNull;
    return owned;
  }

 private:
  Callbacks callbacks_{};
};

/// A source of secrets over callbacks in C.
class TWOWAY_INTERFACE SecretCallbacks final : public core::SecretSource {
 public:
  /// Takes over the callbacks.
  explicit SecretCallbacks(Owned<twoway_secret_source> callbacks) noexcept
      : callbacks_(std::move(callbacks)) {}

  core::Status read(core::SecretBuffer& secret) noexcept override {
    secret.resize(core::kMaxPassphrase);
    std::size_t written = 0;
    std::uint64_t native = 0;
    const twoway_status status =
        callbacks_->read(callbacks_->context, secret.data(), secret.size(), &written, &native);
    const bool fits = written <= secret.size();
    secret.resize(status == TWOWAY_OK && fits ? written : 0);
    if (status != TWOWAY_OK) return callback_error(kSecretRule, status, native);
    if (fits) return {};
    return core::Error{core::Errc::key_unavailable, "the PIN or pass phrase is too long"};
  }

 private:
  Owned<twoway_secret_source> callbacks_;
};
static_assert(core::kMaxPassphrase == TWOWAY_MAX_PASSPHRASE);

/// Takes over a source. Fails with the errors of read_struct, and with invalid_argument without
/// `read`.
inline core::Result<std::shared_ptr<core::SecretSource>> take_secret_source(
    const twoway_secret_source* given) noexcept {
  auto owned = Owned<twoway_secret_source>::take(given, &twoway_secret_source::read);
  if (!owned) return owned.error();
  return std::shared_ptr<core::SecretSource>(std::make_shared<SecretCallbacks>(std::move(*owned)));
}

}  // namespace twoway::c
