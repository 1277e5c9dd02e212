// The twoway program.
#include <new>

#include <fcntl.h>
#include <unistd.h>

#include "failure.hpp"
#include "parser.hpp"
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

Exit run(int argc, char** argv) {
  fill_standard_descriptors();
  set_program_name(argc > 0 ? argv[0] : nullptr);
  install_signal_handlers();
  try {
    return parse_and_run(argc, argv);
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
