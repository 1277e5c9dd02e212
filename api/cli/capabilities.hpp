// Tests which algorithms each provider offers.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <twoway/core/provider.hpp>

namespace twoway::cli {

enum class Support {
  yes,     ///< its known-answer test has just passed
  no,      ///< not offered
  failed,  ///< offered, and its test did not pass
};

/// One algorithm, with a result per provider.
struct CapabilityRow {
  const char* kind;  ///< "kem", "kdf", "aead" or "random"
  std::string name;
  std::vector<Support> support;
};

/// Tests every algorithm that `providers` offer. A KEM is a yes if its group and its KDF are.
std::vector<CapabilityRow> check_capabilities(std::span<const core::Provider* const> providers);

bool any_failed(std::span<const CapabilityRow> rows);

/// Returns the rows as an aligned table under the providers' names.
std::string capability_table(std::span<const core::Provider* const> providers,
                             std::span<const CapabilityRow> rows);

/// Returns the rows as the text of a JSON object. A provider that offers nothing has a member
/// "unusable" with the reason.
std::string capability_json(std::span<const core::Provider* const> providers,
                            std::span<const CapabilityRow> rows);

}  // namespace twoway::cli
