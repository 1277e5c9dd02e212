// Keys in a TPM, through OpenSSL's tpm2 provider.
#pragma once

#include "store_support.hpp"
#include "swtpm.hpp"

namespace twoway::test {

inline const openssl::KeyStoreOptions kTpm{
    .providers = {"tpm2", "default"}, .config = {}, .properties = {}};

inline std::shared_ptr<const core::PrivateKey> load(
    openssl::KeyStore& store, const std::string& uri,
    std::shared_ptr<core::SecretSource> passphrase = nullptr) {
  auto key = store.load(uri, std::move(passphrase));
  REQUIRE_OK(key);
  return std::move(*key);
}

}  // namespace twoway::test
