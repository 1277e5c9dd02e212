// Key configurations and their list, media type application/ohttp-keys (RFC 9458 section 3).
//
// Who needs it: applications that look into key configuration lists.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <twoway/framing/header.hpp>

namespace twoway::framing {

/// One entry of "HPKE Symmetric Algorithms".
struct SymmetricAlgorithms {
  core::KdfId kdf;    ///< a two-stage one
  core::AeadId aead;  ///< one that seals
  friend bool operator==(const SymmetricAlgorithms&, const SymmetricAlgorithms&) = default;
};

/// One key configuration (section 3.1).
struct KeyConfig {
  std::uint8_t key_id;                          ///< as it stands in requests
  core::KemId kem;                              ///< of the key
  core::Bytes public_key;                       ///< Npk bytes
  std::vector<SymmetricAlgorithms> algorithms;  ///< the preferred first
  friend bool operator==(const KeyConfig&, const KeyConfig&) = default;
};

/// Reads one configuration that fills `encoded`. malformed: lengths that do not fit, no algorithm,
/// trailing bytes; not_supported: a KEM that neither `provider` nor the table knows, so that the
/// length of its key is unknown. The key itself is not validated here.
TWOWAY_API core::Result<KeyConfig> parse_key_config(const core::Provider& provider,
                                                    core::ByteView encoded) noexcept;

/// Reads a list: each entry is a 2-byte length and a configuration (section 3.2). Entries with an
/// unknown KEM are skipped; one malformed entry discards the whole list, as does an empty one.
TWOWAY_API core::Result<std::vector<KeyConfig>> parse_key_configs(const core::Provider& provider,
                                                                  core::ByteView encoded) noexcept;

/// Writes one configuration. invalid_argument: a key of another length than its KEM's, no
/// algorithm, or more than fit in the 65535 bytes that a list's entry may have.
TWOWAY_API core::Result<core::Bytes> serialize_key_config(const core::Provider& provider,
                                                          const KeyConfig& config) noexcept;

/// Writes a list; also invalid_argument for no configuration.
TWOWAY_API core::Result<core::Bytes> serialize_key_configs(
    const core::Provider& provider, std::span<const KeyConfig> configs) noexcept;

/// What a sender uses of a list.
struct KeyChoice {
  std::uint8_t key_id;                                ///< of the key that was chosen
  core::CipherSuite suite;                            ///< with the pair that was chosen
  std::shared_ptr<const core::PublicKey> public_key;  ///< validated
};

/// The first usable configuration, and the first usable pair in it: one fixed rule, because the
/// choice would tell clients apart otherwise. Usable is what `find_suite` offers. not_supported
/// where nothing is; invalid_key where the chosen key is not valid: a better one is not searched.
TWOWAY_API core::Result<KeyChoice> choose_key(const core::Provider& provider,
                                              std::span<const KeyConfig> configs) noexcept;

}  // namespace twoway::framing
