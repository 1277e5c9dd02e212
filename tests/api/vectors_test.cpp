// The complete example of RFC 9458, and exchanges of the Go package, byte for byte.
#include "vectors.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>

#include <twoway/twoway.hpp>

#include "support.hpp"
#include "wrapping.hpp"

using namespace twoway;
using test::Vector;

namespace {

std::string text(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

std::shared_ptr<const PrivateKey> import_key(const Provider& provider, KemId id, ByteView sk) {
  auto kem = Kem::find(provider, id);
  REQUIRE_OK(kem);
  auto key = kem->import_private(sk);
  REQUIRE_OK(key);
  return std::move(*key);
}

Suite suite_of(const Vector& v) {
  return {KemId{static_cast<std::uint16_t>(v.number("kem_id"))},
          KdfId{static_cast<std::uint16_t>(v.number("kdf_id"))},
          AeadId{static_cast<std::uint16_t>(v.number("aead_id"))}};
}

/// A plaintext as it stands, in chunks, or made by its rule and cut as it was read.
std::vector<Bytes> plaintext(const Vector& v, const std::string& name) {
  if (v.has(name)) return {v.bytes(name)};
  if (v.has(name + "_chunks")) return v.bytes_list(name + "_chunks");
  const Vector rule = v.object(name + "_rule");
  Bytes bytes(rule.number("length"));
  std::uint64_t value = rule.number("increment");
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(value);
    value += rule.number("multiplier");
  }
  if (!rule.has("read_lengths")) return {bytes};
  std::istringstream words(rule.text("read_lengths"));
  const std::vector<std::size_t> lengths{std::istream_iterator<std::size_t>(words), {}};
  std::vector<Bytes> chunks;
  for (ByteView rest = bytes; !rest.empty();) {
    const std::size_t size = std::min(rest.size(), lengths[chunks.size() % lengths.size()]);
    chunks.push_back(test::copy(rest.first(size)));
    rest = rest.subspan(size);
  }
  return chunks;
}

Bytes joined(const std::vector<Bytes>& chunks) {
  Bytes all;
  for (const Bytes& chunk : chunks) all.insert(all.end(), chunk.begin(), chunk.end());
  return all;
}

/// Appends a chunk for each plaintext, and an empty last one, as the Go package does.
void seal_chunks(Result<ChunkSealer> sealer, const std::vector<Bytes>& plaintexts, Bytes& message) {
  REQUIRE_OK(sealer);
  for (std::size_t i = 0; i <= plaintexts.size(); ++i) {
    const Last last = i == plaintexts.size() ? Last::yes : Last::no;
    const ByteView chunk = last == Last::yes ? ByteView() : ByteView(plaintexts[i]);
    const std::size_t at = message.size();
    message.resize(at + sealer->sealed_size(chunk.size(), last));
    REQUIRE_OK(sealer->seal(ByteSpan(message).subspan(at), chunk, last));
  }
}

/// Opens chunks that arrive in pieces of an awkward size.
Bytes open_chunks(Result<ChunkOpener> opener, ByteView message) {
  REQUIRE_OK(opener);
  constexpr std::size_t kPiece = 1021;
  Bytes input = test::copy(message);
  ByteSpan rest = input;
  ByteSpan in;
  Bytes plaintext;
  while (true) {
    auto step = opener->open_in_place(in, rest.empty() ? End::yes : End::no);
    REQUIRE_OK(step);
    plaintext.insert(plaintext.end(), step->plaintext.begin(), step->plaintext.end());
    in = in.subspan(step->consumed);
    if (step->state == ChunkOpener::State::done) return plaintext;
    if (step->state == ChunkOpener::State::need_input) {
      in = rest.first(std::min(kPiece, rest.size()));
      rest = rest.subspan(in.size());
    }
  }
}

/// Compares a ciphertext with the vector's, or with its length and HMAC.
void check_ciphertext(const Provider& provider, const Vector& v, const std::string& name,
                      const Bytes& actual) {
  if (v.has(name)) {
    REQUIRE(test::hex(actual) == test::hex(v.bytes(name)));
    return;
  }
  REQUIRE(actual.size() == v.number(name + "_length"));
  const core::Kdf* kdf = provider.kdf(KdfId::hkdf_sha256);
  REQUIRE(kdf != nullptr);
  core::Prk hmac;
  const std::array<ByteView, 1> parts{actual};
  REQUIRE_OK(kdf->extract(hmac, {}, parts));
  REQUIRE(test::hex(hmac.view()) == test::hex(v.bytes(name + "_hmac")));
}

void run_rfc9458(const Provider& provider, const Vector& v) {
  v.text("name");
  const Bytes sk = v.bytes("skR");
  const std::string request_label = v.text("request_label");
  const std::string response_label = v.text("response_label");
  REQUIRE(request_label == kRequestMediaType);
  REQUIRE(response_label == kResponseMediaType);

  // The key configuration is what a ring with that key publishes, behind its length.
  KeyRing ring{provider};
  REQUIRE_OK(ring.add(
      1, import_key(provider, KemId::dhkem_x25519, sk),
      {{KdfId::hkdf_sha256, AeadId::aes128_gcm}, {KdfId::hkdf_sha256, AeadId::chacha20_poly1305}}));
  const Bytes config = v.bytes("key_config");
  auto published = ring.key_configs();
  REQUIRE_OK(published);
  REQUIRE(test::hex(ByteView(*published).subspan(2)) == test::hex(config));

  const test::FixedEphemeralProvider fixed(provider, core::DhId::x25519, v.bytes("skE"));
  auto sender = RequestSender::create(fixed, *published);
  REQUIRE_OK(sender);
  const Bytes question = v.bytes("request");
  auto request = sender->seal(question, request_label);
  REQUIRE_OK(request);
  REQUIRE(test::hex(request->message) == test::hex(v.bytes("encapsulated_request")));

  test::FixedRng nonce(v.bytes("response_nonce"));
  auto opened = RequestReceiver{ring, {&nonce}}.open(request->message, request_label);
  REQUIRE_OK(opened);
  REQUIRE(opened->plaintext == question);
  const Bytes answer = v.bytes("response");
  auto response = opened->response_sealer.seal(answer, response_label);
  REQUIRE_OK(response);
  REQUIRE(test::hex(*response) == test::hex(v.bytes("encapsulated_response")));
  auto answer_again = request->response_opener.open(*response, response_label);
  REQUIRE_OK(answer_again);
  REQUIRE(*answer_again == answer);
}

ChunkLimits limits_of(const Vector& v) {
  if (!v.has("max_chunk")) return {};
  return {.max_chunk = static_cast<std::size_t>(v.number("max_chunk"))};
}

void run_go_response(const Provider& provider, const Vector& v, RequestOpener& request,
                     const test::FixedRng& nonce, const ResponseOpener& opener) {
  const std::string type = text(v.bytes("response_media_type"));
  const std::vector<Bytes> answer = plaintext(v, "response");
  const bool chunked = v.has("response_chunked") && v.flag("response_chunked");
  const ChunkLimits limits = limits_of(v);
  auto sealer = request.response_sealer();
  REQUIRE_OK(sealer);
  Bytes response;
  if (chunked) {
    auto start = sealer->start_chunks(type, limits);
    REQUIRE_OK(start);
    response = start->prefix;
    seal_chunks(std::move(start->chunks), answer, response);
    REQUIRE_ERRC(sealer->start_chunks(type, limits), Errc::wrong_state);
    REQUIRE_ERRC(sealer->seal(Bytes{}), Errc::wrong_state);
  } else {
    auto whole = sealer->seal(joined(answer), type);
    REQUIRE_OK(whole);
    response = std::move(*whole);
  }
  REQUIRE(nonce.left() == 0);
  check_ciphertext(provider, v, "response_ciphertext", response);
  if (chunked) {
    REQUIRE(open_chunks(opener.chunk_opener(type, limits), response) == joined(answer));
  } else {
    auto opened = opener.open(response, type);
    REQUIRE_OK(opened);
    REQUIRE(*opened == joined(answer));
  }
}

void run_go(const Provider& provider, const Vector& v) {
  const Suite suite = suite_of(v);
  const auto key_id = static_cast<std::uint8_t>(v.number("key_id"));
  const std::string request_type = text(v.bytes("request_media_type"));
  auto kem = Kem::find(provider, suite.kem);
  REQUIRE_OK(kem);
  auto derived = kem->derive_key_pair(v.bytes("ikmR"));
  REQUIRE_OK(derived);
  const std::shared_ptr<const PrivateKey> key = std::move(*derived);
  const Bytes pk = test::copy(key->public_key());
  const Bytes enc = v.bytes("enc");
  if (v.has("pkR")) {
    // One key from its input and from its bytes; the ephemeral one likewise.
    REQUIRE(pk == v.bytes("pkR"));
    REQUIRE(test::copy(import_key(provider, suite.kem, v.bytes("skR"))->public_key()) == pk);
    REQUIRE(test::copy(import_key(provider, suite.kem, v.bytes("skE"))->public_key()) == enc);
  }

  KeyRing ring{provider};
  REQUIRE_OK(ring.add(key_id, key, {{suite.kdf, suite.aead}}));
  test::FixedRng ikm(v.bytes("ikmE"));
  auto sender = RequestSender::create(provider, key_id, suite, pk, {&ikm});
  REQUIRE_OK(sender);
  const std::vector<Bytes> question = plaintext(v, "request");
  auto sealer = sender->start(request_type);
  REQUIRE_OK(sealer);
  REQUIRE(ikm.left() == 0);
  const bool request_chunked = v.has("request_chunked") && v.flag("request_chunked");
  const ChunkLimits limits = limits_of(v);
  Bytes request;
  if (request_chunked) {
    request = test::copy(sealer->prefix());
    seal_chunks(sealer->chunk_sealer(limits), question, request);
  } else {
    request.resize(sealer->sealed_size(joined(question).size()));
    REQUIRE_OK(sealer->seal(request, joined(question)));
  }
  check_ciphertext(provider, v, "request_ciphertext", request);
  REQUIRE(std::equal(enc.begin(), enc.end(), request.begin() + framing::kHeaderSize));

  test::FixedRng nonce(v.bytes("response_nonce"));
  auto pending = RequestReceiver{ring, {&nonce}}.begin(request, request_type);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  const ByteView sealed = ByteView(request).subspan(pending->prefix_size());
  if (request_chunked) {
    REQUIRE(open_chunks(opener->chunk_opener(limits), sealed) == joined(question));
  } else {
    Bytes opened(opener->opened_size(sealed.size()));
    REQUIRE_OK(opener->open(opened, sealed));
    REQUIRE(opened == joined(question));
  }
  run_go_response(provider, v, *opener, nonce, sealer->response_opener());
}

}  // namespace

TEST_CASE("the example of RFC 9458, byte for byte") {
  for (const Provider* provider : built::providers()) {
    // The example's suite; a provider without it runs the other tests.
    if (!test::offers(*provider, {KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::aes128_gcm})) {
      continue;
    }
    INFO(provider->name());
    test::for_each_vector("rfc9458.json", [&](const Vector& v) { run_rfc9458(*provider, v); });
  }
}

TEST_CASE("exchanges of the Go package, whole and chunked, byte for byte") {
  for (const Provider* provider : built::providers()) {
    std::size_t ran = 0;
    for (const char* file : {"twoway-go.json", "twoway-go-chunked.json"}) {
      test::for_each_vector(file, [&](const Vector& v) {
        INFO(provider->name() << ' ' << v.text("name"));
        if (!test::offers(*provider, suite_of(v))) return v.skip();
        run_go(*provider, v);
        ++ran;
      });
    }
    WARN(provider->name() << " ran " << ran << " exchanges of the Go package");
    REQUIRE(ran > 0);
  }
}
