// Text for a terminal: the program's own name, and what others named.
#pragma once

#include <string>
#include <string_view>

namespace twoway::cli {

/// The last part of the name that the program was called by, or "twoway" if it has none.
const std::string& program_name();
void set_program_name(const char* called);

/// "see twoway providers": where to read on.
std::string see(std::string_view command);

/// `text` from anyone, safe to print. Control characters, bytes that are not UTF-8, line separators
/// and marks that reorder text become escapes such as \x1b and \u202e.
std::string printable(std::string_view text);

}  // namespace twoway::cli
