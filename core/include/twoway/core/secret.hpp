// Secrets are types: bounded, move-only, wiped when they end, with no == and no printing.
//
// Who needs it: power users, who run key operations elsewhere, and providers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <twoway/core/bytes.hpp>

namespace twoway::core {

/// Overwrites `bytes` with zeros in a way that the compiler may not remove.
inline void wipe(ByteSpan bytes) noexcept {
  if (bytes.empty()) return;
  std::memset(bytes.data(), 0, bytes.size());
  __asm__ __volatile__("" : : "r"(bytes.data()) : "memory");
}

/// Overwrites, when it ends, the `Size` bytes of stack below its function. For calls into a library
/// that leaves secrets there.
template <std::size_t Size>
class StackWipe {
 public:
  StackWipe() noexcept = default;
  StackWipe(const StackWipe&) = delete;
  StackWipe& operator=(const StackWipe&) = delete;
  ~StackWipe() { overwrite(); }

 private:
  __attribute__((noinline)) static void overwrite() noexcept {
    std::array<std::uint8_t, Size> below;
    wipe(below);
  }
};

/// Up to `Capacity` secret bytes, stored inline. Moving wipes the source. Not thread-safe.
template <std::size_t Capacity>
class Secret {
 public:
  Secret() noexcept = default;
  Secret(Secret&& other) noexcept { take(other); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      clear();
      take(other);
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { clear(); }

  /// The most bytes, the number of bytes, and the bytes.
  static constexpr std::size_t capacity() noexcept { return Capacity; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  ByteView view() const noexcept TWOWAY_LIFETIMEBOUND { return {bytes_.data(), size_}; }
  ByteSpan span() noexcept { return {bytes_.data(), size_}; }

  /// Makes the secret `size` bytes long, all zero, and returns them for writing. Aborts if
  /// `size` exceeds the capacity: sizes come from parameter tables, never from a peer.
  ByteSpan reset(std::size_t size) noexcept {
    if (size > Capacity) std::abort();
    clear();
    size_ = size;
    return {bytes_.data(), size_};
  }

  /// Holds a copy of `bytes` from here on. Aborts if they exceed the capacity.
  void assign(ByteView bytes) noexcept {
    ByteSpan to = reset(bytes.size());
    if (!bytes.empty()) std::memcpy(to.data(), bytes.data(), bytes.size());
  }

  /// As assign, for bytes whose number somebody else decides. Returns false and leaves the secret
  /// empty if they exceed the capacity.
  bool try_assign(ByteView bytes) noexcept {
    const bool fits = bytes.size() <= Capacity;
    assign(fits ? bytes : ByteView());
    return fits;
  }

  /// Wipes the secret. It is empty from then on.
  void clear() noexcept {
    wipe(bytes_);
    size_ = 0;
  }

 private:
  void take(Secret& other) noexcept {
    bytes_ = other.bytes_;
    size_ = other.size_;
    other.clear();
  }

  std::array<std::uint8_t, Capacity> bytes_{};
  std::size_t size_ = 0;
};

using SharedSecret = Secret<64>;     ///< Nsecret: a KEM's output
using Prk = Secret<64>;              ///< Nh: output of Extract, and the exporter secret
using DhSecret = Secret<66>;         ///< Ndh: one Diffie-Hellman output
using AeadKey = Secret<32>;          ///< Nk
using AeadNonce = Secret<12>;        ///< Nn: a base nonce, secret as part of the key schedule
using PrivateKeyBytes = Secret<66>;  ///< Nsk: SerializePrivateKey's output
static_assert(!std::is_same_v<SharedSecret, DhSecret>, "one must not be taken for the other");

/// Heap bytes of a fixed size that are wiped before they are freed. For secrets without a bound.
class SecretBytes {
 public:
  SecretBytes() noexcept = default;
  /// Makes `size` zeros.
  explicit SecretBytes(std::size_t size)
      : bytes_(std::make_unique<std::uint8_t[]>(size)), size_(size) {}
  SecretBytes(SecretBytes&& other) noexcept
      : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      wipe(span());
      bytes_ = std::move(other.bytes_);
      size_ = std::exchange(other.size_, 0);
    }
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(span()); }

  /// The number of bytes, and the bytes.
  std::size_t size() const noexcept { return size_; }
  ByteSpan span() noexcept { return {bytes_.get(), size_}; }
  ByteView view() const noexcept TWOWAY_LIFETIMEBOUND { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t size_ = 0;
};

/// Wipes memory before a container frees it, so that one that grows leaves nothing behind.
template <typename T>
struct WipingAllocator {
  /// The members that the standard requires of an allocator.
  using value_type = T;
  WipingAllocator() noexcept = default;
  /// All allocators are alike, so one converts to any other.
  template <typename U>
  WipingAllocator(const WipingAllocator<U>&) noexcept {}  // NOLINT: implicit, as containers ask

  /// As std::allocator, but wipes a block before it is freed.
  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* block, std::size_t count) noexcept {
    wipe({reinterpret_cast<std::uint8_t*>(block), count * sizeof(T)});
    std::allocator<T>().deallocate(block, count);
  }
  /// Always true: any of them frees the blocks of all.
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) noexcept { return true; }
};

/// Heap bytes that grow and are wiped when they move or end.
using SecretBuffer = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

/// Longest PIN or pass phrase, in bytes.
inline constexpr std::size_t kMaxPassphrase = 1024;

}  // namespace twoway::core
