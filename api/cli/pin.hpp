// What the commands that use PKCS#11 share.
#pragma once

#include <twoway/pkcs11.hpp>

#include "failure.hpp"
#include "token_keys.hpp"

namespace twoway::cli {

/// What the options say, else what a URI had, else the terminal, whose prompt names `token`. That
/// may be filled in until the PIN is needed.
std::shared_ptr<pkcs11::PinSource> pin_source(const PinOptions& pin,
                                              std::shared_ptr<pkcs11::PinSource> of_uri,
                                              std::shared_ptr<const std::string> token);

/// "token gateway, serial 123": how messages and the prompt call a token.
std::string token_title(const pkcs11::TokenLocation& token);

/// What a PKCS#11 function answered, with the option that helps and the token's code.
std::string token_words(const Error& error);

/// The value of `result`, or its failure in `token_words`.
template <typename T>
T require_token(Result<T> result, const std::string& about) {
  if (!result)
    throw Failure(exit_code(result.error().code), about + ": " + token_words(result.error()));
  return std::move(*result);
}

}  // namespace twoway::cli
