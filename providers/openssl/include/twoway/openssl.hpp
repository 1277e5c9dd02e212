// The OpenSSL provider: OpenSSL 3.0 and newer.
//
// Who needs it: applications that use OpenSSL.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <twoway/core/export.hpp>
#include <twoway/core/provider.hpp>
#include <twoway/core/secret.hpp>
#include <twoway/core/secret_source.hpp>

struct ossl_lib_ctx_st;
struct evp_pkey_st;

namespace twoway::openssl {

/// The source of algorithms: ciphers, digests, key types and key exchanges are fetched there. HMAC
/// is composed here of the fetched digest, which matters if only a module's own HMAC may be used.
/// The strings and the context must outlive the provider.
struct Options {
  ossl_lib_ctx_st* library_context = nullptr;  ///< an OSSL_LIB_CTX, or null for the default one
  const char* properties = nullptr;            ///< a property query such as "fips=yes"
};

/// Returns the provider over OpenSSL's default library context. The first call makes it, and it is
/// never destroyed.
TWOWAY_API const core::Provider& provider() noexcept;

/// Makes a provider over another library context or property query. It offers the algorithms that
/// can be fetched there when it is made. Fails with not_supported if there are none.
TWOWAY_API core::Result<std::unique_ptr<const core::Provider>> create(
    const Options& options) noexcept;

/// Options of opaque_key.
struct OpaqueOptions {
  /// The source of the key's own operations. Without a property query it is the OpenSSL provider
  /// that holds the key.
  Options where;
  /// Lets several threads use the EVP_PKEY at once. By default calls are serialised, because
  /// keys of hardware-backed OpenSSL providers are known to hang otherwise.
  bool concurrent = false;
};

/// Makes a private key over any EVP_PKEY that can derive: software, TPM, KMS. Takes a reference of
/// its own to `key`. The curve must be P-256, P-384, P-521, X25519 or X448, and the public half
/// must be readable. Use the key with any provider that offers its KEM.
///
/// Errors:
///   invalid_argument  `key` is null
///   not_supported     another kind of key
///   key_unavailable   the public half cannot be read
TWOWAY_API core::Result<std::unique_ptr<core::PrivateKey>> opaque_key(
    evp_pkey_st* key, const OpaqueOptions& options = {}) noexcept;

/// Options of a KeyStore.
struct KeyStoreOptions {
  /// The OpenSSL providers to load, by name. {"tpm2", "default"} for keys in a TPM.
  std::vector<std::string> providers = {"default"};
  /// An OpenSSL configuration file that is read before them, or empty for none. It may name their
  /// modules and set their parameters. The system's own file is not read. (The tpm2 provider finds
  /// its TPM by the environment variable TPM2OPENSSL_TCTI.)
  std::string config = {};
  /// A property query for loading keys, or empty for none.
  std::string properties = {};
};

/// A store from which private keys are loaded through OSSL_STORE: files, TPM handles, and any other
/// URI that an OpenSSL provider accepts. It owns a library context and the OpenSSL providers loaded
/// into it. Its keys share both, and keep them when the store has ended.
///
/// The store and its keys are thread-safe. All their operations take turns, because the tpm2
/// provider hangs if two of its keys are used at once. None has a deadline: a TPM that never
/// answers blocks its callers. A key whose TPM cannot be reached is key_unavailable, and works
/// again when the TPM is back.
///
/// A store belongs to the process that opened it. After a fork, keys are key_unavailable in the
/// child, which must open a store of its own. Stores and keys may live in static objects: when the
/// process ends, the store is closed before OpenSSL cleans up, and its keys are key_unavailable.
class TWOWAY_API KeyStore {
 public:
  /// Loads the OpenSSL providers.
  ///
  /// Errors:
  ///   malformed        the configuration file cannot be used
  ///   not_supported    a module is not installed
  ///   key_unavailable  an OpenSSL provider does not start, for example because no TPM is reached
  static core::Result<std::unique_ptr<KeyStore>> open(const KeyStoreOptions& options) noexcept;
  ~KeyStore();
  KeyStore(const KeyStore&) = delete;
  KeyStore& operator=(const KeyStore&) = delete;

  /// Loads the first private key at `uri`: a file's path, "file:/...", or "handle:0x81000100" (with
  /// "?pass" after it if the handle has an authorisation value). The file holds PKCS#8, or a TSS2
  /// PEM block with the tpm2 provider. The curves are those of opaque_key. The public key is the
  /// one that the OpenSSL provider states, and the key proves itself by deriving once. The key
  /// keeps `passphrase`, which may be null. A pass phrase that a TPM has refused is not sent to it
  /// again by this key.
  ///
  /// Errors:
  ///   invalid_argument  `uri` is empty or holds a null byte
  ///   not_supported     no OpenSSL provider takes the URI, or it is another kind of key
  ///   malformed         there is no private key
  ///   key_unavailable   no such file or handle, no TPM, a missing or wrong pass phrase, or a key
  ///                     that cannot derive
  ///   and those of `passphrase`
  core::Result<std::unique_ptr<core::PrivateKey>> load(
      const std::string& uri, std::shared_ptr<core::SecretSource> passphrase = nullptr) noexcept;

 private:
  class State;
  class Key;
  explicit KeyStore(std::shared_ptr<State> state) noexcept;
  std::shared_ptr<State> state_;
};

}  // namespace twoway::openssl
