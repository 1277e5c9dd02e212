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
Status open_chunk(Handle* opener, const uint8_t* in, std::size_t in_size, int end,
                  const Output& out, std::size_t* consumed, twoway_chunk_state* state) noexcept {
  clear(consumed, out.written, state);
  if (any_null(opener, consumed, state) || !is_span(in, in_size) || !out.valid()) return kNull;
  const auto step = opener->object.open(out.span(), {in, in_size}, end != 0 ? End::yes : End::no);
  if (!step) return out.filled(step.error(), opener->object.output_size(in_size));
  *consumed = step->consumed;
  *out.written = step->plaintext.size();
  *state = number(step->state);
  return {};
}

template <typename Handle>
Status open_chunk_in_place(Handle* opener, uint8_t* in, std::size_t in_size, int end,
                           std::size_t* consumed, const uint8_t** text, std::size_t* text_size,
                           twoway_chunk_state* state) noexcept {
  clear(consumed, text, text_size, state);
  if (any_null(opener, consumed, text, text_size, state) || !is_span(in, in_size)) return kNull;
  const auto step = opener->object.open_in_place({in, in_size}, end != 0 ? End::yes : End::no);
  if (!step) return step.error();
  *consumed = step->consumed;
  *text = step->plaintext.data();
  *text_size = step->plaintext.size();
  *state = number(step->state);
  return {};
}

}  // namespace twoway::c
