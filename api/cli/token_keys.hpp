// Keys in PKCS#11 tokens. In a build without that key source, every use is a usage failure.
#pragma once

#include <memory>
#include <string>

#include <strings.h>

#include <twoway/types.hpp>

#include "pin.hpp"

namespace twoway::cli {

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
