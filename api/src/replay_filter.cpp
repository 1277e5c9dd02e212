#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

#include <twoway/replay_filter.hpp>

namespace twoway {
namespace {

constexpr std::size_t kMaxEntries = std::size_t{1} << 31;

constexpr Error kFull{Errc::filter_full,
                      "the replay filter is full of requests within its window: allow it more "
                      "entries, or fewer requests"};

}  // namespace

Result<std::unique_ptr<MemoryReplayFilter>> MemoryReplayFilter::create(
    const Provider& provider, const Options& options) noexcept {
  if (options.max_entries == 0 || options.max_entries > kMaxEntries) {
    return Error{Errc::invalid_argument, "a replay filter has 1 to 2^31 entries"};
  }
  if (options.window <= TimePoint::duration::zero()) {
    return Error{Errc::invalid_argument, "a replay filter's window is longer than 0"};
  }
  const core::Kdf* kdf = provider.kdf(KdfId::hkdf_sha256);
  if (kdf == nullptr) {
    return core::not_offered(provider, "a replay filter needs a provider with HKDF-SHA256");
  }
  std::unique_ptr<MemoryReplayFilter> filter(new MemoryReplayFilter(*kdf, options));
  if (!filter->has_memory()) {
    return Error{Errc::invalid_argument,
                 "there is no memory for so many entries of a replay filter: allow fewer"};
  }
  if (Status s = provider.rng().fill(filter->key_.reset(32)); !s) return s.error();
  return filter;
}

MemoryReplayFilter::MemoryReplayFilter(const core::Kdf& kdf, const Options& options) noexcept
    : kdf_(kdf),
      window_(options.window),
      clock_(options.clock),
      seen_(detail::now(clock_)),
      capacity_(options.max_entries),
      entries_(new (std::nothrow) Entry[capacity_]()),
      list_count_(std::bit_ceil(capacity_)),
      lists_(new (std::nothrow) std::uint32_t[list_count_]()) {
  static_assert(sizeof(Entry) <= 32);  // as documented
}

Result<bool> MemoryReplayFilter::insert_if_absent(std::uint8_t key_id, ByteView enc) noexcept {
  Tag tag;
  if (Status s = name(tag, key_id, enc); !s) return s.error();
  const std::lock_guard lock(mutex_);
  advance_time();
  // Forgetting one makes room for the new entry. Forgetting two works off a backlog, so no call has
  // much to forget.
  for (int i = 0; i < 2 && size_ > 0 && outdated(entries_[oldest_]); ++i) forget_oldest();
  if (holds(tag)) return false;
  if (size_ == capacity_) return kFull;
  push(tag);
  return true;
}

/// HKDF's Extract is HMAC-Hash(salt, IKM) (RFC 5869 section 2.2).
Status MemoryReplayFilter::name(Tag& tag, std::uint8_t key_id, ByteView enc) const noexcept {
  core::Prk mac;
  const std::array<ByteView, 2> request{ByteView(&key_id, 1), enc};
  if (Status s = kdf_.extract(mac, key_.view(), request); !s) return s;
  std::copy_n(mac.view().begin(), tag.size(), tag.begin());
  return {};
}

void MemoryReplayFilter::advance_time() noexcept {
  const TimePoint now = detail::now(clock_);
  if (now > seen_) {
    // A time longer than the window outdates every entry, so counting more is not needed.
    const bool within = seen_ > TimePoint::max() - window_ || now < seen_ + window_;
    const TimePoint::duration passed = within ? now - seen_ : window_;
    if (time_ > TimePoint::duration::max() - passed) start_time_again();
    time_ += passed;
  }
  seen_ = now;
}

/// Counts from 0 again, before the count would overflow. Entries keep their age.
void MemoryReplayFilter::start_time_again() noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    Entry& entry = entries_[(oldest_ + i) % capacity_];
    entry.inserted = outdated(entry) ? -window_ : entry.inserted - time_;
  }
  time_ = TimePoint::duration::zero();
}

bool MemoryReplayFilter::outdated(const Entry& entry) const noexcept {
  return entry.inserted <= time_ - window_;  // neither side can overflow
}

std::uint32_t& MemoryReplayFilter::list_of(const Tag& tag) noexcept {
  std::uint32_t hash = 0;
  std::memcpy(&hash, tag.data(), sizeof(hash));
  return lists_[hash & (list_count_ - 1)];
}

/// Newest first, so the entries after an outdated one are outdated too.
bool MemoryReplayFilter::holds(const Tag& tag) noexcept {
  for (std::uint32_t at = list_of(tag); at != 0; at = entries_[at - 1].next) {
    if (outdated(entries_[at - 1])) return false;
    if (entries_[at - 1].tag == tag) return true;
  }
  return false;
}

void MemoryReplayFilter::push(const Tag& tag) noexcept {
  const std::size_t place = (oldest_ + size_) % capacity_;
  std::uint32_t& list = list_of(tag);
  entries_[place] = {tag, time_, list};
  list = static_cast<std::uint32_t>(place) + 1;
  ++size_;
}

/// The oldest entry is the last of its list.
void MemoryReplayFilter::forget_oldest() noexcept {
  std::uint32_t* at = &list_of(entries_[oldest_].tag);
  while (*at != oldest_ + 1) at = &entries_[*at - 1].next;
  *at = 0;
  oldest_ = (oldest_ + 1) % capacity_;
  --size_;
}

}  // namespace twoway
