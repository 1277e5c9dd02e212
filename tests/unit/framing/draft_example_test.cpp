// The complete example of Chunked OHTTP, with every value that the draft gives.
#include <algorithm>

#include <twoway/framing/chunks.hpp>
#include <twoway/framing/key_config.hpp>
#include <twoway/framing/request.hpp>
#include <twoway/framing/response.hpp>

#include "support.hpp"
#include "vectors.hpp"
#include "wrapping.hpp"

using namespace twoway;
using namespace twoway::framing;
using core::AeadId;
using core::Bytes;
using core::ByteSpan;
using core::ByteView;
using test::Vector;

namespace {

void seal_chunks(ChunkSealer sealer, const std::vector<Bytes>& plaintexts, Bytes& message) {
  for (std::size_t i = 0; i < plaintexts.size(); ++i) {
    const Last last = i + 1 == plaintexts.size() ? Last::yes : Last::no;
    const std::size_t at = message.size();
    message.resize(at + sealer.sealed_size(plaintexts[i].size(), last));
    REQUIRE_OK(sealer.seal(ByteSpan(message).subspan(at), plaintexts[i], last));
  }
}

/// Opens the chunks from the message's memory, and compares each with its plaintext.
void open_chunks(ChunkOpener opener, Bytes message, const std::vector<Bytes>& plaintexts) {
  ByteSpan in = message;
  for (std::size_t i = 0; i < plaintexts.size(); ++i) {
    auto step = opener.open_in_place(in, End::yes);
    REQUIRE_OK(step);
    REQUIRE(test::copy(step->plaintext) == plaintexts[i]);
    REQUIRE((step->state == ChunkOpener::State::done) == (i + 1 == plaintexts.size()));
    in = in.subspan(step->consumed);
  }
  REQUIRE(in.empty());
}

void check_response_keys(const Vector& v, const ResponseContext& response,
                         const core::Exporter& exporter, ByteView enc) {
  const Bytes response_nonce = v.bytes("response_nonce");
  const std::string label = v.text("response_label");
  Bytes secret(response.nonce_size());
  REQUIRE_OK(exporter.export_secret(secret, core::as_bytes(label)));
  REQUIRE(test::hex(secret) == test::hex(v.bytes("exported_secret")));

  Bytes salt = test::copy(enc);
  salt.insert(salt.end(), response_nonce.begin(), response_nonce.end());
  core::Prk prk;
  const std::array<ByteView, 1> ikm{secret};
  REQUIRE_OK(response.suite().kdf().extract(prk, salt, ikm));
  REQUIRE(test::hex(prk.view()) == test::hex(v.bytes("prk")));

  auto keys = response.derive_keys(response_nonce, label);
  REQUIRE_OK(keys);
  REQUIRE(test::hex(keys->key.view()) == test::hex(v.bytes("aead_key")));
  REQUIRE(test::hex(keys->nonce.view()) == test::hex(v.bytes("aead_nonce")));
  core::NonceCounter counter(keys->nonce.view());
  for (const Bytes& expected : v.bytes_list("chunk_nonces")) {
    core::AeadNonce nonce;
    REQUIRE_OK(counter.next(nonce));
    REQUIRE(test::hex(nonce.view()) == test::hex(expected));
    counter.advance();
  }
}

void run(const core::Provider& provider, const core::CipherSuite& real_suite, const Vector& v) {
  v.text("name");
  const Bytes config = v.bytes("key_config");
  auto parsed = parse_key_config(provider, config);
  REQUIRE_OK(parsed);
  REQUIRE(v.text("request_label") == kRequestMediaTypes.chunked);
  REQUIRE(v.text("response_label") == kResponseMediaTypes.chunked);
  auto key = real_suite.kem().import_private(v.bytes("skR"));
  REQUIRE_OK(key);
  REQUIRE(test::copy((*key)->public_key()) == parsed->public_key);

  // The request.
  const test::FixedEphemeralProvider fixed(provider, core::DhId::x25519, v.bytes("skE"));
  auto choice = choose_key(fixed, std::span(&*parsed, 1));
  REQUIRE_OK(choice);
  auto begun = begin_request(choice->suite, choice->key_id, *choice->public_key,
                             kRequestMediaTypes.chunked, nullptr);
  REQUIRE_OK(begun);
  REQUIRE(test::hex(begun->enc()) == test::hex(v.bytes("pkE")));
  const Bytes info = v.bytes("info");
  const auto header = serialize({choice->key_id, choice->suite.id()});
  REQUIRE(std::equal(header.begin(), header.end(), info.end() - kHeaderSize));
  const std::vector<Bytes> request_chunks = v.bytes_list("request_chunks");
  Bytes request = begun->prefix;
  auto sequence = begun->context.take_sequence();
  REQUIRE_OK(sequence);
  auto sealer = ChunkSealer::create(std::move(*sequence));
  REQUIRE_OK(sealer);
  seal_chunks(std::move(*sealer), request_chunks, request);
  REQUIRE(test::hex(request) == test::hex(v.bytes("encapsulated_request")));
  Bytes unused(100);
  REQUIRE_ERRC(begun->context.seal(unused, {}, {}), core::Errc::not_supported);
  REQUIRE_ERRC(begun->context.take_sequence(), core::Errc::not_supported);

  // The receiver opens it, with the draft's info.
  auto context = core::RecipientContext::setup(real_suite, begun->enc(), **key, info);
  REQUIRE_OK(context);
  auto open_sequence = context->take_sequence();
  REQUIRE_OK(open_sequence);
  auto opener = ChunkOpener::create(std::move(*open_sequence));
  REQUIRE_OK(opener);
  open_chunks(std::move(*opener), test::copy(ByteView(request).subspan(begun->prefix.size())),
              request_chunks);

  // The response.
  const ResponseContext response(real_suite, choice->key_id, begun->enc(), context->exporter());
  check_response_keys(v, response, context->exporter(), begun->enc());
  const Bytes response_nonce = v.bytes("response_nonce");
  const std::vector<Bytes> response_chunks = v.bytes_list("response_chunks");
  auto seal_sequence = response.seal_sequence(response_nonce, kResponseMediaTypes.chunked);
  REQUIRE_OK(seal_sequence);
  sealer = ChunkSealer::create(std::move(*seal_sequence));
  REQUIRE_OK(sealer);
  Bytes message = response_nonce;
  seal_chunks(std::move(*sealer), response_chunks, message);
  REQUIRE(test::hex(message) == test::hex(v.bytes("encapsulated_response")));
  open_sequence = response.open_sequence(response_nonce, kResponseMediaTypes.chunked);
  REQUIRE_OK(open_sequence);
  opener = ChunkOpener::create(std::move(*open_sequence));
  REQUIRE_OK(opener);
  open_chunks(std::move(*opener), test::copy(ByteView(message).subspan(response_nonce.size())),
              response_chunks);
}

}  // namespace

TEST_CASE("the example of Chunked OHTTP, byte for byte and value for value") {
  for (const core::Provider* provider : built::providers()) {
    auto suite = find_suite(
        *provider, {core::KemId::dhkem_x25519, core::KdfId::hkdf_sha256, AeadId::aes128_gcm});
    if (!suite) continue;
    INFO(provider->name());
    test::for_each_vector("chunked-ohttp.json",
                          [&](const Vector& v) { run(*provider, *suite, v); });
  }
}
