#include <openssl/rand.h>

#include <algorithm>
#include <vector>

#include <twoway/core/secret.hpp>

#include "native.hpp"
#include "parts.hpp"

namespace twoway::openssl {
namespace {

class OpensslRng final : public core::Rng {
 public:
  explicit OpensslRng(OSSL_LIB_CTX* context) noexcept : context_(context) {}

  core::Status fill(core::ByteSpan out) noexcept override {
    if (RAND_bytes_ex(context_, out.data(), out.size(), 0) == 1) return {};
    core::wipe(out);
    return failure(core::Errc::provider_failure, "OpenSSL's random generator failed");
  }

 private:
  OSSL_LIB_CTX* context_;
};

template <typename Part, typename Id>
const Part* find(const std::vector<std::unique_ptr<Part>>& parts, Id id) noexcept {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [id](const auto& part) { return part->params().id == id; });
  return found == parts.end() ? nullptr : found->get();
}

template <typename Part, typename Row>
void collect(std::vector<std::unique_ptr<Part>>& parts, std::span<const Row> table,
             std::unique_ptr<Part> (*make)(const Row&, const Options&), const Options& options) {
  for (const Row& row : table) {
    if (std::unique_ptr<Part> part = make(row, options)) parts.push_back(std::move(part));
  }
}

/// Everything that OpenSSL offers is fetched once, here.
class OpensslProvider final : public core::Provider {
 public:
  explicit OpensslProvider(const Options& options) : rng_(options.library_context) {
    collect(groups_, core::dh_table(), make_group, options);
    collect(kdfs_, core::kdf_table(), make_kdf, options);
    collect(aeads_, core::aead_table(), make_aead, options);
  }

  bool empty() const noexcept { return groups_.empty() && kdfs_.empty() && aeads_.empty(); }

  const char* name() const noexcept override { return "openssl"; }
  const core::DhGroup* dh(core::DhId id) const noexcept override { return find(groups_, id); }
  const core::Kdf* kdf(core::KdfId id) const noexcept override { return find(kdfs_, id); }
  const core::Aead* aead(core::AeadId id) const noexcept override { return find(aeads_, id); }
  core::Rng& rng() const noexcept override { return rng_; }

 private:
  mutable OpensslRng rng_;
  std::vector<std::unique_ptr<core::DhGroup>> groups_;
  std::vector<std::unique_ptr<core::Kdf>> kdfs_;
  std::vector<std::unique_ptr<core::Aead>> aeads_;
};

}  // namespace

const core::Provider& provider() noexcept {
  // Never destroyed: keys and contexts of other static objects may outlive any order of ours.
  static const core::Provider* const instance = new OpensslProvider(Options{});
  return *instance;
}

core::Result<std::unique_ptr<const core::Provider>> create(const Options& options) noexcept {
  auto made = std::make_unique<OpensslProvider>(options);
  if (made->empty()) {
    return core::Error{core::Errc::not_supported,
                       "nothing can be fetched: is the OpenSSL provider loaded in this context?"};
  }
  return std::unique_ptr<const core::Provider>(std::move(made));
}

}  // namespace twoway::openssl
