// Response states. The side that a state names accepts it unchanged or refuses it. With the other
// role it belongs to the peer.
#include "exchange.hpp"

using namespace twoway;
using namespace twoway::fuzz;

namespace {

constexpr std::size_t kRoleAt = 8;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView state(data, size);
  auto opener = ResponseOpener::restore(provider(), state);
  auto sealer = ResponseSealer::restore(provider(), state);
  FUZZ_REQUIRE(!opener || !sealer);
  for (const auto* code :
       {opener ? nullptr : &opener.error(), sealer ? nullptr : &sealer.error()}) {
    FUZZ_REQUIRE(code == nullptr || code->code == Errc::malformed ||
                 code->code == Errc::not_supported);
  }
  if (!opener && !sealer) return 0;

  Bytes peer = copy(state);
  peer[kRoleAt] =
      static_cast<std::uint8_t>(opener ? framing::Role::receiver : framing::Role::sender);
  if (opener) {
    FUZZ_REQUIRE(equal(opener->export_secret_state(SecretAccess()).view(), state));
    sealer = ResponseSealer::restore(provider(), peer);
    FUZZ_REQUIRE(sealer.ok());
    FUZZ_REQUIRE(equal(sealer->export_secret_state(SecretAccess())->view(), peer));
  } else {
    FUZZ_REQUIRE(equal(sealer->export_secret_state(SecretAccess())->view(), state));
    opener = ResponseOpener::restore(provider(), peer);
    FUZZ_REQUIRE(opener.ok());
    FUZZ_REQUIRE(equal(opener->export_secret_state(SecretAccess()).view(), peer));
  }
  const auto response = sealer->seal(exchange().answer);
  FUZZ_REQUIRE(response.ok());
  const auto opened = opener->open(*response);
  FUZZ_REQUIRE(opened.ok() && *opened == exchange().answer);
  FUZZ_REQUIRE(sealer->export_secret_state(SecretAccess()).error().code == Errc::wrong_state);
  return 0;
}
