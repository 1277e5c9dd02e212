// Keys in PKCS#11 tokens. In a build without that provider, every use of one says so.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <strings.h>

#include <twoway/names.hpp>

namespace twoway::cli {

/// Where the PIN of a token or TPM comes from: never an argument, which others could see.
struct PinOptions {
  std::string file;
  std::string environment;
  mutable std::optional<core::SecretBuffer> read{};  ///< of `file`, which may be a pipe
  bool given() const noexcept { return !file.empty() || !environment.empty(); }
};

/// The PIN of the options, null if there are none. Reads the file once, and refuses one that others
/// can read.
const core::SecretBuffer* given_pin(const PinOptions& options);

/// Adds --pin-file and --pin-env.
void add_pin_options(CLI::App& command, PinOptions& options);

/// Whether `key` names a key in a token. A URI's scheme may be in any case.
inline bool is_token_uri(const std::string& key) {
  return strncasecmp(key.c_str(), "pkcs11:", 7) == 0;
}

/// The URI of the token that holds a URI's key: URIs with the same one share a PIN.
std::string token_holder(const std::string& uri);

/// The key that a PKCS#11 URI names. Without PIN options and a pin-source, asks at the terminal.
std::shared_ptr<const PrivateKey> open_token_key(const Provider& provider, const std::string& uri,
                                                 const PinOptions& pin);

/// Makes a key on the token of a URI, with the object and id that the URI has.
void generate_token_key(const Provider& provider, const std::string& uri, KemId kem,
                        const PinOptions& pin);

}  // namespace twoway::cli
