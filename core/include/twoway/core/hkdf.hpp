// HKDF (RFC 5869) over a library's HMAC. For providers whose library has no HKDF or a slow one.
//
// Who needs it: providers.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>

#include <twoway/core/kdf.hpp>

namespace twoway::core {

/// `Hmac` supplies `Status operator()(ByteSpan mac, ByteView key, Gather data) const noexcept`,
/// which writes the Nh bytes of HMAC-Hash(key, data) to `mac`, disjoint from its inputs.
template <typename Hmac>
class Hkdf final : public Kdf {
 public:
  /// Makes the KDF of the row `params` over `hmac`.
  Hkdf(const KdfParams& params, Hmac hmac) noexcept : params_(params), hmac_(std::move(hmac)) {}

  /// As in Kdf.
  const KdfParams& params() const noexcept override { return params_; }

  // RFC 5869 section 2.2: PRK = HMAC-Hash(salt, IKM). HMAC pads a short key with zeros, so an
  // empty salt and HashLen zeros are the same key.
  Status extract(Prk& prk, ByteView salt, Gather ikm) const noexcept override {
    static constexpr std::array<std::uint8_t, kMaxNh> kZeros{};
    if (salt.empty()) salt = ByteView(kZeros).first(params_.nh);
    Status status = hmac_(prk.reset(params_.nh), salt, ikm);
    if (!status) prk.clear();
    return status;
  }

  // RFC 5869 section 2.3: T(i) = HMAC-Hash(PRK, T(i-1) || info || i); OKM = T(1) || T(2) || ...
  Status expand(ByteSpan out, ByteView prk, Gather info) const noexcept override {
    if (out.size() > params_.max_output || prk.size() < params_.nh ||
        info.size() > kMaxInfoInputs) {
      wipe(out);
      return Error{Errc::invalid_argument,
                   "HKDF-Expand takes a prk of Nh bytes and gives at most 255*Nh bytes"};
    }
    std::array<ByteView, kMaxInfoInputs + 2> inputs{};
    std::copy(info.begin(), info.end(), inputs.begin() + 1);
    Secret<kMaxNh> block;
    std::uint8_t counter = 0;
    for (std::size_t done = 0; done < out.size();) {
      ++counter;
      inputs[0] = block.view();
      inputs[info.size() + 1] = ByteView(&counter, 1);
      Secret<kMaxNh> next;
      const Status status =
          hmac_(next.reset(params_.nh), prk, Gather(inputs.data(), info.size() + 2));
      if (!status) {
        wipe(out);
        return status;
      }
      const std::size_t take = (std::min)(params_.nh, out.size() - done);
      std::memcpy(out.data() + done, next.view().data(), take);
      done += take;
      block = std::move(next);
    }
    return {};
  }

 private:
  static constexpr std::size_t kMaxInfoInputs = 14;

  const KdfParams& params_;
  Hmac hmac_;
};

}  // namespace twoway::core
