// Statuses, providers, random generators and clocks.
#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include <twoway/core/combined_provider.hpp>

#include "call.hpp"
#include "handles.hpp"
#include "time.hpp"

namespace twoway::c {
namespace {

struct Row {
  twoway_status status;
  Errc code;
};

constexpr std::array kStatuses{
    Row{TWOWAY_INVALID_ARGUMENT, Errc::invalid_argument},
    Row{TWOWAY_BUFFER_TOO_SMALL, Errc::buffer_too_small},
    Row{TWOWAY_WRONG_STATE, Errc::wrong_state},
    Row{TWOWAY_NOT_SUPPORTED, Errc::not_supported},
    Row{TWOWAY_INVALID_KEY, Errc::invalid_key},
    Row{TWOWAY_MALFORMED, Errc::malformed},
    Row{TWOWAY_UNKNOWN_KEY, Errc::unknown_key},
    Row{TWOWAY_OPEN_FAILED, Errc::open_failed},
    Row{TWOWAY_KEY_UNAVAILABLE, Errc::key_unavailable},
    Row{TWOWAY_MESSAGE_LIMIT, Errc::message_limit},
    Row{TWOWAY_LIMIT_EXCEEDED, Errc::limit_exceeded},
    Row{TWOWAY_TRUNCATED, Errc::truncated},
    Row{TWOWAY_REPLAYED, Errc::replayed},
    Row{TWOWAY_SOURCE_FAILED, Errc::source_failed},
    Row{TWOWAY_PROVIDER_FAILURE, Errc::provider_failure},
    Row{TWOWAY_FILTER_FULL, Errc::filter_full},
};

constexpr const Row* find(Errc code) noexcept {
  for (const Row& row : kStatuses) {
    if (row.code == code) return &row;
  }
  return nullptr;
}

constexpr const Row* find(twoway_status status) noexcept {
  for (const Row& row : kStatuses) {
    if (row.status == status) return &row;
  }
  return nullptr;
}

/// Every Errc has a name, and the numbers without one are no Errc.
constexpr bool has_every_errc() noexcept {
  for (unsigned number = 0; number < 256; ++number) {
    const auto code = static_cast<Errc>(number);
    const bool named = std::string_view(core::to_string(code)) != "unknown";
    const Row* row = find(code);
    if (named != (row != nullptr)) return false;
    if (row != nullptr && find(row->status) != row) return false;
  }
  return true;
}
static_assert(has_every_errc(), "an Errc has no status, or two have the same");

class CallbackRng final : public Rng {
 public:
  explicit CallbackRng(Owned<twoway_rng_callbacks> callbacks) noexcept
      : callbacks_(std::move(callbacks)) {}

  Status fill(ByteSpan out) noexcept override {
    if (out.empty()) return {};
    std::uint64_t native = 0;
    const twoway_status status =
        callbacks_->fill(callbacks_->context, out.data(), out.size(), &native);
    if (status == TWOWAY_OK) return {};
    core::wipe(out);
    return callback_error(kRngRule, status, native);
  }

 private:
  Owned<twoway_rng_callbacks> callbacks_;
};

class CallbackClock final : public Clock {
 public:
  explicit CallbackClock(Owned<twoway_clock_callbacks> callbacks) noexcept
      : callbacks_(std::move(callbacks)) {}

  TimePoint now() const noexcept override {
    return time_point(callbacks_->now(callbacks_->context));
  }

