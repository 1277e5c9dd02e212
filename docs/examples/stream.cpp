// A long message through pull streams: an example of docs/guide.md.
#include <cstdio>
#include <sstream>
#include <string>

#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

using namespace twoway;

// example {
/// Copies `stream` to `out` until its end. Returns true only if the message is complete.
template <typename Stream>
bool copy_all(Stream& stream, std::ostream& out) {
  Bytes buffer(256 * 1024);  // with room for whole chunks, they are opened straight into it
  while (true) {
    const Result<std::size_t> got = stream.read(buffer);
    if (!got) {
      std::fprintf(stderr, "%s\n", got.error().message);
      return false;
    }
    if (*got == 0) return out.good();
    out.write(reinterpret_cast<const char*>(buffer.data()), static_cast<std::streamsize>(*got));
  }
}

bool upload(const RequestSender& sender, std::istream& file, std::ostream& network) {
  auto sealer = sender.begin(Form::chunked);
  if (!sealer) return false;
  auto message = sealer->stream(from_istream(file));
  return message && copy_all(*message, network);
}

bool receive(const RequestReceiver& receiver, std::istream& network, std::ostream& file) {
  // Waits for the header, and for the key.
  auto request = receiver.stream(Form::chunked, from_istream(network));
  return request && copy_all(request->plaintext, file);
}
// } example

int main() {
  const Provider& crypto = openssl::provider();
  KeyRing ring{crypto};
  auto key = Kem::find(crypto, KemId::dhkem_x25519)->generate_key_pair();
  if (!ring.add(1, std::move(*key), {{KdfId::hkdf_sha256, AeadId::aes128_gcm}})) return 1;
  auto sender = RequestSender::create(crypto, *ring.key_configs());

  const std::string text(1000000, 'x');
  std::istringstream file(text);
  std::stringstream network;
  if (!upload(*sender, file, network)) return 1;

  std::ostringstream copy;
  std::istringstream cut(network.str().substr(0, network.str().size() - 100));
  if (receive(RequestReceiver{ring}, cut, copy)) return 1;
  copy.str({});
  if (!receive(RequestReceiver{ring}, network, copy)) return 1;
  return copy.str() == text ? 0 : 1;
}
