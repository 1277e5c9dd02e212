// Keys in PKCS#11 tokens. In a build without that key source, every use is a usage failure.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <strings.h>

#include <twoway/types.hpp>

#include "command.hpp"

namespace twoway::cli {

/// The source of the PIN of a token or TPM. The PIN is never an argument, which others could see.
struct PinOptions {
  std::string file;
  std::string environment;
  mutable std::optional<core::SecretBuffer> read{};  ///< of `file`, which may be a pipe
  bool given() const noexcept { return !file.empty() || !environment.empty(); }
};

/// Returns the PIN of the options, or null if they name none. Reads the file once, and refuses one
/// that others can read.
const core::SecretBuffer* given_pin(const PinOptions& options);

/// Adds --pin-file and --pin-env.
void add_pin_options(Command& command, PinOptions& options);

/// Returns true if `key` names a key in a token. A URI's scheme may be in any case.
inline bool is_token_uri(const std::string& key) {
  return strncasecmp(key.c_str(), "pkcs11:", 7) == 0;
}

/// Returns the URI of the token that holds a URI's key. Keys in the same token share a PIN.
std::string token_holder(const std::string& uri);

/// Opens the key that a PKCS#11 URI names. Without PIN options and a pin-source, asks at the
/// terminal.
std::shared_ptr<const PrivateKey> open_token_key(const Provider& provider, const std::string& uri,
                                                 const PinOptions& pin);

/// Makes a key in the token of a URI, with the URI's object and id.
void generate_token_key(const Provider& provider, const std::string& uri, KemId kem,
                        const PinOptions& pin);

}  // namespace twoway::cli
