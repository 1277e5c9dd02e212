// The program as its parser knows it, in plain values: the source of the help, the man page and the
// shells' completions.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace twoway::cli {

struct DescribedOption {
  std::vector<std::string> names;  ///< "-o" and "--out", or nothing for an argument
  std::string value;               ///< "FILE", or nothing for a flag
  bool required = false;
  bool repeated = false;
  std::string description;  ///< with its default
};

/// Returns "-o, --out FILE", "FILE", or "[COMMAND]" for an argument that is not required.
std::string title(const DescribedOption& option);

struct DescribedCommand {
  std::string name;
  std::string full_name;  ///< with the program's: "twoway keygen"
  std::string description;
  std::string footer;
  std::vector<DescribedOption> options;
  std::vector<DescribedCommand> commands;  ///< of the program
};

/// The program's exit codes.
struct ExitCode {
  const char* number;
  const char* meaning;
};
inline constexpr std::array kExitCodes{
    ExitCode{"0", "done"},
    ExitCode{"1", "a message, key, state or configuration is refused"},
    ExitCode{"2", "wrong arguments"},
    ExitCode{"3", "a file cannot be read or written, or the system gives no random bytes"},
};

/// Returns the program's page in roff, for man.
std::string man_page(const DescribedCommand& program);

/// Return a script that the shell reads.
std::string bash_completion(const DescribedCommand& program);
std::string zsh_completion(const DescribedCommand& program);

/// Returns a footer's paragraphs, wrapped as help shows them.
std::string paragraphs(const std::string& footer);

/// Returns the parts of `text` between separators. A part may be empty.
std::vector<std::string> split(const std::string& text, std::string_view separator);

}  // namespace twoway::cli
