// Asking the person at the terminal.
#pragma once

#include <string>

#include <twoway/names.hpp>

namespace twoway::cli {

/// Asks for a PIN at the controlling terminal, which does not show what is typed. A signal that
/// ends or stops the program meanwhile finds the terminal restored. Errors:
///   - key_unavailable: there is no terminal, or no PIN was typed
Status ask_for_pin(const std::string& prompt, core::SecretBuffer& pin) noexcept;

}  // namespace twoway::cli
