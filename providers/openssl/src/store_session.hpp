// A library context with its OpenSSL providers, and the private keys that were loaded into it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <openssl/provider.h>

#include "dh_native.hpp"

namespace twoway::openssl {

using LibCtx = std::unique_ptr<OSSL_LIB_CTX, Freer<OSSL_LIB_CTX_free>>;
using LoadedProvider = std::unique_ptr<OSSL_PROVIDER, Freer<OSSL_PROVIDER_unload>>;

/// The cause of a failure, as far as OpenSSL's error queue tells.
enum class Fault : std::uint8_t {
  other,
  refused,  ///< a TPM refused the authorisation value, or refuses all of them for now
  lost,     ///< the connection to a TPM, or its objects there: a new session may cure it
};

/// A Status, and what stands behind its error.
class Outcome {
 public:
  Outcome() noexcept = default;
  Outcome(const core::Error& error, Fault fault = Fault::other) noexcept  // NOLINT: implicit
      : status_(error), fault_(fault) {}

  explicit operator bool() const noexcept { return status_.ok(); }
  const core::Status& status() const noexcept { return status_; }
  const core::Error& error() const noexcept { return status_.error(); }
  Fault fault() const noexcept { return fault_; }

 private:
  core::Status status_;
  Fault fault_ = Fault::other;
};

/// An error whose cause OpenSSL's queue may tell, which it empties. Its message is `otherwise` if
/// the cause is `other`.
Outcome store_failure(core::Errc code, const char* otherwise) noexcept;

/// Not thread-safe. Keys go before OpenSSL providers, and these before the library context.
class StoreSession {
 public:
  /// See KeyStore::open.
  static core::Result<std::unique_ptr<StoreSession>> open(const KeyStoreOptions& options) noexcept;

  OSSL_LIB_CTX* context() const noexcept { return context_.get(); }

  /// Loads the first private key at `uri` into `key`, as KeyStore::load does.
  Outcome load(Pkey& key, const std::string& uri, core::SecretSource* passphrase) noexcept;

  /// Loaded keys, by the number that the store gave each.
  std::map<std::uint64_t, Pkey>& keys() noexcept { return keys_; }

 private:
  LibCtx context_;
  std::string properties_;
  std::vector<LoadedProvider> providers_;
  std::map<std::uint64_t, Pkey> keys_;
};

}  // namespace twoway::openssl
