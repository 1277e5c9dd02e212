// Messages of errors that are made while the process runs.
//
// Who needs it: providers.
#pragma once

#include <string>

#include <twoway/core/export.hpp>

namespace twoway::core {

/// Returns `text` as a message of an Error: it lasts as long as the process, and is kept once.
/// Returns `otherwise` if too many different ones are kept already. Thread-safe, in a child of fork
/// too.
TWOWAY_API const char* lasting(std::string text, const char* otherwise) noexcept;

}  // namespace twoway::core
