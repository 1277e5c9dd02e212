// Times the library against the raw primitives of the same crypto libraries, in one run. Takes
// Google Benchmark's arguments: --benchmark_filter=<regex>, --benchmark_min_time=<seconds>,
// --benchmark_out=<file>. Also takes --json, for JSON in place of the table.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

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

std::vector<KeyCases>& key_cases() {
  static std::vector<KeyCases> all;
  return all;
}

}  // namespace twoway::bench

int main(int argc, char** argv) {
  using namespace twoway::bench;
  for (const RawLibrary* library : raw_libraries()) {
    add_setup_pairs(*library);
    add_hpke_pairs(*library);
    for (const KeyCases add : key_cases()) add(*library);
    add_aead_pairs(*library);
    add_stream_pairs(*library);
  }
  char** const end = std::remove(argv + 1, argv + argc, std::string_view("--json"));
  const bool json = end != argv + argc;
  argc = static_cast<int>(end - argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  PairReporter table;
  benchmark::JSONReporter objects;
  benchmark::BenchmarkReporter* const reporter =
      json ? static_cast<benchmark::BenchmarkReporter*>(&objects) : &table;
  benchmark::RunSpecifiedBenchmarks(reporter);
}
