// Two ways to do the same work, timed against each other in one run.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace twoway::bench {

/// `run` does the work `count` times. `prepare` prepares that, outside the clock.
struct Side {
  std::function<void(std::size_t count)> run;
  std::function<void(std::size_t count)> prepare = [](std::size_t) {};
};

struct Pair {
  Side raw;
  Side ours;
};

/// Work of several threads at once, which divide the executions of a slice among themselves.
struct Comparison {
  std::vector<Pair> threads;  ///< a pair for each
  /// A part of the raw work for each thread, if its rate is worth knowing.
  std::vector<Side> part = {};
  /// Long beside the clock's resolution, short beside anything that disturbs the machine.
  std::chrono::microseconds slice{200};
};

/// Adds a benchmark of the result of `make`. Its iterations alternate short slices of both sides,
/// so that anything that slows the machine slows both. Its counters are those below. If `make`
/// throws an exception, the benchmark is skipped, with the exception's text as the reason.
void add_comparison(const std::string& name, std::function<Comparison()> make);

/// Adds a benchmark for one thread.
void add_pair(const std::string& name, std::function<Pair()> make);

/// Per execution of the work. The times are medians over all slices, and `ratio` is the median of
/// the ratios of neighbouring slices, ours by raw. On several threads a time is that of a slice
/// by all executions in it.
inline constexpr const char* kRawTime = "raw_ns";
inline constexpr const char* kOurTime = "ours_ns";
inline constexpr const char* kRatio = "ratio";
inline constexpr const char* kRawAllocations = "raw_allocations";
inline constexpr const char* kOurAllocations = "ours_allocations";

/// If there is a `part`: its executions and ours in a second, of all threads together.
inline constexpr const char* kPartRate = "raw_part_per_second";
inline constexpr const char* kOurRate = "ours_per_second";

/// Prints a line of these counters for each benchmark.
class PairReporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
};

}  // namespace twoway::bench
