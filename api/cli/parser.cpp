// Describes the program to CLI11, and says in this program's words what is wrong with arguments.
#include "parser.hpp"

#include <memory>
#include <sstream>

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "help.hpp"
#include "output.hpp"
#include "text.hpp"

namespace twoway::cli {
namespace {

/// Returns the names that lead to a command, such as "twoway keygen".
std::string full_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? program_name() : full_name(*parent) + " " + app.get_name();
}

DescribedOption described(const CLI::Option& option) {
  DescribedOption result;
  const bool argument = option.get_positional();
  if (!argument) result.names = split(option.get_name(false, true), ",");
  if (option.get_items_expected_max() > 0) {
    result.value = argument ? option.get_name(true) : option.get_type_name();
  }
  result.required = option.get_required();
  result.repeated = option.get_items_expected_max() > 1;
  const std::string value = option.get_default_str();
  result.description =
      option.get_description() + (value.empty() ? "" : " (default: " + value + ")");
  return result;
}

DescribedCommand described(const CLI::App& app) {
  DescribedCommand command{
      app.get_name(), full_name(app), app.get_description(), app.get_footer(), {}, {}};
  for (const CLI::Option* option : app.get_options()) command.options.push_back(described(*option));
  // The command without a group is the one that help does not show.
  for (const CLI::App* sub :
       app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); })) {
    command.commands.push_back(described(*sub));
  }
  return command;
}

class HelpFormatter final : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    return help_text(described(*app));
  }
};

std::string reference(const DescribedCommand& program, const std::string& kind) {
  if (kind == "man") return man_page(program);
  if (kind == "bash") return bash_completion(program);
  if (kind == "zsh") return zsh_completion(program);
  throw Failure(Exit::usage, "no reference '" + kind + "': there are man, bash and zsh");
}

/// Adds `help`, which shows the help of the program or of a command.
void add_help(CLI::App& app) {
  auto name = std::make_shared<std::string>();
  Command command = Command(&app).add("help", "Show this help, or that of a command");
  command.option("COMMAND", *name, "", "The command");
  command.runs([&app, name] { print(help_text(described(app), *name)); });
}

/// Adds `reference`, which prints the man page or a shell's completions. Help does not show it: the
/// build calls it, and its output is installed.
void add_reference(CLI::App& app) {
  auto kind = std::make_shared<std::string>();
  Command command =
      Command(&app).add("reference", "Print the man page, or completions for bash or zsh");
  app.get_subcommand("reference")->group("");
  command.option("KIND", *kind, "", "man, bash or zsh").required();
  command.runs([&app, kind] { print(reference(described(app), *kind)); });
}

void describe(CLI::App& app) {
  app.formatter(std::make_shared<HelpFormatter>());
  app.description(
      "Seals requests to a receiver and opens its responses (Oblivious HTTP, RFC 9458)");
  app.set_help_flag("-h,--help", "Show this help");
  app.set_version_flag("--version", program_name() + " " TWOWAY_VERSION, "Show the version");
  app.require_subcommand(1);
  Command program(&app);
  add_keygen(program);
  add_config(program);
  add_inspect(program);
  add_seal_request(program);
  add_open_request(program);
  add_seal_response(program);
  add_open_response(program);
  add_seal_multi(program);
  add_open_multi(program);
  add_tokens(program);
  add_providers(program);
  add_help(app);
  add_reference(app);
  app.footer(
      "Receiver:\n"
      "  twoway keygen --kem x25519 --out key.pem\n"
      "  twoway config --key 1=key.pem --out gateway.ohttp-keys\n"
      "Sender:\n"
      "  twoway seal-request --config gateway.ohttp-keys --in question.txt --out request.bin "
      "--state sender.state\n"
      "Receiver:\n"
      "  twoway open-request --key 1=key.pem --in request.bin --out question.txt --state "
      "receiver.state\n"
      "  twoway seal-response --state receiver.state --in answer.txt --out response.bin\n"
      "Sender:\n"
      "  twoway open-response --state sender.state --in response.bin --out answer.txt\n"
      "\n"
      "A file named - is standard input or output. A whole message is held in memory and has at "
      "most 1 GiB. With --chunked it may have any size. An output gets its name only when it is "
      "complete, and replaces no file without --force. Private keys, PINs and states in "
      "files that others can read are refused: chmod 600 them.\n"
      "\n"
      "More on each command:\n"
      "  twoway help COMMAND");
}

