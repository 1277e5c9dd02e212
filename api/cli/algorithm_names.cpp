#include "algorithm_names.hpp"

#include <string_view>

#include "failure.hpp"

namespace twoway::cli {
namespace {

template <typename Row>
std::string name_or_hex(const Row* row, std::uint16_t id) {
  return row == nullptr ? hex_id(id) : row->short_name;
}

template <typename Row>
const Row* find_name(std::span<const Row> table, std::string_view name) {
  for (const Row& row : table) {
    if (row.short_name == name) return &row;
  }
  return nullptr;
}

// OHTTP does not use one-stage KDFs or the export-only AEAD (framing::find_suite).
std::vector<std::string> kdf_names() {
  std::vector<std::string> names;
  for (const core::KdfParams& row : core::kdf_table()) {
    if (row.stages == core::KdfStages::two) names.emplace_back(row.short_name);
  }
  return names;
}

std::vector<std::string> aead_names() {
  std::vector<std::string> names;
  for (const core::AeadParams& row : core::aead_table()) {
    if (row.id != AeadId::export_only) names.emplace_back(row.short_name);
  }
  return names;
}

}  // namespace

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

std::string hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string hex_id(std::uint16_t id) {
  const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(id >> 8),
                                          static_cast<std::uint8_t>(id & 0xff)};
  return "0x" + hex(bytes);
}

std::string name_of(KemId id) {
  return name_or_hex(core::find_kem(id), static_cast<std::uint16_t>(id));
}
std::string name_of(KdfId id) {
  return name_or_hex(core::find_kdf(id), static_cast<std::uint16_t>(id));
}
std::string name_of(AeadId id) {
  return name_or_hex(core::find_aead(id), static_cast<std::uint16_t>(id));
}

std::vector<std::string> kem_names() {
  std::vector<std::string> names;
  for (const core::KemParams& row : core::kem_table()) names.emplace_back(row.short_name);
  for (const core::KemParams& row : core::pq_kem_table()) names.emplace_back(row.short_name);
  return names;
}

std::vector<std::string> algorithm_pair_names() {
  std::vector<std::string> names;
  for (const std::string& kdf : kdf_names()) {
    for (const std::string& aead : aead_names()) names.push_back(kdf + ":" + aead);
  }
  return names;
}

KemId parse_kem(const std::string& name) {
  const core::KemParams* row = find_name(core::kem_table(), name);
  if (row == nullptr) row = find_name(core::pq_kem_table(), name);
  if (row == nullptr) {
    throw Failure(Exit::usage, "no KEM '" + name + "': choose " + list_of(kem_names()));
  }
  return row->id;
}

SymmetricAlgorithms parse_algorithms(const std::string& text) {
  const std::size_t colon = text.find(':');
  const core::KdfParams* kdf = find_name(core::kdf_table(), text.substr(0, colon));
  const core::AeadParams* aead =
      colon == std::string::npos ? nullptr : find_name(core::aead_table(), text.substr(colon + 1));
  if (kdf == nullptr || aead == nullptr) {
    throw Failure(Exit::usage, "no algorithms '" + text + "': write KDF:AEAD with " +
                                   list_of(kdf_names()) + " and " + list_of(aead_names()));
  }
  return {kdf->id, aead->id};
}

}  // namespace twoway::cli
