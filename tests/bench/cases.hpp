// The comparisons.
#pragma once

#include "raw.hpp"

namespace twoway::bench {

/// Request set-up with a body of 1 KiB, for the sender, the receiver, and a sender to several
/// receivers, in each suite that `library` offers, against the sum of the primitives that the suite
/// requires.
void add_setup_pairs(const RawLibrary& library);

/// HPKE in base mode with a text of 1 KiB, set-up included and no framing, against the HPKE of
/// `library` itself, if it has one.
void add_hpke_pairs(const RawLibrary& library);

/// Receivers whose key is in a PKCS#11 token (SoftHSM) or a TPM (swtpm), on several threads.
using KeyCases = void (*)(const RawLibrary& library);

/// The comparisons of this build. Each file adds its own by a static KeyRegistration.
std::vector<KeyCases>& key_cases();

struct KeyRegistration {
  explicit KeyRegistration(KeyCases add) { key_cases().push_back(add); }
};

/// Sealing and opening in place under a kept key, for each AEAD of `library`.
void add_aead_pairs(const RawLibrary& library);

/// The chunks of a message, pushed in place and pulled from memory into a reader's buffer, for each
/// AEAD of `library` and several sizes of chunk, against the AEAD alone on the same texts.
void add_stream_pairs(const RawLibrary& library);

}  // namespace twoway::bench
