// Runs a fuzz target without a fuzzer: every seed, then mutations of them that are the same in
// every run. If a requirement fails, prints the input.
//
//   TARGET MUTATIONS SEEDS...      where SEEDS are files, or folders of them
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Input = std::vector<std::uint8_t>;

Input current;

/// Prints the input as hexadecimal digits, for `xxd -r -p`.
void print_current(int) {
  for (const std::uint8_t byte : current) std::fprintf(stderr, "%02x", byte);
  std::fputs(" is the input\n", stderr);
}

void test(const Input& input) {
  current = input;
  LLVMFuzzerTestOneInput(current.data(), current.size());
}

/// SplitMix64: the same numbers with every compiler and standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  std::uint8_t byte() { return static_cast<std::uint8_t>(next()); }

 private:
  std::uint64_t state_;
};

std::vector<Input> read_seeds(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      files.emplace_back(path);
      continue;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<Input> seeds;
  for (const fs::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
      std::fprintf(stderr, "cannot read the seed %s\n", file.c_str());
      std::exit(2);
    }
    seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return seeds;
}

/// Makes one change somewhere in `input`. `other` is the source of foreign bytes.
void mutate(Input& input, const Input& other, Random& random) {
  const auto offset = [&](const Input& in) {
    return in.begin() + static_cast<std::ptrdiff_t>(random.below(in.size() + 1));
  };
  if (input.empty()) {
    input = other;
    return;
  }
  std::uint8_t& byte = input[random.below(input.size())];
  switch (random.below(8)) {
    case 0: byte = random.byte(); break;
    case 1: byte = static_cast<std::uint8_t>(byte ^ 1u << random.below(8)); break;
    case 2: ++byte; break;
    case 3: --byte; break;
    case 4: input.insert(offset(input), random.byte()); break;
    case 5: input.erase(offset(input), input.end()); break;
    case 6: {  // drop or repeat a short run
      const auto first = offset(input);
      const auto size = std::min<std::ptrdiff_t>(input.end() - first, 1 + random.byte() % 8);
      if (random.below(2) == 0) {
        input.erase(first, first + size);
      } else {
        const Input run(first, first + size);
        input.insert(first, run.begin(), run.end());
      }
      break;
    }
    default: {  // the front of one input and the back of another
      input.erase(offset(input), input.end());
      input.insert(input.end(), offset(other), other.end());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    std::fprintf(stderr, "usage: %s MUTATIONS SEEDS...\n", argv[0]);
    return 2;
  }
  const std::vector<Input> seeds = read_seeds({arguments.begin() + 1, arguments.end()});
  if (seeds.empty()) {
    std::fprintf(stderr, "there are no seeds\n");
    return 2;
  }
  std::signal(SIGABRT, print_current);
  test({});
  for (const Input& seed : seeds) test(seed);
  const unsigned long mutations = std::stoul(arguments[0]);
  Random random(1);
  for (unsigned long i = 0; i < mutations; ++i) {
    Input input = seeds[random.below(seeds.size())];
    for (std::size_t changes = 1 + random.below(4); changes > 0; --changes) {
      mutate(input, seeds[random.below(seeds.size())], random);
    }
    test(input);
  }
  std::printf("%zu seeds and %lu mutations passed\n", seeds.size(), mutations);
}
