// Private keys that fail as tokens do.
#pragma once

#include <array>

#include "contract.hpp"

namespace twoway::test {

enum class Fault {
  device_error,  ///< such as CKR_DEVICE_ERROR
  looks_forged,  ///< an error of the key that a message could have caused
  half_done,     ///< an error after part of the secret was written
  short_result,  ///< success, one byte short
  long_result,   ///< success, one byte more
  no_result,     ///< success, nothing written
  zero_result,   ///< success, all zero
};

inline constexpr std::array kFaults{Fault::device_error, Fault::looks_forged, Fault::half_done,
                                    Fault::short_result, Fault::long_result,  Fault::no_result,
                                    Fault::zero_result};

/// Checks the error that the caller must see, with the key's code if it gave one.
inline std::uint64_t native_code(Fault fault) { return fault <= Fault::half_done ? 0x30 : 0; }

inline core::Status fail_dh(Fault fault, core::DhSecret& secret, std::size_t ndh) noexcept {
  const auto result = [&](std::size_t size, std::uint8_t byte) -> core::Status {
    secret.assign(core::Bytes(size, byte));
    return {};
  };
  switch (fault) {
    case Fault::device_error:
      return core::Error{core::Errc::key_unavailable, "the token was removed", 0x30};
    case Fault::looks_forged: return core::Error{core::Errc::open_failed, "bad peer", 0x30};
    case Fault::half_done:
      secret.assign(core::Bytes(ndh, 1));
      return core::Error{core::Errc::provider_failure, "the session closed", 0x30};
    case Fault::short_result: return result(ndh - 1, 1);
    case Fault::long_result: return result(ndh < secret.capacity() ? ndh + 1 : ndh - 2, 1);
    case Fault::no_result: return result(0, 1);
    case Fault::zero_result: return result(ndh, 0);
  }
  return {};
}

/// A key pair's public half, in front of a dh() that fails.
class FaultyKey final : public core::DhPrivateKey {
 public:
  FaultyKey(const core::PrivateKey& good, Fault fault) : good_(good), fault_(fault) {}
  core::KemId kem_id() const noexcept override { return good_.kem_id(); }
  core::ByteView public_key() const noexcept override { return good_.public_key(); }
  core::Status dh(core::DhSecret& secret, const core::PublicKey&) const noexcept override {
    return fail_dh(fault_, secret, core::find_dh(core::find_dhkem(kem_id())->dh)->ndh);
  }

 private:
  const core::PrivateKey& good_;
  Fault fault_;
};

/// A key that is not a DhPrivateKey and can only decapsulate.
class BaseOnlyKey : public core::PrivateKey {
 public:
  explicit BaseOnlyKey(const core::PrivateKey& good) : good_(good) {}
  core::KemId kem_id() const noexcept override { return good_.kem_id(); }
  core::ByteView public_key() const noexcept override { return good_.public_key(); }
  core::Status decap(core::SharedSecret& shared_secret, const core::Kem& kem,
                     const core::Encapsulation& enc) const noexcept override {
    return good_.decap(shared_secret, kem, enc);
  }

 private:
  const core::PrivateKey& good_;
};

/// A sender's key whose own auth_dh fails, with none of DhPrivateKey's checks.
class FaultySender final : public BaseOnlyKey {
 public:
  FaultySender(const core::PrivateKey& good, Fault fault) : BaseOnlyKey(good), fault_(fault) {}
  core::Status auth_dh(core::DhSecret& secret, const core::PublicKey&) const noexcept override {
    return fail_dh(fault_, secret, core::find_dh(core::find_dhkem(kem_id())->dh)->ndh);
  }

 private:
  Fault fault_;
};

}  // namespace twoway::test
