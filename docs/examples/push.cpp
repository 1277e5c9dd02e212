// A chunked request that arrives in pieces, for a server with an event loop: an example of
// docs/guide.md.
#include <algorithm>
#include <functional>
#include <string>
#include <thread>

#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

#include "queue.hpp"

using namespace twoway;

// example {
/// One request of a server with an event loop. Its functions run in the loop's thread. Only the
/// key's operation, which may take a token's time, leaves it: `elsewhere` runs that in another
/// thread, and `post` brings its result back to the loop.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Run = std::function<void(std::function<void()> work)>;
  static constexpr std::size_t kMaxInput = 16384;

  Connection(ChunkedRequestOpener opener, Run elsewhere, Run post)
      : opener_(std::move(opener)), elsewhere_(std::move(elsewhere)), post_(std::move(post)) {}

  /// Returns how many bytes `arrived` takes. Leave the rest in the socket: input waits here while
  /// the key works.
  std::size_t room() const { return kMaxInput - input_.size(); }

  void arrived(ByteView piece, End end) {
    if (piece.size() > room()) error = "more input than there is room for";
    if (error != nullptr) return;
    input_.insert(input_.end(), piece.begin(), piece.end());
    end_ = end;
    if (!waits_for_key_) open();
  }

  std::string plaintext;
  bool complete = false;
  const char* error = nullptr;

 private:
  void open() {
    while (error == nullptr && !complete) {
      const auto step = opener_.open_in_place(input_, end_);
      if (!step) {
        error = step.error().message;
        return;
      }
      plaintext.append(step->plaintext.begin(), step->plaintext.end());
      input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(step->consumed));
      complete = step->state == ChunkOpener::State::done;
      if (step->state == ChunkOpener::State::need_input) return;
      if (step->state == ChunkOpener::State::need_key) {
        waits_for_key_ = true;
        // The other thread has a copy of the pending request, and touches nothing else.
        elsewhere_([self = shared_from_this(), pending = *opener_.pending()] {
          auto key = std::make_shared<Result<RequestOpener>>(pending.decapsulate());
          self->post_([self, key] { self->take_key(std::move(*key)); });
        });
        return;
      }
    }
  }

  void take_key(Result<RequestOpener> key) {
    waits_for_key_ = false;
    const Status given = key ? opener_.give_key(std::move(*key)) : Status(key.error());
    if (!given) error = given.error().message;
    open();
  }

  ChunkedRequestOpener opener_;
  const Run elsewhere_;
  const Run post_;
  Bytes input_;
  End end_ = End::no;
  bool waits_for_key_ = false;
};
// } example

int main() {
  const Provider& crypto = openssl::provider();
  KeyRing ring{crypto};
  auto key = Kem::find(crypto, KemId::dhkem_x25519)->generate_key_pair();
  if (!ring.add(1, std::move(*key), {{KdfId::hkdf_sha256, AeadId::aes128_gcm}})) return 1;
  auto sender = RequestSender::create(crypto, *ring.key_configs());
  const RequestReceiver receiver(ring);

  example::Queue loop;
  example::Queue keys;
  const auto elsewhere = [&keys](std::function<void()> work) { keys.post(std::move(work)); };
  const auto post = [&loop](std::function<void()> work) { loop.post(std::move(work)); };
  const std::string text(3000, 'x');
  std::vector<std::shared_ptr<Connection>> connections;
  std::vector<Bytes> messages;
  for (int i = 0; i < 20; ++i) {
    auto sealer = sender->begin(Form::chunked);
    auto sealing = sealer->stream(from_memory(as_bytes(text)));
    Bytes message(4000);
    message.resize(*sealing->read(message));
    messages.push_back(std::move(message));
    connections.push_back(
        std::make_shared<Connection>(*receiver.chunked_opener(), elsewhere, post));
  }
  for (std::size_t at = 0; at < messages.front().size(); at += 100) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const ByteView rest = ByteView(messages[i]).subspan(at);
      const ByteView piece = rest.first(std::min<std::size_t>(100, rest.size()));
      const End end = piece.size() == rest.size() ? End::yes : End::no;
      loop.post([&connection = *connections[i], piece, end] { connection.arrived(piece, end); });
    }
  }

  std::thread other([&keys] { keys.run([] { return false; }); });
  loop.run([&connections] {
    return std::all_of(connections.begin(), connections.end(),
                       [](const auto& c) { return c->complete || c->error != nullptr; });
  });
  keys.stop();
  other.join();
  for (const auto& connection : connections) {
    if (!connection->complete || connection->plaintext != text) return 1;
  }

  const auto flooded = std::make_shared<Connection>(*receiver.chunked_opener(), elsewhere, post);
  flooded->arrived(messages.front(), End::no);  // the key is asked for, and nobody answers
  flooded->arrived(Bytes(flooded->room()), End::no);
  if (flooded->error != nullptr || flooded->room() != 0) return 1;
  flooded->arrived(Bytes(1), End::no);
  return flooded->error != nullptr ? 0 : 1;
}
