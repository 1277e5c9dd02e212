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
  core::KdfId kdf;  ///< a two-stage one
  AeadId aead;      ///< one that seals
  friend bool operator==(const SymmetricAlgorithms&, const SymmetricAlgorithms&) = default;
};

/// One key configuration (section 3.1).
struct KeyConfig {
  std::uint8_t key_id;                          ///< as it stands in requests
  core::KemId kem;                              ///< of the key
  Bytes public_key;                             ///< Npk bytes
  std::vector<SymmetricAlgorithms> algorithms;  ///< the preferred first
  friend bool operator==(const KeyConfig&, const KeyConfig&) = default;
};

/// Reads one configuration, which fills `encoded`. Does not validate the key.
///
/// Errors:
///   malformed      lengths that do not fit, no algorithm, or trailing bytes
///   not_supported  neither `provider` nor the table knows the KEM, and so the length of the key
TWOWAY_API Result<KeyConfig> parse_key_config(const Provider& provider, ByteView encoded) noexcept;

/// Reads a list: each entry is a 2-byte length and a configuration (section 3.2). Skips entries
/// with an unknown KEM. Fails with malformed, for the whole list, if one entry is malformed or
/// empty.
TWOWAY_API Result<std::vector<KeyConfig>> parse_key_configs(const Provider& provider,
                                                            ByteView encoded) noexcept;

/// Writes one configuration. Fails with invalid_argument if the key has another length than its
/// KEM's, if there is no algorithm, or if there are too many for the 65535 bytes of a list's entry.
TWOWAY_API Result<Bytes> serialize_key_config(const Provider& provider,
                                              const KeyConfig& config) noexcept;

/// Writes a list. Fails with invalid_argument also if there is no configuration.
TWOWAY_API Result<Bytes> serialize_key_configs(const Provider& provider,
                                               std::span<const KeyConfig> configs) noexcept;

/// The part of a list that a sender uses.
struct KeyChoice {
  std::uint8_t key_id;                                ///< of the key that was chosen
  core::CipherSuite suite;                            ///< with the pair that was chosen
  std::shared_ptr<const core::PublicKey> public_key;  ///< validated
};

/// Chooses the first usable configuration, and the first usable pair in it. A fixed rule, because
/// the choice would tell clients apart otherwise. A pair is usable if `find_suite` finds it.
///
/// Errors:
///   not_supported  no pair is usable
///   invalid_key    the chosen key is not valid (no other is tried)
TWOWAY_API Result<KeyChoice> choose_key(const Provider& provider,
                                        std::span<const KeyConfig> configs) noexcept;

}  // namespace twoway::framing
