// Keys in a TPM, through OpenSSL's tpm2 provider. In a build without OpenSSL, every use says so.
#pragma once

#include <memory>
#include <string>

#include <twoway/names.hpp>

#include "token_keys.hpp"

namespace twoway::cli {

/// Whether `key` is a persistent handle, "handle:0x81000100".
inline bool is_tpm_handle(const std::string& key) {
  return strncasecmp(key.c_str(), "handle:", 7) == 0;
}

/// Whether a key file is the TPM's, which alone can use it (TSS2 PRIVATE KEY).
bool is_tpm_key_file(ByteView file);

/// The key of a handle or of such a file; `pin` gives its authorisation value where it has one.
std::shared_ptr<const PrivateKey> open_tpm_key(const std::string& uri, const PinOptions& pin);

}  // namespace twoway::cli
