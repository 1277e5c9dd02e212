#include "token_keys.hpp"

#include <cstdio>
#include <optional>
#include <string_view>

#include <sys/stat.h>

#include <twoway/pkcs11.hpp>

#include "failure.hpp"
#include "input.hpp"
#include "pin.hpp"
#include "prompt.hpp"

namespace twoway::cli {
namespace {

/// The file of a URI's pin-source, or nothing. Other sources are refused when the URI is parsed.
std::optional<std::string> pin_source_file(const std::string& uri) {
  constexpr std::string_view kName = "pin-source=";
  const std::size_t start = uri.find(kName);
  if (start == std::string::npos) return std::nullopt;
  std::string path;
  for (std::size_t i = start + kName.size(); i < uri.size() && uri[i] != '&'; ++i) {
    unsigned byte = 0;
    if (uri[i] == '%' && std::sscanf(uri.c_str() + i + 1, "%2x", &byte) == 1) {
      path += static_cast<char>(byte);
      i += 2;
    } else {
      path += uri[i];
    }
  }
  for (const std::string_view scheme : {"file://", "file:"}) {
    if (path.rfind(scheme, 0) == 0) return path.substr(scheme.size());
  }
  return path;
}

struct Place {
  pkcs11::KeyLocation location;
  pkcs11::Options options;
};

Place place_of(const std::string& uri, const PinOptions& pin) {
  if (uri.find("pin-value=") != std::string::npos) {
    throw Failure(Exit::usage,
                  "a PIN in an argument can be seen by others: use --pin-file, --pin-env or "
                  "pin-source in place of pin-value");
  }
  pkcs11::ParsedUri parsed = require(pkcs11::parse_uri(uri), uri);
  const std::optional<std::string> file = pin_source_file(uri);
  struct stat info {};
  if (file && stat(file->c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
    Input(*file).require_private("a PIN");
  }
  Place place{std::move(parsed.location), {}};
  place.options.pin = pin_source(pin, std::move(parsed.pin));
  return place;
}

/// As `require`. The advice on a refused PIN names the program's options.
template <typename T>
T require_of_token(Result<T> result, const std::string& uri) {
  constexpr std::uint64_t kPinIncorrect = 0xa0, kPinInvalid = 0xa1, kPinLenRange = 0xa2;
  if (result) return std::move(*result);
  const Error& error = result.error();
  const bool refused =
      error.native == kPinIncorrect || error.native == kPinInvalid || error.native == kPinLenRange;
  const std::string message = error.message;
  if (!refused) throw failure(error, uri);
  throw Failure(exit_code(error.code), uri + ": " + message.substr(0, message.find(": ")) +
                                           ": give the right one with --pin-file or --pin-env");
}

}  // namespace

std::shared_ptr<pkcs11::PinSource> pin_source(const PinOptions& pin,
                                              std::shared_ptr<pkcs11::PinSource> of_uri) {
  if (const core::SecretBuffer* const given = given_pin(pin)) {
    return pkcs11::pin_from_function([kept = *given](core::SecretBuffer& out) {
      out = kept;
      return Status();
    });
  }
  if (of_uri != nullptr) return of_uri;
  return pkcs11::pin_from_function(
      [](core::SecretBuffer& out) { return ask_for_pin("PIN of the token: ", out); });
}

std::shared_ptr<const PrivateKey> open_token_key(const Provider& provider, const std::string& uri,
                                                 const PinOptions& pin) {
  const Place place = place_of(uri, pin);
  const auto token =
      require_of_token(pkcs11::Token::open(place.location.token, place.options), uri);
  return require_of_token(token.open_key(provider, place.location.key), uri);
}

void generate_token_key(const Provider& provider, const std::string& uri, KemId kem,
                        const PinOptions& pin) {
  const Place place = place_of(uri, pin);
  const auto token =
      require_of_token(pkcs11::Token::open(place.location.token, place.options), uri);
  require_of_token(token.generate_key(provider, kem, place.location.key), uri);
}

}  // namespace twoway::cli
