// Names of algorithms in arguments and output: the tables' short names.
#pragma once

#include <string>
#include <vector>

#include <twoway/types.hpp>

namespace twoway::cli {

/// Returns the short name for an id, or the id as "0x0020" if it is unknown.
std::string name_of(KemId id);
std::string name_of(KdfId id);
std::string name_of(AeadId id);

std::string hex_id(std::uint16_t id);
std::string hex(ByteView bytes);

/// Returns "a, b, c".
std::string list_of(const std::vector<std::string>& names);

/// Returns the short names of all KEMs.
std::vector<std::string> kem_names();

/// Returns all pairs that `parse_algorithms` takes.
std::vector<std::string> algorithm_pair_names();

/// Returns the KEM of a short name from `kem_names`.
KemId parse_kem(const std::string& name);

/// Parses "hkdf-sha256:aes-128-gcm". A usage failure lists the known names.
SymmetricAlgorithms parse_algorithms(const std::string& text);

}  // namespace twoway::cli
