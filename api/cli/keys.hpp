// Keys and providers that the arguments name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <twoway/key_ring.hpp>
#include <twoway/request_sender.hpp>

#include "command.hpp"
#include "named_files.hpp"
#include "token_keys.hpp"

namespace twoway::cli {

/// Returns the names of the providers in this program, the default first.
std::vector<std::string> provider_names();

/// Adds --provider.
void add_provider_option(Command& command, std::string& name);

/// Returns the provider of this name, or the default one if the name is empty. Fails if there is
/// none, or if it offers nothing.
const Provider& choose_provider(const std::string& name);

/// Fails with the reason if `provider` offers nothing.
void require_usable(const Provider& provider);

/// Option::check of a key id, which is one byte.
std::string check_key_id(std::string& text);

/// For the help of commands with --algorithms.
inline constexpr const char* kDefaultAlgorithmsHelp =
    "Without --algorithms, keys accept hkdf-sha256:aes-128-gcm and hkdf-sha256:chacha20-poly1305, "
    "as "
    "far as the provider offers them.";

/// Returns "id 1", "ids 1, 2", or an empty string.
std::string ids_of(const std::vector<KeyConfig>& keys);

/// Reads a key configuration list.
std::vector<KeyConfig> read_list(const Provider& provider, const std::string& list);

/// Returns a sender to the key of a list with this id, or to the first usable key if none is given.
RequestSender make_sender(const Provider& provider, const std::string& list,
                          std::optional<unsigned> key_id);

/// The receiver's keys in the arguments.
struct KeyOptions {
  std::string provider;
  std::vector<std::string> keys;  ///< "ID=KEY", or "KEY" with an id of its own
  std::vector<unsigned> ids;
  std::vector<std::string> algorithms;
  PinOptions pin;
};

/// Adds --key, --key-id, --algorithms and --provider.
void add_key_options(Command& command, KeyOptions& options);

/// Returns the files that the options name. A key without an id is a usage failure.
std::vector<NamedFile> key_files(const KeyOptions& options);

/// Opens the keys, from files or tokens, and adds them to `ring`. Without --algorithms each key
/// accepts the default algorithms that the ring's provider offers.
void load_keys(KeyRing& ring, const KeyOptions& options);

}  // namespace twoway::cli
