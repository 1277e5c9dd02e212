// Looks for known secrets in the writable memory of this process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <twoway/core/bytes.hpp>

namespace twoway::test {

/// Secrets to look for. They are kept masked, so that the search doesn't find its own copies.
class Needles {
 public:
  /// Adds every whole 12-byte part of `secret` that isn't mostly zeros: as it stands, as HMAC pads
  /// it, in swapped words (as a digest keeps what it gave out) and reversed (a big number is
  /// stored from its low end). `name` is what a finding is called.
  void add(const std::string& name, core::ByteView secret);

  /// The names of the secrets that are somewhere in writable memory, each with the region and
  /// the address where it was first found.
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

/// What a search finds, a line each.
std::string findings(const Needles& needles);

/// False under sanitizers, with a warning: they keep freed memory, and map terabytes of their own
/// as writable.
bool searchable();

/// Bytes of hex that pass through no buffer which is left unwiped.
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
