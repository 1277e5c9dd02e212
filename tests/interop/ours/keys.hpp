// The private keys that requests name. Software keys are named by their input of DeriveKeyPair,
// or their seed if it is post-quantum, keys in tokens by their URI.
#pragma once

#include "protocol.hpp"

namespace twoway::interop {

/// Returns the key of the field `ikm_field`, or of the field "uri" if the request has it.
std::shared_ptr<const PrivateKey> key_of(const Provider& provider, const Json& request,
                                         const char* ikm_field);

/// Makes the key pair that a PKCS#11 URI names, in its token.
std::shared_ptr<const PrivateKey> make_token_key(const Provider& provider, KemId kem,
                                                 const std::string& uri);

/// Opens a key by its PKCS#11 URI.
std::shared_ptr<const PrivateKey> open_token_key(const Provider& provider, const std::string& uri);

/// True if this build opens keys in tokens.
bool has_token_keys();

}  // namespace twoway::interop
