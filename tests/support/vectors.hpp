// Test vectors with a tally, so that a field that no test reads fails the test.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <twoway/core/bytes.hpp>

namespace twoway::test {

/// One object of a vector file. A cheap handle: copies share the tally of read fields. Reading a
/// field that is missing or of another type fails the test.
class Vector {
 public:
  struct Node;
  explicit Vector(std::shared_ptr<Node> node) noexcept : node_(std::move(node)) {}

  bool has(std::string_view field) const;

  core::Bytes bytes(std::string_view field) const;  ///< hex
  std::string text(std::string_view field) const;   ///< unchanged
  std::uint64_t number(std::string_view field) const;
  bool flag(std::string_view field) const;
  Vector object(std::string_view field) const;
  std::vector<Vector> list(std::string_view field) const;             ///< of objects
  std::vector<core::Bytes> bytes_list(std::string_view field) const;  ///< of hex strings

  /// Counts every field as read, for a vector that nothing in this build can run.
  void skip() const;

  /// Returns the paths of the unread fields, such as "encryptions[3].aad". Reading a list or object
  /// does not count as reading its content.
  std::vector<std::string> unread() const;

 private:
  std::shared_ptr<Node> node_;
};

/// Parses a vector from JSON text, for tests of the reader.
Vector parse_vector(std::string_view json);

/// The fields that `for_each_vector` requires to be read. `some` is for a test that borrows values
/// from a file that another test reads in full.
enum class Reads { all, some };

/// Calls `test` for every vector of tests/vectors/<file>, and fails the test after a vector with
/// unread fields. Returns the number of vectors.
std::size_t for_each_vector(const std::string& file, const std::function<void(const Vector&)>& test,
                            Reads reads = Reads::all);

}  // namespace twoway::test
