#include <twoway/pkcs11.hpp>

#include "keys.hpp"

namespace twoway::interop {

std::shared_ptr<const PrivateKey> make_token_key(const Provider& provider, KemId kem,
                                                 const std::string& uri) {
  const auto parsed = take(pkcs11::parse_uri(uri));
  pkcs11::Options options;
  options.pin = parsed.pin;
  const auto token = take(pkcs11::Token::open(parsed.location.token, options));
  return take(token.generate_key(provider, kem, parsed.location.key));
}

std::shared_ptr<const PrivateKey> open_token_key(const Provider& provider, const std::string& uri) {
  return take(pkcs11::open_key(provider, uri));
}

bool has_token_keys() { return true; }

}  // namespace twoway::interop
