// Refuses requests that were accepted before (RFC 9458 section 6.5).
//
// Who needs it: applications, as receivers that refuse replays.
#pragma once

#include <array>
#include <memory>
#include <mutex>

#include <twoway/clock.hpp>
#include <twoway/types.hpp>

namespace twoway {

/// Remembers accepted requests. A receiver asks it once for each request, after the request's first
/// ciphertext was found authentic, so that forgeries cannot fill it, and before anything of the
/// plaintext is released. Must be thread-safe if its receiver is shared.
///
/// Of the requests with one key id and `enc`, one is accepted. `enc` is new for each request of an
/// honest sender and cannot be changed by others, so a copied request is refused (`replayed`) and
/// gets no response. A request whose first ciphertext was accepted stays accepted. If the rest was
/// cut short or the receiver failed, its sender must seal it anew. For a one-to-many request the
/// key message counts, whatever body another receiver made for it.
///
/// Receivers that share a key must share one store, or each accepts a copy. Implement this over a
/// store that inserts atomically.
class TWOWAY_INTERFACE ReplayFilter {
 public:
  virtual ~ReplayFilter() = default;

  /// Atomically looks for the request that `key_id` and `enc` name, and remembers it. Returns true
  /// if it was absent, and false if it was there already. `enc` has Nenc bytes, at most 1665. An
  /// error refuses the request: filter_full unchanged, any other code as provider_failure with the
  /// error's message and native code, so that a store's trouble is never taken for a bad message.
  /// After an error the store should remember nothing, so that the message may be opened again from
  /// its first byte, and is accepted once the store works.
  virtual Result<bool> insert_if_absent(std::uint8_t key_id, ByteView enc) noexcept = 0;
};

/// Options of a MemoryReplayFilter.
struct MemoryReplayFilterOptions {
  /// The number of requests that are remembered at once, 1 to 2^31: as many as a receiver may
  /// accept in a window.
  std::size_t max_entries = 0;

  /// The time for which a request is remembered, over 0, such as `std::chrono::minutes(10)`.
  TimePoint::duration window{};

  /// Null is the system's clock. Must outlive the filter. Called under the filter's lock.
  const Clock* clock = nullptr;
};

/// A replay filter in the memory of one process. Thread-safe.
///
/// Limits:
/// - A copy that comes after the window is accepted. Let the window be longer than a key is in its
///   ring, including its retirement. Or refuse requests whose content, such as a Date, shows that
///   they are older than the window (RFC 9458 section 6.5).
/// - Nothing outlives the process. After a restart, use new keys, or refuse requests that are dated
///   before it.
/// - A full filter refuses new requests (filter_full) until the oldest leaves the window, and
///   forgets none for another. So anyone who may send requests can fill it. Bound their rate.
/// - If the clock is put forward, that time counts as passed. If it is set back, the time until
///   then is kept, and goes on from there.
///
/// All memory is allocated when the filter is made: 32 bytes for each of max_entries, and 4 to 8
/// more for their index. 65536 entries take 2.25 MiB. An entry keeps 16 bytes of HMAC-SHA-256 over
/// key id and `enc`, under a key of its own. So nobody can choose requests that fall together. Two
/// different requests are taken for the same with a probability of 2^-128, and the second is then
/// refused.
class TWOWAY_API MemoryReplayFilter final : public ReplayFilter {
 public:
  /// Options of this filter.
  using Options = MemoryReplayFilterOptions;

  /// Makes a filter. Draws its key from the provider's generator, and borrows the provider.
  ///
  /// Errors:
  ///   invalid_argument  the options, or there is no memory for so many entries (an address space
  ///                     of 32 bits has room for some 50 million)
  ///   not_supported     the provider has no HKDF-SHA256
  ///   provider_failure  the generator failed
  static Result<std::unique_ptr<MemoryReplayFilter>> create(const Provider& provider,
                                                            const Options& options) noexcept;

  /// Allocates no memory, and takes about the same time for an empty and a full filter. If it fails
  /// with filter_full or provider_failure, nothing is remembered.
  Result<bool> insert_if_absent(std::uint8_t key_id, ByteView enc) noexcept override;

 private:
  using Tag = std::array<std::uint8_t, 16>;
  struct Entry {
    Tag tag;
    TimePoint::duration inserted;
    std::uint32_t next;  // in its list, 1 more than a place, or 0 at its end
  };

  MemoryReplayFilter(const core::Kdf& kdf, const Options& options) noexcept;
  bool has_memory() const noexcept { return entries_ != nullptr && lists_ != nullptr; }
  Status name(Tag& tag, std::uint8_t key_id, ByteView enc) const noexcept;
  void advance_time() noexcept;
  void start_time_again() noexcept;
  bool outdated(const Entry& entry) const noexcept;
  bool holds(const Tag& tag) noexcept;
  void push(const Tag& tag) noexcept;
  void forget_oldest() noexcept;
  std::uint32_t& list_of(const Tag& tag) noexcept;

  const core::Kdf& kdf_;
  core::Secret<32> key_;
  TimePoint::duration window_;
  const Clock* clock_;

  std::mutex mutex_;
  TimePoint seen_;              // the last time of the clock
  TimePoint::duration time_{};  // passed, never negative, goes back only with all entries
  std::size_t capacity_;
  std::unique_ptr<Entry[]> entries_;        // a ring, oldest first from oldest_
  std::size_t list_count_;                  // a power of 2
  std::unique_ptr<std::uint32_t[]> lists_;  // by tag: the newest entry of each, as Entry::next
  std::size_t oldest_ = 0;
  std::size_t size_ = 0;
};

}  // namespace twoway
