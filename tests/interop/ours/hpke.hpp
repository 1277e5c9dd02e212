// The driver's operations of HPKE.
#pragma once

#include "keys.hpp"
#include "protocol.hpp"

namespace twoway::interop {

/// Seals a context's messages and exports its secrets.
Json hpke_seal(const Provider& provider, const Json& request, Draws& draws);

/// Opens the messages of a peer.
Json hpke_open(const Provider& provider, const Json& request);

}  // namespace twoway::interop
