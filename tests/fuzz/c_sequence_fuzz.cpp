// The functions of the C interface in any order, on handles in any state, with room or without. A
// model says how each call must end. So whatever a failed call changed shows: in the answer of the
// next call on its handle, or in a message that opens otherwise.
#include "c_world.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  twoway::fuzz::World world(twoway::fuzz::Choices({data, size}));
  world.run();
  return 0;
}
