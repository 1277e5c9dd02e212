#include <algorithm>
#include <array>

#include <twoway/framing/media_types.hpp>

namespace twoway::framing {
namespace {

constexpr Error kNotGiven{Errc::invalid_argument,
                          "the media type for this form of message is not given: name it, or leave "
                          "both out for the defaults"};
constexpr Error kTooLong{Errc::invalid_argument, "a media type has at most 65527 bytes"};
constexpr Error kEqual{Errc::invalid_argument,
                       "whole and chunked messages need two media types: under one, a chunked "
                       "message can be cut to a whole one"};
constexpr Error kOtherForm{Errc::invalid_argument,
                           "this media type is the default of the other form of message: use that "
                           "form, or another type"};

constexpr std::array kDefaults{kRequestMediaTypes, kResponseMediaTypes};

bool given(std::string_view type) noexcept { return type.data() != nullptr; }

bool is_default(std::string_view type, std::string_view MediaTypes::*form) noexcept {
  return std::any_of(kDefaults.begin(), kDefaults.end(),
                     [=](const MediaTypes& pair) { return pair.*form == type; });
}

}  // namespace

Result<std::string_view> choose_media_type(Form form, const MediaTypes& types) noexcept {
  const std::string_view type = form == Form::whole ? types.whole : types.chunked;
  if (!given(type)) return kNotGiven;
  if (std::max(types.whole.size(), types.chunked.size()) > kMaxMediaType) return kTooLong;
  if (given(types.whole) && types.whole == types.chunked && given(types.chunked)) return kEqual;
  if (is_default(types.whole, &MediaTypes::chunked) ||
      is_default(types.chunked, &MediaTypes::whole)) {
    return kOtherForm;
  }
  return type;
}

}  // namespace twoway::framing
