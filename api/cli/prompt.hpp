// Questions to the person at the terminal.
#pragma once

#include <string>

#include <twoway/types.hpp>

namespace twoway::cli {

/// Asks for a PIN at the controlling terminal, which does not show it. If a signal ends or stops
/// the program meanwhile, the terminal is restored first.
///
/// Errors:
///   key_unavailable  there is no terminal, or no PIN was typed
Status ask_for_pin(const std::string& prompt, core::SecretBuffer& pin) noexcept;

}  // namespace twoway::cli
