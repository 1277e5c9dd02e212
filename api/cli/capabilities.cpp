#include "capabilities.hpp"

#include <algorithm>

#include <twoway/core/kem.hpp>
#include <twoway/core/self_check.hpp>

namespace twoway::cli {
namespace {

using core::Provider;

template <typename Algorithm, typename Id>
Answer ask(const Algorithm* algorithm, Id id) {
  if (algorithm == nullptr) return Answer::no;
  const bool good = algorithm->params().id == id && core::self_check(*algorithm).ok();
  return good ? Answer::yes : Answer::failed;
}

Answer both(Answer a, Answer b) {
  if (a == Answer::no || b == Answer::no) return Answer::no;
  return a == Answer::yes ? b : a;
}

template <typename Ask>
CapabilityRow row(const char* kind, const char* name, std::span<const Provider* const> providers,
                  Ask question) {
  CapabilityRow result{kind, name, {}};
  for (const Provider* provider : providers) result.answers.push_back(question(*provider));
  return result;
}

const char* word(Answer answer, const char* no) {
  switch (answer) {
    case Answer::yes: return "yes";
    case Answer::no: return no;
    case Answer::failed: return "FAILED";
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
      return both(ask(p.dh(dhkem->dh), dhkem->dh), ask(p.kdf(dhkem->kdf), dhkem->kdf));
    }));
  }
  for (const core::KemParams& kem : core::pq_kem_table()) {
    rows.push_back(row("kem", kem.short_name, providers, [&](const Provider& p) {
      const core::Result<core::Kem> found = core::Kem::find(p, kem.id);
      if (!found) return Answer::no;
      return core::self_check(*found).ok() ? Answer::yes : Answer::failed;
    }));
  }
  for (const core::KdfParams& kdf : core::kdf_table()) {
    rows.push_back(row("kdf", kdf.short_name, providers,
                       [&](const Provider& p) { return ask(p.kdf(kdf.id), kdf.id); }));
  }
  for (const core::AeadParams& aead : core::aead_table()) {
    if (aead.id == core::AeadId::export_only) continue;  // needs no algorithm
    rows.push_back(row("aead", aead.short_name, providers,
                       [&](const Provider& p) { return ask(p.aead(aead.id), aead.id); }));
  }
  rows.push_back(row("random", "generator", providers, [](const Provider& p) {
    if (p.unusable() != nullptr) return Answer::no;
    return core::self_check(p.rng()).ok() ? Answer::yes : Answer::failed;
  }));
  return rows;
}

bool any_failed(std::span<const CapabilityRow> rows) {
  return std::ranges::any_of(rows, [](const CapabilityRow& row) {
    return std::ranges::find(row.answers, Answer::failed) != row.answers.end();
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
                  [&](std::size_t i) { return std::string(word(row.answers[i], "-")); });
    kind = row.kind;
  }
  return table;
}

nlohmann::ordered_json capability_json(std::span<const Provider* const> providers,
                                       std::span<const CapabilityRow> rows) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < providers.size(); ++i) {
    nlohmann::ordered_json entry{{"name", providers[i]->name()}, {"default", i == 0}};
    if (const char* reason = providers[i]->unusable()) entry["unusable"] = reason;
    for (const CapabilityRow& row : rows) {
      const std::string answer = word(row.answers[i], "no");
      entry[row.kind][row.name] = answer == "FAILED" ? "failed" : answer;
    }
    list.push_back(std::move(entry));
  }
  return {{"providers", std::move(list)}};
}

}  // namespace twoway::cli
