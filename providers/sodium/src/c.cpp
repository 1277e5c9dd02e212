// The C interface of this provider.
#include <twoway/c/bridge.hpp>
#include <twoway/sodium.h>
#include <twoway/sodium.hpp>

const twoway_provider* twoway_sodium_provider() noexcept {
  return twoway::c::handle(twoway::sodium::provider());
}
