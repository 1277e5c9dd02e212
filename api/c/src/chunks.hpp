// One step of an opener, the same for both kinds of them.
#pragma once

#include <twoway/c/chunks.h>

#include "call.hpp"

namespace twoway::c {

constexpr twoway_chunk_state number(ChunkOpener::State state) noexcept {
  return static_cast<twoway_chunk_state>(state);
}
static_assert(number(ChunkOpener::State::need_input) == TWOWAY_CHUNK_NEED_INPUT &&
              number(ChunkOpener::State::need_key) == TWOWAY_CHUNK_NEED_KEY &&
              number(ChunkOpener::State::chunk) == TWOWAY_CHUNK_OPENED &&
              number(ChunkOpener::State::done) == TWOWAY_CHUNK_DONE);

template <typename Handle>
twoway_status open_chunk(Handle* opener, const Input& in, int end, const Output& out,
                         std::size_t* consumed, twoway_chunk_state* state,
                         twoway_error* error) noexcept {
  return call(error, opener, in, consumed, out, state).then([&]() -> Status {
    const auto step = opener->object.open(out.span(), in, end != 0 ? End::yes : End::no);
    if (!step) return out.filled(step.error(), opener->object.output_size(in.size));
    *consumed = step->consumed;
    *out.written = step->plaintext.size();
    *state = number(step->state);
    return {};
  });
}

template <typename Handle>
twoway_status open_chunk_in_place(Handle* opener, const InPlace& in, int end, std::size_t* consumed,
                                  const uint8_t** plaintext, std::size_t* plaintext_size,
                                  twoway_chunk_state* state, twoway_error* error) noexcept {
  return call(error, opener, in, consumed, plaintext, plaintext_size, state).then([&]() -> Status {
    const auto step = opener->object.open_in_place(in, end != 0 ? End::yes : End::no);
    if (!step) return step.error();
    *consumed = step->consumed;
    *plaintext = step->plaintext.data();
    *plaintext_size = step->plaintext.size();
    *state = number(step->state);
    return {};
  });
}

}  // namespace twoway::c
