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

struct Failure {
  core::Error error;
  Fault fault;
};

/// Empties the error queue of this thread. The message is `otherwise` if the cause is `other`.
Failure store_failure(core::Errc code, const char* otherwise) noexcept;

/// Not thread-safe. Keys go before OpenSSL providers, and these before the library context.
class StoreSession {
 public:
  /// See KeyStore::open.
  static core::Result<std::unique_ptr<StoreSession>> open(const KeyStoreOptions& options) noexcept;

  OSSL_LIB_CTX* context() const noexcept { return context_.get(); }

  /// Loads the first private key at `uri`, as KeyStore::load does. Returns null, with `failure`
  /// set, if there is none.
  Pkey load(const std::string& uri, PassphraseSource* passphrase, Failure& failure) noexcept;

  /// Loaded keys, by the number that the store gave each.
  std::map<std::uint64_t, Pkey>& keys() noexcept { return keys_; }

 private:
  LibCtx context_;
  std::string properties_;
  std::vector<LoadedProvider> providers_;
  std::map<std::uint64_t, Pkey> keys_;
};

}  // namespace twoway::openssl
