// The source of PINs, pass phrases and authorisation values.
//
// Who needs it: applications whose private keys are in tokens, in a TPM or in encrypted files.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <twoway/core/error.hpp>
#include <twoway/core/export.hpp>
#include <twoway/core/secret.hpp>

namespace twoway::core {

/// The source of one secret: the PIN of a token, the pass phrase of a key file, or the
/// authorisation value of a TPM key. It is called whenever the secret is needed, also after a token
/// or TPM was lost, from one thread at a time for each token or store. A source that serves several
/// must be thread-safe. May block. Derive from it.
class TWOWAY_INTERFACE SecretSource {
 public:
  virtual ~SecretSource() = default;

  /// Writes the secret, without a terminator, to `secret`, which is empty and is wiped after use.
  /// The operation that needed the secret returns the error.
  virtual Status read(SecretBuffer& secret) noexcept = 0;
};

/// Returns a source that reads a file's bytes without one line end ("\n" or "\r\n").
///
/// Errors of the source:
///   key_unavailable  the file cannot be read, with errno, or has over kMaxPassphrase bytes
TWOWAY_API std::shared_ptr<SecretSource> secret_from_file(std::string path);

/// Returns a source that reads an environment variable.
///
/// Errors of the source:
///   key_unavailable  the variable is not set, or has over kMaxPassphrase bytes
TWOWAY_API std::shared_ptr<SecretSource> secret_from_environment(std::string name);

/// Returns a source over a callback, such as a prompt or a secret store. The callback must not
/// throw.
///
/// Errors of the source:
///   invalid_argument  `function` is empty
///   key_unavailable   the secret has over kMaxPassphrase bytes
///   and those of the callback
TWOWAY_API std::shared_ptr<SecretSource> secret_from_function(
    std::function<Status(SecretBuffer& secret)> function);

/// Removes one line end, "\n" or "\r\n", from the end of a secret that was read from a file.
TWOWAY_API void remove_line_end(SecretBuffer& secret) noexcept;

}  // namespace twoway::core
