// A request to a key in the token that fails, and what becomes of it.
#pragma once

#include <memory>
#include <string>

#include <twoway/pkcs11.hpp>
#include <twoway/twoway.hpp>

#include "fault_token.hpp"
#include "support.hpp"

namespace twoway::test::fault {

using KeyResult = Result<std::unique_ptr<DhPrivateKey>>;

/// The first provider of the build that offers the suite of the tests; null where none does.
const Provider* crypto();

inline constexpr Suite kSuite{KemId::dhkem_p256, KdfId::hkdf_sha256, AeadId::aes128_gcm};

/// Where the keys of a FaultToken are, by label.
pkcs11::KeyLocation location(const std::string& label);

/// Options with a PIN source that answers kPin.
pkcs11::Options options();

KeyResult open_key(const std::string& label, const pkcs11::Options& with = options());

/// Forgets refused PINs of the token.
void reset_pin();

/// A receiver with one key, and a request to it. Thread-safe.
class Exchange {
 public:
  /// Fails the test where the key does.
  explicit Exchange(std::shared_ptr<const PrivateKey> key);

  /// Opens the request. A wrong plaintext ends the program.
  Status open() const noexcept;

 private:
  KeyRing ring_;
  Bytes message_;
};

}  // namespace twoway::test::fault
