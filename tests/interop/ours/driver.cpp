// The driver of this library. It speaks the line protocol of tests/interop/README.md for one of the
// providers of the build.
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>

#include "bench.hpp"
#include "exchanges.hpp"
#include "hpke.hpp"

namespace {

using namespace twoway;
using namespace twoway::interop;

template <typename Table, typename IsOffered>
Json ids(const Table& table, const IsOffered& is_offered) {
  Json list = Json::array();
  for (const auto& row : table) {
    if (is_offered(row)) list.push_back(static_cast<unsigned>(row.id));
  }
  return list;
}

Json hello(const Provider& provider) {
  const auto is_found = [&](const core::KemParams& row) {
    return Kem::find(provider, row.id).ok();
  };
  Json kems = ids(core::kem_table(), is_found);
  for (const Json& id : ids(core::pq_kem_table(), is_found)) kems.push_back(id);
  const Json aeads = ids(core::aead_table(), [&](const core::AeadParams& row) {
    return provider.aead(row.id) != nullptr;
  });
  const Json kdfs = ids(core::kdf_table(), [&](const core::KdfParams& row) {
    return provider.kdf(row.id) != nullptr;
  });
  const Json two_stage = ids(core::kdf_table(), [&](const core::KdfParams& row) {
    return row.stages == core::KdfStages::two && provider.kdf(row.id) != nullptr;
  });
  Json hpke{{"kems", kems},
            {"kdfs", kdfs},
            {"aeads", aeads},
            {"modes", {"base", "psk", "auth", "auth_psk"}}};
  hpke["aeads"].push_back(static_cast<unsigned>(AeadId::export_only));
  const Json ohttp{{"kems", kems},        {"kdfs", two_stage}, {"aeads", aeads},
                   {"media_types", true}, {"mixed", true},     {"last_data", true},
                   {"key_configs", true}};
  return {{"name", std::string("ours-") + provider.name()},
          {"package", "twoway"},
          {"version", TWOWAY_VERSION},
          {"hpke", hpke},
          {"ohttp", ohttp},
          {"multi", ohttp},
          {"bench", Bench::works()},
          {"random", true},
          {"token_keys", has_token_keys()}};
}

Json public_key(const Provider& provider, const Json& request) {
  const auto key = flag_at(request, "make")
                       ? make_token_key(provider, KemId{request.at("kem").get<std::uint16_t>()},
                                        request.at("uri").get<std::string>())
                       : key_of(provider, request, "ikm");
  return {{"public", test::hex(key->public_key())}};
}

class Driver {
 public:
  explicit Driver(const Provider& provider)
      : provider_(provider), draws_(provider), exchanges_(provider, draws_), bench_(provider) {
    operations_ = {
        {"hello", [this](const Json&) { return hello(provider_); }},
        {"public_key", [this](const Json& r) { return public_key(provider_, r); }},
        {"hpke_seal", [this](const Json& r) { return hpke_seal(provider_, r, draws_); }},
        {"hpke_open", [this](const Json& r) { return hpke_open(provider_, r); }},
        {"seal_request", [this](const Json& r) { return exchanges_.seal_request(r); }},
        {"open_request", [this](const Json& r) { return exchanges_.open_request(r); }},
        {"seal_response", [this](const Json& r) { return exchanges_.seal_response(r); }},
        {"open_response", [this](const Json& r) { return exchanges_.open_response(r); }},
        {"seal_multi", [this](const Json& r) { return exchanges_.seal_multi(r); }},
        {"open_multi", [this](const Json& r) { return exchanges_.open_multi(r); }},
        {"key_configs", [this](const Json& r) { return exchanges_.key_configs(r); }},
        {"bench_prepare", [this](const Json& r) { return bench_.prepare(r); }},
        {"bench_run", [this](const Json& r) { return bench_.run(r); }},
    };
  }

  Json answer(const std::string& line) {
    try {
      const Json request = Json::parse(line);
      const auto found = operations_.find(request.at("op").get<std::string>());
      if (found == operations_.end()) throw Unserved{"there is no such operation"};
      draws_.set(bytes_at(request, "random"));
      Json result = found->second(request);
      draws_.require_used();
      result["ok"] = true;
      return result;
    } catch (const Refused& refused) {
      return {{"ok", false},
              {"refused", refused.error.message},
              {"code", core::to_string(refused.error.code)}};
    } catch (const Unserved& unserved) {
      return {{"ok", false}, {"error", unserved.what}};
    } catch (const Json::exception& error) {
      return {{"ok", false}, {"error", error.what()}};
    }
  }

 private:
  const Provider& provider_;
  Draws draws_;
  Exchanges exchanges_;
  Bench bench_;
  std::map<std::string, std::function<Json(const Json&)>> operations_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--list") {
    for (const Provider* provider : built::providers()) std::puts(provider->name());
    return 0;
  }
  const Provider* chosen = nullptr;
  for (const Provider* provider : built::providers()) {
    if (argc == 3 && std::string(argv[1]) == "--provider" &&
        provider->name() == std::string(argv[2])) {
      chosen = provider;
    }
  }
  if (chosen == nullptr) {
    std::fputs("usage: interop_driver --list | --provider NAME\n", stderr);
    return 2;
  }
  Driver driver(*chosen);
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << driver.answer(line).dump() << '\n' << std::flush;
  }
  return 0;
}
