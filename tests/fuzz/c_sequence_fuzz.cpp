// The functions of the C interface in any order, on handles in any state, with buffers large and
// small. A model says how each call must end. So anything that a failed call changed shows: in the
// status of the next call on its handle, or in a message that opens differently.
#include "c_world.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  twoway::fuzz::World world(twoway::fuzz::Choices({data, size}));
  world.run();
  return 0;
}
