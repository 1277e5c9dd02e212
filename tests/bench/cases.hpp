// What is compared.
#pragma once

#include "raw.hpp"

namespace twoway::bench {

/// Request set-up with a body of 1 KiB, for the sender and the receiver, in each suite that
/// `library` offers: against the sum of the primitives that the suite requires.
void add_setup_pairs(const RawLibrary& library);

/// Sealing and opening in place under a kept key, for each AEAD of `library`.
void add_aead_pairs(const RawLibrary& library);

}  // namespace twoway::bench
