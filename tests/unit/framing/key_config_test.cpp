#include <algorithm>

#include <twoway/framing/key_config.hpp>

#include "support.hpp"
#include "wrapping.hpp"

using namespace twoway;
using namespace twoway::framing;
using core::AeadId;
using core::Bytes;
using core::ByteView;
using core::Errc;
using core::KdfId;
using core::KemId;

namespace {

const core::Provider& any_provider() { return *built::providers().front(); }

Bytes public_key(const core::Provider& provider, KemId id) {
  auto kem = core::Kem::find(provider, id);
  REQUIRE_OK(kem);
  auto key = kem->generate_key_pair();
  REQUIRE_OK(key);
  return test::copy((*key)->public_key());
}

KeyConfig x25519_config(std::uint8_t key_id, std::vector<SymmetricAlgorithms> algorithms) {
  return {key_id, KemId::dhkem_x25519, public_key(any_provider(), KemId::dhkem_x25519),
          std::move(algorithms)};
}

/// A list entry: 2-byte length and content.
void append_entry(Bytes& list, ByteView entry) {
  list.push_back(static_cast<std::uint8_t>(entry.size() >> 8));
  list.push_back(static_cast<std::uint8_t>(entry.size()));
  for (const std::uint8_t byte : entry) list.push_back(byte);
}

const std::vector<SymmetricAlgorithms> kTwoPairs{{KdfId::hkdf_sha256, AeadId::aes256_gcm},
                                                 {KdfId::hkdf_sha256, AeadId::chacha20_poly1305}};

}  // namespace

TEST_CASE("a key configuration list survives writing and reading") {
  const std::vector<KeyConfig> configs{
      x25519_config(0, kTwoPairs),
      x25519_config(255, {{KdfId::hkdf_sha512, AeadId::chacha20_poly1305}}),
  };
  auto list = serialize_key_configs(any_provider(), configs);
  REQUIRE_OK(list);
  auto parsed = parse_key_configs(any_provider(), *list);
  REQUIRE_OK(parsed);
  REQUIRE(*parsed == configs);
}

TEST_CASE("every change of a length in a list is noticed") {
  auto list = serialize_key_configs(
      any_provider(), std::vector{x25519_config(1, kTwoPairs), x25519_config(2, kTwoPairs)});
  REQUIRE_OK(list);
  for (std::size_t size = 0; size < list->size(); ++size) {
    INFO(size);
    // A cut between the two entries leaves a shorter but whole list.
    if (size == list->size() / 2) continue;
    REQUIRE_ERRC(parse_key_configs(any_provider(), ByteView(*list).first(size)), Errc::malformed);
  }
  Bytes longer = *list;
  longer.push_back(0);
  REQUIRE_ERRC(parse_key_configs(any_provider(), longer), Errc::malformed);
}

TEST_CASE("one malformed entry discards the whole list") {
  auto good = serialize_key_config(any_provider(), x25519_config(1, kTwoPairs));
  REQUIRE_OK(good);
  const std::size_t pairs_length = 1 + 2 + 32;

  Bytes no_pairs(good->begin(), good->begin() + pairs_length);
  no_pairs.insert(no_pairs.end(), {0, 0});
  Bytes odd_pairs = *good;
  odd_pairs[pairs_length + 1] = 6;
  odd_pairs.resize(odd_pairs.size() - 2);
  Bytes trailing = *good;
  trailing.insert(trailing.end(), {0, 1, 0, 1});
  Bytes missing = *good;
  missing.resize(missing.size() - 4);
  const Bytes empty_entry;
  const Bytes id_only{1};
  const Bytes no_key{1, 0, 0x20};
  for (const Bytes& bad : {no_pairs, odd_pairs, trailing, missing, empty_entry, id_only, no_key}) {
    INFO(test::hex(bad));
    REQUIRE_ERRC(parse_key_config(any_provider(), bad), Errc::malformed);
    for (const bool bad_first : {false, true}) {
      Bytes list;
      append_entry(list, bad_first ? bad : *good);
      append_entry(list, bad_first ? *good : bad);
      REQUIRE_ERRC(parse_key_configs(any_provider(), list), Errc::malformed);
    }
  }
  REQUIRE_ERRC(parse_key_configs(any_provider(), {}), Errc::malformed);
}

