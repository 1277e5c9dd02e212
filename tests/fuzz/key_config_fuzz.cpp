// If the readers of key configurations accept a list, writing it gives the same bytes without the
// skipped entries. The chosen configuration is the first usable one.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <twoway/framing/key_config.hpp>

#include "built_providers.hpp"
#include "fuzz.hpp"

using namespace twoway;
using namespace twoway::framing;
using core::Bytes;
using core::ByteView;
using core::Errc;
using core::Result;

namespace {

const core::Provider& provider() { return *built::providers().front(); }

constexpr std::size_t kMaxEntry = 0xffff;

bool known_kem(ByteView entry) {
  return core::find_kem(provider(),
                        core::KemId{static_cast<std::uint16_t>(entry[1] << 8 | entry[2])}) !=
         nullptr;
}

/// Returns the entries of an accepted list whose KEM is known, unchanged.
Bytes without_skipped(ByteView list) {
  Bytes rest;
  while (!list.empty()) {
    const ByteView entry = list.first(2 + (std::size_t{list[0]} << 8 | list[1]));
    if (known_kem(entry.subspan(2))) rest.insert(rest.end(), entry.begin(), entry.end());
    list = list.subspan(entry.size());
  }
  return rest;
}

/// Applies the documented rule: the first pair of the first configuration that is offered.
void check_choice(const std::vector<KeyConfig>& configs) {
  const Result<KeyChoice> choice = choose_key(provider(), configs);
  for (const KeyConfig& config : configs) {
    for (const SymmetricAlgorithms& pair : config.algorithms) {
      const core::Suite suite{config.kem, pair.kdf, pair.aead};
      if (!find_suite(provider(), suite)) continue;
      if (!choice) {
        FUZZ_REQUIRE(choice.error().code == Errc::invalid_key);
        return;
      }
      FUZZ_REQUIRE(choice->key_id == config.key_id && choice->suite.id() == suite);
      FUZZ_REQUIRE(fuzz::equal(choice->public_key->bytes(), config.public_key));
      return;
    }
  }
  FUZZ_REQUIRE(!choice && choice.error().code == Errc::not_supported);
}

void check_list(ByteView input) {
  const Result<std::vector<KeyConfig>> configs = parse_key_configs(provider(), input);
  if (!configs) {
    FUZZ_REQUIRE(configs.error().code == Errc::malformed);
    return;
  }
  const Bytes expected = without_skipped(input);
  const Result<Bytes> written = serialize_key_configs(provider(), *configs);
  FUZZ_REQUIRE(written.ok() == !configs->empty());
  FUZZ_REQUIRE(configs->empty() ? expected.empty() : *written == expected);
  if (written) {
    const Result<std::vector<KeyConfig>> again = parse_key_configs(provider(), *written);
    FUZZ_REQUIRE(again.ok() && *again == *configs);
  }
  check_choice(*configs);
}

void check_one(ByteView input) {
  const Result<KeyConfig> config = parse_key_config(provider(), input);
  if (config) {
    const Result<Bytes> written = serialize_key_config(provider(), *config);
    FUZZ_REQUIRE(written.ok() == (input.size() <= kMaxEntry));
    FUZZ_REQUIRE(!written || fuzz::equal(*written, input));
  } else if (config.error().code == Errc::not_supported) {
    FUZZ_REQUIRE(input.size() >= 3 && !known_kem(input));
  } else {
    FUZZ_REQUIRE(config.error().code == Errc::malformed);
  }
  if (input.size() > kMaxEntry) return;

  // A list of this one alone gives the same result.
  Bytes list{static_cast<std::uint8_t>(input.size() >> 8), static_cast<std::uint8_t>(input.size())};
  list.insert(list.end(), input.begin(), input.end());
  const Result<std::vector<KeyConfig>> configs = parse_key_configs(provider(), list);
  FUZZ_REQUIRE(configs.ok() == (config.ok() || config.error().code == Errc::not_supported));
  if (!configs) return;
  FUZZ_REQUIRE(configs->size() == (config.ok() ? 1 : 0));
  FUZZ_REQUIRE(!config || configs->front() == *config);
}

}  // namespace

// The input is read as a list, and as one configuration.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  check_list(input);
  check_one(input);
  return 0;
}
