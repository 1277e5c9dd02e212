// Lists in which a provider looks its algorithms up.
//
// Who needs it: providers.
#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include <twoway/core/export.hpp>

namespace twoway::core {

/// A provider's algorithms of one kind: DhGroup, NativeKem, Kdf or Aead. Filled while the provider
/// is made, and thread-safe from then on.
template <typename Algorithm>
class AlgorithmList {
 public:
  /// Asks `make` for the algorithm of every row. It returns null if the algorithm is not offered.
  template <typename Row, typename Make>
  void collect(std::span<const Row> table, Make make) {
    for (const Row& row : table) {
      if (std::unique_ptr<Algorithm> algorithm = make(row))
        algorithms_.push_back(std::move(algorithm));
    }
  }

  /// Returns the algorithm with this id, or null. It lives as long as this list.
  template <typename Id>
  const Algorithm* find(Id id) const noexcept {
    const auto found =
        std::find_if(algorithms_.begin(), algorithms_.end(),
                     [id](const auto& algorithm) { return algorithm->params().id == id; });
    return found == algorithms_.end() ? nullptr : found->get();
  }

  /// Tells whether there is no algorithm.
  bool empty() const noexcept { return algorithms_.empty(); }

 private:
  std::vector<std::unique_ptr<Algorithm>> algorithms_;
};

}  // namespace twoway::core
