// A private key whose Diffie-Hellman operation runs in another process, written from the installed
// headers alone. It is built with and without exceptions and RTTI, so it uses no test framework. It
// prints what failed and exits with 1.
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <twoway/twoway.hpp>

#include "extension_provider.hpp"

using namespace twoway;

namespace {

constexpr SymmetricAlgorithms kChaCha{KdfId::hkdf_sha256, AeadId::chacha20_poly1305};

void check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "remote_key: %s\n", what);
  std::exit(1);
}

bool write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

bool read_all(int fd, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::read(fd, bytes.data(), bytes.size());
    if (n <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

/// The process that holds the key. It sends its public key, then DH(sk, peer) for each peer.
[[noreturn]] void serve(int fd) {
  Result<Kem> kem = Kem::find(extension_provider(), KemId::dhkem_x25519);
  if (!kem) ::_exit(1);
  auto key = kem->generate_key_pair();
  if (!key || !write_all(fd, (*key)->public_key())) ::_exit(1);
  Bytes peer(32);
  while (read_all(fd, peer)) {
    auto pk = kem->import_public(peer);
    core::DhSecret secret;
    if (!pk || !(*key)->auth_dh(secret, **pk) || !write_all(fd, secret.view())) ::_exit(1);
  }
  ::_exit(0);
}

class RemoteKey final : public DhPrivateKey {
 public:
  explicit RemoteKey(int fd) : fd_(fd), public_key_(32) {
    check(read_all(fd_, public_key_), "the other process sent no public key");
  }

  KemId kem_id() const noexcept override { return KemId::dhkem_x25519; }
  ByteView public_key() const noexcept override { return public_key_; }

  Status dh(core::DhSecret& secret, const PublicKey& peer) const noexcept override {
    return raw_dh(secret, peer.bytes());
  }

  Status raw_dh(core::DhSecret& secret, ByteView peer) const noexcept {
    const std::lock_guard lock(mutex_);
    if (write_all(fd_, peer) && read_all(fd_, secret.reset(32))) return {};
    secret.clear();
    return Error{Errc::provider_failure, "the process that holds the key does not answer", 32};
  }

 private:
  int fd_;
  Bytes public_key_;
  mutable std::mutex mutex_;
};

void open_and_answer(const PendingRequest& pending, Result<RequestOpener> opener,
                     const SealedRequest& request) {
  check(opener.ok(), "the request was not decapsulated");
  const ByteView sealed = ByteView(request.message).subspan(pending.prefix_size());
  Bytes plaintext(opener->opened_size(sealed.size()));
  check(opener->open(plaintext, sealed).ok(), "the request did not open");
  Result<ResponseSealer> sealer = opener->response_sealer();
  check(sealer.ok(), "there is no response sealer");
  Result<Bytes> reply = sealer->seal(plaintext);
  check(reply.ok(), "the response was not sealed");
  Result<Bytes> echo = request.response_opener.open(*reply);
  check(echo.ok() && *echo == plaintext, "the response did not open");
}

void exchange(const KeyRing& ring, const RemoteKey& key, const RequestSender& sender) {
  Result<SealedRequest> request = sender.seal(as_bytes("to a key elsewhere"));
  check(request.ok(), "the request was not sealed");

  // The library calls the key, on a thread of its own.
  Result<PendingRequest> pending = RequestReceiver{ring}.begin(Form::whole, request->message);
  check(pending.ok() && pending->key_id() == 1, "the request did not begin");
  Result<RequestOpener> opener = Error{Errc::wrong_state, ""};
  std::thread([&] { opener = pending->decapsulate(); }).join();
  open_and_answer(*pending, std::move(opener), *request);

  // The application fetches the secret, and delivers it later.
  core::DhSecret raw;
  check(pending->peer() != nullptr && key.raw_dh(raw, pending->peer()->bytes()).ok(),
        "the raw result was not fetched");
  open_and_answer(*pending, pending->complete_dh(raw), *request);

  // A wrong secret is a bad message. A secret of a wrong length is a mistake of the caller.
  SharedSecret wrong;
  wrong.assign(Bytes(32, 1));
  opener = pending->complete(wrong);
  check(opener.ok(), "a wrong secret has the right length");
  Bytes out(1024);
  Result<std::size_t> size =
      opener->open(out, ByteView(request->message).subspan(pending->prefix_size()));
  check(!size.ok() && size.error().code == Errc::open_failed, "a wrong secret opened the request");
  wrong.assign(Bytes(31, 1));
  opener = pending->complete(wrong);
  check(!opener.ok() && opener.error().code == Errc::invalid_argument, "31 bytes were accepted");
}

}  // namespace

int main() {
  int fds[2];
  check(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "no socket pair");
  const pid_t child = ::fork();
  check(child >= 0, "no second process");
  if (child == 0) {
    ::close(fds[0]);
    serve(fds[1]);
  }
  ::close(fds[1]);

  const auto key = std::make_shared<const RemoteKey>(fds[0]);
  KeyRing ring{extension_provider()};
  check(ring.add(1, key, {kChaCha}).ok(), "the ring refused the key");
  Result<Bytes> configs = ring.key_configs();
  check(configs.ok(), "the ring published nothing");
  Result<RequestSender> sender = RequestSender::create(extension_provider(), *configs);
  check(sender.ok(), "no sender");
  exchange(ring, *key, *sender);

  // Once the other process is gone, a good message meets an unavailable key.
  Result<SealedRequest> request = sender->seal(as_bytes("too late"));
  check(request.ok(), "the request was not sealed");
  ::shutdown(fds[0], SHUT_RDWR);
  int status = 0;
  check(::waitpid(child, &status, 0) == child && status == 0, "the other process failed");
  Result<OpenedRequest> opened = RequestReceiver{ring}.open(request->message);
  check(!opened.ok() && opened.error().code == Errc::key_unavailable && opened.error().native == 32,
        "a lost key must be key_unavailable, with its native code");
  ::close(fds[0]);
  return 0;
}
