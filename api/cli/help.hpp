// Help texts: usage, options and examples, in at most 80 columns.
#pragma once

#include <string>

#include "description.hpp"

namespace twoway::cli {

/// Lays out a command's help. In its footer each line is a paragraph, wrapped at blanks. A line
/// that begins with two blanks is a command of an example: it is wrapped before an option or a
/// pipe, and the word "twoway" in it becomes the program's name.
std::string help_text(const DescribedCommand& command);

/// As above, of the program's command of this name, or of the program for an empty one. A name that
/// no command has is a usage failure.
std::string help_text(const DescribedCommand& program, const std::string& command);

}  // namespace twoway::cli
