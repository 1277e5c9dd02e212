#include "pem.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace twoway::pem {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::size_t kLine = 64;

std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// RFC 7468 section 3, figure 1: WSP, and figure 2: W, without the characters of a line's end.
constexpr std::string_view kBlanks = " \t\v\f";

/// Takes one line off `rest`, without its LF, CRLF or CR and the blanks around it.
std::string_view take_line(ByteView& rest) noexcept {
  const std::string_view text = as_text(rest);
  const std::size_t size = std::min(text.find_first_of("\r\n"), text.size());
  const std::size_t end = text.substr(size).starts_with("\r\n") ? 2 : 1;
  std::string_view line = text.substr(0, size);
  rest = rest.subspan(std::min(size + end, text.size()));
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  return line.substr(0, line.find_last_not_of(kBlanks) + 1);  // npos + 1 is 0
}

bool is_end(std::string_view line, std::string_view label) noexcept {
  return line.size() == kEnd.size() + label.size() + kDashes.size() && line.starts_with(kEnd) &&
         line.substr(kEnd.size()).starts_with(label) && line.ends_with(kDashes);
}

/// All ones where low <= value <= high, else 0, by the signs of two differences.
constexpr int between(int value, int low, int high) noexcept {
  return ((low - 1 - value) & (value - high - 1)) >> 31;
}

// RFC 4648 section 4, table 1.
constexpr int digit_value(int c) noexcept {  // -1 if it is not a digit
  return -1 + (between(c, 'A', 'Z') & (c - 'A' + 1)) + (between(c, 'a', 'z') & (c - 'a' + 27)) +
         (between(c, '0', '9') & (c - '0' + 53)) + (between(c, '+', '+') & 63) +
         (between(c, '/', '/') & 64);
}

constexpr int digit_of(int value) noexcept {
  return (between(value, 0, 25) & (value + 'A')) + (between(value, 26, 51) & (value - 26 + 'a')) +
         (between(value, 52, 61) & (value - 52 + '0')) + (between(value, 62, 62) & '+') +
         (between(value, 63, 63) & '/');
}

/// Canonical base64: padded to a multiple of four, with zeros for the unused bits.
std::optional<SecretBytes> decode_base64(ByteView text) noexcept {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  SecretBytes out(text.size() / 4 * 3 - padding);
  std::uint8_t* to = out.span().data();
  const std::uint8_t* const end = to + out.size();
  int bad = 0;  // negative as soon as one digit was
  for (std::size_t i = 0; i < text.size(); i += 4) {
    int group = 0;
    for (std::size_t j = i; j < i + 4; ++j) {
      const int value = j < text.size() - padding ? digit_value(text[j]) : 0;
      bad |= value;
      group = group << 6 | (value & 0x3f);
    }
    for (int shift = 16; shift >= 0; shift -= 8) {
      const int byte = group >> shift & 0xff;
      if (to != end) {
        *to++ = static_cast<std::uint8_t>(byte);
      } else {
        bad |= -byte;
      }
    }
  }
  if (bad < 0) return std::nullopt;
  return out;
}

/// Writes text to the front of a buffer, which must be long enough.
class Cursor {
 public:
  explicit Cursor(ByteSpan out) noexcept : to_(out.data()) {}
  void put(int c) noexcept { *to_++ = static_cast<std::uint8_t>(c); }
  void put(std::string_view text) noexcept {
    std::memcpy(to_, text.data(), text.size());
    to_ += text.size();
  }
  void put_base64(ByteView bytes) noexcept {
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      const std::size_t have = std::min<std::size_t>(bytes.size() - i, 3);
      int group = 0;
      for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < have ? bytes[i + j] : 0);
      for (std::size_t j = 0; j < 4; ++j) {
        put(j <= have ? digit_of(group >> (18 - 6 * static_cast<int>(j)) & 0x3f) : '=');
      }
    }
  }

 private:
  std::uint8_t* to_;
};

}  // namespace

// RFC 7468 section 2: text before a block is permitted, and blanks should be ignored. Section 3:
//   preeb = "-----BEGIN " label "-----"
std::optional<Opening> open(ByteView text) noexcept {
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (!line.starts_with(kBegin) || line.size() < kBegin.size() + kDashes.size() ||
        !line.ends_with(kDashes)) {
      continue;
    }
    line.remove_prefix(kBegin.size());
    line.remove_suffix(kDashes.size());
    return Opening{line, text};
  }
  return std::nullopt;
}

//   textualmsg = preeb *WSP eol *eolWSP base64text posteb *WSP [eol]
std::optional<Block> decode(const Opening& opening) noexcept {
  SecretBytes digits(opening.rest.size());
  std::size_t size = 0;
  for (ByteView rest = opening.rest; !rest.empty();) {
    std::string_view line = take_line(rest);
    if (is_end(line, opening.label)) {
      std::optional<SecretBytes> content = decode_base64(digits.view().first(size));
      if (!content) return std::nullopt;
      return Block{std::move(*content), rest};
    }
    while (!line.empty()) {
      const std::size_t run = std::min(line.find_first_of(kBlanks), line.size());
      std::memcpy(digits.span().data() + size, line.data(), run);
      size += run;
      line.remove_prefix(run);
      line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    }
  }
  return std::nullopt;
}

SecretBytes encode(std::string_view label, ByteView content) noexcept {
  constexpr std::size_t kLineBytes = kLine / 4 * 3;
  const std::size_t digits = (content.size() + 2) / 3 * 4;
  const std::size_t lines = (content.size() + kLineBytes - 1) / kLineBytes;
  const std::size_t frame = 2 * (label.size() + kDashes.size() + 1) + kBegin.size() + kEnd.size();
  SecretBytes text(frame + digits + lines);
  Cursor out(text.span());
  out.put(kBegin);
  out.put(label);
  out.put(kDashes);
  out.put('\n');
  for (std::size_t i = 0; i < content.size(); i += kLineBytes) {
    out.put_base64(content.subspan(i, std::min(kLineBytes, content.size() - i)));
    out.put('\n');
  }
  out.put(kEnd);
  out.put(label);
  out.put(kDashes);
  out.put('\n');
  return text;
}

}  // namespace twoway::pem
