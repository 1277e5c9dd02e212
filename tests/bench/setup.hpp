// A receiver and a sender of requests with 1 KiB, from both sides.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <twoway/twoway.hpp>

#include "pair.hpp"
#include "raw.hpp"

namespace twoway::bench {

inline constexpr std::uint8_t kKeyId = 1;
inline constexpr std::size_t kBody = 1024;

/// Returns the value of a result. Ends the program if there is none.
template <typename T>
T take(Result<T> result) {
  require(result.ok());
  return std::move(*result);
}

/// A receiver with one key. Thread-safe.
struct Gateway {
  Gateway(const core::Provider& provider, Suite suite, std::shared_ptr<const PrivateKey> own,
          std::shared_ptr<const void> where = nullptr);

  const std::shared_ptr<const void> place;  ///< must outlive the key
  const std::shared_ptr<const PrivateKey> key;
  KeyRing ring;
  RequestReceiver receiver;
};

/// All objects of both sides of a comparison, for one thread. The raw side is the sum of the
/// primitives that the suite requires, and nothing else.
class Setup {
 public:
  /// Makes a set-up with a new key, in software.
  Setup(const RawLibrary& library, Suite suite, Direction direction);

  /// Makes a set-up with the gateway's key. The raw side uses `raw_key`, which is null for a
  /// software key.
  Setup(const RawLibrary& library, Suite suite, Direction direction,
        std::shared_ptr<const Gateway> gateway, std::unique_ptr<RawKey> raw_key);

  void raw_send();
  void our_send();
  void raw_receive();
  void our_receive();

  /// The Diffie-Hellman operation of `raw_key` alone.
  void raw_derive();

  /// Seals the body once, and its key to each receiver.
  void raw_send_multi(std::size_t receivers);
  void our_send_multi(std::size_t receivers);

 private:
  void raw_encap();
  void raw_combine();
  void raw_hmacs();

  core::CipherSuite suite_;
  std::shared_ptr<const Gateway> gateway_;
  std::unique_ptr<RawDh> dh_;
  std::unique_ptr<RawMlKem> ml_kem_;  ///< null if the KEM is no hybrid
  std::unique_ptr<RawHash> sha3_;
  std::unique_ptr<RawKey> raw_key_;
  std::unique_ptr<RawHmac> hmac_;
  std::unique_ptr<RawAead> aead_, body_aead_;
  std::optional<RequestSender> sender_;
  std::optional<MultiRequestSender> multi_sender_;
  std::vector<std::size_t> hmac_lengths_;
  std::size_t combined_ = 0;  ///< bytes that a hybrid passes to SHA3-256
  Bytes message_, multi_body_, multi_key_, aead_key_, body_key_, nonce_, tag_, data_;
  Bytes enc_, secret_;        ///< of the group
  Bytes pq_enc_, pq_secret_;  ///< of ML-KEM
  std::array<std::uint8_t, 32> hmac_key_{}, mac_{};
  std::array<std::uint8_t, kBody> body_{}, sealed_{}, opened_{};
};

/// A side that calls one function of a set-up again and again.
template <typename Object, typename... Arguments>
Side repeat(const std::shared_ptr<Object>& setup, void (Object::*work)(Arguments...),
            Arguments... arguments) {
  return {[=](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ((*setup).*work)(arguments...);
  }};
}

}  // namespace twoway::bench
