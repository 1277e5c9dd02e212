#include "capabilities.hpp"

#include <algorithm>

#include <twoway/core/kem.hpp>
#include <twoway/core/self_check.hpp>

#include "json.hpp"

namespace twoway::cli {
namespace {

using core::Provider;

template <typename Algorithm, typename Id>
Support check(const Algorithm* algorithm, Id id) {
  if (algorithm == nullptr) return Support::no;
  const bool good = algorithm->params().id == id && core::self_check(*algorithm).ok();
  return good ? Support::yes : Support::failed;
}

Support both(Support a, Support b) {
  if (a == Support::no || b == Support::no) return Support::no;
  return a == Support::yes ? b : a;
}

template <typename Check>
CapabilityRow row(const char* kind, const char* name, std::span<const Provider* const> providers,
                  Check check_one) {
  CapabilityRow result{kind, name, {}};
  for (const Provider* provider : providers) result.support.push_back(check_one(*provider));
  return result;
}

const char* word(Support support, const char* no) {
  switch (support) {
    case Support::yes: return "yes";
    case Support::no: return no;
    case Support::failed: return "FAILED";
  }
  return "";
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

}  // namespace

std::vector<CapabilityRow> check_capabilities(std::span<const Provider* const> providers) {
  std::vector<CapabilityRow> rows;
  for (const core::KemParams& kem : core::kem_table()) {
    const core::DhKemParams* dhkem = core::find_dhkem(kem.id);
    rows.push_back(row("kem", kem.short_name, providers, [&](const Provider& p) {
      return both(check(p.dh(dhkem->dh), dhkem->dh), check(p.kdf(dhkem->kdf), dhkem->kdf));
    }));
  }
  for (const core::KemParams& kem : core::pq_kem_table()) {
    rows.push_back(row("kem", kem.short_name, providers, [&](const Provider& p) {
      const core::Result<core::Kem> found = core::Kem::find(p, kem.id);
      if (!found) return Support::no;
      return core::self_check(*found).ok() ? Support::yes : Support::failed;
    }));
  }
  for (const core::KdfParams& kdf : core::kdf_table()) {
    rows.push_back(row("kdf", kdf.short_name, providers,
                       [&](const Provider& p) { return check(p.kdf(kdf.id), kdf.id); }));
  }
  for (const core::AeadParams& aead : core::aead_table()) {
    if (aead.id == core::AeadId::export_only) continue;  // needs no algorithm
    rows.push_back(row("aead", aead.short_name, providers,
                       [&](const Provider& p) { return check(p.aead(aead.id), aead.id); }));
  }
  rows.push_back(row("random", "generator", providers, [](const Provider& p) {
    if (p.unusable() != nullptr) return Support::no;
    return core::self_check(p.rng()).ok() ? Support::yes : Support::failed;
  }));
  return rows;
}

bool any_failed(std::span<const CapabilityRow> rows) {
  return std::ranges::any_of(rows, [](const CapabilityRow& row) {
    return std::ranges::find(row.support, Support::failed) != row.support.end();
  });
}

std::string capability_table(std::span<const Provider* const> providers,
                             std::span<const CapabilityRow> rows) {
  constexpr std::size_t kKind = 8;
  std::size_t widest = 0;
  for (const CapabilityRow& row : rows) widest = std::max(widest, row.name.size());
  const auto line = [&](const char* kind, const std::string& name, auto cell) {
    std::string text = padded(kind, kKind) + padded(name, widest + 2);
    for (std::size_t i = 0; i < providers.size(); ++i) {
      text += padded(cell(i), std::string(providers[i]->name()).size() + 2);
    }
    return text.erase(text.find_last_not_of(' ') + 1) + "\n";
  };
  std::string table =
      line("", "", [&](std::size_t i) { return std::string(providers[i]->name()); });
  const char* kind = "";
  for (const CapabilityRow& row : rows) {
    table += line(std::string_view(kind) == row.kind ? "" : row.kind, row.name,
                  [&](std::size_t i) { return std::string(word(row.support[i], "-")); });
    kind = row.kind;
  }
  return table;
}

std::string capability_json(std::span<const Provider* const> providers,
                            std::span<const CapabilityRow> rows) {
  Json list = Json::array();
  for (std::size_t i = 0; i < providers.size(); ++i) {
    Json entry{{"name", providers[i]->name()}, {"default", i == 0}};
    if (const char* reason = providers[i]->unusable()) entry["unusable"] = reason;
    for (const CapabilityRow& row : rows) {
      const Support support = row.support[i];
      entry[row.kind][row.name] = support == Support::failed ? "failed" : word(support, "no");
    }
    list.push_back(std::move(entry));
  }
  return json_text({{"providers", std::move(list)}});
}

}  // namespace twoway::cli
