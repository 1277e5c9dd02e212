// A chunked request that arrives in pieces, for a server that must not wait: an example of
// docs/guide.md.
#include <algorithm>
#include <functional>
#include <string>

#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

using namespace twoway;

// example {
/// One request of a server whose event loop calls `arrived`. The key's operation, which may take a
/// token's time, runs where `run` puts it; the pieces that arrive meanwhile wait in `input_`.
class Connection {
 public:
  using Run = std::function<void(std::function<void()> work)>;
  Connection(ChunkedRequestOpener opener, Run run)  // of RequestReceiver::chunked_opener
      : opener_(std::move(opener)), run_(std::move(run)) {}

  void arrived(ByteView piece, End end) {
    input_.insert(input_.end(), piece.begin(), piece.end());
    end_ = end;
    if (!waits_for_key_) open();
  }

  std::string text;
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
      text.append(step->plaintext.begin(), step->plaintext.end());
      input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(step->consumed));
      complete = step->state == ChunkOpener::State::done;
      if (step->state == ChunkOpener::State::need_input) return;
      if (step->state == ChunkOpener::State::need_key) {
        waits_for_key_ = true;
        run_([this] { resume(opener_.pending()->decapsulate()); });
        return;
      }
    }
  }

  void resume(Result<RequestOpener> key) {
    waits_for_key_ = false;
    const Status resumed = key ? opener_.resume(std::move(*key)) : Status(key.error());
    if (!resumed) error = resumed.error().message;
    open();
  }

  ChunkedRequestOpener opener_;
  Run run_;
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
  auto sealer = sender->begin(Form::chunked);
  auto chunks = sealer->chunk_sealer();
  Bytes message(sealer->prefix().begin(), sealer->prefix().end());
  for (const std::string_view part : {"how ", "are ", "you?"}) {
    const Last last = part == "you?" ? Last::yes : Last::no;
    const std::size_t at = message.size();
    message.resize(at + chunks->sealed_size(part.size(), last));
    if (!chunks->seal(ByteSpan(message).subspan(at), as_bytes(part), last)) return 1;
  }

  std::function<void()> work;
  auto opener = RequestReceiver{ring}.chunked_opener();
  Connection connection(std::move(*opener), [&](std::function<void()> todo) { work = todo; });
  for (std::size_t at = 0; at < message.size(); at += 10) {
    const ByteView piece =
        ByteView(message).subspan(at, std::min<std::size_t>(10, message.size() - at));
    connection.arrived(piece, at + 10 < message.size() ? End::no : End::yes);
    if (at == 60 && work) std::exchange(work, nullptr)();
  }
  return connection.complete && connection.text == "how are you?" ? 0 : 1;
}
