// The chunks of a message.
#include "chunks.hpp"

#include "call.hpp"
#include "handles.hpp"

using namespace twoway;

namespace {

Last last_of(int last) noexcept { return last != 0 ? Last::yes : Last::no; }

}  // namespace

void twoway_chunk_sealer_free(twoway_chunk_sealer* sealer) noexcept { delete sealer; }

size_t twoway_chunk_sealer_sealed_size(const twoway_chunk_sealer* sealer, size_t plaintext_size,
                                       int last) noexcept {
  if (sealer == nullptr || plaintext_size > PTRDIFF_MAX) return 0;
  return sealer->object.sealed_size(plaintext_size, last_of(last));
}

size_t twoway_chunk_sealer_prefix_size(const twoway_chunk_sealer* sealer, size_t plaintext_size,
                                       int last) noexcept {
  if (sealer == nullptr || plaintext_size > PTRDIFF_MAX) return 0;
  return sealer->object.prefix_size(plaintext_size, last_of(last));
}

size_t twoway_chunk_sealer_max_sealed_size(const twoway_chunk_sealer* sealer) noexcept {
  return sealer == nullptr ? 0 : sealer->object.max_sealed_size();
}

twoway_status twoway_chunk_sealer_seal(twoway_chunk_sealer* sealer, const uint8_t* plaintext,
                                       size_t plaintext_size, int last, uint8_t* out,
                                       size_t capacity, size_t* written,
                                       twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, sealer, c::Input{plaintext, plaintext_size}, output).then([&] {
    const auto size =
        sealer->object.seal(output.span(), {plaintext, plaintext_size}, last_of(last));
    return output.filled(size, sealer->object.sealed_size(plaintext_size, last_of(last)));
  });
}

int twoway_chunk_sealer_finished(const twoway_chunk_sealer* sealer) noexcept {
  return sealer != nullptr && sealer->object.finished() ? 1 : 0;
}

void twoway_chunk_opener_free(twoway_chunk_opener* opener) noexcept { delete opener; }

size_t twoway_chunk_opener_output_size(const twoway_chunk_opener* opener,
                                       size_t input_size) noexcept {
  return opener == nullptr ? 0 : opener->object.output_size(input_size);
}

twoway_status twoway_chunk_opener_open(twoway_chunk_opener* opener, const uint8_t* in,
                                       size_t in_size, int end, uint8_t* out, size_t capacity,
                                       size_t* consumed, size_t* written, twoway_chunk_state* state,
                                       twoway_error* error) noexcept {
  return c::open_chunk(opener, {in, in_size}, end, {out, capacity, written}, consumed, state,
                       error);
}

twoway_status twoway_chunk_opener_open_in_place(twoway_chunk_opener* opener, uint8_t* in,
                                                size_t in_size, int end, size_t* consumed,
                                                const uint8_t** plaintext, size_t* plaintext_size,
                                                twoway_chunk_state* state,
                                                twoway_error* error) noexcept {
  return c::open_chunk_in_place(opener, {in, in_size}, end, consumed, plaintext, plaintext_size,
                                state, error);
}
