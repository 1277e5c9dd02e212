// Looks for known secrets in the writable memory of this process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <twoway/core/bytes.hpp>

namespace twoway::test {

/// Secrets to look for. They are kept masked, so that the search does not find its own copies.
class Needles {
 public:
  /// Adds every whole 12-byte part of `secret` that is not mostly zeros: unchanged, as HMAC pads
  /// it, in swapped words (as a digest keeps its output) and reversed (as a big number is stored
  /// from its low end). Findings are reported under `name`.
  void add(const std::string& name, core::ByteView secret);

  /// Returns the names of the secrets that are in writable memory, each with the region and the
  /// address of its first finding.
  std::vector<std::string> search() const;

  std::size_t size() const { return needles_.size(); }

 private:
  static constexpr std::size_t kPart = 12;  // a base nonce is the shortest secret
  static constexpr std::uint8_t kMask = 0xa5;

  struct Needle {
    std::string name;
    std::uint8_t masked[kPart];
  };

  void add_part(const std::string& name, core::ByteView secret, std::size_t at, std::size_t word);

  std::vector<Needle> needles_;
};

/// Returns the findings of a search, one per line.
std::string findings(const Needles& needles);

/// Returns false under sanitizers, with a warning. They keep freed memory, and map terabytes of
/// their own as writable.
bool searchable();

/// Decodes hex without leaving a copy in an unwiped buffer.
class SecretHex {
 public:
  explicit SecretHex(const std::string& hex);
  ~SecretHex();
  SecretHex(const SecretHex&) = delete;
  SecretHex& operator=(const SecretHex&) = delete;
  core::ByteView view() const { return {bytes_, size_}; }

 private:
  std::uint8_t bytes_[128];
  std::size_t size_;
};

}  // namespace twoway::test
