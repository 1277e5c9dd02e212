// The arguments of the C interface in C++.
#pragma once

#include <string_view>

#include <twoway/c/bridge.hpp>
#include <twoway/types.hpp>

namespace twoway::c {

inline Result<Form> form_of(twoway_form form) noexcept {
  if (form == TWOWAY_FORM_WHOLE) return Form::whole;
  if (form == TWOWAY_FORM_CHUNKED) return Form::chunked;
  return Error{Errc::invalid_argument, "a form is TWOWAY_FORM_WHOLE or TWOWAY_FORM_CHUNKED"};
}

inline MediaTypes media_types(const twoway_media_types* given,
                              const MediaTypes& otherwise) noexcept {
  const auto view = [](const char* type, std::size_t size) {
    if (type == nullptr) return std::string_view();
    return size == 0 ? std::string_view(type) : std::string_view(type, size);
  };
  return given == nullptr ? otherwise
                          : MediaTypes{view(given->whole, given->whole_size),
                                       view(given->chunked, given->chunked_size)};
}

inline Suite suite_of(twoway_suite suite) noexcept {
  return {static_cast<core::KemId>(suite.kem), static_cast<core::KdfId>(suite.kdf),
          static_cast<core::AeadId>(suite.aead)};
}

inline twoway_suite suite_of(Suite suite) noexcept {
  return {static_cast<std::uint16_t>(suite.kem), static_cast<std::uint16_t>(suite.kdf),
          static_cast<std::uint16_t>(suite.aead)};
}

/// Reads limits for a ChunkSealer or a ChunkOpener, so that wrong ones are refused before anything
/// is consumed.
Result<ChunkLimits> limits_of(const twoway_chunk_limits* given) noexcept;

}  // namespace twoway::c
