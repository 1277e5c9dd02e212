// The driver's operations of `./run bench --peers`. The work is repeated inside the process, so
// that the figures exclude JSON and the start of a program.
#pragma once

#include <functional>

#include "keys.hpp"
#include "protocol.hpp"

namespace twoway::interop {

class Bench {
 public:
  explicit Bench(const Provider& provider) : provider_(provider) {}

  /// Returns the names of the works.
  static Json works();

  /// Makes the objects of a work, and frees those of the previous one.
  Json prepare(const Json& request);

  /// Repeats the work until the time is over, at least once.
  Json run(const Json& request) const;

 private:
  const Provider& provider_;
  std::function<void()> work_;
};

}  // namespace twoway::interop
