// A token behind a service that stops and starts again: p11-kit's server, a stand-in for a network
// HSM.
#include <csignal>
#include <string>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "token_keys.hpp"

using namespace twoway;
using test::SoftToken;

namespace {

/// `p11-kit server` for SoftHSM, with its children in a process group of their own.
class Server {
 public:
  explicit Server(std::string socket) : socket_(std::move(socket)) {
    ::setenv("P11_KIT_SERVER_ADDRESS", ("unix:path=" + socket_).c_str(), 1);
    start();
  }
  ~Server() { stop(); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start() {
    ::unlink(socket_.c_str());
    int out[2];
    REQUIRE(::pipe(out) == 0);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGTERM);
      ::setpgid(0, 0);
      ::dup2(out[1], STDOUT_FILENO);
      ::close(out[0]);
      ::close(out[1]);
      ::execl(P11_KIT, P11_KIT, "server", "-f", "-p", SoftToken::module_path(), "-n",
              socket_.c_str(), "pkcs11:token=gateway", nullptr);
      ::_exit(127);
    }
    ::setpgid(child_, child_);
    ::close(out[1]);
    // It prints its address and its pid when it listens.
    std::string said;
    char byte = 0;
    while (said.find("_PID;") == std::string::npos && ::read(out[0], &byte, 1) == 1) said += byte;
    ::close(out[0]);
    REQUIRE(said.find("_PID;") != std::string::npos);
  }

  void stop() {
    if (child_ <= 0) return;
    ::kill(-child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = 0;
  }

 private:
  const std::string socket_;
  pid_t child_ = 0;
};

}  // namespace

TEST_CASE("a token whose service was stopped and started is used again") {
  if (*P11_KIT == '\0' || *P11_KIT_CLIENT == '\0') {
    WARN("skipped: p11-kit, its server and p11-kit-client.so are not installed");
    return;
  }
  ::alarm(300);
  ::signal(SIGPIPE, SIG_IGN);  // the client module writes to the socket of a service that is gone
  const SoftToken directory;
  {
    const auto direct = pkcs11::Token::open(test::location(), test::with_pin());
    REQUIRE_OK(direct);
    const Provider& crypto = *test::provider_for(KemId::dhkem_x25519);
    REQUIRE_OK(direct->generate_key(crypto, KemId::dhkem_x25519, {"hpke", {}}));
  }
  Server server(directory.directory() / "socket");
  pkcs11::TokenLocation where = test::location();
  where.module_path = P11_KIT_CLIENT;
  const auto token = pkcs11::Token::open(where, test::with_pin());
  REQUIRE_OK(token);
  const auto keys = token->list_keys();
  REQUIRE_OK(keys);
  REQUIRE(keys->size() == 1);
  auto key = token->open_key(*test::provider_for(KemId::dhkem_x25519), {"hpke", {}});
  if (!key) WARN("without derivations: p11-kit 0.25 or newer carries them to its server");
  std::shared_ptr<const PrivateKey> shared;
  if (key) shared = std::move(*key);

  for (int round = 0; round < 3; ++round) {
    server.stop();
    // Its children end a moment later.
    auto gone = token->list_keys();
    while (gone) gone = token->list_keys();
    for (int i = 0; i < 3; ++i) {
      REQUIRE_ERRC(gone, Errc::key_unavailable);
      REQUIRE(gone.error().message != nullptr);
      gone = token->list_keys();
    }
    server.start();
    REQUIRE_OK(token->list_keys());
    if (shared != nullptr) {
      REQUIRE_OK(test::exchange(*test::provider_for(KemId::dhkem_x25519), shared));
    }
  }
  ::unsetenv("P11_KIT_SERVER_ADDRESS");
  ::alarm(0);
}
