#include "key_cases.hpp"

#include <string>

namespace twoway::bench {
namespace {

Comparison compare(const RawLibrary& library, Suite suite, std::size_t threads,
                   std::chrono::microseconds slice, const std::shared_ptr<const KeyPlace>& place) {
  const auto gateway = std::make_shared<Gateway>(library.provider(), suite, place->key(), place);
  Comparison comparison{.threads = {}, .slice = slice};
  for (std::size_t i = 0; i < threads; ++i) {
    const auto setup =
        std::make_shared<Setup>(library, suite, Direction::open, gateway, place->raw_key());
    comparison.threads.push_back(
        {repeat(setup, &Setup::raw_receive), repeat(setup, &Setup::our_receive)});
    comparison.part.push_back(repeat(setup, &Setup::raw_derive));
  }
  return comparison;
}

}  // namespace

void add_key_pairs(const RawLibrary& library, KemId kem, const char* place,
                   std::span<const std::size_t> threads, std::chrono::microseconds slice,
                   const MakeKeyPlace& make) {
  const Suite suite{kem, KdfId::hkdf_sha256, AeadId::aes128_gcm};
  if (!framing::find_suite(library.provider(), suite)) return;
  const std::string name =
      std::string(library.provider().name()) + "/" + core::find_kem(kem)->short_name + "/" +
      core::find_aead(suite.aead)->short_name + "/receive-" + place + "/threads-";
  for (const std::size_t count : threads) {
    add_comparison(name + std::to_string(count), [&library, suite, count, slice, make] {
      return compare(library, suite, count, slice, make(library.provider(), suite.kem));
    });
  }
}

}  // namespace twoway::bench
