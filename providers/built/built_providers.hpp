// The providers of this build, for the program and the tests. Not installed: a product names its
// provider.
#pragma once

#include <span>

#include <twoway/core/provider.hpp>

namespace twoway::built {

/// Returns every provider of this build, the default one first. Empty if none is built.
std::span<const core::Provider* const> providers();

}  // namespace twoway::built
