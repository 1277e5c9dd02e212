// The C interface of this source of keys.
#include <twoway/c/bridge.hpp>
#include <twoway/pkcs11.h>
#include <twoway/pkcs11.hpp>

struct twoway_pkcs11_token {
  twoway::pkcs11::Token object;
};

namespace {

template <typename Value>
struct Named {
  Value value;
  std::string uri;
};

/// Entries, and their structs for C.
template <typename Value, typename Info>
struct List {
  std::vector<Named<Value>> entries;
  std::vector<Info> infos = {};
};

}  // namespace

struct twoway_pkcs11_modules : List<twoway::pkcs11::ConfiguredModule, twoway_pkcs11_module_info> {};
struct twoway_pkcs11_tokens : List<twoway::pkcs11::TokenInfo, twoway_pkcs11_token_info> {};
struct twoway_pkcs11_keys : List<twoway::pkcs11::KeyInfo, twoway_pkcs11_key_info> {};

using namespace twoway;

namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;

Result<pkcs11::Options> options_of(const twoway_pkcs11_options* given) noexcept {
  pkcs11::Options options;
  if (given == nullptr) return options;
  twoway_pkcs11_options known{};
  if (Status s = c::read_struct(known, given); !s) return s.error();
  if (known.pin != nullptr) {
    auto taken = c::take_secret_source(known.pin);
    if (!taken) return taken.error();
    options.pin = std::move(*taken);
  }
  const int sources =
      (known.pin != nullptr) + (known.pin_file != nullptr) + (known.pin_environment != nullptr);
  if (sources > 1) {
    return Error{Errc::invalid_argument, "a token has one source of its PIN: set one of the three"};
  }
  if (known.pin_file != nullptr) options.pin = core::secret_from_file(known.pin_file);
  if (known.pin_environment != nullptr) {
    options.pin = core::secret_from_environment(known.pin_environment);
  }
  if (known.max_sessions != 0) options.max_sessions = known.max_sessions;
  if (known.deadline_ms != 0) options.deadline = std::chrono::milliseconds(known.deadline_ms);
  return options;
}

struct Found {
  pkcs11::Token token;
  pkcs11::KeyName key;
};

/// The token that a URI names, and the name of the key. The options come first: their PIN is taken
/// over whatever fails.
Result<Found> open_token(const char* uri, const twoway_pkcs11_options* given) noexcept {
  Result<pkcs11::Options> options = options_of(given);
  if (!options) return options.error();
  if (uri == nullptr) return c::kNull;
  Result<pkcs11::ParsedUri> parsed = pkcs11::parse_uri(uri);
  if (!parsed) return parsed.error();
  if (options->pin == nullptr) options->pin = parsed->pin;
  Result<pkcs11::Token> token = pkcs11::Token::open(parsed->location.token, *options);
  if (!token) return token.error();
  return Found{std::move(*token), std::move(parsed->location.key)};
}

pkcs11::KeyName key_name(const char* label, const uint8_t* id, std::size_t id_size) {
  pkcs11::KeyName name;
  if (label != nullptr) name.label = label;
  name.id.assign(id, id + id_size);
  return name;
}

Status give_key(twoway_private_key** out,
                Result<std::unique_ptr<core::DhPrivateKey>> key) noexcept {
  if (!key) return key.error();
  *out = c::handle(std::move(*key));
  return {};
}

twoway_pkcs11_module_info info_of(const Named<pkcs11::ConfiguredModule>& module) noexcept {
  return {module.value.name.c_str(), module.value.path.c_str(),
          module.value.init_arguments.c_str()};
}

twoway_pkcs11_token_info info_of(const Named<pkcs11::TokenInfo>& token) noexcept {
  const pkcs11::TokenLocation& place = token.value.location;
  return {token.uri.c_str(),          place.label.c_str(),
          place.serial.c_str(),       place.manufacturer.c_str(),
          place.model.c_str(),        place.slot_id.value_or(0),
          token.value.login_required, token.value.protected_authentication,
          token.value.pin_final_try,  token.value.pin_locked};
}

twoway_pkcs11_key_info info_of(const Named<pkcs11::KeyInfo>& key) noexcept {
  return {key.uri.c_str(),
          key.value.name.label.c_str(),
          key.value.name.id.data(),
          key.value.name.id.size(),
          key.value.public_key.data(),
          key.value.public_key.size(),
          static_cast<std::uint16_t>(key.value.kem),
          key.value.derivable,
          key.value.extractable};
}

/// Gives a list of values, each with the URI that `uri_of` makes of it.
template <typename Handle, typename Value, typename UriOf>
Status give_list(Handle** out, Result<std::vector<Value>> values, const UriOf& uri_of) noexcept {
  if (!values) return values.error();
  auto list = std::make_unique<Handle>();
  for (Value& value : *values) {
    std::string uri = uri_of(value);
    list->entries.push_back({std::move(value), std::move(uri)});
  }
  for (const auto& entry : list->entries) list->infos.push_back(info_of(entry));
  *out = list.release();
  return {};
}

template <typename Handle>
std::size_t count_of(const Handle* list) noexcept {
  return list == nullptr ? 0 : list->infos.size();
}

template <typename Handle>
auto entry_of(const Handle* list, std::size_t index) noexcept {
  return index < count_of(list) ? &list->infos[index] : nullptr;
}

}  // namespace

