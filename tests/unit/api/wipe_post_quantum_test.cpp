// After a post-quantum private key has ended, its seed and what was derived from it are gone from
// this process's writable memory.
#include <iostream>
#include <optional>

#include <twoway/private_key_pem.hpp>

#include "exchange_pair.hpp"
#include "hybrids.hpp"
#include "memory_search.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

/// Secret bytes by a rule, so that the test keeps no copy of them.
void fill(ByteSpan out) {
  std::uint64_t state = 0x9e3779b97f4a7c15;
  for (std::uint8_t& byte : out) {
    state = state * 6364136223846793005 + 1442695040888963407;
    byte = static_cast<std::uint8_t>(state >> 56);
  }
}

/// Adds the seed, and of a hybrid the private keys of both halves that it expands to.
void add_secrets(Needles& needles, const Provider& provider, const Kem& kem) {
  SecretBytes seed(kem.params().nsk);
  fill(seed.span());
  needles.add("seed", seed.view());
  const core::HybridKemParams* row = core::find_hybrid_kem(kem.params().id);
  if (row == nullptr || provider.native_kem(kem.params().id) != nullptr) return;
  SecretBytes full(core::kMlKemSeed + row->dh_seed);
  const ByteView input = seed.view();
  REQUIRE_OK(provider.kdf(KdfId::shake256)->derive(full.span(), core::Gather(&input, 1)));
  needles.add("seed of ML-KEM", full.view().first(core::kMlKemSeed));
  needles.add("key of the group",
              full.view().subspan(core::kMlKemSeed, core::find_dh(row->dh)->nsk));
}

/// Makes the key through its file, uses it in a ring, and ends it. Returns what was found while it
/// lived.
std::string use_key(const Provider& provider, const Kem& kem, const Needles& needles) {
  std::optional<SecretBytes> file;
  {
    SecretBytes seed(kem.params().nsk);
    fill(seed.span());
    auto written = write_private_key_pem(kem.params().id, seed.view(), {});
    REQUIRE_OK(written);
    file.emplace(std::move(*written));
  }
  std::shared_ptr<const PrivateKey> key;
  {
    const auto data = read_private_key_pem(file->view());
    REQUIRE_OK(data);
    REQUIRE(data->kem == kem.params().id);
    auto made = kem.import_private(data->bytes.view());
    REQUIRE_OK(made);
    key = std::move(*made);
  }
  KeyRing ring{provider};
  REQUIRE_OK(ring.add(1, key, {kChaCha}));
  const auto configs = ring.key_configs();
  REQUIRE_OK(configs);
  const auto sender = RequestSender::create(provider, *configs);
  REQUIRE_OK(sender);
  const auto request = sender->seal(as_bytes("question"));
  REQUIRE_OK(request);
  REQUIRE_OK(RequestReceiver{ring}.open(request->message));
  return findings(needles);
}

}  // namespace

TEST_CASE("an ended post-quantum key leaves no seed and no half in memory") {
  if (!searchable()) return;
  std::size_t searches = 0;
  for_each_post_quantum(kChaCha.aead, [&](const Provider& provider, const Kem& kem) {
    Needles needles;
    add_secrets(needles, provider, kem);
    REQUIRE(findings(needles) == "");
    const std::string found = use_key(provider, kem, needles);
    // The search must find something midway, or it looks in the wrong place.
    if (core::find_hybrid_kem(kem.params().id) != nullptr &&
        provider.native_kem(kem.params().id) == nullptr) {
      INFO(found);
      REQUIRE(found.find("key of the group byte ") != std::string::npos);
    }
    const std::string left = findings(needles);
    INFO(left);
    REQUIRE(left.empty());
    ++searches;
  });
  std::cout << searches << " searches found nothing\n";
}
