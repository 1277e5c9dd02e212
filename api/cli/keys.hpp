// What several commands need of keys and providers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <twoway/key_ring.hpp>
#include <twoway/request_sender.hpp>

#include "named_files.hpp"
#include "token_keys.hpp"

namespace twoway::cli {

/// Adds --provider, where several are built.
void add_provider_option(CLI::App& command, std::string& name);

/// The provider of this name, or the default one if it is empty. Fails if there is none, or if it
/// offers nothing.
const Provider& choose_provider(const std::string& name);

/// Fails with the reason if `provider` offers nothing.
void require_usable(const Provider& provider);

/// The check of a key id, which is one byte.
CLI::Validator key_id_range();

/// For the help of commands with --suite.
inline constexpr const char* kDefaultSuitesHelp =
    "Without --suite, keys accept hkdf-sha256:aes-128-gcm and hkdf-sha256:chacha20-poly1305, as "
    "far as the provider offers them.";

/// "id 1", "ids 1, 2", or nothing.
std::string ids_of(const std::vector<KeyConfig>& keys);

/// Reads a key configuration list.
std::vector<KeyConfig> read_list(const Provider& provider, const std::string& list);

/// The sender to the key of a list with this id, or, without one, to the first that is usable.
RequestSender make_sender(const Provider& provider, const std::string& list,
                          std::optional<unsigned> key_id);

/// The receiver's keys as arguments give them.
struct KeyOptions {
  std::string provider;
  std::vector<std::string> keys;  ///< "ID=KEY", or "KEY" with an id of its own
  std::vector<unsigned> ids;
  std::vector<std::string> suites;
  PinOptions pin;
};

/// Adds --key, --key-id, --suite and --provider.
void add_key_options(CLI::App& command, KeyOptions& options);

/// The files that the options name. Usage failure if a key lacks its id.
std::vector<NamedFile> key_files(const KeyOptions& options);

/// Opens the keys, files or in tokens, for `ring`. Without --suite each key accepts the default
/// suites that the ring's provider offers.
void load_keys(KeyRing& ring, const KeyOptions& options);

}  // namespace twoway::cli
