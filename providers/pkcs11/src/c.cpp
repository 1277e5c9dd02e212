// The C interface of this source of keys.
#include <twoway/c/bridge.hpp>
#include <twoway/pkcs11.h>
#include <twoway/pkcs11.hpp>

struct twoway_pkcs11_token {
  twoway::pkcs11::Token object;
};

using namespace twoway;

namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;

class CallbackPin final : public pkcs11::PinSource {
 public:
  explicit CallbackPin(c::Owned<twoway_secret_source> source) noexcept
      : source_(std::move(source)) {}
  Status read(core::SecretBuffer& pin) noexcept override { return c::read_secret(source_, pin); }

 private:
  c::Owned<twoway_secret_source> source_;
};

Result<pkcs11::Options> options_of(const twoway_pkcs11_options* given) noexcept {
  pkcs11::Options options;
  if (given == nullptr) return options;
  twoway_pkcs11_options known{};
  if (Status s = c::read_struct(known, given); !s) return s.error();
  if (known.pin != nullptr) {
    auto owned = c::take_secret_source(known.pin);
    if (!owned) return owned.error();
    options.pin = std::make_shared<CallbackPin>(std::move(*owned));
  }
  const int sources =
      (known.pin != nullptr) + (known.pin_file != nullptr) + (known.pin_environment != nullptr);
  if (sources > 1) {
    return Error{Errc::invalid_argument, "a token has one source of its PIN: set one of the three"};
  }
  if (known.pin_file != nullptr) options.pin = pkcs11::pin_from_file(known.pin_file);
  if (known.pin_environment != nullptr) {
    options.pin = pkcs11::pin_from_environment(known.pin_environment);
  }
  if (known.max_sessions != 0) options.max_sessions = known.max_sessions;
  if (known.deadline_ms != 0) options.deadline = std::chrono::milliseconds(known.deadline_ms);
  return options;
}

struct Named {
  pkcs11::Token token;
  pkcs11::KeyName key;
};

/// The token that a URI names, and the name of the key. The options come first: their PIN is taken
/// over whatever fails.
Result<Named> open_token(const char* uri, const twoway_pkcs11_options* given) noexcept {
  Result<pkcs11::Options> options = options_of(given);
  if (!options) return options.error();
  if (uri == nullptr) return c::kNull;
  Result<pkcs11::ParsedUri> parsed = pkcs11::parse_uri(uri);
  if (!parsed) return parsed.error();
  if (options->pin == nullptr) options->pin = parsed->pin;
  Result<pkcs11::Token> token = pkcs11::Token::open(parsed->location.token, *options);
  if (!token) return token.error();
  return Named{std::move(*token), std::move(parsed->location.key)};
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

}  // namespace

twoway_status twoway_pkcs11_token_open(const char* uri, const twoway_pkcs11_options* options,
                                       twoway_pkcs11_token** token, twoway_error* error) noexcept {
  Result<Named> named = open_token(token == nullptr ? nullptr : uri, options);
  return c::call(error, token, named).then([&] {
    *token = new twoway_pkcs11_token{std::move(named->token)};
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
  const Result<Named> named = open_token(complete ? uri : nullptr, options);
  return c::call(error, key, named).then([&] {
    return give_key(key, named->token.open_key(*c::object(provider), named->key, pk));
  });
}

twoway_status twoway_pkcs11_generate_key(const twoway_provider* provider, const char* uri,
                                         uint16_t kem, const twoway_pkcs11_options* options,
                                         twoway_private_key** key, twoway_error* error) noexcept {
  const bool complete = provider != nullptr && key != nullptr;
  const Result<Named> named = open_token(complete ? uri : nullptr, options);
  return c::call(error, key, named).then([&] {
    return give_key(key,
                    named->token.generate_key(*c::object(provider), core::KemId{kem}, named->key));
  });
}
