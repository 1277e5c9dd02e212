// The twoway program.
#include <new>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

#include "commands.hpp"
#include "failure.hpp"
#include "output.hpp"
#include "signals.hpp"

namespace twoway::cli {
namespace {

/// A file must not be opened as descriptor 0, 1 or 2 and then take what was meant for another
/// place. What stands in for a missing one fails when it is used.
void fill_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) continue;
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) return;
  }
}

Exit say(Exit code, const std::string& line) {
  tell("twoway: " + one_line(line) + "\n");
  return code;
}

void describe(CLI::App& app) {
  app.name("twoway");
  app.description(
      "Seals requests to a receiver and opens its responses (Oblivious HTTP, RFC 9458).");
  app.set_version_flag("--version", "twoway " TWOWAY_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);
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
  app.footer(
      "Receiver:  twoway keygen --kem x25519 --out key.pem\n"
      "           twoway config --key 1=key.pem --out gateway.ohttp-keys\n"
      "Sender:    twoway seal-request --config gateway.ohttp-keys --in question.txt \\\n"
      "                               --out request.bin --state sender.state\n"
      "Receiver:  twoway open-request --key 1=key.pem --in request.bin \\\n"
      "                               --out question.txt --state receiver.state\n"
      "           twoway seal-response --state receiver.state --in answer.txt --out response.bin\n"
      "Sender:    twoway open-response --state sender.state --in response.bin --out answer.txt\n"
      "\n"
      "A file named - is standard input or output. A whole message is held in memory and has at "
      "most 1 GiB;\nwith --chunked it has any size. A file that is written has its name only when "
      "it is complete,\nand replaces none unless --force is given. Private keys, PINs and states in "
      "files that others can\nread are refused: chmod 600 them.\n"
      "\n"
      "Exit codes: 0 done; 1 a message, key, state or configuration is refused; 2 wrong "
      "arguments;\n3 a file cannot be read or written, or the system gives no random bytes.\n"
      "\n"
      "More on each command: twoway COMMAND --help");
}

/// What the parser answers to --help, --version and arguments that it does not understand.
Exit answer(const CLI::App& app, const CLI::ParseError& result) {
  if (result.get_exit_code() == 0) {
    std::ostringstream text;
    app.exit(result, text, text);
    print(text.str());
    return Exit::done;
  }
  const std::vector<std::string> rest = app.remaining();
  if (app.get_subcommands().empty() && !rest.empty()) {
    const char* kind = rest.front().rfind('-', 0) == 0 ? "option" : "command";
    return say(Exit::usage,
               std::string("no ") + kind + " '" + rest.front() + "': see twoway --help");
  }
  std::string command = "twoway";
  for (const CLI::App* sub : app.get_subcommands()) command += " " + sub->get_name();
  return say(Exit::usage, std::string(result.what()) + ": see " + command + " --help");
}

Exit run(int argc, char** argv) {
  fill_standard_descriptors();
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
    return say(Exit::io, "not enough memory for this message");
  } catch (const std::exception& unexpected) {
    return say(Exit::io, unexpected.what());
  }
}

}  // namespace
}  // namespace twoway::cli

int main(int argc, char** argv) { return static_cast<int>(twoway::cli::run(argc, argv)); }
