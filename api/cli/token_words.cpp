#include "token_words.hpp"

namespace twoway::cli {

std::string token_title(const pkcs11::TokenLocation& token) {
  return "token " + token.label + ", serial " + token.serial;
}

// The library's messages contain the code by name. Their advice on a refused PIN names functions.
std::string token_words(const Error& error) {
  constexpr std::uint64_t kPinIncorrect = 0xa0, kPinInvalid = 0xa1, kPinLenRange = 0xa2;
  const std::string message = error.message;
  const bool refused =
      error.native == kPinIncorrect || error.native == kPinInvalid || error.native == kPinLenRange;
  if (!refused) return failure(error, {}).what();
  return message.substr(0, message.find(": ")) +
         ": give the right one with --pin-file or --pin-env";
}

}  // namespace twoway::cli
