#include "pair.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "allocations.hpp"

namespace twoway::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::duration<double, std::nano>;

/// Long beside the clock's resolution, short beside anything that disturbs the machine.
constexpr Nanoseconds kSlice = std::chrono::microseconds(200);

double slice(const Side& side, std::size_t count) {
  side.prepare(count);
  const Clock::time_point start = Clock::now();
  side.run(count);
  return Nanoseconds(Clock::now() - start).count();
}

std::size_t count_for_slice(const Side& side) {
  std::size_t count = 1;
  while (slice(side, count) < kSlice.count()) count *= 2;
  return count;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double allocations_of(const Side& side) {
  using test::allocations;
  constexpr std::size_t kCount = 16;
  side.prepare(kCount);
  const std::size_t before = allocations();
  side.run(kCount);
  return static_cast<double>(allocations() - before) / kCount;
}

void compare(benchmark::State& state, const Pair& pair) {
  const std::size_t count = count_for_slice(pair.raw);
  std::vector<double> raw_times, our_times, ratios;
  for ([[maybe_unused]] auto _ : state) {
    // Neither side always comes first.
    const bool raw_first = ratios.size() % 2 == 0;
    double raw = raw_first ? slice(pair.raw, count) : 0;
    const double ours = slice(pair.ours, count);
    if (!raw_first) raw = slice(pair.raw, count);
    raw_times.push_back(raw / static_cast<double>(count));
    our_times.push_back(ours / static_cast<double>(count));
    ratios.push_back(ours / raw);
    state.SetIterationTime((raw + ours) * 1e-9);
  }
  state.counters[kRawTime] = median(raw_times);
  state.counters[kOurTime] = median(our_times);
  state.counters[kRatio] = median(ratios);
  state.counters[kRawAllocations] = allocations_of(pair.raw);
  state.counters[kOurAllocations] = allocations_of(pair.ours);
}

}  // namespace

void add_pair(const std::string& name, std::function<Pair()> make) {
  benchmark::RegisterBenchmark(name.c_str(), [make = std::move(make)](benchmark::State& state) {
    compare(state, make());
  })->UseManualTime();
}

bool PairReporter::ReportContext(const Context&) {
  std::printf("%-58s %12s %12s %6s  %s\n", "", "raw ns", "ours ns", "ratio",
              "allocations raw/ours");
  return true;
}

void PairReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    const auto counter = [&run](const char* name) { return run.counters.at(name).value; };
    std::printf("%-58s %12.0f %12.0f %6.3f  %.4g/%.4g\n", run.run_name.function_name.c_str(),
                counter(kRawTime), counter(kOurTime), counter(kRatio), counter(kRawAllocations),
                counter(kOurAllocations));
  }
  std::fflush(stdout);
}

}  // namespace twoway::bench