TEST_CASE("an entry of an unknown KEM is skipped by its length") {
  const KeyConfig known = x25519_config(1, kTwoPairs);
  auto good = serialize_key_config(any_provider(), known);
  REQUIRE_OK(good);
  const Bytes unknown = test::unhex("09fedc0011223344");
  REQUIRE_ERRC(parse_key_config(any_provider(), unknown), Errc::not_supported);
  Bytes list;
  append_entry(list, unknown);
  append_entry(list, *good);
  append_entry(list, unknown);
  auto parsed = parse_key_configs(any_provider(), list);
  REQUIRE_OK(parsed);
  REQUIRE(*parsed == std::vector{known});

  Bytes only_unknown;
  append_entry(only_unknown, unknown);
  auto none = parse_key_configs(any_provider(), only_unknown);
  REQUIRE_OK(none);
  REQUIRE(none->empty());
  REQUIRE_ERRC(choose_key(any_provider(), *none), Errc::not_supported);
}

TEST_CASE("a key configuration that cannot be written is refused") {
  KeyConfig short_key = x25519_config(1, kTwoPairs);
  short_key.public_key.pop_back();
  const KeyConfig no_pairs = x25519_config(1, {});
  KeyConfig unknown_kem = x25519_config(1, kTwoPairs);
  unknown_kem.kem = KemId{0x7777};
  // 1 + 2 + 32 + 2 + 4 * 16374 = 65533: one more pair would overflow a list's 2-byte length.
  KeyConfig too_many = x25519_config(1, std::vector<SymmetricAlgorithms>(16374, kTwoPairs.front()));
  REQUIRE_OK(serialize_key_configs(any_provider(), std::vector{too_many}));
  too_many.algorithms.push_back(kTwoPairs.front());
  for (const KeyConfig& bad : {short_key, no_pairs, unknown_kem, too_many}) {
    REQUIRE_ERRC(serialize_key_config(any_provider(), bad), Errc::invalid_argument);
    REQUIRE_ERRC(serialize_key_configs(any_provider(), std::vector{bad}), Errc::invalid_argument);
  }
  REQUIRE_ERRC(serialize_key_configs(any_provider(), {}), Errc::invalid_argument);
}

namespace {

/// Offers the algorithms of the wrapped provider, except one AEAD.
class WithoutAead final : public test::WrappingProvider {
 public:
  WithoutAead(const core::Provider& inner, AeadId id) noexcept : WrappingProvider(inner), id_(id) {}
  const core::Aead* aead(AeadId id) const noexcept override {
    return id == id_ ? nullptr : WrappingProvider::aead(id);
  }

 private:
  AeadId id_;
};

}  // namespace

TEST_CASE("the first usable configuration and its first usable pair are chosen") {
  const WithoutAead provider(any_provider(), AeadId::aes256_gcm);
  KeyConfig unusable_kem = x25519_config(3, kTwoPairs);
  unusable_kem.kem = KemId{0x7777};
  const std::vector<KeyConfig> configs{
      unusable_kem,
      x25519_config(4, {{KdfId::hkdf_sha256, AeadId::aes256_gcm}}),
      x25519_config(5, {{KdfId::shake256, AeadId::chacha20_poly1305},
                        {KdfId::hkdf_sha256, AeadId::export_only},
                        {KdfId::hkdf_sha256, AeadId::aes256_gcm},
                        {KdfId::hkdf_sha512, AeadId::chacha20_poly1305},
                        {KdfId::hkdf_sha256, AeadId::chacha20_poly1305}}),
      x25519_config(6, {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}}),
  };
  auto choice = choose_key(provider, configs);
  REQUIRE_OK(choice);
  REQUIRE(choice->key_id == 5);
  REQUIRE(choice->suite.id() ==
          core::Suite{KemId::dhkem_x25519, KdfId::hkdf_sha512, AeadId::chacha20_poly1305});
  REQUIRE(test::copy(choice->public_key->bytes()) == configs[2].public_key);
  REQUIRE_ERRC(choose_key(provider, std::span(configs).first(2)), Errc::not_supported);
}

TEST_CASE("a chosen key that is not valid is an error, not a reason to search on") {
  KeyConfig small_order = x25519_config(1, {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}});
  std::fill(small_order.public_key.begin(), small_order.public_key.end(), std::uint8_t{0});
  const std::vector<KeyConfig> configs{
      small_order, x25519_config(2, {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}})};
  REQUIRE_ERRC(choose_key(any_provider(), configs), Errc::invalid_key);
}
