// Two ways to do the same work, timed against each other in one run.
#pragma once

#include <functional>
#include <string>

#include <benchmark/benchmark.h>

namespace twoway::bench {

/// `run` does the work `count` times; `prepare` makes ready for that, outside the clock.
struct Side {
  std::function<void(std::size_t count)> run;
  std::function<void(std::size_t count)> prepare = [](std::size_t) {};
};

struct Pair {
  Side raw;
  Side ours;
};

/// Adds a benchmark of the pair that `make` makes. Its iterations alternate short slices of both
/// sides, so that whatever slows the machine slows both; its counters are those below.
void add_pair(const std::string& name, std::function<Pair()> make);

/// Per execution of the work. The times are medians over all slices, and `ratio` is the median of
/// the ratios of neighbouring slices, ours by raw.
inline constexpr const char* kRawTime = "raw_ns";
inline constexpr const char* kOurTime = "ours_ns";
inline constexpr const char* kRatio = "ratio";
inline constexpr const char* kRawAllocations = "raw_allocations";
inline constexpr const char* kOurAllocations = "ours_allocations";

/// Prints a line of these counters for each pair.
class PairReporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
};

}  // namespace twoway::bench
