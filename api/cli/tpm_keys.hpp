// Keys in a TPM, through OpenSSL's tpm2 provider. In a build without OpenSSL, every use is a usage
// failure.
#pragma once

#include <memory>
#include <string>

#include <twoway/types.hpp>

#include "token_keys.hpp"

namespace twoway::cli {

/// Returns true if `key` is a persistent handle, such as "handle:0x81000100".
inline bool is_tpm_handle(const std::string& key) {
  return strncasecmp(key.c_str(), "handle:", 7) == 0;
}

/// Opens the key of a handle or of such a file. `pin` is the source of its authorisation value, if
/// it has one.
std::shared_ptr<const PrivateKey> open_tpm_key(const std::string& uri, const PinOptions& pin);

}  // namespace twoway::cli
