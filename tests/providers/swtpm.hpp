// A software TPM of the test's own: swtpm on loopback, its state in a temporary directory. Linux.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.hpp"

namespace twoway::test {

class Swtpm {
 public:
  Swtpm() {
    std::string name = (std::filesystem::temp_directory_path() / "twoway-tpm-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    directory_ = name;
    reserve_ports();
    ::setenv("TPM2OPENSSL_TCTI", tcti().c_str(), 1);
    ::setenv("TPM2TOOLS_TCTI", tcti().c_str(), 1);
    ::setenv("TSS2_LOG", "all+NONE", 1);
    start();
    // A test's wrong authorisation values and unclean stops count as attacks.
    REQUIRE(command("tpm2_dictionarylockout -Q -s -n 100000 -t 1 -l 1"));
  }
  ~Swtpm() {
    stop();
    for (const int port : ports_) ::close(port);
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  Swtpm(const Swtpm&) = delete;
  Swtpm& operator=(const Swtpm&) = delete;

  std::string tcti() const { return "swtpm:host=127.0.0.1,port=" + std::to_string(port_); }
  std::string path(const std::string& name) const { return (directory_ / name).string(); }

  /// Runs a shell command in the temporary directory; false where it fails. Its output is kept for
  /// whoever looks into a failure.
  bool command(const std::string& line) const {
    const std::string shell = "cd '" + directory_.string() + "' && { " + line + "; } >log 2>&1";
    return std::system(shell.c_str()) == 0;
  }

  /// A new key on `group` in the TPM, as the TSS2 file `name`; false where the TPM lacks it.
  bool generate(const std::string& group, const std::string& name,
                const std::string& more = "") const {
    return command("openssl genpkey -provider tpm2 -provider base -algorithm EC -pkeyopt group:" +
                   group + ' ' + more + " -out " + name);
  }

  void start() {
    // It writes its pid when its sockets listen: to a pipe, so that one can wait for that.
    const std::string pid_file = path("pid");
    std::filesystem::remove(pid_file);
    REQUIRE(::mkfifo(pid_file.c_str(), 0600) == 0);
    pollfd ready{::open(pid_file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC), POLLIN, 0};
    REQUIRE(ready.fd >= 0);
    const std::string state = "dir=" + directory_.string();
    const std::string server = "type=tcp,bindaddr=127.0.0.1,port=" + std::to_string(port_);
    const std::string control = "type=tcp,bindaddr=127.0.0.1,port=" + std::to_string(port_ + 1);
    const std::string pid = "file=" + pid_file;
    const ::pid_t parent = ::getpid();
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      // It ends with the test, whatever happens to the test.
      ::prctl(PR_SET_PDEATHSIG, SIGTERM);
      if (::getppid() != parent) ::_exit(127);
      ::execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state.c_str(), "--server",
               server.c_str(), "--ctrl", control.c_str(), "--flags", "not-need-init,startup-clear",
               "--pid", pid.c_str(), nullptr);
      ::_exit(127);
    }
    const bool listens = ::poll(&ready, 1, 30000) == 1 && (ready.revents & POLLIN) != 0;
    ::close(ready.fd);
    if (!listens) end(SIGKILL);
    REQUIRE(listens);
  }

  /// Shuts the TPM down as a computer would, then ends swtpm. Nobody may use it meanwhile: swtpm
  /// serves one connection, and hangs where a second one comes in between.
  void stop() {
    if (child_ == 0) return;
    command("tpm2_shutdown -c");
    end(SIGTERM);
  }

  /// Ends swtpm in whatever it does.
  void end(int signal) {
    if (child_ <= 0) return;
    ::kill(child_, signal);
    ::waitpid(child_, nullptr, 0);
    child_ = 0;
  }

 private:
  /// Two free ports in a row, as the TCTI of swtpm wants them. They are bound here, but nobody
  /// listens: so they stay ours while swtpm is stopped, and connecting to them is refused.
  void reserve_ports() {
    for (int attempt = 0; attempt < 100; ++attempt) {
      port_ = bind_port(ports_[0], 0);
      if (port_ != 0 && port_ < 65535 && bind_port(ports_[1], port_ + 1) != 0) return;
      ::close(ports_[0]);
      ::close(ports_[1]);
    }
    FAIL("there are no two free ports in a row");
  }

  static int bind_port(int& socket, int port) {
    socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket, generic, size) != 0 || ::getsockname(socket, generic, &size) != 0) return 0;
    return ntohs(address.sin_port);
  }

  std::filesystem::path directory_;
  int ports_[2] = {-1, -1};
  int port_ = 0;
  ::pid_t child_ = 0;
};

}  // namespace twoway::test
