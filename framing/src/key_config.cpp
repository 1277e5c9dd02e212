#include <twoway/framing/key_config.hpp>

#include "wire.hpp"

namespace twoway::framing {
namespace {

constexpr std::size_t kPairSize = 4;
constexpr std::size_t kMaxConfig = 0xffff;  // its length in a list has 2 bytes

constexpr Error kMalformed{Errc::malformed,
                           "the key configuration is malformed: fetch it again from its source"};
constexpr Error kMalformedList{
    Errc::malformed, "the key configuration list is malformed: fetch it again from its source"};
constexpr Error kUnknownKem{Errc::not_supported, "the key configuration names an unknown KEM"};
constexpr Error kBadConfig{
    Errc::invalid_argument,
    "a key configuration needs a key of its KEM's length, an algorithm pair, and at most 65535 "
    "bytes"};

std::size_t config_size(const KeyConfig& config) noexcept {
  return 1 + 2 + config.public_key.size() + 2 + kPairSize * config.algorithms.size();
}

bool config_ok(const Provider& provider, const KeyConfig& config) noexcept {
  const KemParams* kem = core::find_kem(provider, config.kem);
  return kem != nullptr && config.public_key.size() == kem->npk && !config.algorithms.empty() &&
         config_size(config) <= kMaxConfig;
}

// RFC 9458 section 3.1:
//   Key Config {
//     Key Identifier (8), HPKE KEM ID (16), HPKE Public Key (Npk * 8),
//     HPKE Symmetric Algorithms Length (16) = 4..65532, HPKE Symmetric Algorithms (32) ... }
void write_config(Writer& writer, const KeyConfig& config) noexcept {
  writer.u8(config.key_id);
  writer.u16(static_cast<std::uint16_t>(config.kem));
  writer.bytes(config.public_key);
  writer.u16(static_cast<std::uint16_t>(kPairSize * config.algorithms.size()));
  for (const SymmetricAlgorithms& pair : config.algorithms) {
    writer.u16(static_cast<std::uint16_t>(pair.kdf));
    writer.u16(static_cast<std::uint16_t>(pair.aead));
  }
}

/// Returns the first pair that the provider can use with the configuration's KEM.
Result<core::CipherSuite> usable_suite(const Provider& provider, const KeyConfig& config) noexcept {
  for (const SymmetricAlgorithms& pair : config.algorithms) {
    Result<core::CipherSuite> suite = find_suite(provider, {config.kem, pair.kdf, pair.aead});
    if (suite) return suite;
  }
  return core::not_offered(
      provider, "the provider offers no suite of the key configuration: build another provider in");
}

}  // namespace

Result<KeyConfig> parse_key_config(const Provider& provider, ByteView encoded) noexcept {
  Reader reader(encoded);
  KeyConfig config{};
  config.key_id = reader.u8();
  config.kem = core::KemId{reader.u16()};
  if (reader.failed()) return kMalformed;
  const KemParams* kem = core::find_kem(provider, config.kem);
  if (kem == nullptr) return kUnknownKem;
  const ByteView public_key = reader.bytes(kem->npk);
  const std::size_t length = reader.u16();
  Reader pairs(reader.bytes(length));
  if (!reader.at_end() || length == 0 || length % kPairSize != 0) return kMalformed;
  config.public_key.assign(public_key.begin(), public_key.end());
  config.algorithms.reserve(length / kPairSize);
  while (!pairs.at_end()) {
    const auto kdf = core::KdfId{pairs.u16()};
    const auto aead = AeadId{pairs.u16()};
    config.algorithms.push_back({kdf, aead});
  }
  return config;
}

// RFC 9458 section 3.2: the list is a sequence of configurations, each after its 2-byte length. A
// malformed one makes the whole list unusable.
Result<std::vector<KeyConfig>> parse_key_configs(const Provider& provider,
                                                 ByteView encoded) noexcept {
  if (encoded.empty()) return kMalformedList;
  std::vector<KeyConfig> configs;
  Reader reader(encoded);
  while (!reader.at_end()) {
    const ByteView entry = reader.bytes(reader.u16());
    if (reader.failed()) return kMalformedList;
    Result<KeyConfig> config = parse_key_config(provider, entry);
    if (config) {
      configs.push_back(std::move(*config));
    } else if (config.error().code != Errc::not_supported) {
      return kMalformedList;
    }
  }
  return configs;
}

Result<Bytes> serialize_key_config(const Provider& provider, const KeyConfig& config) noexcept {
  if (!config_ok(provider, config)) return kBadConfig;
  Bytes encoded(config_size(config));
  Writer writer(encoded);
  write_config(writer, config);
  return encoded;
}

Result<Bytes> serialize_key_configs(const Provider& provider,
                                    std::span<const KeyConfig> configs) noexcept {
  if (configs.empty()) return kBadConfig;
  std::size_t size = 0;
  for (const KeyConfig& config : configs) {
    if (!config_ok(provider, config)) return kBadConfig;
    size += 2 + config_size(config);
  }
  Bytes encoded(size);
  Writer writer(encoded);
  for (const KeyConfig& config : configs) {
    writer.u16(static_cast<std::uint16_t>(config_size(config)));
    write_config(writer, config);
  }
  return encoded;
}

Result<KeyChoice> choose_key(const Provider& provider,
                             std::span<const KeyConfig> configs) noexcept {
  Error none{Errc::not_supported, "the list holds no key configuration of a known KEM"};
  for (const KeyConfig& config : configs) {
    Result<core::CipherSuite> suite = usable_suite(provider, config);
    if (!suite) {
      none = suite.error();
      continue;
    }
    Result<std::unique_ptr<core::PublicKey>> key = suite->kem().import_public(config.public_key);
    if (!key) return key.error();
    return KeyChoice{config.key_id, *suite, std::move(*key)};
  }
  return none;
}

}  // namespace twoway::framing
