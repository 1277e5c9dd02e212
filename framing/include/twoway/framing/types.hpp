// The names of core that framing uses, in the namespace twoway::framing.
//
// Who needs it: power users, through the headers that include it.
#pragma once

#include <twoway/core/hpke.hpp>

namespace twoway::framing {

using core::AeadId;
using core::Bytes;
using core::ByteSpan;
using core::ByteView;
using core::Errc;
using core::Error;
using core::KemParams;
using core::Provider;
using core::Result;
using core::Status;

}  // namespace twoway::framing
