// The twoway program.
#include <memory>
#include <new>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

#include "commands.hpp"
#include "failure.hpp"
#include "help.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "text.hpp"

namespace twoway::cli {
namespace {

/// Opens a missing standard descriptor, so that no file becomes 0, 1 or 2 and takes bytes that were
/// meant for another place. The stand-in fails if it is used.
void fill_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) continue;
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) return;
  }
}

Exit say(Exit code, const std::string& line) {
  cli::say(line);
  return code;
}

void describe(CLI::App& app) {
  app.formatter(std::make_shared<HelpFormatter>());
  app.description(
      "Seals requests to a receiver and opens its responses (Oblivious HTTP, RFC 9458)");
  app.set_help_flag("-h,--help", "Show this help");
  app.set_version_flag("--version", program_name() + " " TWOWAY_VERSION, "Show the version");
  app.require_subcommand(1);
  add_keygen(app);
  add_config(app);
  add_inspect(app);
  add_seal_request(app);
  add_open_request(app);
  add_seal_response(app);
  add_open_response(app);
  add_seal_many(app);
  add_open_many(app);
  add_tokens(app);
  add_providers(app);
  add_help(app);
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
      "most 1 GiB; with --chunked it has any size. A file that is written has its name only when "
      "it is complete, and replaces none unless --force is given. Private keys, PINs and states in "
      "files that others can read are refused: chmod 600 them.\n"
      "\n"
      "Exit codes: 0 done; 1 a message, key, state or configuration is refused; 2 wrong "
      "arguments; 3 a file cannot be read or written, or the system gives no random bytes.\n"
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
Exit answer(const CLI::App& app, const CLI::ParseError& result) {
  if (result.get_exit_code() == 0) {
    std::ostringstream text;
    app.exit(result, text, text);
    print(text.str());
    return Exit::done;
  }
  return say(Exit::usage,
             explain(app, result) + ": see " + full_name(named_command(app)) + " --help");
}

Exit run(int argc, char** argv) {
  fill_standard_descriptors();
  set_program_name(argc > 0 ? argv[0] : nullptr);
  install_signal_handlers();
  try {
    CLI::App app;
    describe(app);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& result) {
      return answer(app, result);
    }
    return Exit::done;
  } catch (const ClosedPipe& closed) {
    end_by_closed_pipe();
    return say(closed.code(), closed.what());
  } catch (const Failure& failure) {
    return say(failure.code(), failure.what());
  } catch (const std::bad_alloc&) {
    return say(Exit::io, "not enough memory for this message: --chunked needs little");
  } catch (const std::exception& unexpected) {
    return say(Exit::io, unexpected.what());
  }
}

}  // namespace
}  // namespace twoway::cli

int main(int argc, char** argv) { return static_cast<int>(twoway::cli::run(argc, argv)); }
