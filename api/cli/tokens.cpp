// twoway tokens
#include <algorithm>
#include <memory>

#include <twoway/pkcs11.hpp>

#include "algorithm_names.hpp"
#include "commands.hpp"
#include "failure.hpp"
#include "json.hpp"
#include "output.hpp"
#include "pin.hpp"
#include "text.hpp"
#include "token_keys.hpp"
#include "token_words.hpp"

namespace twoway::cli {
namespace {

struct Tokens {
  std::vector<std::string> modules;
  std::string token;
  bool keys = false;
  bool json = false;
  PinOptions pin;
};

struct ListedToken {
  pkcs11::TokenInfo info;
  std::optional<std::vector<pkcs11::KeyInfo>> keys;
  std::string failure;  ///< why there are no keys
};

struct ListedModule {
  std::string path;
  std::vector<ListedToken> tokens;
  std::string failure;  ///< why there are no tokens
};

/// Returns the token that --token names, by its label or by a URI.
pkcs11::TokenLocation named_token(const std::string& name) {
  if (!is_token_uri(name)) return {.label = name};
  return require_token(pkcs11::parse_uri(name), name).location.token;
}

bool is_named(const pkcs11::TokenLocation& token, const pkcs11::TokenLocation& named) {
  const auto fits = [](const std::string& has, const std::string& wanted) {
    return wanted.empty() || has == wanted;
  };
  return fits(token.label, named.label) && fits(token.serial, named.serial) &&
         fits(token.manufacturer, named.manufacturer) && fits(token.model, named.model) &&
         (!named.slot_id || token.slot_id == named.slot_id);
}

/// Returns the modules that the options name, each by its path or by a URI.
std::vector<pkcs11::ConfiguredModule> named_modules(const std::vector<std::string>& names,
                                                    const pkcs11::TokenLocation& token) {
  std::vector<pkcs11::ConfiguredModule> modules;
  for (const std::string& name : names) {
    if (!is_token_uri(name)) {
      modules.push_back({{}, name, {}});
      continue;
    }
    const pkcs11::TokenLocation place = require_token(pkcs11::parse_uri(name), name).location.token;
    modules.push_back({{}, place.module_path, place.init_arguments});
  }
  if (modules.empty() && !token.module_path.empty()) {
    modules.push_back({{}, token.module_path, token.init_arguments});
  }
  if (modules.empty()) modules = pkcs11::configured_modules();
  if (modules.empty()) {
    throw Failure(Exit::refused,
                  "no PKCS#11 module is configured for p11-kit: name one with --module");
  }
  return modules;
}

ListedModule list(const pkcs11::ConfiguredModule& configured, const pkcs11::TokenLocation& named) {
  ListedModule module{configured.path, {}, {}};
  const auto found = pkcs11::list_tokens(configured.path, configured.init_arguments);
  if (!found) {
    module.failure = token_words(found.error());
    return module;
  }
  for (const pkcs11::TokenInfo& info : *found) {
    if (is_named(info.location, named)) module.tokens.push_back({info, {}, {}});
  }
  return module;
}

/// A token counts the wrong PINs sent to it, so a PIN goes to its own token alone.
void require_one_token(const std::vector<ListedModule>& modules, const Tokens& options) {
  if (!options.keys || !options.pin.given()) return;
  if (options.token.empty()) {
    throw Failure(Exit::usage,
                  "--pin-file and --pin-env give the PIN of one token: name it with --token LABEL, "
                  "or leave them out to be asked for each token's PIN");
  }
  std::size_t count = 0;
  for (const ListedModule& module : modules) count += module.tokens.size();
  if (count > 1) {
    throw Failure(Exit::usage, "--token " + options.token + ": " + std::to_string(count) +
                                   " tokens match, and the PIN is for one: give the URI of that "
                                   "token, as " +
                                   program_name() + " tokens shows it");
  }
}

void list_keys(ListedToken& token, const PinOptions& pin) {
  pkcs11::Options options;
  options.pin =
      pin_source(pin, nullptr, std::make_shared<std::string>(token_title(token.info.location)));
  const auto opened = pkcs11::Token::open(token.info.location, options);
  const auto keys = opened ? opened->list_keys() : opened.error();
  if (keys) {
    token.keys = *keys;
  } else {
    token.failure = token_words(keys.error());
  }
}

std::string uri_of(const ListedToken& token, const pkcs11::KeyName& key) {
  return pkcs11::to_uri({token.info.location, key});
}

Json failure_json(const std::string& failure) { return failure.empty() ? Json() : Json(failure); }

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
  entry["error"] = failure_json(token.failure);
  entry["keys"] = token.keys ? Json::array() : Json();
  if (!token.keys) return entry;
  for (const pkcs11::KeyInfo& key : *token.keys) {
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

Json modules_json(const std::vector<ListedModule>& modules, bool with_keys) {
  Json list = Json::array();
  for (const ListedModule& module : modules) {
    Json entry{{"path", module.path},
               {"error", failure_json(module.failure)},
               {"tokens", module.failure.empty() ? Json::array() : Json()}};
    for (const ListedToken& token : module.tokens) {
      entry["tokens"].push_back(token_json(token, with_keys));
    }
    list.push_back(std::move(entry));
  }
  return {{"modules", std::move(list)}};
}

std::string token_text(const ListedToken& token) {
  const pkcs11::TokenLocation& place = token.info.location;
  std::string text = "  token " + printable(place.label) + " (" + printable(place.manufacturer) +
                     ", " + printable(place.model) + ", serial " + printable(place.serial) + ")" +
                     (token.info.pin_locked ? ", PIN locked" : "") + "\n    " +
                     printable(uri_of(token, {})) + "\n";
  if (!token.failure.empty()) text += "    keys not listed: " + printable(token.failure) + "\n";
  if (!token.keys) return text;
  for (const pkcs11::KeyInfo& key : *token.keys) {
    text += "    key " + printable(key.name.label) + ", id " + hex(key.name.id) + ", " +
            name_of(key.kem) + (key.derivable ? "" : ", may not derive") +
            (key.extractable ? ", may leave the token" : "") + "\n      " +
            printable(uri_of(token, key.name)) + "\n";
  }
  return text;
}

std::string modules_text(const std::vector<ListedModule>& modules) {
  std::string text;
  for (const ListedModule& module : modules) {
    text += "module " + printable(module.path);
    if (!module.failure.empty()) {
      text += ": failed: " + printable(module.failure);
    } else if (module.tokens.empty()) {
      text += ": no token";
    }
    text += "\n";
    for (const ListedToken& token : module.tokens) text += token_text(token);
  }
  return text;
}

/// Prints one line for each failure. The last one becomes the failure of the command.
void report(const std::vector<ListedModule>& modules) {
  std::vector<std::string> lines;
  for (const ListedModule& module : modules) {
    if (!module.failure.empty()) lines.push_back(module.path + ": " + module.failure);
    for (const ListedToken& token : module.tokens) {
      if (token.failure.empty()) continue;
      lines.push_back(token_title(token.info.location) + ": " + token.failure);
    }
  }
  if (lines.empty()) return;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) say(lines[i]);
  throw Failure(Exit::refused, lines.back());
}

void run(const Tokens& options) {
  const pkcs11::TokenLocation named = named_token(options.token);
  std::vector<ListedModule> modules;
  for (const pkcs11::ConfiguredModule& module : named_modules(options.modules, named)) {
    modules.push_back(list(module, named));
  }
  require_one_token(modules, options);
  for (ListedModule& module : modules) {
    for (ListedToken& token : module.tokens) {
      if (options.keys) list_keys(token, options.pin);
    }
  }
  print(options.json ? json_text(modules_json(modules, options.keys)) : modules_text(modules));
  report(modules);
  const auto none = [](const ListedModule& module) { return module.tokens.empty(); };
  if (!options.token.empty() && std::all_of(modules.begin(), modules.end(), none)) {
    throw Failure(Exit::refused, "no token '" + options.token + "': leave out --token to see all");
  }
}

}  // namespace

void add_tokens(Command& program) {
  auto options = std::make_shared<Tokens>();
  Command command = program.add("tokens", "List the tokens of PKCS#11 modules");
  command.option("--module", options->modules, "MODULE",
                 "The module's shared object, or a pkcs11: URI with its module-path and "
                 "x-init-reserved. Repeat it for more (default: the modules that p11-kit is "
                 "configured with)");
  command.option("--token", options->token, "NAME",
                 "Only the token with this label or pkcs11: URI. --pin-file and --pin-env need it");
  command.flag("--keys", options->keys, "List the keys too, which needs each token's PIN");
  add_pin_options(command, options->pin);
  command.flag("--json", options->json, "Print JSON");
  command.footer(
      "The URIs can be given to --key. A module or token that cannot be listed is named with the "
      "reason, and the exit code is 1. The others are listed all the same.\n\n"
      "Examples:\n"
      "  twoway tokens\n"
      "  twoway tokens --module /usr/lib/softhsm/libsofthsm2.so --token gateway --keys --pin-file "
      "pin.txt");
  command.runs([options] { run(*options); });
}

}  // namespace twoway::cli
