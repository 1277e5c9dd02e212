// Algorithms as they are written in arguments and shown: the tables' short names.
#pragma once

#include <string>
#include <vector>

#include <twoway/names.hpp>

namespace twoway::cli {

/// The short name for an id, or the id as "0x0020" where it is unknown.
std::string name_of(KemId id);
std::string name_of(KdfId id);
std::string name_of(AeadId id);

std::string hex_id(std::uint16_t id);
std::string hex(ByteView bytes);

/// "a, b, c".
std::string list_of(const std::vector<std::string>& names);

/// The short names of all KEMs.
std::vector<std::string> kem_names();

/// The KEM of a short name from `kem_names`.
KemId parse_kem(const std::string& name);

/// "hkdf-sha256:aes-128-gcm"; a usage failure lists the names that there are.
SymmetricAlgorithms parse_suite(const std::string& text);

}  // namespace twoway::cli
