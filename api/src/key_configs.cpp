#include <algorithm>
#include <string_view>

#include <twoway/key_configs.hpp>

namespace twoway {
namespace {

bool is_blank(std::uint8_t c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_one_of(std::uint8_t c, std::string_view characters) noexcept {
  return characters.find(static_cast<char>(c)) != std::string_view::npos;
}

bool is_hex(std::uint8_t c) noexcept {
  return is_blank(c) || is_one_of(c, "0123456789abcdefABCDEF");
}

/// The digits of base64 and base64url (RFC 4648 sections 4 and 5).
bool is_base64(std::uint8_t c) noexcept {
  return is_hex(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_one_of(c, "+/-_=");
}

bool is_text(std::uint8_t c) noexcept { return is_blank(c) || (c > ' ' && c != 0x7f); }

bool all(ByteView bytes, bool (*holds)(std::uint8_t)) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), holds);
}

/// Names bytes that are not a list, or returns null if they are unknown. A list begins with the
/// length of a configuration, whose high byte is 0 or 1 for all KEMs of the table, unlike that of
/// any text.
const char* mistake(const Provider& provider, ByteView bytes) noexcept {
  if (all(bytes, is_blank)) {
    return "there is no key configuration list, only nothing or blanks: fetch it again from its "
           "source";
  }
  if (framing::parse_key_config(provider, bytes)) {
    return "this is a single key configuration, not a list: put its length in front of it, in two "
           "bytes, or fetch the list (application/ohttp-keys)";
  }
  if (is_blank(bytes.back())) {
    ByteView list = bytes;
    while (is_blank(list.back())) list = list.first(list.size() - 1);
    if (framing::parse_key_configs(provider, list)) {
      return "a line end or blank follows the key configuration list: remove it, and copy the list "
             "with a tool that keeps bytes as they are";
    }
  }
  constexpr std::string_view kPem = "-----BEGIN ";
  if (std::equal(
          kPem.begin(), kPem.end(), bytes.begin(),
          bytes.begin() + static_cast<std::ptrdiff_t>(std::min(kPem.size(), bytes.size())))) {
    return "this is PEM text, such as a key, not a key configuration list: give the list that was "
           "made for that key";
  }
  if (all(bytes, is_hex)) {
    return "this is hexadecimal text, not a key configuration list: decode it first, for example "
           "with xxd -r -p";
  }
  if (all(bytes, is_base64)) {
    return "this is base64 text, not a key configuration list: decode it first, for example with "
           "base64 -d";
  }
  if (all(bytes, is_text)) {
    return "this is text, such as a web page, and not a key configuration list: see whether its "
           "address is right";
  }
  return nullptr;
}

}  // namespace

Result<std::vector<KeyConfig>> read_key_configs(const Provider& provider, ByteView list) noexcept {
  Result<std::vector<KeyConfig>> configs = framing::parse_key_configs(provider, list);
  if (configs || configs.error().code != Errc::malformed) return configs;
  const char* const words = mistake(provider, list);
  if (words == nullptr) return configs;
  return Error{Errc::malformed, words};
}

}  // namespace twoway
