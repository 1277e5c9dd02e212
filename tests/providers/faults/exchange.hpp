// A request to a key in the token that fails, and its outcome.
#pragma once

#include <memory>
#include <string>

#include <twoway/pkcs11.hpp>
#include <twoway/twoway.hpp>

#include "fault_token.hpp"
#include "support.hpp"

namespace twoway::test::fault {

using KeyResult = Result<std::unique_ptr<DhPrivateKey>>;

/// Returns the first provider of the build that offers the suite of the tests, or null.
const Provider* crypto();

inline constexpr Suite kSuite{KemId::dhkem_p256, KdfId::hkdf_sha256, AeadId::aes128_gcm};

/// Returns the location of a FaultToken's key, by label.
pkcs11::KeyLocation location(const std::string& label);

/// Returns options with a PIN source that gives kPin.
pkcs11::Options options();

KeyResult open_key(const std::string& label, const pkcs11::Options& with = options());

/// Forgets refused PINs of the token.
void reset_pin();

/// A receiver with one key, and a request to it. Thread-safe.
class Exchange {
 public:
  /// Fails the test if the key fails.
  explicit Exchange(std::shared_ptr<const PrivateKey> key);

  /// Opens the request. A wrong plaintext ends the program.
  Status open() const noexcept;

 private:
  KeyRing ring_;
  Bytes message_;
};

}  // namespace twoway::test::fault
