#include "keys.hpp"

namespace twoway::interop {

std::shared_ptr<const PrivateKey> make_token_key(const Provider&, KemId, const std::string&) {
  throw Unserved{"this build has no keys in tokens"};
}

std::shared_ptr<const PrivateKey> open_token_key(const Provider&, const std::string&) {
  throw Unserved{"this build has no keys in tokens"};
}

bool has_token_keys() { return false; }

}  // namespace twoway::interop
