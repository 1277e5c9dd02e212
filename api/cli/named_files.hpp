// The files that a command writes must be none of those that it reads, and different ones.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace twoway::cli {

/// A file and the option that names it. "-" or nothing is standard input or output.
struct NamedFile {
  std::string option;
  std::optional<std::string> path;
};

/// Throws a usage failure if an output is another output or an input, under any name or link. A
/// file that does not exist yet is identified by its folder and name. /dev/null may be written
/// twice.
void require_different(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs);

}  // namespace twoway::cli
