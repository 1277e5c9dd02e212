// Media types of one's own for both forms: an example of docs/guide.md.
#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

using namespace twoway;

namespace {

/// Reads a stream to its end.
template <typename Stream>
Result<Bytes> collect(Stream& stream) {
  Bytes all;
  Bytes buffer(4096);
  while (true) {
    const Result<std::size_t> got = stream.read(buffer);
    if (!got) return got.error();
    if (*got == 0) return all;
    all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

}  // namespace

// example {
constexpr MediaTypes kOrders{.whole = "application/order", .chunked = "application/order chunked"};
constexpr MediaTypes kReceipts{.whole = "application/receipt",
                               .chunked = "application/receipt chunked"};

/// Answers an order of either form. Its form comes from the HTTP request's Content-Type.
Result<Bytes> answer_order(const RequestReceiver& receiver, Form form, ByteView message) {
  auto request = receiver.stream(form, from_memory(message), kOrders);
  if (!request) return request.error();
  auto order = collect(request->plaintext);
  if (!order) return order.error();
  auto sealer = request->opener.response_sealer();
  if (!sealer) return sealer.error();
  return sealer->seal(as_bytes("received"), kReceipts);  // a whole response, to either form
}
// } example

int main() {
  const Provider& crypto = openssl::provider();
  KeyRing ring{crypto};
  auto key = Kem::find(crypto, KemId::dhkem_x25519)->generate_key_pair();
  if (!ring.add(1, std::move(*key), {{KdfId::hkdf_sha256, AeadId::aes128_gcm}})) return 1;
  const RequestReceiver receiver{ring};
  auto sender = RequestSender::create(crypto, *ring.key_configs());
  for (const Form form : {Form::whole, Form::chunked}) {
    auto sealer = sender->begin(form, kOrders);
    auto stream = sealer->stream(from_memory(as_bytes("three apples")));
    auto message = collect(*stream);
    if (!message) return 1;
    auto reply = answer_order(receiver, form, *message);
    if (!reply || !sealer->response_opener().open(*reply, kReceipts)) return 1;
    const Form other = form == Form::whole ? Form::chunked : Form::whole;
    if (answer_order(receiver, other, *message)) return 1;
  }
  return 0;
}
