// The PIN of a token, for the commands that use PKCS#11.
#pragma once

#include <twoway/pkcs11.hpp>

#include "token_keys.hpp"

namespace twoway::cli {

/// What the options say, else what a URI had, else the terminal.
std::shared_ptr<pkcs11::PinSource> pin_source(const PinOptions& pin,
                                              std::shared_ptr<pkcs11::PinSource> of_uri);

}  // namespace twoway::cli
