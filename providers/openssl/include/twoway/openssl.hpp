// The OpenSSL provider: OpenSSL 3.0 and newer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <twoway/core/export.hpp>
#include <twoway/core/provider.hpp>
#include <twoway/core/secret.hpp>

struct ossl_lib_ctx_st;
struct evp_pkey_st;

namespace twoway::openssl {

/// Where algorithms are fetched from: ciphers, digests, key types and key exchanges. HMAC is
/// composed here of the fetched digest, which matters where only a module's own HMAC may be used.
/// The strings and the context must outlive the provider.
struct Options {
  ossl_lib_ctx_st* library_context = nullptr;  ///< an OSSL_LIB_CTX; null is the default one
  const char* properties = nullptr;            ///< a property query such as "fips=yes"
};

/// The provider over OpenSSL's default library context. Made at the first call, never destroyed.
TWOWAY_API const core::Provider& provider() noexcept;

/// A provider over another library context or property query. It offers what can be fetched
/// there when it is made; not_supported where that is nothing at all.
TWOWAY_API core::Result<std::unique_ptr<const core::Provider>> create(
    const Options& options) noexcept;

struct OpaqueOptions {
  /// Where the key's own operations are fetched: in the OpenSSL provider that holds the key, where
  /// there is no property query.
  Options where;
  /// Lets several threads use the EVP_PKEY at once. By default calls are serialised, because
  /// keys of hardware-backed OpenSSL providers are known to hang otherwise.
  bool concurrent = false;
};

/// A private key over any EVP_PKEY that can derive: software, TPM, KMS. Takes a reference of its
/// own to `key`, whose curve must be P-256, P-384, P-521, X25519 or X448 and whose public half
/// must be readable. Use it with any provider that offers its KEM. Errors: invalid_argument (a
/// null key), not_supported (another kind of key), key_unavailable (no public half).
TWOWAY_API core::Result<std::unique_ptr<core::PrivateKey>> opaque_key(
    evp_pkey_st* key, const OpaqueOptions& options = {}) noexcept;

/// Where the pass phrase of an encrypted key file, or the authorisation value of a TPM key, comes
/// from. A store asks by one thread at a time; a source that serves several stores must be
/// thread-safe. May block. Derive from it.
class TWOWAY_INTERFACE PassphraseSource {
 public:
  virtual ~PassphraseSource() = default;

  /// Writes the pass phrase, without a terminator, to `passphrase`, which is empty and is wiped
  /// after use. Asked when a key that has one is loaded, and again when the key is loaded anew
  /// after a lost connection. An error is returned to whoever loads or uses the key.
  virtual core::Status read(core::SecretBuffer& passphrase) noexcept = 0;
};

struct KeyStoreOptions {
  /// The OpenSSL providers to load, by name; {"tpm2", "default"} for keys in a TPM.
  std::vector<std::string> providers = {"default"};
  /// An OpenSSL configuration file that is read before them, which may name their modules and set
  /// their parameters; empty for none. The system's own file is not read. (The tpm2 provider finds
  /// its TPM by the environment variable TPM2OPENSSL_TCTI.)
  std::string config = {};
  /// A property query for what loads keys; empty for none.
  std::string properties = {};
};

/// Where private keys are loaded from through OSSL_STORE: files, TPM handles, and whatever else an
/// OpenSSL provider takes a URI for. It owns a library context and the OpenSSL providers loaded
/// into it; its keys share both, and keep them when the store has ended. The store and its keys are
/// thread-safe. All their operations take turns, because the tpm2 provider hangs where two of its
/// keys are used at once, and none has a deadline: a TPM that never answers blocks its callers. A
/// key whose TPM cannot be reached is key_unavailable, and works again when the TPM is back. A
/// store belongs to the process that opened it: after a fork, keys are key_unavailable in the
/// child, which opens a store of its own. Stores and keys may live in static objects: when the
/// process ends, the store is closed before OpenSSL cleans up, and its keys are key_unavailable.
class TWOWAY_API KeyStore {
 public:
  /// Loads the OpenSSL providers. Errors: malformed (the configuration file cannot be used),
  /// not_supported (a module that is not installed), key_unavailable (an OpenSSL provider that
  /// does not start, as where no TPM is reached).
  static core::Result<std::unique_ptr<KeyStore>> open(const KeyStoreOptions& options) noexcept;
  ~KeyStore();
  KeyStore(const KeyStore&) = delete;
  KeyStore& operator=(const KeyStore&) = delete;

  /// The first private key at `uri`: a file's path, "file:/...", or "handle:0x81000100" (with
  /// "?pass" behind it where the handle has an authorisation value). The file holds PKCS#8, or a
  /// TSS2 PEM block with the tpm2 provider. The curves are those of opaque_key, the public key is
  /// the one that the OpenSSL provider states, and the key proves itself by deriving once. The key
  /// keeps `passphrase`, which may be null. A pass phrase that a TPM has refused is not sent to it
  /// again by this key. Errors: invalid_argument (a URI that is empty or holds a null byte),
  /// not_supported (no OpenSSL provider takes the URI, or another kind of key), malformed (no
  /// private key there), key_unavailable (no such file or handle, no TPM, a pass phrase that is
  /// missing or wrong, a key that cannot derive), and those of `passphrase`.
  core::Result<std::unique_ptr<core::PrivateKey>> load(
      const std::string& uri, std::shared_ptr<PassphraseSource> passphrase = nullptr) noexcept;

 private:
  class State;
  class Key;
  explicit KeyStore(std::shared_ptr<State> state) noexcept;
  std::shared_ptr<State> state_;
};

}  // namespace twoway::openssl
