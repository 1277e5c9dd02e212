#include "text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace twoway::cli {
namespace {

std::string& own_name() {
  static std::string name = "twoway";
  return name;
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

/// Characters that control a terminal or change how the text around them reads.
constexpr std::array kUnsafe{
    Range{0x00, 0x1f},      // C0 controls
    Range{0x7f, 0x9f},      // DEL, C1 controls
    Range{0x61c, 0x61c},    // Arabic letter mark
    Range{0x200e, 0x200f},  // left-to-right and right-to-left marks
    Range{0x2028, 0x202e},  // line and paragraph separators, embeddings, overrides
    Range{0x2066, 0x2069},  // isolates
    Range{0xfeff, 0xfeff},  // byte order mark
};

struct Character {
  std::uint32_t code;
  std::size_t size;  ///< bytes, or 0 if they are not UTF-8
};

// RFC 3629 section 4: the shortest form only, no surrogates, nothing above U+10FFFF.
Character first_character(std::string_view text) {
  struct Form {
    unsigned char mask, lead;
    std::size_t size;
    std::uint32_t least;
  };
  constexpr std::array kForms{Form{0x80, 0x00, 1, 0}, Form{0xe0, 0xc0, 2, 0x80},
                              Form{0xf0, 0xe0, 3, 0x800}, Form{0xf8, 0xf0, 4, 0x10000}};
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (const auto& [mask, lead, size, least] : kForms) {
    if ((byte(0) & mask) != lead) continue;
    if (text.size() < size) break;
    std::uint32_t code = byte(0) & static_cast<unsigned char>(~mask);
    bool continued = true;
    for (std::size_t i = 1; i < size; ++i) {
      continued = continued && (byte(i) & 0xc0) == 0x80;
      code = code << 6 | (byte(i) & 0x3f);
    }
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (!continued || code < least || code > 0x10ffff || surrogate) break;
    return {code, size};
  }
  return {0, 0};
}

std::string escape(const char* format, std::uint32_t value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

}  // namespace

const std::string& program_name() { return own_name(); }

void set_program_name(const char* called) {
  if (called == nullptr) return;
  const std::string_view path = called;
  const std::string_view base = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  if (!base.empty()) own_name() = printable(base);
}

std::string see(std::string_view command) {
  return "see " + program_name() + " " + std::string(command);
}

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto [code, size] = first_character(text);
    const auto has_code = [code = code](const Range& range) {
      return range.first <= code && code <= range.last;
    };
    if (size == 0) {
      shown += escape("\\x%02x", static_cast<unsigned char>(text.front()));
    } else if (std::any_of(kUnsafe.begin(), kUnsafe.end(), has_code)) {
      shown += escape(size == 1 ? "\\x%02x" : "\\u%04x", code);
    } else {
      shown += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return shown;
}

}  // namespace twoway::cli
