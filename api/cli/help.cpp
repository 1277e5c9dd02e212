#include "help.hpp"

#include <algorithm>
#include <vector>

#include "failure.hpp"
#include "text.hpp"

namespace twoway::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kColumn = 28;  ///< where descriptions begin

/// Joins `words` by blanks into lines, after `text`, the start of the first line. Every line but
/// the last ends in `tail`. Every line but the first begins with `indent` blanks.
std::string fill(std::string text, const std::vector<std::string>& words, std::size_t indent,
                 const std::string& tail = {}) {
  std::size_t used = text.size();
  bool fresh = text.empty() || text.back() == ' ';
  for (const std::string& word : words) {
    const std::size_t room = fresh ? word.size() : word.size() + 1;
    if (!fresh && used + room + tail.size() > kWidth) {
      text += tail + "\n" + std::string(indent, ' ');
      used = indent;
      fresh = true;
    }
    text += (fresh ? "" : " ") + word;
    used += fresh ? word.size() : word.size() + 1;
    fresh = false;
  }
  return text + "\n";
}

/// Lays out an example's command. Options stay with their values, and a pipe with its reader.
std::string command_lines(const std::string& line) {
  std::vector<std::string> words;
  for (const std::string& word : split(line.substr(2), " ")) {
    const std::string shown = word == "twoway" ? program_name() : word;
    const bool breaks = word.rfind("--", 0) == 0 || word == "|" || words.empty();
    const bool after_pipe = !words.empty() && words.back() == "|";
    if (breaks && !after_pipe) {
      words.push_back(shown);
    } else {
      words.back() += " " + shown;
    }
  }
  return fill("  ", words, 6, " \\");
}

std::string row(const std::string& name, const std::string& description) {
  std::string text = "  " + name;
  if (text.size() + 2 > kColumn) text += "\n";
  const std::size_t used = text.back() == '\n' ? 0 : text.size();
  // The first line is filled as if it began at the column.
  const std::string lines = fill(std::string(kColumn, ' '), split(description, " "), kColumn);
  return text + lines.substr(used);
}

std::string usage(const DescribedCommand& command) {
  std::vector<std::string> words;
  std::vector<std::string> arguments;
  bool optional = false;
  for (const DescribedOption& option : command.options) {
    const std::string more = option.repeated ? "..." : "";
    if (option.names.empty()) {
      arguments.push_back(title(option) + more);
    } else if (option.required) {
      words.push_back(option.names.back() + " " + option.value + more);
    } else {
      optional = true;
    }
  }
  if (optional) words.push_back("[OPTION...]");
  words.insert(words.end(), arguments.begin(), arguments.end());
  if (!command.commands.empty()) words.push_back("COMMAND");
  const std::string start = "Usage: " + command.full_name;
  return fill(start, words, std::min<std::size_t>(start.size() + 1, kColumn));
}

std::string exit_codes() {
  std::string line;
  for (const ExitCode& code : kExitCodes) {
    line += std::string(line.empty() ? "Exit codes: " : ", ") + code.number + " " + code.meaning;
  }
  return fill("", split(line + ".", " "), 0);
}

}  // namespace

std::string title(const DescribedOption& option) {
  if (option.names.empty()) return option.required ? option.value : "[" + option.value + "]";
  std::string text;
  for (const std::string& name : option.names) text += (text.empty() ? "" : ", ") + name;
  if (text.rfind("--", 0) == 0) text = "    " + text;
  return option.value.empty() ? text : text + " " + option.value;
}

std::vector<std::string> split(const std::string& text, std::string_view separator) {
  std::vector<std::string> pieces;
  std::size_t at = 0;
  while (true) {
    const std::size_t next = text.find(separator, at);
    pieces.push_back(text.substr(at, next - at));
    if (next == std::string::npos) return pieces;
    at = next + separator.size();
  }
}

std::string paragraphs(const std::string& text) {
  std::string lines;
  for (const std::string& line : split(text, "\n")) {
    lines += line.rfind("  ", 0) == 0 ? command_lines(line) : fill("", split(line, " "), 0);
  }
  return lines;
}

std::string help_text(const DescribedCommand& command) {
  std::string text = usage(command) + fill("", split(command.description + ".", " "), 0);
  if (!command.commands.empty()) text += "\nCommands:\n";
  for (const DescribedCommand& sub : command.commands) text += row(sub.name, sub.description);
  if (!command.options.empty()) text += "\nOptions:\n";
  for (const DescribedOption& option : command.options) {
    text += row(title(option), option.description);
  }
  if (!command.footer.empty()) text += "\n" + paragraphs(command.footer);
  return command.commands.empty() ? text : text + "\n" + exit_codes();
}

std::string help_text(const DescribedCommand& program, const std::string& command) {
  if (command.empty()) return help_text(program);
  for (const DescribedCommand& sub : program.commands) {
    if (sub.name == command) return help_text(sub);
  }
  throw Failure(Exit::usage, "no command '" + command + "': " + see("--help"));
}

}  // namespace twoway::cli
