// The PIN of a token or TPM: from a file, the environment, a URI or the terminal.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <twoway/types.hpp>

#include "command.hpp"

namespace twoway::cli {

/// The source of the PIN of a token or TPM. The PIN is never an argument, which others could see.
struct PinOptions {
  std::string file;
  std::string environment;
  mutable std::optional<core::SecretBuffer> read{};  ///< of `file`, which may be a pipe
  bool given() const noexcept { return !file.empty() || !environment.empty(); }
};

/// Adds --pin-file and --pin-env.
void add_pin_options(Command& command, PinOptions& options);

/// Returns the PIN source of the options, else that of the URI, else the terminal, whose prompt
/// names `holder`. The caller may fill in `holder` until the PIN is needed. Reads a file once, now,
/// and refuses one that others can read.
std::shared_ptr<SecretSource> pin_source(const PinOptions& options,
                                         std::shared_ptr<SecretSource> of_uri,
                                         std::shared_ptr<const std::string> holder);

}  // namespace twoway::cli
