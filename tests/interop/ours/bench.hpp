// The driver's operations of `./run bench --peers`: work that is repeated inside the process, so
// that neither JSON nor the start of a program is in the figures.
#pragma once

#include <functional>

#include "keys.hpp"
#include "protocol.hpp"

namespace twoway::interop {

class Bench {
 public:
  explicit Bench(const Provider& provider) : provider_(provider) {}

  /// The names of the works.
  static Json works();

  /// Makes what a work needs, in place of the one before.
  Json prepare(const Json& request);

  /// Repeats the work until the time is over, at least once.
  Json run(const Json& request) const;

 private:
  const Provider& provider_;
  std::function<void()> work_;
};

}  // namespace twoway::interop
