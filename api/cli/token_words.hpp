// How the program speaks of tokens and of their errors.
#pragma once

#include <twoway/pkcs11.hpp>

#include "failure.hpp"

namespace twoway::cli {

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