 private:
  Owned<twoway_clock_callbacks> callbacks_;
};

}  // namespace

twoway_status report(twoway_error* error, const Status& status) noexcept {
  const Row* row = status.ok() ? nullptr : find(status.error().code);
  const twoway_status number = status.ok()      ? TWOWAY_OK
                               : row != nullptr ? row->status
                                                : TWOWAY_PROVIDER_FAILURE;
  if (error != nullptr) {
    *error = status.ok() ? twoway_error{TWOWAY_OK, 0, ""}
                         : twoway_error{number, status.error().native, status.error().message};
  }
  return number;
}

Result<ChunkLimits> limits_of(const twoway_chunk_limits* given) noexcept {
  ChunkLimits limits;
  if (given == nullptr) return limits;
  twoway_chunk_limits known{};
  if (Status s = read_struct(known, given); !s) return s.error();
  if (known.max_chunk != 0) limits.max_chunk = known.max_chunk;
  if (known.max_chunks != 0) limits.max_chunks = known.max_chunks;
  if (known.max_plaintext != 0) limits.max_plaintext = known.max_plaintext;
  if (limits.max_chunk > framing::kMaxChunk) {
    return Error{Errc::invalid_argument, "the largest chunk has 2^30 bytes"};
  }
  return limits;
}

}  // namespace twoway::c

using namespace twoway;

static_assert(kRequestMediaTypes.whole == TWOWAY_REQUEST_MEDIA_TYPE &&
              kRequestMediaTypes.chunked == TWOWAY_CHUNKED_REQUEST_MEDIA_TYPE &&
              kResponseMediaTypes.whole == TWOWAY_RESPONSE_MEDIA_TYPE &&
              kResponseMediaTypes.chunked == TWOWAY_CHUNKED_RESPONSE_MEDIA_TYPE);

const char* twoway_status_name(twoway_status status) noexcept {
  if (status == TWOWAY_OK) return "ok";
  const c::Row* row = c::find(status);
  return row == nullptr ? "unknown" : core::to_string(row->code);
}

const char* twoway_version() noexcept { return TWOWAY_VERSION; }

void twoway_wipe(void* bytes, size_t size) noexcept {
  if (bytes != nullptr) core::wipe({static_cast<std::uint8_t*>(bytes), size});
}

const char* twoway_provider_name(const twoway_provider* provider) noexcept {
  return provider == nullptr ? nullptr : c::object(provider)->name();
}

const char* twoway_provider_unusable(const twoway_provider* provider) noexcept {
  return provider == nullptr ? nullptr : c::object(provider)->unusable();
}

twoway_status twoway_provider_offers(const twoway_provider* provider, twoway_suite suite,
                                     twoway_error* error) noexcept {
  return c::call(error, provider).then([&] {
    const auto found = framing::find_suite(*c::object(provider), c::suite_of(suite));
    return found ? Status() : found.error();
  });
}

twoway_status twoway_combined_provider_new(const twoway_provider* first,
                                           const twoway_provider* second,
                                           twoway_provider** provider,
                                           twoway_error* error) noexcept {
  return c::call(error, first, second, provider).then([&] {
    const core::Provider* made = new core::CombinedProvider(*c::object(first), *c::object(second));
    *provider = const_cast<twoway_provider*>(c::handle(*made));
    return Status();
  });
}

void twoway_combined_provider_free(twoway_provider* provider) noexcept {
  delete c::object(provider);
}

twoway_status twoway_rng_new(const twoway_rng_callbacks* callbacks, twoway_rng** rng,
                             twoway_error* error) noexcept {
  auto owned = c::Owned<twoway_rng_callbacks>::take(callbacks, &twoway_rng_callbacks::fill);
  return c::call(error, owned, rng).then([&] {
    return c::give(rng, std::make_shared<c::CallbackRng>(std::move(*owned)));
  });
}

void twoway_rng_free(twoway_rng* rng) noexcept { delete rng; }

twoway_status twoway_clock_new(const twoway_clock_callbacks* callbacks, twoway_clock** clock,
                               twoway_error* error) noexcept {
  auto owned = c::Owned<twoway_clock_callbacks>::take(callbacks, &twoway_clock_callbacks::now);
  return c::call(error, owned, clock).then([&] {
    return c::give(clock, std::make_shared<c::CallbackClock>(std::move(*owned)));
  });
}

void twoway_clock_free(twoway_clock* clock) noexcept { delete clock; }
