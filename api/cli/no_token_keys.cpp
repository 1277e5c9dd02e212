// Replaces token_keys.cpp and tokens.cpp in a build without PKCS#11.
#include "commands.hpp"
#include "failure.hpp"
#include "token_keys.hpp"

namespace twoway::cli {
namespace {

[[noreturn]] void not_built() {
  throw Failure(Exit::usage,
                "this program was built without PKCS#11: build it with -Dpkcs11=enabled");
}

}  // namespace

std::shared_ptr<const PrivateKey> open_token_key(const Provider&, const std::string&,
                                                 const PinOptions&) {
  not_built();
}

void generate_token_key(const Provider&, const std::string&, KemId, const PinOptions&) {
  not_built();
}

std::string token_holder(const std::string&) { not_built(); }

void add_tokens(Command&) {}

}  // namespace twoway::cli
