#include "tpm_keys.hpp"

#include <cstdlib>
#include <cstring>

#include <twoway/openssl.hpp>

#include "failure.hpp"
#include "input.hpp"

namespace twoway::cli {
namespace {

constexpr std::size_t kMaxPassphrase = 1024;

class KeptPassphrase final : public openssl::PassphraseSource {
 public:
  explicit KeptPassphrase(core::SecretBuffer passphrase) : passphrase_(std::move(passphrase)) {}
  Status read(core::SecretBuffer& passphrase) noexcept override {
    passphrase = passphrase_;
    return {};
  }

 private:
  core::SecretBuffer passphrase_;
};

/// Null where no option gives one.
std::shared_ptr<openssl::PassphraseSource> passphrase_source(const PinOptions& pin) {
  core::SecretBuffer text;
  if (!pin.file.empty()) {
    text = read_input(pin.file, {.max = kMaxPassphrase, .what = "a PIN"});
    if (!text.empty() && text.back() == '\n') text.pop_back();
  } else if (!pin.environment.empty()) {
    const char* const value = std::getenv(pin.environment.c_str());
    if (value == nullptr) throw Failure(Exit::refused, pin.environment + ": is not set");
    text.assign(value, value + std::strlen(value));
  } else {
    return nullptr;
  }
  return std::make_shared<KeptPassphrase>(std::move(text));
}

}  // namespace

std::shared_ptr<const PrivateKey> open_tpm_key(const std::string& uri, const PinOptions& pin) {
  const auto store = require(openssl::KeyStore::open({.providers = {"tpm2", "default"}}), uri);
  return require(store->load(uri, passphrase_source(pin)), uri);
}

}  // namespace twoway::cli
