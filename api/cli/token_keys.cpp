#include "token_keys.hpp"

#include <cstdio>
#include <optional>
#include <string_view>

#include <sys/stat.h>

#include <twoway/pkcs11.hpp>

#include "failure.hpp"
#include "input.hpp"
#include "token_words.hpp"

namespace twoway::cli {
namespace {

/// Returns the file of a URI's pin-source, or nothing. Parsing the URI refuses other sources.
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

/// A token of a URI, and the key that the URI names in it.
struct KeyInToken {
  pkcs11::Token token;
  pkcs11::KeyName key;
};

KeyInToken open_token_of(const std::string& uri, const PinOptions& pin) {
  if (uri.find("pin-value=") != std::string::npos) {
    throw Failure(Exit::usage,
                  "a PIN in an argument can be seen by others: use --pin-file, --pin-env or "
                  "pin-source in place of pin-value");
  }
  pkcs11::ParsedUri parsed = require_token(pkcs11::parse_uri(uri), uri);
  const std::optional<std::string> file = pin_source_file(uri);
  struct stat info {};
  if (file && stat(file->c_str(), &info) == 0 && S_ISREG(info.st_mode)) {
    Input(*file).require_private("a PIN");
  }
  // Asks for the PIN after the token is found, so that the prompt can name it in full.
  const auto title = std::make_shared<std::string>();
  pkcs11::Options options;
  options.pin = pin_source(pin, std::move(parsed.pin), title);
  pkcs11::Token token = require_token(pkcs11::Token::open(parsed.location.token, options), uri);
  *title = token_title(require_token(token.info(), uri).location);
  return {std::move(token), std::move(parsed.location.key)};
}

}  // namespace

std::string token_holder(const std::string& uri) {
  return pkcs11::to_uri({require_token(pkcs11::parse_uri(uri), uri).location.token, {}});
}

std::shared_ptr<const PrivateKey> open_token_key(const Provider& provider, const std::string& uri,
                                                 const PinOptions& pin) {
  const KeyInToken found = open_token_of(uri, pin);
  return require_token(found.token.open_key(provider, found.key), uri);
}

void generate_token_key(const Provider& provider, const std::string& uri, KemId kem,
                        const PinOptions& pin) {
  const KeyInToken found = open_token_of(uri, pin);
  require_token(found.token.generate_key(provider, kem, found.key), uri);
}

}  // namespace twoway::cli
