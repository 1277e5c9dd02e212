// After an exchange has ended, none of its secrets is left in this process's writable memory.
// A program of its own: other tests keep vectors in buffers that nobody wipes.
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include <twoway/core/hpke.hpp>

#include "memory_search.hpp"
#include "support.hpp"
#include "vectors.hpp"

using namespace twoway::core;
using twoway::test::findings;
using twoway::test::Needles;
using twoway::test::searchable;
using twoway::test::SecretHex;
using twoway::test::Vector;

namespace {

// `mode` in the vectors
constexpr std::uint64_t kBase = 0;
constexpr std::uint64_t kAuthPsk = 3;

/// Gives out the bytes of a hex text, without a copy of them.
class HexRng final : public Rng {
 public:
  explicit HexRng(std::string hex) : hex_(std::move(hex)) {}
  Status fill(ByteSpan out) noexcept override {
    const SecretHex bytes(hex_);
    if (bytes.view().size() != out.size()) {
      return Error{Errc::provider_failure, "the test's random bytes are another number"};
    }
    std::copy(bytes.view().begin(), bytes.view().end(), out.begin());
    return {};
  }

 private:
  std::string hex_;
};

std::unique_ptr<PrivateKey> import_private(const Kem& kem, const std::string& hex) {
  auto key = kem.import_private(SecretHex(hex).view());
  REQUIRE_OK(key);
  return std::move(*key);
}

std::unique_ptr<PublicKey> import_public(const Kem& kem, const Vector& vector, const char* field) {
  auto key = kem.import_public(vector.bytes(field));
  REQUIRE_OK(key);
  return std::move(*key);
}

/// Adds the raw result of DH(sk, pk), which the vectors do not have.
void add_dh(Needles& needles, const Kem& kem, const Vector& vector, const char* sk,
            const char* pk) {
  const auto key = import_private(kem, vector.text(sk));
  const auto peer = import_public(kem, vector, pk);
  DhSecret secret;
  REQUIRE_OK(key->auth_dh(secret, *peer));
  needles.add(std::string("DH of ") + sk + " and " + pk, secret.view());
}

void add_needles(Needles& needles, const Kem& kem, const Vector& vector) {
  for (const char* field : {"ikmE", "ikmR", "ikmS", "skEm", "skRm", "skSm", "psk", "shared_secret",
                            "secret", "key", "base_nonce", "exporter_secret"}) {
    if (vector.has(field)) needles.add(field, SecretHex(vector.text(field)).view());
  }
  for (const Vector& row : vector.list("exports")) {
    needles.add("exported_value", SecretHex(row.text("exported_value")).view());
  }
  add_dh(needles, kem, vector, "skEm", "pkRm");
  if (vector.has("skSm")) add_dh(needles, kem, vector, "skSm", "pkRm");
}

/// Runs everything that core does with the vector's secrets, and ends it before the return. Calls
/// `midway` while the contexts live.
template <typename Midway>
void exchange(const CipherSuite& suite, const Vector& vector, const Midway& midway) {
  const Kem& kem = suite.kem();
  const auto receiver = import_public(kem, vector, "pkRm");
  const auto receiver_key = kem.derive_key_pair(SecretHex(vector.text("ikmR")).view());
  REQUIRE_OK(receiver_key);
  static_cast<void>(import_private(kem, vector.text("skRm")));

  std::unique_ptr<PrivateKey> sender_key;
  std::unique_ptr<PublicKey> sender;
  if (vector.has("skSm")) {
    sender_key = import_private(kem, vector.text("skSm"));
    sender = import_public(kem, vector, "pkSm");
  }
  std::optional<SecretHex> psk_bytes;
  const Bytes psk_id = vector.has("psk") ? vector.bytes("psk_id") : Bytes();
  std::optional<Psk> psk;
  if (vector.has("psk")) psk = Psk{psk_bytes.emplace(vector.text("psk")).view(), psk_id};

  const Bytes info = vector.bytes("info");
  HexRng rng(vector.text("ikmE"));
  Bytes enc(suite.nenc());
  auto sending = SenderContext::setup(suite, enc, *receiver, info, {psk, sender_key.get()}, &rng);
  REQUIRE_OK(sending);
  REQUIRE(enc == vector.bytes("enc"));
  auto receiving = RecipientContext::setup(suite, enc, **receiver_key, info, {psk, sender.get()});
  REQUIRE_OK(receiving);
  for (const Vector& row : vector.list("exports")) {
    SecretBytes value(row.number("L"));
    const Bytes context = row.bytes("exporter_context");
    REQUIRE_OK(sending->exporter().export_secret(value.span(), context));
    REQUIRE_OK(receiving->exporter().export_secret(value.span(), context));
    REQUIRE_OK(receiving->exporter().duplicate().export_secret(value.span(), context));
  }
  if (suite.aead() != nullptr) {
    Bytes text(sending->sealed_size(100));
    REQUIRE_OK(sending->seal(text, as_bytes("aad"), ByteView(text).first(100)));
    Bytes forged = text;
    forged.back() ^= 1;
    REQUIRE_ERRC(receiving->open(forged, as_bytes("aad"), forged), Errc::open_failed);
    REQUIRE_OK(receiving->open(text, as_bytes("aad"), text));
  }
  midway();
}

}  // namespace

