#include "tpm_keys.hpp"

#include <twoway/openssl.hpp>

#include "failure.hpp"
#include "prompt.hpp"
#include "text.hpp"

namespace twoway::cli {
namespace {

class Passphrase final : public openssl::PassphraseSource {
 public:
  Passphrase(std::string key, const PinOptions& pin) : key_(std::move(key)) {
    if (const core::SecretBuffer* const given = given_pin(pin)) given_ = *given;
  }
  Status read(core::SecretBuffer& passphrase) noexcept override {
    if (!given_) return ask_for_pin("PIN of " + printable(key_) + ": ", passphrase);
    passphrase = *given_;
    return {};
  }

 private:
  std::string key_;
  std::optional<core::SecretBuffer> given_;
};

}  // namespace

std::shared_ptr<const PrivateKey> open_tpm_key(const std::string& uri, const PinOptions& pin) {
  const auto store = require(openssl::KeyStore::open({.providers = {"tpm2", "default"}}), uri);
  return require(store->load(uri, std::make_shared<Passphrase>(uri, pin)), uri);
}

}  // namespace twoway::cli
