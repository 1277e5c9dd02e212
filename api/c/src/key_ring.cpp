// Key rings.
#include <algorithm>
#include <optional>

#include "algorithms.hpp"
#include "call.hpp"
#include "handles.hpp"
#include "time.hpp"

namespace twoway::c {
namespace {

/// A ring with the clock that it borrows.
struct OwnedRing {
  OwnedRing(const Provider& provider, std::shared_ptr<const Clock> with_clock) noexcept
      : clock(std::move(with_clock)), ring(provider, clock.get()) {}
  std::shared_ptr<const Clock> clock;
  KeyRing ring;
};

struct StateRow {
  twoway_key_state number;
  KeyState state;
};

constexpr StateRow kStates[] = {
    {TWOWAY_KEY_PENDING, KeyState::pending},
    {TWOWAY_KEY_ACTIVE, KeyState::active},
    {TWOWAY_KEY_RETIRED, KeyState::retired},
};

Result<KeyState> state_of(twoway_key_state state) noexcept {
  for (const StateRow& row : kStates) {
    if (row.number == state) return row.state;
  }
  return Error{Errc::invalid_argument, "no such key state: use pending or active"};
}

twoway_key_state state_of(KeyState state) noexcept {
  return std::find_if(std::begin(kStates), std::end(kStates),
                      [state](const StateRow& row) { return row.state == state; })
      ->number;
}

twoway_status add(twoway_key_ring* ring, uint8_t key_id, const twoway_private_key* key,
                  const twoway_symmetric_algorithms* algorithms, size_t count,
                  twoway_key_state state, KeyCheck check, twoway_error* error) noexcept {
  auto pairs = algorithms_of(algorithms, count);
  const Result<KeyState> known = state_of(state);
  return call(error, ring, key, pairs, known).then([&] {
    return ring->object->add(key_id, key->object, std::move(*pairs), *known, check);
  });
}

}  // namespace
}  // namespace twoway::c

using namespace twoway;

twoway_status twoway_key_ring_new(const twoway_provider* provider, twoway_clock* clock,
                                  twoway_key_ring** ring, twoway_error* error) noexcept {
  return c::call(error, provider, ring).then([&] {
    auto owned = std::make_shared<c::OwnedRing>(*c::object(provider),
                                                clock == nullptr ? nullptr : clock->object);
    return c::give(ring, std::shared_ptr<KeyRing>(owned, &owned->ring));
  });
}

void twoway_key_ring_free(twoway_key_ring* ring) noexcept { delete ring; }

twoway_status twoway_key_ring_add(twoway_key_ring* ring, uint8_t key_id,
                                  const twoway_private_key* key,
                                  const twoway_symmetric_algorithms* algorithms, size_t count,
                                  twoway_key_state state, twoway_error* error) noexcept {
  return c::add(ring, key_id, key, algorithms, count, state, KeyCheck::now, error);
}

twoway_status twoway_key_ring_add_deferred(twoway_key_ring* ring, uint8_t key_id,
                                           const twoway_private_key* key,
                                           const twoway_symmetric_algorithms* algorithms,
                                           size_t count, twoway_key_state state,
                                           twoway_error* error) noexcept {
  return c::add(ring, key_id, key, algorithms, count, state, KeyCheck::deferred, error);
}

int twoway_key_ring_checked(const twoway_key_ring* ring, uint8_t key_id) noexcept {
  if (ring == nullptr) return TWOWAY_NO;
  for (const auto& entry : ring->object->entries()) {
    if (entry->key_id == key_id) return entry->checked() ? TWOWAY_YES : TWOWAY_NO;
  }
  return TWOWAY_NO;
}

twoway_status twoway_key_ring_activate(twoway_key_ring* ring, uint8_t key_id,
                                       twoway_error* error) noexcept {
  return c::call(error, ring).then([&] { return ring->object->activate(key_id); });
}

twoway_status twoway_key_ring_retire(twoway_key_ring* ring, uint8_t key_id, int64_t until,
                                     twoway_error* error) noexcept {
  return c::call(error, ring).then([&] {
    return ring->object->retire(key_id, c::time_point(until));
  });
}

twoway_status twoway_key_ring_remove(twoway_key_ring* ring, uint8_t key_id,
                                     twoway_error* error) noexcept {
  return c::call(error, ring).then([&] { return ring->object->remove(key_id); });
}

size_t twoway_key_ring_remove_expired(twoway_key_ring* ring) noexcept {
  return ring == nullptr ? 0 : ring->object->remove_expired();
}

twoway_status twoway_key_ring_ids(const twoway_key_ring* ring, uint8_t* out, size_t capacity,
                                  size_t* written, twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, ring, output).then([&] {
    Bytes ids;
    for (const auto& entry : ring->object->entries()) ids.push_back(entry->key_id);
    return output.write(ids);
  });
}

twoway_status twoway_key_ring_get(const twoway_key_ring* ring, uint8_t key_id,
                                  twoway_key_state* state, int64_t* until, twoway_private_key** key,
                                  twoway_error* error) noexcept {
  return c::call(error, ring, c::Optional{state}, c::Optional{until}, c::Optional{key})
      .then([&]() -> Status {
        for (const auto& entry : ring->object->entries()) {
          if (entry->key_id != key_id) continue;
          if (state != nullptr) *state = c::state_of(entry->state);
          if (until != nullptr && entry->state == KeyState::retired)
            *until = c::seconds(entry->until);
          return key == nullptr ? Status() : c::give(key, entry->key);
        }
        return Error{Errc::unknown_key, "the ring holds no key with this id"};
      });
}

twoway_status twoway_key_ring_key_configs(const twoway_key_ring* ring, uint8_t* out,
                                          size_t capacity, size_t* written,
                                          twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, ring, output).then([&] {
    return output.write(ring->object->key_configs());
  });
}
