// A receiver and a sender with fixed keys, whose messages are the same in every run.
#pragma once

#include <array>
#include <optional>

#include <twoway/twoway.hpp>

#include "fuzz.hpp"

namespace twoway::fuzz {

const Provider& provider();

inline constexpr core::Suite kSuite{KemId::dhkem_x25519, KdfId::hkdf_sha256,
                                    AeadId::chacha20_poly1305};
inline constexpr std::uint8_t kKeyId = 1;
inline constexpr std::size_t kEncSize = 32;
inline constexpr std::array<std::uint8_t, framing::kHeaderSize> kHeader{kKeyId, 0, 0x20, 0,
                                                                        1,      0, 3};
inline constexpr std::size_t kPrefixSize = framing::kHeaderSize + kEncSize;

/// Gives the same bytes at every draw.
class SameRng final : public Rng {
 public:
  Status fill(ByteSpan out) noexcept override;
};

inline Bytes copy(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

/// Adds the key whose bytes are all `byte` to the ring, as kKeyId, and returns a sender to it.
RequestSender add_key(KeyRing& ring, std::uint8_t byte, Rng& rng);

/// One exchange between parties that keep their keys.
struct Exchange {
  SameRng rng;
  KeyRing ring{provider()};
  RequestReceiver receiver{ring, {.rng = &rng}};
  const Bytes plaintext = copy(core::as_bytes("question"));
  const Bytes answer = copy(core::as_bytes("answer"));
  std::optional<RequestSender> sender;
  Bytes request;
  Bytes response;
  SharedSecret shared_secret;  // of the request's enc
  std::optional<ResponseOpener> opener;

  Exchange();
};

Exchange& exchange();

}  // namespace twoway::fuzz
