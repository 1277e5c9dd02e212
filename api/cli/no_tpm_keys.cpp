// Replaces tpm_keys.cpp in a build without OpenSSL.
#include "failure.hpp"
#include "tpm_keys.hpp"

namespace twoway::cli {

std::shared_ptr<const PrivateKey> open_tpm_key(const std::string& uri, const PinOptions&) {
  throw Failure(
      Exit::usage,
      uri +
          ": is a key in a TPM, and this program was built without OpenSSL: build it with "
          "-Dopenssl=enabled");
}

}  // namespace twoway::cli
