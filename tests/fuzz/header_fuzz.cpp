// Request headers. Reading and writing agree, and the key that one names is found in the same way
// in a message, a source and pieces.
#include <algorithm>

#include "exchange.hpp"
#include "ml_kem_stand_in.hpp"

using namespace twoway;
using namespace twoway::fuzz;

namespace {

/// The provider of all targets, with a stand-in for ML-KEM if the other parts of a hybrid are
/// there.
const Provider& hybrid_provider() {
  static const test::StandInProvider with_stand_in(provider());
  return test::has_sha3(provider()) ? with_stand_in : provider();
}

struct Listed {
  std::uint8_t key_id;
  KemId kem;
  std::vector<SymmetricAlgorithms> algorithms;
};

const std::vector<Listed>& listed() {
  static const std::vector<Listed> keys{
      {0, KemId::dhkem_x25519, {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}}},
      {1,
       KemId::dhkem_x25519,
       {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305},
        {KdfId::hkdf_sha512, AeadId::chacha20_poly1305}}},
      {2, KemId::mlkem768_p256, {{KdfId::hkdf_sha256, AeadId::aes128_gcm}}},
      {3, KemId::mlkem1024_p384, {{KdfId::hkdf_sha256, AeadId::aes128_gcm}}},
      {255, KemId::dhkem_p256, {{KdfId::hkdf_sha256, AeadId::aes128_gcm}}},
  };
  return keys;
}

struct Ring {
  KeyRing keys{hybrid_provider()};
  std::vector<Listed> held;
  RequestReceiver receiver{keys};

  Ring() {
    for (const Listed& one : listed()) {
      const auto kem = Kem::find(hybrid_provider(), one.kem);
      if (!kem) continue;
      auto key = kem->derive_key_pair(Bytes(kem->params().nsk, 0x24));
      FUZZ_REQUIRE(key.ok());
      if (keys.add(one.key_id, std::move(*key), one.algorithms)) held.push_back(one);
    }
    FUZZ_REQUIRE(!held.empty());
  }
};

/// Applies the documented rule: returns true if the ring lists the key and suite of the header.
const Listed* find(const Ring& ring, const RequestHeader& header) {
  for (const Listed& one : ring.held) {
    if (one.key_id != header.key_id) continue;
    const SymmetricAlgorithms pair{header.suite.kdf, header.suite.aead};
    const bool has = one.kem == header.suite.kem && std::ranges::count(one.algorithms, pair) > 0;
    return has ? &one : nullptr;
  }
  return nullptr;
}

/// Returns true if the key is known and all of `enc` is there. `begin` then fails only if `enc` is
/// invalid.
bool prefix_is_there(const Ring& ring, ByteView message) {
  const auto header = framing::parse_header(message);
  if (!header || find(ring, *header) == nullptr) return false;
  return message.size() - framing::kHeaderSize >= core::find_kem(header->suite.kem)->nenc;
}

/// A request begins if its `enc` is valid: of a DHKEM, a public key.
void check(const Result<PendingRequest>& pending, const RequestHeader& header, ByteView enc) {
  const auto kem = Kem::find(hybrid_provider(), header.suite.kem);
  const bool valid = core::find_dhkem(header.suite.kem) == nullptr ? kem->import_enc(enc).ok()
                                                                   : kem->import_public(enc).ok();
  if (!valid) {
    FUZZ_REQUIRE(pending.error().code == Errc::open_failed && pending.error().native == 0);
    return;
  }
  FUZZ_REQUIRE(pending.ok());
  FUZZ_REQUIRE(pending->key_id() == header.key_id && pending->suite() == header.suite);
  FUZZ_REQUIRE(equal(pending->enc(), enc));
}

/// Pushes the message in pieces of `step` bytes, until it needs its key.
void check_pushed(const Ring& ring, ByteView message, std::size_t step,
                  const Result<PendingRequest>& want) {
  auto begun = ring.receiver.chunked_opener();
  FUZZ_REQUIRE(begun.ok());
  ChunkedRequestOpener& opener = *begun;
  for (ByteView rest = message;;) {
    const ByteView piece = rest.first(std::min(step, rest.size()));
    const End end = piece.size() == rest.size() ? End::yes : End::no;
    FUZZ_REQUIRE(opener.pending() == nullptr && opener.output_size(piece.size()) == 0);
    const auto got = opener.open({}, piece, end);
    FUZZ_REQUIRE(!got || (got->plaintext.empty() && got->consumed <= piece.size()));
    if (got && got->state == ChunkOpener::State::need_input) {
      FUZZ_REQUIRE(end == End::no && got->consumed == piece.size());
      rest = rest.subspan(piece.size());
      continue;
    }
    if (want) {
      FUZZ_REQUIRE(got.ok() && got->state == ChunkOpener::State::need_key);
      FUZZ_REQUIRE(opener.pending() != nullptr && equal(opener.pending()->enc(), want->enc()));
      const std::size_t taken = message.size() - rest.size() + got->consumed;
      FUZZ_REQUIRE(taken == want->prefix_size());
    } else {
      const bool known_early = want.error().code == Errc::unknown_key;
      FUZZ_REQUIRE(
          got.error().code ==
          (known_early || prefix_is_there(ring, message) ? want.error().code : Errc::truncated));
      FUZZ_REQUIRE(opener.pending() == nullptr);
    }
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Ring ring;
  const ByteView message(data, size);
  const std::size_t step = size % 9 + 1;
  const auto pending = ring.receiver.begin(Form::whole, message);
  const auto source = from_memory(message);
  const auto pulled = ring.receiver.begin(Form::chunked, *source);
  check_pushed(ring, message, step, pending);

  const auto header = framing::parse_header(message);
  FUZZ_REQUIRE(header.ok() == (size >= framing::kHeaderSize));
  if (!header) {
    FUZZ_REQUIRE(header.error().code == Errc::malformed);
    FUZZ_REQUIRE(pending.error().code == Errc::malformed);
    FUZZ_REQUIRE(pulled.error().code == Errc::truncated);
    return 0;
  }
  FUZZ_REQUIRE(header->key_id == data[0]);
  FUZZ_REQUIRE(equal(framing::serialize(*header), message.first(framing::kHeaderSize)));
  const auto suite = framing::find_suite(hybrid_provider(), header->suite);
  FUZZ_REQUIRE(!suite || suite->id() == header->suite);
  FUZZ_REQUIRE(suite || suite.error().code == Errc::not_supported);

  const Listed* const known = find(ring, *header);
  if (known == nullptr) {
    FUZZ_REQUIRE(pending.error().code == Errc::unknown_key);
    FUZZ_REQUIRE(pulled.error().code == Errc::unknown_key);
    return 0;
  }
  FUZZ_REQUIRE(suite.ok());
  const ByteView rest = message.subspan(framing::kHeaderSize);
  if (rest.size() < suite->nenc()) {
    FUZZ_REQUIRE(pending.error().code == Errc::open_failed);
    FUZZ_REQUIRE(pulled.error().code == Errc::truncated);
    return 0;
  }
  check(pending, *header, rest.first(suite->nenc()));
  check(pulled, *header, rest.first(suite->nenc()));
  return 0;
}
