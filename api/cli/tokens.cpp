// twoway tokens
#include <memory>

#include <nlohmann/json.hpp>

#include <twoway/pkcs11.hpp>

#include "commands.hpp"
#include "failure.hpp"
#include "names.hpp"
#include "output.hpp"
#include "pin.hpp"

namespace twoway::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Tokens {
  std::vector<std::string> modules;
  bool keys = false;
  bool json = false;
  PinOptions pin;
};

struct ListedToken {
  pkcs11::TokenInfo info;
  std::vector<pkcs11::KeyInfo> keys;
};

/// The modules that the options name, each by its path or by a URI.
std::vector<pkcs11::ConfiguredModule> named_modules(const std::vector<std::string>& names) {
  if (names.empty()) return pkcs11::configured_modules();
  std::vector<pkcs11::ConfiguredModule> modules;
  for (const std::string& name : names) {
    if (!is_token_uri(name)) {
      modules.push_back({{}, name, {}});
      continue;
    }
    const pkcs11::TokenLocation place = require(pkcs11::parse_uri(name), name).location.token;
    modules.push_back({{}, place.module_path, place.init_arguments});
  }
  return modules;
}

std::vector<ListedToken> list(const pkcs11::ConfiguredModule& module, const Tokens& options) {
  std::vector<ListedToken> tokens;
  for (const pkcs11::TokenInfo& info :
       require(pkcs11::list_tokens(module.path, module.init_arguments), module.path)) {
    ListedToken& token = tokens.emplace_back(ListedToken{info, {}});
    if (!options.keys) continue;
    pkcs11::Options with_pin;
    with_pin.pin = pin_source(options.pin, nullptr);
    const auto opened = require(pkcs11::Token::open(info.location, with_pin), info.location.label);
    token.keys = require(opened.list_keys(), info.location.label);
  }
  return tokens;
}

std::string uri_of(const ListedToken& token, const pkcs11::KeyName& key) {
  return pkcs11::to_uri({token.info.location, key});
}

Json token_json(const ListedToken& token, bool with_keys) {
  const pkcs11::TokenLocation& place = token.info.location;
  Json entry{{"label", place.label},
             {"serial", place.serial},
             {"manufacturer", place.manufacturer},
             {"model", place.model},
             {"slot", place.slot_id.value_or(0)},
             {"uri", uri_of(token, {})},
             {"login_required", token.info.login_required},
             {"pin_locked", token.info.pin_locked}};
  if (!with_keys) return entry;
  entry["keys"] = Json::array();
  for (const pkcs11::KeyInfo& key : token.keys) {
    entry["keys"].push_back({{"label", key.name.label},
                             {"id", hex(key.name.id)},
                             {"kem", name_of(key.kem)},
                             {"derivable", key.derivable},
                             {"extractable", key.extractable},
                             {"public_key", hex(key.public_key)},
                             {"uri", uri_of(token, key.name)}});
  }
  return entry;
}

std::string token_text(const ListedToken& token) {
  const pkcs11::TokenLocation& place = token.info.location;
  std::string text = "  token " + place.label + " (" + place.manufacturer + ", " + place.model +
                     ", serial " + place.serial + ")" +
                     (token.info.pin_locked ? ", PIN locked" : "") + "\n    " + uri_of(token, {}) +
                     "\n";
  for (const pkcs11::KeyInfo& key : token.keys) {
    text += "    key " + key.name.label + ", id " + hex(key.name.id) + ", " + name_of(key.kem) +
            (key.derivable ? "" : ", may not derive") +
            (key.extractable ? ", may leave the token" : "") + "\n      " +
            uri_of(token, key.name) + "\n";
  }
  return text;
}

void run(const Tokens& options) {
  Json modules = Json::array();
  std::string text;
  for (const pkcs11::ConfiguredModule& module : named_modules(options.modules)) {
    const std::vector<ListedToken> tokens = list(module, options);
    Json entry{{"path", module.path}, {"tokens", Json::array()}};
    text += "module " + module.path + (tokens.empty() ? ": no token\n" : "\n");
    for (const ListedToken& token : tokens) {
      entry["tokens"].push_back(token_json(token, options.keys));
      text += token_text(token);
    }
    modules.push_back(std::move(entry));
  }
  print(options.json ? Json{{"modules", std::move(modules)}}.dump(2) + "\n" : text);
}

}  // namespace

void add_tokens(CLI::App& app) {
  auto options = std::make_shared<Tokens>();
  CLI::App* command = app.add_subcommand("tokens", "List the tokens of PKCS#11 modules");
  command
      ->add_option("--module", options->modules,
                   "The module's shared object, or a pkcs11: URI with its module-path and "
                   "x-init-reserved; repeat it for more. Unless given, those that p11-kit is "
                   "configured with")
      ->type_name("MODULE");
  command->add_flag("--keys", options->keys, "List the keys too, which needs the PIN");
  add_pin_options(*command, options->pin);
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "The URIs can be given to --key.\n\n"
      "Example:\n"
      "  twoway tokens --module /usr/lib/softhsm/libsofthsm2.so --keys --pin-file pin.txt");
  command->callback([options] { run(*options); });
}

}  // namespace twoway::cli
