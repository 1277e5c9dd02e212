#include "tpm_keys.hpp"

#include <twoway/openssl.hpp>

#include "failure.hpp"

namespace twoway::cli {
std::shared_ptr<const PrivateKey> open_tpm_key(const std::string& uri, const PinOptions& pin) {
  const auto store = require(openssl::KeyStore::open({.providers = {"tpm2", "default"}}), uri);
  const auto holder = std::make_shared<const std::string>(uri);
  return require(store->load(uri, pin_source(pin, nullptr, holder)), uri);
}

}  // namespace twoway::cli
