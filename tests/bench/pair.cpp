#include "pair.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>

#include "allocations.hpp"
#include "crew.hpp"

namespace twoway::bench {
namespace {

using Nanoseconds = std::chrono::duration<double, std::nano>;
using Sides = std::vector<Side>;

/// One side of a comparison, and the threads that do its work.
class Timed {
 public:
  Timed(Crew& crew, Sides sides) : crew_(crew), sides_(std::move(sides)) {}

  bool empty() const { return sides_.empty(); }

  /// Returns the nanoseconds that `count` executions take.
  double slice(std::size_t count) {
    for (const Side& side : sides_) side.prepare(count);
    return Nanoseconds(crew_.run(sides_, count)).count();
  }

  std::size_t count_for(Nanoseconds slice_time) {
    std::size_t count = 1;
    while (slice(count) < slice_time.count()) count *= 2;
    return count;
  }

  /// Keeps the time of each execution.
  double sample(std::size_t count) {
    const double time = slice(count);
    times_.push_back(time / static_cast<double>(count));
    return time;
  }

  std::vector<double>& times() { return times_; }

  /// Counts the heap blocks of an execution, on this thread.
  double allocations() {
    constexpr std::size_t kCount = 16;
    sides_[0].prepare(kCount);
    const std::size_t before = test::allocations();
    sides_[0].run(kCount);
    return static_cast<double>(test::allocations() - before) / kCount;
  }

 private:
  Crew& crew_;
  Sides sides_;
  std::vector<double> times_;
};

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double per_second(double nanoseconds) { return 1e9 / nanoseconds; }

Sides sides_of(const Comparison& comparison, Side Pair::*side) {
  Sides sides;
  for (const Pair& pair : comparison.threads) sides.push_back(pair.*side);
  return sides;
}

void compare(benchmark::State& state, const Comparison& comparison) {
  Crew crew(comparison.threads.size());
  Timed raw(crew, sides_of(comparison, &Pair::raw));
  Timed ours(crew, sides_of(comparison, &Pair::ours));
  Timed part(crew, comparison.part);
  const std::size_t count = raw.count_for(comparison.slice);
  std::vector<double> ratios;
  for ([[maybe_unused]] auto _ : state) {
    // The sides take turns to come first.
    const bool raw_first = ratios.size() % 2 == 0;
    double raw_time = raw_first ? raw.sample(count) : 0;
    const double our_time = ours.sample(count);
    if (!raw_first) raw_time = raw.sample(count);
    ratios.push_back(our_time / raw_time);
    const double part_time = part.empty() ? 0 : part.sample(count);
    state.SetIterationTime((raw_time + our_time + part_time) * 1e-9);
  }
  state.counters[kRawTime] = median(raw.times());
  state.counters[kOurTime] = median(ours.times());
  state.counters[kRatio] = median(ratios);
  state.counters[kRawAllocations] = raw.allocations();
  state.counters[kOurAllocations] = ours.allocations();
  if (part.empty()) return;
  state.counters[kPartRate] = per_second(median(part.times()));
  state.counters[kOurRate] = per_second(median(ours.times()));
}

void run(benchmark::State& state, const std::function<Comparison()>& make) {
  try {
    compare(state, make());
  } catch (const std::exception& reason) {
    const std::string skipped = std::string("skipped: ") + reason.what();
    state.SetLabel(skipped);
    state.SkipWithError(skipped.c_str());
  }
}

}  // namespace

void add_comparison(const std::string& name, std::function<Comparison()> make) {
  benchmark::RegisterBenchmark(name.c_str(), [make = std::move(make)](benchmark::State& state) {
    run(state, make);
  })->UseManualTime();
}

void add_pair(const std::string& name, std::function<Pair()> make) {
  add_comparison(name, [make = std::move(make)] { return Comparison{.threads = {make()}}; });
}

bool PairReporter::ReportContext(const Context&) {
  std::printf("%-58s %12s %12s %6s  %s\n", "", "raw ns", "ours ns", "ratio",
              "allocations raw/ours");
  return true;
}

void PairReporter::ReportRuns(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    const auto counter = [&run](const char* name) { return run.counters.at(name).value; };
    std::printf("%-58s ", run.run_name.function_name.c_str());
    if (run.counters.count(kRatio) == 0) {
      std::printf("%s\n", run.report_label.c_str());
      continue;
    }
    std::printf("%12.0f %12.0f %6.3f  %.4g/%.4g", counter(kRawTime), counter(kOurTime),
                counter(kRatio), counter(kRawAllocations), counter(kOurAllocations));
    if (run.counters.count(kPartRate) != 0) {
      std::printf("  %.0f/s of raw %.0f/s", counter(kOurRate), counter(kPartRate));
    }
    std::printf("\n");
  }
  std::fflush(stdout);
}

}  // namespace twoway::bench
