// The interface by which commands describe themselves to the parser. Only parser.cpp includes
// CLI11, which takes many seconds to compile.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace twoway::cli {

/// An option of a command. It belongs to the parser, so copies name the same one.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}

  Option& required();
  Option& needs(Option other);
  Option& excludes(Option other);
  /// Calls `check` with each value, which it may rewrite. It returns the mistake, or nothing.
  Option& check(std::function<std::string(std::string& text)> check);
  /// Shows the value that the variable has already.
  Option& show_default();

 private:
  CLI::Option* option_;
};

/// A command of the program, or the program itself.
class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}

  /// Adds a command to this one.
  Command add(const char* name, const char* description);

  /// Adds an option whose value goes to `value`, which must outlive the parser: a string or a
  /// number of those that parser.cpp lists. An option of a vector is repeated for more values.
  /// `names` without dashes makes an argument. `type` names the value in the help, such as "FILE".
  template <typename Value>
  Option option(const char* names, Value& value, const char* type, const std::string& help);
  Option flag(const char* name, bool& value, const char* help);

  /// Sets the text below the options. help.hpp says how it is laid out.
  void footer(const std::string& text);
  /// Sets the action of the command, if it is named.
  void runs(std::function<void()> work);

 private:
  CLI::App* app_;
};

/// Returns the bytes of a size such as "64K" or "1M", or nothing if `text` is not a size.
std::optional<std::uint64_t> parse_size(std::string text);

}  // namespace twoway::cli
