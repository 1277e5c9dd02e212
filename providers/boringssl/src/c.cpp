// The C interface of this provider.
#include <twoway/boringssl.h>
#include <twoway/boringssl.hpp>
#include <twoway/c/bridge.hpp>

const twoway_provider* twoway_boringssl_provider() noexcept {
  return twoway::c::handle(twoway::boringssl::provider());
}
