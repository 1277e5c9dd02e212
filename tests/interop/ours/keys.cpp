#include "keys.hpp"

namespace twoway::interop {

std::shared_ptr<const PrivateKey> key_of(const Provider& provider, const Json& request,
                                         const char* ikm_field) {
  if (request.contains("uri")) {
    return open_token_key(provider, request.at("uri").get<std::string>());
  }
  const auto kem = take(Kem::find(provider, KemId{request.at("kem").get<std::uint16_t>()}));
  const Bytes ikm = bytes_at(request, ikm_field);
  const bool is_dhkem = core::find_dhkem(kem.params().id) != nullptr;
  return take(is_dhkem ? kem.derive_key_pair(ikm) : kem.import_private(ikm));
}

}  // namespace twoway::interop