/// Returns the command that the arguments name, or the program.
const CLI::App& named_command(const CLI::App& app) {
  const std::vector<CLI::App*> named = app.get_subcommands();
  return named.empty() ? app : named_command(*named.back());
}

/// Returns the commands whose name contains `word` or is part of it, as ", but seal-request".
std::string similar(const CLI::App& app, const std::string& word) {
  std::string names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string& name = command->get_name();
    if (name.find(word) == std::string::npos && word.find(name) == std::string::npos) continue;
    names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? names : ", but " + names;
}

/// Says what is wrong with the arguments, in words of this program.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> rest = app.remaining(true);
  const bool extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (!rest.empty() && (extra || app.get_subcommands().empty())) {
    const std::string& word = rest.front();
    if (word.rfind('-', 0) == 0) return "no option '" + word + "'";
    if (app.get_subcommands().empty()) return "no command '" + word + "'" + similar(app, word);
    return "'" + word + "' belongs to no option";
  }
  const std::string words = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string option = words.substr(0, words.find(':'));
    const bool missing = words.find("missing") != std::string::npos;
    return option + (missing ? " needs a value" : " can be given once");
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && app.get_subcommands().empty()) {
    return "a command is required";
  }
  return words;
}

/// Prints the help or version, or says why the parser refused the arguments.
Exit end(const CLI::App& app, const CLI::ParseError& result) {
  if (result.get_exit_code() == 0) {
    std::ostringstream text;
    app.exit(result, text, text);
    print(text.str());
    return Exit::done;
  }
  say(explain(app, result) + ": see " + full_name(named_command(app)) + " --help");
  return Exit::usage;
}

}  // namespace

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::needs(Option other) {
  option_->needs(other.option_);
  return *this;
}

Option& Option::excludes(Option other) {
  option_->excludes(other.option_);
  return *this;
}

Option& Option::check(std::function<std::string(std::string& text)> check) {
  option_->transform(CLI::Validator(std::move(check), ""));
  return *this;
}

Option& Option::show_default() {
  option_->capture_default_str();
  return *this;
}

Command Command::add(const char* name, const char* description) {
  return Command(app_->add_subcommand(name, description));
}

template <typename Value>
Option Command::option(const char* names, Value& value, const char* type, const std::string& help) {
  CLI::Option* option = app_->add_option(names, value, help)->type_name(type);
  return Option(option->allow_extra_args(false));
}
template Option Command::option(const char*, std::string&, const char*, const std::string&);
template Option Command::option(const char*, std::optional<std::string>&, const char*,
                                const std::string&);
template Option Command::option(const char*, std::optional<unsigned>&, const char*,
                                const std::string&);
template Option Command::option(const char*, std::size_t&, const char*, const std::string&);
template Option Command::option(const char*, std::vector<std::string>&, const char*,
                                const std::string&);
template Option Command::option(const char*, std::vector<unsigned>&, const char*,
                                const std::string&);

Option Command::flag(const char* name, bool& value, const char* help) {
  return Option(app_->add_flag(name, value, help));
}

void Command::footer(const std::string& text) { app_->footer(text); }
void Command::runs(std::function<void()> work) { app_->callback(std::move(work)); }

std::optional<std::uint64_t> parse_size(std::string text) {
  std::uint64_t size = 0;
  try {
    const std::string refused = CLI::AsSizeValue(false)(text);
    if (!refused.empty() || !CLI::detail::lexical_cast(text, size)) return std::nullopt;
  } catch (const CLI::Error&) {
    return std::nullopt;
  }
  return size;
}

Exit parse_and_run(int argc, const char* const* argv) {
  CLI::App app;
  describe(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& result) {
    return end(app, result);
  }
  return Exit::done;
}

}  // namespace twoway::cli
