// One message, by a sealer that knows all keys and may lie, opened in every way: whole, in chunks,
// pushed, pulled, in place, in C++ and in C. All must agree with the reference decoder.
#include "lie_openers.hpp"

using namespace twoway::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choices({data, size});
  const std::vector<std::size_t> pieces = choices.sizes();
  const Lie message = lie(choices);
  const Opened expected = reference(message);
  for (const Way& way : ways(message.chunked)) {
    const Opened opened = way.open(message, pieces);
    if (opened == expected) continue;
    std::fprintf(stderr, "%s: %zu bytes, '%s', and not %zu bytes, '%s'\n", way.name,
                 opened.text.size(), opened.error.c_str(), expected.text.size(),
                 expected.error.c_str());
    FUZZ_REQUIRE(opened == expected);
  }
  return 0;
}
