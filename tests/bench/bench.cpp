// Times the library against the raw primitives of the same crypto libraries, in one run. Takes
// Google Benchmark's arguments: --benchmark_filter=<regex>, --benchmark_min_time=<seconds>,
// --benchmark_out=<file> (JSON).
#include <cstdio>
#include <cstdlib>

#include "cases.hpp"
#include "pair.hpp"

namespace twoway::bench {

void require(bool ok) {
  if (ok) return;
  std::fputs("bench: a primitive failed\n", stderr);
  std::abort();
}

std::vector<const RawLibrary*>& raw_libraries() {
  static std::vector<const RawLibrary*> all;
  return all;
}

}  // namespace twoway::bench

int main(int argc, char** argv) {
  using namespace twoway::bench;
  for (const RawLibrary* library : raw_libraries()) {
    add_setup_pairs(*library);
    add_aead_pairs(*library);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  PairReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
