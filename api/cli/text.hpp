// Text for a terminal: the program's own name, and text from others.
#pragma once

#include <string>
#include <string_view>

namespace twoway::cli {

/// Returns the last part of the path by which the program was called, or "twoway" if there is none.
const std::string& program_name();
void set_program_name(const char* called);

/// Returns a hint to a command: "see twoway providers".
std::string see(std::string_view command);

/// Makes text from anyone safe to print. Control characters, bytes that are not UTF-8, line
/// separators and marks that reorder text become escapes such as \x1b and \u202e.
std::string printable(std::string_view text);

}  // namespace twoway::cli
