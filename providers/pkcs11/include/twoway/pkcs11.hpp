// Private keys in PKCS#11 tokens: HSMs, smart cards, SoftHSM. The key never leaves its token. A
// software provider that offers its curve and hash does the rest.
//
// Who needs it: applications whose private keys are in tokens.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <twoway/core/export.hpp>
#include <twoway/core/key.hpp>
#include <twoway/core/provider.hpp>
#include <twoway/core/secret_source.hpp>

namespace twoway::pkcs11 {

// --- Names of tokens and keys ------------------------------------------------------------------

/// A token of a module. Fields that are empty match every token. Without `module_path` the modules
/// that p11-kit is configured with are searched: all of them, or the one called `module_name`.
struct TokenLocation {
  std::string module_path = {};  ///< the shared object to load
  std::string module_name = {};  ///< of a .module file, or of a file without "lib" and ".so"
  /// A text for the module's C_Initialize (pReserved), which NSS requires. With `module_path` only:
  /// p11-kit's configuration has that of its modules, as x-init-reserved.
  std::string init_arguments = {};
  std::string label = {};
  std::string serial = {};
  std::string manufacturer = {};
  std::string model = {};
  std::optional<std::uint64_t> slot_id = {};
};

/// A key of a token, by CKA_LABEL, CKA_ID or both. A name that is empty matches every key.
struct KeyName {
  std::string label = {};  ///< CKA_LABEL
  core::Bytes id = {};     ///< CKA_ID
};

/// A key of a token.
struct KeyLocation {
  TokenLocation token = {};  ///< where the key is
  KeyName key = {};          ///< which of its keys
};

/// The content of a PKCS#11 URI. `pin` is null if the URI has no pin-source and no pin-value.
struct ParsedUri {
  KeyLocation location;                     ///< of the key
  std::shared_ptr<core::SecretSource> pin;  ///< of the token
};

/// Reads a PKCS#11 URI (RFC 7512): the attributes token, serial, manufacturer, model, slot-id,
/// object, id and type=private, the queries module-path, module-name, pin-source (a file) and
/// pin-value, and x-init-reserved for `init_arguments`.
///
/// Errors:
///   malformed      not a PKCS#11 URI, a blank in it, or a query twice
///   not_supported  an attribute, query or PIN source that is not used here
TWOWAY_API core::Result<ParsedUri> parse_uri(std::string_view uri) noexcept;

/// Writes the URI of a location, with its module. It has no slot-id if it has a label or a serial
/// number, because slots change and a token's name does not. It never holds a PIN.
TWOWAY_API std::string to_uri(const KeyLocation& location);

// --- Tokens ------------------------------------------------------------------------------------

/// Options of an open token.
struct Options {
  /// Null if the token needs no PIN or has a keypad. Takes precedence over the PIN of a URI.
  std::shared_ptr<core::SecretSource> pin = nullptr;
  /// The largest number of sessions, and so of operations, at once. At least 1. A token that allows
  /// fewer gets fewer.
  std::size_t max_sessions = 16;
  /// The longest time that an operation waits for a session, or for another thread's reconnect. It
  /// cannot end a call into the module.
  std::chrono::milliseconds deadline{10000};
};

/// One token as it is now.
struct TokenInfo {
  TokenLocation location;                 ///< complete
  bool login_required = false;            ///< its private keys need a PIN
  bool protected_authentication = false;  ///< the PIN is entered at the token
  bool pin_final_try = false;             ///< one more wrong PIN locks the token: no login is tried
  bool pin_locked = false;                ///< no PIN is accepted
};

/// One private key of a supported curve.
struct KeyInfo {
  KeyName name;            ///< its label and id
  core::KemId kem;         ///< that the key is for
  bool derivable;          ///< CKA_DERIVE: the key can be opened
  bool extractable;        ///< CKA_EXTRACTABLE: the token might give the key away
  core::Bytes public_key;  ///< Npk bytes, or empty if the token has none for it
};

class TokenState;

/// A token. Copies share one pool of sessions. Thread-safe. Sessions are opened, and the PIN is
/// asked for, when an operation needs them. They are closed when the last copy and the last key are
/// gone.
///
/// If the token, its sessions, its login or the module's initialisation are lost, one thread
/// connects again, while others wait, and the operation is tried once more. If the token stays gone
/// or broken, a module that this library initialised is finalised and initialised again, which ends
/// the sessions of all its tokens. If the token has refused a PIN, this process does not send that
/// PIN again, through any handle, until `reset_pin`.
///
/// Tokens and keys may live in static objects: when the process ends, modules are finalised first,
/// and every later operation is key_unavailable.
///
/// After a fork, a child may go on using tokens and keys. It opens sessions of its own. The module
/// itself must allow that, and no other thread may have been inside it when the process forked.
///
/// Besides their own errors, all functions may fail with key_unavailable and the token's CKR as the
/// native code. The message of an error with a CKR names it: "wrong PIN (CKR_PIN_INCORRECT, 0xa0):
/// ...".
class TWOWAY_API Token {
 public:
  /// Loads the module, and finds the one token that matches. If p11-kit's modules are searched, all
  /// of them are initialised, and one that fails is skipped. Does not log in.
  ///
  /// Errors:
  ///   invalid_argument  several tokens match, `location` has module_path and module_name, or
  ///                     init_arguments without module_path, or the module is in use with other
  ///                     init_arguments
  ///   key_unavailable   no token matches, or a module cannot be loaded or initialised
  static core::Result<Token> open(const TokenLocation& location,
                                  const Options& options = {}) noexcept;

