// Keys of hybrid KEMs whose halves are two keys: KEM:SEED+KEY.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <twoway/types.hpp>

namespace twoway::cli {

/// The two keys in the name of a joined key.
struct Halves {
  KemId hybrid;
  std::string ml_kem;  ///< a file
  std::string group;   ///< any key
};

/// Returns the halves of a name that begins with a hybrid KEM and a colon, else nothing. Fails if
/// the name lacks a half, or if its first half is no file.
std::optional<Halves> parse_halves(const std::string& name);

/// Opens both halves by `open`, that of ML-KEM first, and joins them. Fails if one is of another
/// KEM.
std::shared_ptr<const PrivateKey> open_joined_key(
    const Provider& provider, const Halves& halves,
    const std::function<std::shared_ptr<const PrivateKey>(const std::string&)>& open);

}  // namespace twoway::cli
