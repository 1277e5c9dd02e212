// The worked example of docs/wire-format.md, read from the page.
#include <fstream>
#include <map>
#include <sstream>

#include <twoway/framing/multi.hpp>
#include <twoway/twoway.hpp>

#include "support.hpp"

using namespace twoway;
using test::FixedRng;

namespace {

constexpr Suite kSuite{KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::aes128_gcm};

/// The lines of the page's blocks "```hex NAME", without the blanks inside.
std::map<std::string, std::vector<Bytes>> read_blocks() {
  std::ifstream page(TWOWAY_WIRE_FORMAT);
  REQUIRE(page.is_open());
  std::map<std::string, std::vector<Bytes>> blocks;
  std::string name;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```hex ")) {
      name = line.substr(7);
    } else if (line.starts_with("```")) {
      name.clear();
    } else if (!name.empty()) {
      std::erase(line, ' ');
      blocks[name].push_back(test::unhex(line));
    }
  }
  return blocks;
}

Bytes joined(const std::vector<Bytes>& lines) {
  Bytes all;
  for (const Bytes& line : lines) all.insert(all.end(), line.begin(), line.end());
  return all;
}

}  // namespace

TEST_CASE("the worked example of the wire format's page") {
  auto blocks = read_blocks();
  REQUIRE(blocks.size() == 7);
  const Bytes key_message = joined(blocks["key_message"]);
  const Bytes body = joined(blocks["body"]);
  const Bytes response = joined(blocks["response"]);
  for (const Provider* provider : built::providers()) {
    if (!test::offers(*provider, kSuite) || provider->aead(AeadId::aes256_gcm) == nullptr) continue;
    INFO(provider->name());
    auto key = Kem::find(*provider, kSuite.kem)->derive_key_pair(joined(blocks["receiver_ikm"]));
    REQUIRE_OK(key);
    KeyRing ring{*provider};
    REQUIRE_OK(ring.add(key_message[0], std::move(*key), {{kSuite.kdf, kSuite.aead}}));

    // AES-256-GCM opens the body with the body's key.
    auto bare = provider->aead(AeadId::aes256_gcm)->opener(joined(blocks["body_key"]));
    REQUIRE_OK(bare);
    const ByteView sealed = ByteView(body).subspan(12);
    Bytes text(sealed.size() - 16);
    REQUIRE_OK((*bare)->open(text, ByteView(body).first(12), {}, sealed.first(text.size()),
                             sealed.last(16)));
    REQUIRE(text == joined(blocks["plaintext"]));

    FixedRng nonce(blocks["response"].front());
    auto opened = MultiRequestReceiver{ring, {.rng = &nonce}}.open(key_message, body);
    REQUIRE_OK(opened);
    REQUIRE(opened->plaintext == joined(blocks["plaintext"]));

    auto answer = opened->response_sealer.chunk_sealer();
    REQUIRE_OK(answer);
    Bytes got = answer->prefix;
    const std::vector<Bytes>& chunks = blocks["response_chunks"];
    for (std::size_t i = 0; i <= chunks.size(); ++i) {
      const Last last = i == chunks.size() ? Last::yes : Last::no;
      const Bytes chunk = i == chunks.size() ? Bytes{} : chunks[i];
      Bytes out(answer->chunk_sealer.sealed_size(chunk.size(), last));
      REQUIRE_OK(answer->chunk_sealer.seal(out, chunk, last));
      got.insert(got.end(), out.begin(), out.end());
    }
    REQUIRE(got == response);
  }
}
