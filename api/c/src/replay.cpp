// Replay filters.
#include <optional>

#include "call.hpp"
#include "handles.hpp"
#include "time.hpp"

namespace twoway::c {
namespace {

using Callbacks = Owned<twoway_replay_callbacks>;

class CallbackFilter final : public ReplayFilter {
 public:
  explicit CallbackFilter(Callbacks callbacks) noexcept : callbacks_(std::move(callbacks)) {}

  Result<bool> insert_if_absent(std::uint8_t key_id, ByteView enc) noexcept override {
    std::uint64_t native = 0;
    int absent = kUnset;
    const twoway_status status = callbacks_->insert_if_absent(
        callbacks_->context, key_id, enc.data(), enc.size(), &absent, &native);
    if (status != TWOWAY_OK) return callback_error(kReplayRule, status, native);
    if (absent == 0 || absent == 1) return absent == 1;
    return Error{Errc::provider_failure,
                 "the replay filter's callback wrote neither 0 nor 1 to `absent`", native};
  }

 private:
  static constexpr int kUnset = -1;
  Callbacks callbacks_;
};

/// A filter with the clock that it borrows.
struct OwnedFilter {
  std::shared_ptr<const Clock> clock;
  std::unique_ptr<MemoryReplayFilter> filter;
};

}  // namespace
}  // namespace twoway::c

using namespace twoway;

twoway_status twoway_replay_filter_new_in_memory(const twoway_provider* provider,
                                                 size_t max_entries, int64_t window,
                                                 twoway_clock* clock, twoway_replay_filter** filter,
                                                 twoway_error* error) noexcept {
  return c::call(error, provider, filter).then([&]() -> Status {
    auto owned = std::make_shared<c::OwnedFilter>();
    if (clock != nullptr) owned->clock = clock->object;
    auto made = MemoryReplayFilter::create(
        *c::object(provider),
        {.max_entries = max_entries, .window = c::duration(window), .clock = owned->clock.get()});
    if (!made) return made.error();
    owned->filter = std::move(*made);
    return c::give(filter, std::shared_ptr<ReplayFilter>(owned, owned->filter.get()));
  });
}

twoway_status twoway_replay_filter_new(const twoway_replay_callbacks* callbacks,
                                       twoway_replay_filter** filter,
                                       twoway_error* error) noexcept {
  auto owned = c::Callbacks::take(callbacks, &twoway_replay_callbacks::insert_if_absent);
  return c::call(error, owned, filter).then([&] {
    return c::give(filter, std::make_shared<c::CallbackFilter>(std::move(*owned)));
  });
}

twoway_status twoway_replay_filter_insert(twoway_replay_filter* filter, uint8_t key_id,
                                          const uint8_t* enc, size_t enc_size, int* absent,
                                          twoway_error* error) noexcept {
  return c::call(error, filter, absent, c::Input{enc, enc_size}).then([&]() -> Status {
    const Result<bool> inserted = filter->object->insert_if_absent(key_id, {enc, enc_size});
    if (!inserted) return inserted.error();
    *absent = *inserted ? 1 : 0;
    return {};
  });
}

void twoway_replay_filter_free(twoway_replay_filter* filter) noexcept { delete filter; }