  /// Returns the state of the token.
  core::Result<TokenInfo> info() const noexcept;

  /// Opens the one key that matches, and checks it against `crypto`: both derive a secret from a
  /// fresh key pair. `crypto` is not needed afterwards. Use the key with any provider that offers
  /// its KEM. The public key is the first of these: `public_key` (Npk bytes), the public key
  /// object, the certificate with the same CKA_ID, CKA_EC_POINT of the private key.
  ///
  /// The key shares this token. Its `dh` needs one session, and waits for it no longer than
  /// Options::deadline. All its failures are key_unavailable, also when the token has another key
  /// of this name after a reconnect.
  ///
  /// Errors:
  ///   invalid_argument  several keys match
  ///   not_supported     another curve, a key without CKA_DERIVE, or a KEM that `crypto` does not
  ///                     offer
  ///   invalid_key       the public key is not valid
  core::Result<std::unique_ptr<core::DhPrivateKey>> open_key(
      const core::Provider& crypto, const KeyName& name,
      core::ByteView public_key = {}) const noexcept;

  /// Makes a key pair in the token, and opens it: private, sensitive, never extractable, for
  /// derivation only, with a public key object beside it. `name` must not be empty or taken. An
  /// empty id becomes 16 random bytes. After a failure the token holds nothing new.
  ///
  /// Errors:
  ///   invalid_argument  `name` is empty or taken
  ///   not_supported     the token or `crypto` does not offer the KEM
  core::Result<std::unique_ptr<core::DhPrivateKey>> generate_key(
      const core::Provider& crypto, core::KemId kem, const KeyName& name) const noexcept;

  /// Lists the private keys of supported curves.
  core::Result<std::vector<KeyInfo>> list_keys() const noexcept;

  /// Forgets that the token has refused a PIN. The next operation calls the source again.
  void reset_pin() const noexcept;

 private:
  explicit Token(std::shared_ptr<TokenState> state) noexcept;
  std::shared_ptr<TokenState> state_;
};

/// Opens a token and a key in one step, by URI: Token::open and Token::open_key.
TWOWAY_API core::Result<std::unique_ptr<core::DhPrivateKey>> open_key(
    const core::Provider& crypto, std::string_view uri, const Options& options = {},
    core::ByteView public_key = {}) noexcept;

/// Lists all initialised tokens of a module, in the order of their slots. Needs no PIN.
/// `init_arguments` is as in TokenLocation.
TWOWAY_API core::Result<std::vector<TokenInfo>> list_tokens(
    const std::string& module_path, const std::string& init_arguments = {}) noexcept;

/// A module that p11-kit is configured with on this system.
struct ConfiguredModule {
  std::string name;            ///< of its .module file
  std::string path;            ///< its shared object
  std::string init_arguments;  ///< its x-init-reserved, for TokenLocation
};

/// Lists all of them, in p11-kit's order of priority. Loads them, but does not initialise them.
/// Leaves out modules without a shared object (`remote:`).
TWOWAY_API std::vector<ConfiguredModule> configured_modules() noexcept;

}  // namespace twoway::pkcs11
