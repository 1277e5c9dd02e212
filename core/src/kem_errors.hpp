// The errors that several KEMs share.
#pragma once

#include <twoway/core/aead.hpp>
#include <twoway/core/error.hpp>

namespace twoway::core {

inline constexpr Error kBadPublicKey{
    Errc::invalid_key, "the public key is not valid for its KEM: check where it came from"};
inline constexpr Error kBadPrivateKey{
    Errc::invalid_key, "the private key is not valid for its KEM: wrong length or range"};
inline constexpr Error kBadEnc{Errc::open_failed, kBadAeadTag.message};
inline constexpr Error kOtherKem{Errc::invalid_argument,
                                 "the key belongs to another KEM than the suite"};
inline constexpr Error kNotDhKem{Errc::not_supported, "this KEM is not a DHKEM of its provider"};

}  // namespace twoway::core
