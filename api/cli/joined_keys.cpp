#include "joined_keys.hpp"

#include "algorithm_names.hpp"
#include "failure.hpp"
#include "input.hpp"
#include "text.hpp"
#include "token_keys.hpp"
#include "tpm_keys.hpp"

namespace twoway::cli {
namespace {

const core::HybridKemParams* hybrid_named(const std::string& name) {
  for (const core::KemParams& kem : core::pq_kem_table()) {
    if (kem.short_name == name) return core::find_hybrid_kem(kem.id);
  }
  return nullptr;
}

KemId group_kem(const core::HybridKemParams& row) { return core::find_dh(row.dh)->kem; }

/// Returns the form of a joined key, for messages.
std::string form_of(const core::HybridKemParams& row) {
  return name_of(row.id) + ":SEED.pem+KEY, with a key file of " + name_of(row.ml_kem) +
         " and any key of " + name_of(group_kem(row));
}

void require_kem(const PrivateKey& key, KemId needed, KemId other, const std::string& name,
                 const core::HybridKemParams& row) {
  if (key.kem_id() == needed) return;
  const std::string holds = input_name(name) + ": is a key of " + name_of(key.kem_id()) + ": ";
  throw Failure(Exit::usage,
                holds +
                    (key.kem_id() == other ? "the halves are in each other's place: write "
                                           : "it cannot be this half: write ") +
                    form_of(row));
}

}  // namespace

std::optional<Halves> parse_halves(const std::string& name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const core::HybridKemParams* row = hybrid_named(name.substr(0, colon));
  if (row == nullptr) return std::nullopt;
  const std::size_t plus = name.find('+', colon);
  const std::string first =
      name.substr(colon + 1, plus == std::string::npos ? std::string::npos : plus - colon - 1);
  const std::string second = plus == std::string::npos ? "" : name.substr(plus + 1);
  if (first.empty() || second.empty()) {
    throw Failure(Exit::usage, "--key " + name + ": a half is missing: write " + form_of(*row));
  }
  if (is_token_uri(first) || is_tpm_handle(first)) {
    throw Failure(Exit::usage,
                  "--key " + name + ": the first half is a file: write " + form_of(*row));
  }
  return Halves{row->id, first, second};
}

std::shared_ptr<const PrivateKey> open_joined_key(
    const Provider& provider, const Halves& halves,
    const std::function<std::shared_ptr<const PrivateKey>(const std::string&)>& open) {
  const core::HybridKemParams& row = *core::find_hybrid_kem(halves.hybrid);
  const auto kem = Kem::find(provider, row.id);
  if (!kem) {
    throw Failure(Exit::usage, std::string(provider.name()) + " does not offer " + name_of(row.id) +
                                   ": " + see("providers"));
  }
  std::shared_ptr<const PrivateKey> ml_kem = open(halves.ml_kem);
  require_kem(*ml_kem, row.ml_kem, group_kem(row), halves.ml_kem, row);
  std::shared_ptr<const PrivateKey> group = open(halves.group);
  require_kem(*group, group_kem(row), row.ml_kem, halves.group, row);
  auto joined = kem->join_private(std::move(ml_kem), std::move(group));
  if (!joined) {
    throw Failure(Exit::usage, std::string(provider.name()) + " cannot join keys to one of " +
                                   name_of(row.id) + ": choose another library with --provider");
  }
  return std::move(*joined);
}

}  // namespace twoway::cli