TEST_CASE("the search finds a copy, a reversed one and a part, and not its own needles") {
  if (!searchable()) return;
  // Computed, so that the bytes are not in the program's own data.
  constexpr std::size_t kSize = 32;
  const auto byte = [](std::size_t i) { return static_cast<std::uint8_t>(i * i * 7 + i * 3 + 91); };
  Needles needles;
  {
    Secret<kSize> secret;
    const ByteSpan bytes = secret.reset(kSize);
    for (std::size_t i = 0; i < kSize; ++i) bytes[i] = byte(i);
    needles.add("planted", bytes);
  }
  REQUIRE(findings(needles) == "");
  {
    // In the middle of a large block, so that later allocations do not overwrite it soon.
    SecretBytes heap(8000);
    for (std::size_t i = 0; i < 12; ++i) heap.span()[i + 5001] = byte(i + 12);
    const std::string found = findings(needles);
    REQUIRE(found.find("planted byte 12 in [heap]") == 0);
    REQUIRE(found.find("planted", 1) == std::string::npos);
  }
  REQUIRE(findings(needles) == "");
  {
    Secret<kSize> stack;
    const ByteSpan bytes = stack.reset(kSize);
    for (std::size_t i = 0; i < kSize; ++i) bytes[i] = byte(kSize - 1 - i);
    const std::string found = findings(needles);
    REQUIRE(found.find("planted byte 0 reversed in [stack]") == 0);
    REQUIRE(found.find("planted byte 12 reversed in [stack]") != std::string::npos);
  }
  REQUIRE(findings(needles) == "");
}

TEST_CASE("an ended exchange leaves no secret in memory") {
  if (!searchable()) return;
  for (const Provider* provider : twoway::built::providers()) {
    INFO("provider " << provider->name());
    std::size_t exchanges = 0;
    const auto run = [&](const Vector& vector) {
      // Between them, these two of the four modes use every secret.
      const std::uint64_t mode = vector.number("mode");
      if (mode != kBase && mode != kAuthPsk) return;
      const Suite id{static_cast<KemId>(vector.number("kem_id")),
                     static_cast<KdfId>(vector.number("kdf_id")),
                     static_cast<AeadId>(vector.number("aead_id"))};
      auto suite = CipherSuite::find(*provider, id);
      if (!suite) return;
      INFO(suite->kem().params().name << ", " << suite->kdf().params().name << ", AEAD "
                                      << vector.number("aead_id"));
      Needles needles;
      add_needles(needles, suite->kem(), vector);
      REQUIRE(findings(needles) == "");
      std::string midway;
      exchange(*suite, vector, [&] { midway = findings(needles); });
      // The contexts' exporters hold this secret, so the search must find it.
      REQUIRE(midway.find("exporter_secret byte 0 in ") != std::string::npos);
      ++exchanges;
      const std::string left = findings(needles);
      INFO(left);
      REQUIRE(left.empty());
    };
    twoway::test::for_each_vector("hpke-rfc9180.json", run, twoway::test::Reads::some);
    std::cout << provider->name() << ": " << exchanges << " exchanges left nothing\n";
    REQUIRE(exchanges > 0);
  }
}