twoway_status twoway_pkcs11_token_open(const char* uri, const twoway_pkcs11_options* options,
                                       twoway_pkcs11_token** token, twoway_error* error) noexcept {
  Result<Found> found = open_token(token == nullptr ? nullptr : uri, options);
  return c::call(error, token, found).then([&] {
    *token = new twoway_pkcs11_token{std::move(found->token)};
    return Status();
  });
}

void twoway_pkcs11_token_free(twoway_pkcs11_token* token) noexcept { delete token; }

twoway_status twoway_pkcs11_token_open_key(const twoway_pkcs11_token* token,
                                           const twoway_provider* provider, const char* label,
                                           const uint8_t* id, size_t id_size,
                                           const uint8_t* public_key, size_t public_key_size,
                                           twoway_private_key** key, twoway_error* error) noexcept {
  const c::Input pk{public_key, public_key_size};
  return c::call(error, token, provider, key, c::Input{id, id_size}, pk).then([&] {
    return give_key(key,
                    token->object.open_key(*c::object(provider), key_name(label, id, id_size), pk));
  });
}

twoway_status twoway_pkcs11_token_generate_key(const twoway_pkcs11_token* token,
                                               const twoway_provider* provider, uint16_t kem,
                                               const char* label, const uint8_t* id, size_t id_size,
                                               twoway_private_key** key,
                                               twoway_error* error) noexcept {
  return c::call(error, token, provider, key, c::Input{id, id_size}).then([&] {
    return give_key(key, token->object.generate_key(*c::object(provider), core::KemId{kem},
                                                    key_name(label, id, id_size)));
  });
}

void twoway_pkcs11_token_reset_pin(const twoway_pkcs11_token* token) noexcept {
  if (token != nullptr) token->object.reset_pin();
}

twoway_status twoway_pkcs11_open_key(const twoway_provider* provider, const char* uri,
                                     const twoway_pkcs11_options* options,
                                     const uint8_t* public_key, size_t public_key_size,
                                     twoway_private_key** key, twoway_error* error) noexcept {
  const c::Input pk{public_key, public_key_size};
  const bool complete = provider != nullptr && key != nullptr && pk.valid();
  const Result<Found> found = open_token(complete ? uri : nullptr, options);
  return c::call(error, key, found).then([&] {
    return give_key(key, found->token.open_key(*c::object(provider), found->key, pk));
  });
}

twoway_status twoway_pkcs11_generate_key(const twoway_provider* provider, const char* uri,
                                         uint16_t kem, const twoway_pkcs11_options* options,
                                         twoway_private_key** key, twoway_error* error) noexcept {
  const bool complete = provider != nullptr && key != nullptr;
  const Result<Found> found = open_token(complete ? uri : nullptr, options);
  return c::call(error, key, found).then([&] {
    return give_key(key,
                    found->token.generate_key(*c::object(provider), core::KemId{kem}, found->key));
  });
}

twoway_status twoway_pkcs11_list_modules(twoway_pkcs11_modules** modules,
                                         twoway_error* error) noexcept {
  return c::call(error, modules).then([&] {
    return give_list(modules, Result(pkcs11::configured_modules()),
                     [](const auto&) { return std::string(); });
  });
}

size_t twoway_pkcs11_modules_count(const twoway_pkcs11_modules* modules) noexcept {
  return count_of(modules);
}

const twoway_pkcs11_module_info* twoway_pkcs11_modules_get(const twoway_pkcs11_modules* modules,
                                                           size_t index) noexcept {
  return entry_of(modules, index);
}

void twoway_pkcs11_modules_free(twoway_pkcs11_modules* modules) noexcept { delete modules; }

twoway_status twoway_pkcs11_list_tokens(const char* module_path, const char* init_arguments,
                                        twoway_pkcs11_tokens** tokens,
                                        twoway_error* error) noexcept {
  return c::call(error, module_path, tokens).then([&] {
    return give_list(
        tokens, pkcs11::list_tokens(module_path, init_arguments == nullptr ? "" : init_arguments),
        [](const pkcs11::TokenInfo& token) {
          return pkcs11::to_uri({token.location, {}});
        });
  });
}

size_t twoway_pkcs11_tokens_count(const twoway_pkcs11_tokens* tokens) noexcept {
  return count_of(tokens);
}

const twoway_pkcs11_token_info* twoway_pkcs11_tokens_get(const twoway_pkcs11_tokens* tokens,
                                                         size_t index) noexcept {
  return entry_of(tokens, index);
}

void twoway_pkcs11_tokens_free(twoway_pkcs11_tokens* tokens) noexcept { delete tokens; }

twoway_status twoway_pkcs11_token_list_keys(const twoway_pkcs11_token* token,
                                            twoway_pkcs11_keys** keys,
                                            twoway_error* error) noexcept {
  return c::call(error, token, keys).then([&]() -> Status {
    const Result<pkcs11::TokenInfo> info = token->object.info();
    if (!info) return info.error();
    return give_list(keys, token->object.list_keys(), [&](const pkcs11::KeyInfo& key) {
      return pkcs11::to_uri({info->location, key.name});
    });
  });
}

size_t twoway_pkcs11_keys_count(const twoway_pkcs11_keys* keys) noexcept { return count_of(keys); }

const twoway_pkcs11_key_info* twoway_pkcs11_keys_get(const twoway_pkcs11_keys* keys,
                                                     size_t index) noexcept {
  return entry_of(keys, index);
}

void twoway_pkcs11_keys_free(twoway_pkcs11_keys* keys) noexcept { delete keys; }
