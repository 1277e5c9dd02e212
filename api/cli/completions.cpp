#include <algorithm>
#include <string_view>

#include "algorithm_names.hpp"
#include "description.hpp"
#include "keys.hpp"
#include "text.hpp"

namespace twoway::cli {
namespace {

/// The kinds of arguments.
struct Values {
  enum class Kind { any, files, folders, keys, words } kind = Kind::any;
  std::vector<std::string> words = {};
};

std::vector<std::string> names_of(const std::vector<DescribedCommand>& commands) {
  std::vector<std::string> names;
  for (const DescribedCommand& command : commands) names.push_back(command.name);
  return names;
}

/// Returns the values of an option or argument, by the name that its help gives them.
Values values_of(const DescribedCommand& program, const std::string& name) {
  using Kind = Values::Kind;
  if (name == "FILE" || name == "MODULE") return {Kind::files};
  if (name == "FOLDER") return {Kind::folders};
  if (name == "ID=KEY") return {Kind::keys};
  if (name == "KEM") return {Kind::words, kem_names()};
  if (name == "KDF:AEAD") return {Kind::words, algorithm_pair_names()};
  if (name == "PROVIDER") return {Kind::words, provider_names()};
  if (name == "COMMAND") return {Kind::words, names_of(program.commands)};
  return {};
}

std::string joined(const std::vector<std::string>& words, std::string_view by = " ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(by)) + word;
  return text;
}

/// "twoway-boringssl" as the name of a shell's function.
std::string function_name() {
  std::string name = "_" + program_name();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

std::string bash_values(const Values& values) {
  using Kind = Values::Kind;
  if (values.kind == Kind::words) return "kind=words words='" + joined(values.words) + "'";
  if (values.kind == Kind::folders) return "kind=folders";
  return values.kind == Kind::any ? "kind=any" : "kind=files";
}

/// Returns the words that bash completes after one command: `words`, or the values of the option
/// before.
std::string bash_command(const DescribedCommand& program, const DescribedCommand& command) {
  std::vector<std::string> words;
  std::string options;
  std::string argument;
  for (const DescribedOption& option : command.options) {
    const std::string values = bash_values(values_of(program, option.value));
    words.insert(words.end(), option.names.begin(), option.names.end());
    if (option.names.empty()) {
      argument = "      [[ $option || $word == -* ]] || " + values + "\n";
    } else if (!option.value.empty()) {
      options += "        " + joined(option.names, " | ") + ") " + values + " ;;\n";
    }
  }
  std::string text = "    " + command.name + ")\n      words='" + joined(words) + "'\n";
  if (options.empty()) {
    text += "      option=\n";
  } else {
    text += "      case $option in\n" + options + "        *) option= ;;\n      esac\n";
  }
  return text + argument + "      ;;\n";
}

/// Returns the first sentence of `text` for a description inside single quotes.
std::string zsh_text(const std::string& text) {
  std::string escaped;
  for (const char c : text.substr(0, text.find(". "))) {
    if (c == '\'') {
      escaped += "'\\''";
    } else {
      if (std::string_view("[]:\\").find(c) != std::string_view::npos) escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string zsh_values(const Values& values) {
  using Kind = Values::Kind;
  switch (values.kind) {
    case Kind::files: return "_files";
    case Kind::folders: return "_files -/";
    case Kind::keys: return "{compset -P \"*=\"; _files}";
    case Kind::words: return "(" + zsh_text(joined(values.words)) + ")";
    case Kind::any: break;
  }
  return " ";
}

/// Returns the arguments of _arguments for the options of a command, one to a line.
std::string zsh_options(const DescribedCommand& program, const DescribedCommand& command,
                        const std::string& indent) {
  std::string text;
  for (const DescribedOption& option : command.options) {
    const std::string value =
        ":" + zsh_text(option.value) + ":" + zsh_values(values_of(program, option.value));
    if (option.names.empty()) text += indent + "'" + value + "' \\\n";
    for (const std::string& name : option.names) {
      text += indent + (option.repeated ? "'*" : "'(" + joined(option.names) + ")") + name;
      if (!option.value.empty() && name.rfind("--", 0) == 0) text += "=";
      text += "[" + zsh_text(option.description) + "]";
      text += (option.value.empty() ? "" : value) + "' \\\n";
    }
  }
  return text;
}

}  // namespace

std::string bash_completion(const DescribedCommand& program) {
  const std::string commands = joined(names_of(program.commands));
  std::string options;
  std::string cases;
  for (const DescribedCommand& command : program.commands) cases += bash_command(program, command);
  for (const DescribedOption& option : program.options) options += " " + joined(option.names);
  const std::string name = function_name();
  return "# Completions of " + program_name() + " for bash.\n" + name + R"(() {
  local text=${COMP_LINE:0:COMP_POINT}
  local word=${text##*[[:space:]]} command= option= kind=words words= i
  local -a before
  read -ra before <<<"${text:0:${#text}-${#word}}"
  for i in "${before[@]:1}"; do
    case $i in
      )" +
         joined(names_of(program.commands), " | ") + R"()
        command=$i
        break
        ;;
    esac
  done
  option=${before[-1]}
  local value=$word
  if [[ $word == --*=* ]]; then option=${word%%=*} value=${word#*=}; fi
  case $command in
    '') words=')" +
         commands + options + "' ;;\n" + cases + R"(  esac
  case $kind in
    words)
      # What bash replaces is $2: the word behind the last of COMP_WORDBREAKS in it.
      local kept=${value%"$2"}
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$value")
      COMPREPLY=("${COMPREPLY[@]#"$kept"}")
      compopt +o default +o bashdefault
      ;;
    folders) compopt +o default +o bashdefault -o dirnames ;;
    any) compopt +o default +o bashdefault ;;
  esac
}
complete -o bashdefault -o default -F )" +
         name + " " + program_name() + "\n";
}

std::string zsh_completion(const DescribedCommand& program) {
  std::string commands;
  std::string cases;
  for (const DescribedCommand& command : program.commands) {
    commands += "        '" + command.name + ":" + zsh_text(command.description) + "'\n";
    cases += "        " + command.name + ")\n          _arguments \\\n" +
             zsh_options(program, command, "            ") +
             "            && return 0\n          ;;\n";
  }
  const std::string name = function_name();
  return "#compdef " + program_name() + "\n# Completions of " + program_name() + " for zsh.\n" +
         name + R"(() {
  local context state line
  typeset -A opt_args
  _arguments -C \
)" + zsh_options(program, program, "    ") +
         R"(    '1:command:->command' \
    '*::argument:->argument' && return 0
  case $state in
    command)
      local -a commands=(
)" + commands +
         R"(      )
      _describe command commands
      ;;
    argument)
      case $line[1] in
)" + cases +
         R"(      esac
      ;;
  esac
}
)" + name +
         " \"$@\"\n";
}

}  // namespace twoway::cli
