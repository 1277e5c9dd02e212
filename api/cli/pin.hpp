// PINs and messages of the commands that use PKCS#11.
#pragma once

#include <twoway/pkcs11.hpp>

#include "failure.hpp"
#include "token_keys.hpp"

namespace twoway::cli {

/// Returns the PIN source of the options, else that of the URI, else the terminal, whose prompt
/// names `token`. The caller may fill in `token` until the PIN is needed.
std::shared_ptr<pkcs11::PinSource> pin_source(const PinOptions& pin,
                                              std::shared_ptr<pkcs11::PinSource> of_uri,
                                              std::shared_ptr<const std::string> token);

/// Returns a token's name for messages and the prompt: "token gateway, serial 123".
std::string token_title(const pkcs11::TokenLocation& token);

/// Returns the message for an error of a token, with the option that helps and the token's code.
std::string token_words(const Error& error);

/// Returns the value of `result`, or throws its failure in `token_words`.
template <typename T>
T require_token(Result<T> result, const std::string& about) {
  if (!result)
    throw Failure(exit_code(result.error().code), about + ": " + token_words(result.error()));
  return std::move(*result);
}

}  // namespace twoway::cli
