// The parser of arguments.
#pragma once

#include "failure.hpp"

namespace twoway::cli {

/// Parses the arguments and runs the command that they name. Shows help, the version, or the
/// mistake in the arguments.
Exit parse_and_run(int argc, const char* const* argv);

}  // namespace twoway::cli
