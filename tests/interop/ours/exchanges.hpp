// The driver's operations of OHTTP and of requests to many receivers.
#pragma once

#include <map>

#include "keys.hpp"
#include "protocol.hpp"

namespace twoway::interop {

/// The open exchanges, by handle.
class Exchanges {
 public:
  Exchanges(const Provider& provider, Draws& draws) : provider_(provider), draws_(draws) {}

  Json seal_request(const Json& request);
  Json open_request(const Json& request);
  Json seal_response(const Json& request);
  Json open_response(const Json& request);
  Json seal_multi(const Json& request);
  Json open_multi(const Json& request);
  Json key_configs(const Json& request);

 private:
  Rng* chosen_rng() { return draws_.fixed() ? &draws_ : nullptr; }
  RequestSender sender_to(const Json& receiver, Suite suite) const;
  std::unique_ptr<KeyRing> ring_of(const Json& request) const;
  int keep(ResponseOpener opener);
  int keep(ResponseSealer sealer);

  const Provider& provider_;
  Draws& draws_;
  int last_ = 0;
  std::map<int, ResponseOpener> sent_;
  std::map<int, ResponseSealer> opened_;
};

}  // namespace twoway::interop
