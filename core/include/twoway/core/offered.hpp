// Lists in which a provider looks its algorithms up. For providers.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include <twoway/core/export.hpp>

namespace twoway::core {

/// A provider's algorithms of one kind: DhGroup, NativeKem, Kdf or Aead. Filled while the provider
/// is made, and thread-safe from then on.
template <typename Part>
class Offered {
 public:
  /// Asks `make` for the algorithm of every row. It returns null if the algorithm is not offered.
  template <typename Row, typename Make>
  void collect(std::span<const Row> table, Make make) {
    for (const Row& row : table) {
      if (std::unique_ptr<Part> part = make(row)) parts_.push_back(std::move(part));
    }
  }

  /// Returns the algorithm with this id, or null. It lives as long as this list.
  template <typename Id>
  const Part* find(Id id) const noexcept {
    const auto found = std::find_if(parts_.begin(), parts_.end(),
                                    [id](const auto& part) { return part->params().id == id; });
    return found == parts_.end() ? nullptr : found->get();
  }

  /// Tells whether there is no algorithm.
  bool empty() const noexcept { return parts_.empty(); }

 private:
  std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace twoway::core
