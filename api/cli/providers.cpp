// twoway providers
#include <memory>

#include "built_providers.hpp"
#include "capabilities.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "keys.hpp"
#include "output.hpp"

namespace twoway::cli {
namespace {

void run(bool json) {
  const auto all = built::providers();
  if (all.empty()) static_cast<void>(choose_provider(""));  // says what to do
  const std::vector<CapabilityRow> rows = check_capabilities(all);
  print(json ? capability_json(all, rows) : capability_table(all, rows));
  if (any_failed(rows)) {
    throw Failure(Exit::refused,
                  "an algorithm failed its test with a known answer: do not use that provider");
  }
  for (const Provider* provider : all) require_usable(*provider);
}

}  // namespace

void add_providers(Command& program) {
  auto json = std::make_shared<bool>(false);
  Command command = program.add("providers", "Test and show the algorithms of each provider");
  command.flag("--json", *json, "Print JSON");
  command.footer(
      "The first provider is the default. A yes means that a test with a known answer has just "
      "passed, - that it is not offered. If a test fails or a provider offers nothing, the exit "
      "code is 1.");
  command.runs([json] { run(*json); });
}

}  // namespace twoway::cli
