#include "memory_search.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include <twoway/core/secret.hpp>

#include "catch.hpp"
#include "sanitized.hpp"

namespace twoway::test {
namespace {

struct Region {
  std::uintptr_t begin;
  std::uintptr_t end;
  std::string name;
};

struct Form {
  const char* name;
  std::uint8_t mask;
};

/// Unchanged, and as HMAC pads its key (RFC 2104 section 2).
constexpr Form kForms[] = {{"", 0}, {" xor ipad", 0x36}, {" xor opad", 0x5c}};

/// As bytes, and in words of the machine's byte order, in which SHA-256 and SHA-512 keep their
/// output.
constexpr std::size_t kWords[] = {1, 4, 8};

/// The readable and writable mappings: heap, stacks, anonymous memory, .data and .bss.
std::vector<Region> writable_regions() {
  std::vector<Region> regions;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    Region region{};
    char dash = 0;
    std::string access, offset, device, inode;
    fields >> std::hex >> region.begin >> dash >> region.end >> access >> offset >> device >> inode;
    std::getline(fields >> std::ws, region.name);
    if (region.name.empty()) region.name = "anonymous memory";
    if (access.starts_with("rw")) regions.push_back(region);
  }
  return regions;
}

std::string describe(const Region& region, const std::uint8_t* at) {
  std::ostringstream text;
  text << " in " << region.name << " at " << static_cast<const void*>(at);
  return text.str();
}

}  // namespace

void Needles::add(const std::string& name, core::ByteView secret) {
  for (const std::size_t word : kWords) {
    const std::size_t size = secret.size() / word * word;
    for (std::size_t at = 0; at + kPart <= size; at += kPart) add_part(name, secret, at, word);
  }
}

void Needles::add_part(const std::string& name, core::ByteView secret, std::size_t at,
                       std::size_t word) {
  // Some vectors' ikm ends in zeros, and memory is full of zeros.
  const core::ByteView part = secret.subspan(at, kPart);
  if (std::count(part.begin(), part.end(), 0) > 4) return;
  for (const Form& form : kForms) {
    Needle forward{name + " byte " + std::to_string(at) + form.name, {}};
    if (word != 1) forward.name += " in swapped words of " + std::to_string(word);
    Needle reversed{forward.name + " reversed", {}};
    for (std::size_t i = 0; i < kPart; ++i) {
      // The sizes of words are powers of two, so this is the place of byte i in a swapped word.
      forward.masked[i] = secret[(at + i) ^ (word - 1)] ^ form.mask ^ kMask;
      reversed.masked[kPart - 1 - i] = forward.masked[i];
    }
    needles_.push_back(forward);
    needles_.push_back(reversed);
  }
}

// The search reads memory in place, because it would find a copy in the next region. An index by
// the first two bytes gives the needles that can start at a place.
std::vector<std::string> Needles::search() const {
  std::vector<std::vector<const Needle*>> by_start(0x10000);
  for (const Needle& needle : needles_) {
    by_start[static_cast<std::size_t>(needle.masked[0] << 8 | needle.masked[1])].push_back(&needle);
  }
  std::map<std::string, std::string> found;
  for (const Region& region : writable_regions()) {
    const auto* end = reinterpret_cast<const std::uint8_t*>(region.end) - kPart;
    for (const auto* at = reinterpret_cast<const std::uint8_t*>(region.begin); at <= end; ++at) {
      const auto start = static_cast<std::size_t>((at[0] ^ kMask) << 8 | (at[1] ^ kMask));
      for (const Needle* needle : by_start[start]) {
        std::size_t i = 2;
        while (i < kPart && (at[i] ^ kMask) == needle->masked[i]) ++i;
        if (i == kPart) found.emplace(needle->name, describe(region, at));
      }
    }
  }
  std::vector<std::string> findings;
  for (const auto& [name, where] : found) findings.push_back(name + where);
  return findings;
}

bool searchable() {
#ifdef TWOWAY_SANITIZED
  WARN("not searched: a sanitizer keeps what the program has freed");
  return false;
#else
  return true;
#endif
}

std::string findings(const Needles& needles) {
  std::string text;
  for (const std::string& finding : needles.search()) text += finding + '\n';
  return text;
}

SecretHex::SecretHex(const std::string& hex) : size_(hex.size() / 2) {
  if (size_ > sizeof bytes_) std::abort();
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i < size_; ++i) {
    bytes_[i] = static_cast<std::uint8_t>(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
  }
}

SecretHex::~SecretHex() { core::wipe(bytes_); }

}  // namespace twoway::test
