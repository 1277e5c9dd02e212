// Help texts: usage, options and examples, in at most 80 columns.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace twoway::cli {

/// Lays out a command's help. In its footer each line is a paragraph, wrapped at blanks. A line
/// that begins with two blanks is a command of an example: it is wrapped before an option or a
/// pipe, and the word "twoway" in it becomes the program's name.
class HelpFormatter final : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

/// Returns the names that lead to a command, such as "twoway keygen".
std::string full_name(const CLI::App& app);

/// Adds `help`, which shows the help of the program or of a command.
void add_help(CLI::App& app);

/// Adds `reference`, which prints the man page or a shell's completions. Help does not show it: the
/// build calls it, and its output is installed.
void add_reference(CLI::App& app);

}  // namespace twoway::cli
