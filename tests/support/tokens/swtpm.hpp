// A software TPM of the process's own: swtpm, its state and its sockets in a temporary directory.
// For Linux. Throws if something fails.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "temporary_directory.hpp"

namespace twoway::test {

/// A software TPM. The process's environment names it, so only one may exist at a time.
class Swtpm {
 public:
  Swtpm() {
    const std::string missing = TPM_MISSING;
    must(missing.empty(), "a software TPM needs " + missing);
    ::setenv("TPM2OPENSSL_TCTI", tcti().c_str(), 1);
    ::setenv("TPM2TOOLS_TCTI", tcti().c_str(), 1);
    ::setenv("TSS2_LOG", "all+NONE", 1);
    ::signal(SIGPIPE, SIG_IGN);  // the TSS libraries write to the socket of a TPM that has stopped
    start();
    // A test's wrong authorisation values and unclean stops count as attacks.
    must(command("tpm2_dictionarylockout -Q -s -n 100000 -t 1 -l 1"),
         "tpm2_dictionarylockout failed");
  }
  ~Swtpm() { stop(); }
  Swtpm(const Swtpm&) = delete;
  Swtpm& operator=(const Swtpm&) = delete;

  std::string tcti() const { return "swtpm:path=" + path("tpm"); }
  std::string path(const std::string& name) const { return (directory_.path() / name).string(); }

  /// Runs a shell command in the temporary directory. Returns false if it fails. Keeps its output
  /// for a person who looks into a failure.
  bool command(const std::string& line) const {
    const std::string shell =
        "cd '" + directory_.path().string() + "' && { " + line + "; } >log 2>&1";
    return std::system(shell.c_str()) == 0;
  }

  /// Makes a key on `group` in the TPM, as the TSS2 file `name`. Returns false if the TPM lacks the
  /// group.
  bool generate(const std::string& group, const std::string& name,
                const std::string& more = "") const {
    return command("openssl genpkey -provider tpm2 -provider base -algorithm EC -pkeyopt group:" +
                   group + ' ' + more + " -out " + name);
  }

  /// Makes a P-256 key that is persistent in the TPM at `handle`, such as 0x81000100, with an
  /// authorisation value unless that is empty. The file `name` holds it until then. Returns the
  /// key's URI.
  std::string persist(const std::string& name, const std::string& handle,
                      const std::string& auth = "") const {
    const std::string set_auth = auth.empty() ? "" : " -p " + auth;
    must(command(
             "tpm2_createprimary -Q -C o -G ecc -c primary && tpm2_flushcontext -t && "
             "tpm2_create -Q -C primary -G ecc -u " +
             name + ".pub -r " + name +
             ".priv -a 'fixedtpm|fixedparent|sensitivedataorigin|userwithauth|decrypt'" + set_auth +
             " && tpm2_flushcontext -t && "
             "tpm2_load -Q -C primary -u " +
             name + ".pub -r " + name + ".priv -c " + name + " && tpm2_evictcontrol -Q -C o -c " +
             name + ' ' + handle + " && tpm2_flushcontext -t"),
         "the TPM does not make a persistent key");
    return "handle:" + handle;
  }

  void start() {
    // It writes its pid when its sockets listen. The pid goes to a pipe, so that the test can wait
    // for it.
    const std::string pid_file = path("pid");
    std::filesystem::remove(pid_file);
    must(::mkfifo(pid_file.c_str(), 0600) == 0, "mkfifo failed");
    pollfd ready{::open(pid_file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC), POLLIN, 0};
    must(ready.fd >= 0, "the FIFO cannot be opened");
    const std::string state = "dir=" + directory_.path().string();
    const std::string server = "type=unixio,path=" + path("tpm");
    const std::string control = "type=unixio,path=" + path("tpm.ctrl");
    for (const char* socket : {"tpm", "tpm.ctrl"}) std::filesystem::remove(path(socket));
    const std::string pid = "file=" + pid_file;
    const ::pid_t parent = ::getpid();
    child_ = ::fork();
    must(child_ >= 0, "fork failed");
    if (child_ == 0) {
      // It ends with the test, however the test ends.
      ::prctl(PR_SET_PDEATHSIG, SIGTERM);
      if (::getppid() != parent) ::_exit(127);
      // It reports every connection that ends.
      ::dup2(::open("/dev/null", O_RDWR | O_CLOEXEC), STDERR_FILENO);
      ::execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state.c_str(), "--server",
               server.c_str(), "--ctrl", control.c_str(), "--flags", "not-need-init,startup-clear",
               "--pid", pid.c_str(), nullptr);
      ::_exit(127);
    }
    const bool listens = ::poll(&ready, 1, 30000) == 1 && (ready.revents & POLLIN) != 0;
    ::close(ready.fd);
    if (!listens) end(SIGKILL);
    must(listens, "swtpm does not start");
  }

  /// Shuts the TPM down as a computer would, then ends swtpm. Nobody may use it meanwhile, because
  /// swtpm serves one connection and hangs if a second one comes in between.
  void stop() {
    if (child_ == 0) return;
    command("tpm2_shutdown -c");
    end(SIGTERM);
  }

  /// Kills swtpm, whatever it is doing.
  void end(int signal) {
    if (child_ <= 0) return;
    ::kill(child_, signal);
    ::waitpid(child_, nullptr, 0);
    child_ = 0;
  }

 private:
  const TemporaryDirectory directory_;
  ::pid_t child_ = 0;
};

}  // namespace twoway::test
