#include "pin.hpp"

#include <cstdlib>

#include "failure.hpp"
#include "input.hpp"
#include "prompt.hpp"
#include "text.hpp"

namespace twoway::cli {
namespace {

core::SecretBuffer pin_of_file(const std::string& path) {
  // Two bytes more for a line end.
  core::SecretBuffer pin =
      read_input(path, {.max = core::kMaxPassphrase + 2, .what = "a PIN", .secret = true});
  core::remove_line_end(pin);
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

/// Returns the PIN of the options, or null if they name none.
const core::SecretBuffer* given_pin(const PinOptions& options) {
  if (!options.read && !options.file.empty()) options.read = pin_of_file(options.file);
  if (!options.read && !options.environment.empty()) {
    options.read = pin_of_environment(options.environment);
  }
  return options.read ? &*options.read : nullptr;
}

}  // namespace

void add_pin_options(Command& command, PinOptions& options) {
  const Option file = command.option("--pin-file", options.file, "FILE",
                                     "File with the PIN of the token or TPM that holds the key");
  command.option("--pin-env", options.environment, "NAME", "Environment variable with that PIN")
      .excludes(file);
}

std::shared_ptr<SecretSource> pin_source(const PinOptions& options,
                                         std::shared_ptr<SecretSource> of_uri,
                                         std::shared_ptr<const std::string> holder) {
  if (const core::SecretBuffer* const given = given_pin(options)) {
    return secret_from_function([kept = *given](core::SecretBuffer& pin) {
      pin = kept;
      return Status();
    });
  }
  if (of_uri != nullptr) return of_uri;
  return secret_from_function([holder](core::SecretBuffer& pin) {
    return ask_for_pin("PIN of " + printable(*holder) + ": ", pin);
  });
}

}  // namespace twoway::cli
