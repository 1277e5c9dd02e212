#include <cstdlib>

#include "failure.hpp"
#include "input.hpp"
#include "token_keys.hpp"

namespace twoway::cli {
namespace {

core::SecretBuffer pin_of_file(const std::string& path) {
  // Two bytes more for a line end.
  core::SecretBuffer pin =
      read_input(path, {.max = core::kMaxPassphrase + 2, .what = "a PIN", .secret = true});
  if (!pin.empty() && pin.back() == '\n') pin.pop_back();
  if (!pin.empty() && pin.back() == '\r') pin.pop_back();
  return pin;
}

core::SecretBuffer pin_of_environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) {
    throw Failure(Exit::usage, "--pin-env " + name + ": there is no such environment variable");
  }
  const ByteView bytes = core::as_bytes(value);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

void add_pin_options(Command& command, PinOptions& options) {
  Option file = command.option("--pin-file", options.file,
                               "File with the PIN of the token or TPM that holds the key");
  file.type("FILE");
  command.option("--pin-env", options.environment, "Environment variable with that PIN")
      .excludes(file)
      .type("NAME");
}

const core::SecretBuffer* given_pin(const PinOptions& options) {
  if (!options.read && !options.file.empty()) options.read = pin_of_file(options.file);
  if (!options.read && !options.environment.empty()) {
    options.read = pin_of_environment(options.environment);
  }
  return options.read ? &*options.read : nullptr;
}

}  // namespace twoway::cli
