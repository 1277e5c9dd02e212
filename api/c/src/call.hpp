// What every function of the C interface begins and ends with.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>

#include <twoway/c/bridge.hpp>
#include <twoway/names.hpp>

namespace twoway::c {

template <typename... Pointers>
bool any_null(Pointers... pointers) noexcept {
  return (... || (pointers == nullptr));
}

/// Empties outputs, so that a failure leaves nothing in them.
template <typename... Outputs>
void clear(Outputs*... outputs) noexcept {
  const auto one = [](auto* output) {
    if (output != nullptr) *output = {};
  };
  (one(outputs), ...);
}

/// A buffer of the caller's that takes bytes.
struct Output {
  std::uint8_t* data;
  std::size_t capacity;
  std::size_t* written;

  bool valid() const noexcept { return written != nullptr && is_span(data, capacity); }

  /// buffer_too_small, with the size that is needed, where there is less room.
  Status require(std::size_t needed) const noexcept {
    if (capacity >= needed) return {};
    *written = needed;
    return Error{Errc::buffer_too_small,
                 "the output is too small: the size that is needed was written in its place"};
  }

  ByteSpan span() const noexcept { return {data, capacity}; }

  Status write(ByteView bytes) const noexcept {
    if (Status s = require(bytes.size()); !s) return s;
    if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
    *written = bytes.size();
    return {};
  }

  /// Takes over how many bytes a call wrote, or its error: if that is for want of room, with the
  /// size that is needed.
  Status filled(const Result<std::size_t>& size, std::size_t needed) const noexcept {
    if (size) {
      *written = *size;
      return {};
    }
    if (size.error().code == Errc::buffer_too_small) *written = needed;
    return size.error();
  }

  /// invalid_argument if the first `size` bytes share memory with `input`.
  Status apart(std::size_t size, ByteView input) const noexcept {
    const bool shared = core::overlap(span().first(std::min(size, capacity)), input);
    return shared ? Status(core::kBadOverlap) : Status();
  }
};

inline Result<Form> form_of(twoway_form form) noexcept {
  if (form == TWOWAY_FORM_WHOLE) return Form::whole;
  if (form == TWOWAY_FORM_CHUNKED) return Form::chunked;
  return Error{Errc::invalid_argument, "a form is TWOWAY_FORM_WHOLE or TWOWAY_FORM_CHUNKED"};
}

inline MediaTypes media_types(const twoway_media_types* given,
                              const MediaTypes& otherwise) noexcept {
  const auto view = [](const char* type) {
    return type == nullptr ? std::string_view() : std::string_view(type);
  };
  return given == nullptr ? otherwise : MediaTypes{view(given->whole), view(given->chunked)};
}

inline Suite suite_of(twoway_suite suite) noexcept {
  return {static_cast<core::KemId>(suite.kem), static_cast<core::KdfId>(suite.kdf),
          static_cast<core::AeadId>(suite.aead)};
}

inline twoway_suite suite_of(Suite suite) noexcept {
  return {static_cast<std::uint16_t>(suite.kem), static_cast<std::uint16_t>(suite.kdf),
          static_cast<std::uint16_t>(suite.aead)};
}

/// Limits that a ChunkSealer and a ChunkOpener take, so that they can be refused before anything is
/// used up.
Result<ChunkLimits> limits_of(const twoway_chunk_limits* given) noexcept;

}  // namespace twoway::c
