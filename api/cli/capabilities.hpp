// Tests which algorithms each provider offers.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <twoway/core/provider.hpp>

namespace twoway::cli {

enum class Answer {
  yes,     ///< its known-answer test has just passed
  no,      ///< not offered
  failed,  ///< offered, and its test did not pass
};

/// One algorithm, with a result per provider.
struct CapabilityRow {
  const char* kind;  ///< "kem", "kdf", "aead" or "random"
  std::string name;
  std::vector<Answer> answers;
};

/// Tests every algorithm that `providers` offer. A KEM is a yes if its group and its KDF are.
std::vector<CapabilityRow> check_capabilities(std::span<const core::Provider* const> providers);

bool any_failed(std::span<const CapabilityRow> rows);

/// Returns the rows as an aligned table under the providers' names.
std::string capability_table(std::span<const core::Provider* const> providers,
                             std::span<const CapabilityRow> rows);

/// Returns the rows as JSON. A provider that offers nothing has a member "unusable" with the
/// reason.
nlohmann::ordered_json capability_json(std::span<const core::Provider* const> providers,
                                       std::span<const CapabilityRow> rows);

}  // namespace twoway::cli
