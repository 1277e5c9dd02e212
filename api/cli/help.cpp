#include "help.hpp"

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "description.hpp"
#include "failure.hpp"
#include "output.hpp"
#include "text.hpp"

namespace twoway::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kColumn = 28;  ///< where descriptions begin

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

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

/// Returns "-o, --out FILE", "FILE", or "[COMMAND]" for an optional argument.
std::string option_name(const CLI::Option& option) {
  if (option.get_positional()) {
    const std::string name = option.get_name(true);
    return option.get_required() ? name : "[" + name + "]";
  }
  std::string name;
  for (const std::string& word : split(option.get_name(false, true), ",")) {
    name += (name.empty() ? "" : ", ") + word;
  }
  if (name.rfind("--", 0) == 0) name = "    " + name;
  const std::string type = option.get_type_name();
  return option.get_items_expected_max() == 0 || type.empty() ? name : name + " " + type;
}

std::string usage(const CLI::App& app) {
  std::vector<std::string> words;
  const auto add = [&](const CLI::Option& option, const std::string& text) {
    if (option.get_items_expected_max() <= 1) return words.push_back(text);
    words.push_back(text + "...");
  };
  const std::vector<const CLI::Option*> options = app.get_options();
  bool optional = false;
  for (const CLI::Option* option : options) {
    if (option->get_positional()) continue;
    if (!option->get_required()) {
      optional = true;
      continue;
    }
    add(*option, "--" + option->get_lnames().front() + " " + option->get_type_name());
  }
  if (optional) words.push_back("[OPTION...]");
  for (const CLI::Option* option : options) {
    if (option->get_positional()) add(*option, option_name(*option));
  }
  if (!commands_of(app).empty()) {
    words.push_back("COMMAND");
  }
  const std::string start = "Usage: " + full_name(app);
  return fill(start, words, std::min<std::size_t>(start.size() + 1, kColumn));
}

std::string described(const CLI::Option& option) {
  const std::string value = option.get_default_str();
  return option.get_description() + (value.empty() ? "" : " (default: " + value + ")");
}

std::string option_rows(const CLI::App& app) {
  std::string rows;
  for (const CLI::Option* option : app.get_options()) {
    rows += row(option_name(*option), described(*option));
  }
  return rows.empty() ? rows : "\nOptions:\n" + rows;
}

std::string command_rows(const CLI::App& app) {
  std::string rows;
  for (const CLI::App* sub : commands_of(app)) {
    rows += row(sub->get_name(), sub->get_description());
  }
  return rows.empty() ? rows : "\nCommands:\n" + rows;
}

void show(const CLI::App& app, const std::string& command) {
  for (const CLI::App* shown : commands_of(app)) {
    if (!command.empty() && shown->get_name() != command) continue;
    print(
        HelpFormatter().make_help(command.empty() ? &app : shown, {}, CLI::AppFormatMode::Normal));
    return;
  }
  throw Failure(Exit::usage, "no command '" + command + "': " + see("--help"));
}

std::string exit_codes() {
  std::string line;
  for (const ExitCode& code : kExitCodes) {
    line += std::string(line.empty() ? "Exit codes: " : ", ") + code.number + " " + code.meaning;
  }
  return fill("", split(line + ".", " "), 0);
}

DescribedCommand describe(const CLI::App& app) {
  DescribedCommand command{app.get_name(), app.get_description(), app.get_footer(), {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    const bool takes_value = option->get_items_expected_max() > 0;
    std::string value = option->get_positional() ? option->get_name(true) : option->get_type_name();
    command.options.push_back({option->get_positional() ? std::vector<std::string>()
                                                        : split(option->get_name(false, true), ","),
                               takes_value ? std::move(value) : std::string(),
                               option->get_items_expected_max() > 1, option_name(*option),
                               described(*option)});
  }
  for (const CLI::App* sub : commands_of(app)) command.commands.push_back(describe(*sub));
  return command;
}

std::string reference(const CLI::App& app, const std::string& kind) {
  if (kind == "man") return man_page(describe(app));
  if (kind == "bash") return bash_completion(describe(app));
  if (kind == "zsh") return zsh_completion(describe(app));
  throw Failure(Exit::usage, "no reference '" + kind + "': there are man, bash and zsh");
}

}  // namespace

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

std::string HelpFormatter::make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const {
  std::string text = usage(*app) + fill("", split(app->get_description() + ".", " "), 0);
  text += command_rows(*app) + option_rows(*app);
  const std::string footer = app->get_footer();
  if (!footer.empty()) text += "\n" + paragraphs(footer);
  return app->get_parent() == nullptr ? text + "\n" + exit_codes() : text;
}

std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? program_name() : full_name(*parent) + " " + app.get_name();
}

void add_help(CLI::App& app) {
  auto command = std::make_shared<std::string>();
  CLI::App* help = app.add_subcommand("help", "Show this help, or that of a command");
  help->add_option("COMMAND", *command, "The command")->type_name("");
  help->callback([&app, command] { show(app, *command); });
}

void add_reference(CLI::App& app) {
  auto kind = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("reference", "Print the man page, or completions for bash or zsh");
  command->group("");
  command->add_option("KIND", *kind, "man, bash or zsh")->required()->type_name("");
  command->callback([&app, kind] { print(reference(app, *kind)); });
}

}  // namespace twoway::cli
