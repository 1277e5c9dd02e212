#include "labeled.hpp"

#include <cstdlib>

namespace twoway::core {
namespace {

constexpr std::string_view kVersion = "HPKE-v1";

class GatherList {
 public:
  void add(ByteView input) noexcept {
    if (size_ == inputs_.size()) std::abort();  // every caller's count is fixed
    inputs_[size_++] = input;
  }
  void add(Inputs inputs) noexcept {
    for (ByteView input : inputs) add(input);
  }
  Gather view() const noexcept { return {inputs_.data(), size_}; }

 private:
  std::array<ByteView, 14> inputs_{};  // the most: `secret` of a one-stage key schedule
  std::size_t size_ = 0;
};

constexpr Error kTooLong{Errc::invalid_argument,
                         "a labeled output has at most 65535 bytes, whatever the KDF"};

}  // namespace

// RFC 9180 section 4:
//   labeled_ikm = concat("HPKE-v1", suite_id, label, ikm)
//   return Extract(salt, labeled_ikm)
Status labeled_extract(const Kdf& kdf, Prk& prk, ByteView suite_id, ByteView salt,
                       std::string_view label, Inputs ikm) noexcept {
  GatherList labeled_ikm;
  labeled_ikm.add({as_bytes(kVersion), suite_id, as_bytes(label)});
  labeled_ikm.add(ikm);
  return kdf.extract(prk, salt, labeled_ikm.view());
}

// RFC 9180 section 4:
//   labeled_info = concat(I2OSP(L, 2), "HPKE-v1", suite_id, label, info)
//   return Expand(prk, labeled_info, L)
Status labeled_expand(const Kdf& kdf, ByteSpan out, ByteView prk, ByteView suite_id,
                      std::string_view label, Inputs info) noexcept {
  if (out.size() > 0xffff) {
    wipe(out);
    return kTooLong;
  }
  const auto length = i2osp2(out.size());
  GatherList labeled_info;
  labeled_info.add({length, as_bytes(kVersion), suite_id, as_bytes(label)});
  labeled_info.add(info);
  return kdf.expand(out, prk, labeled_info.view());
}

// draft-ietf-hpke-hpke, LabeledDerive:
//   labeled_ikm = concat(ikm, "HPKE-v1", suite_id, lengthPrefixed(label), I2OSP(L, 2), context)
//   return Derive(labeled_ikm, L)
Status labeled_derive(const Kdf& kdf, ByteSpan out, Inputs ikm, ByteView suite_id,
                      std::string_view label, Inputs context) noexcept {
  if (out.size() > 0xffff) {
    wipe(out);
    return kTooLong;
  }
  const auto length = i2osp2(out.size());
  const auto label_length = i2osp2(label.size());
  GatherList labeled_ikm;
  labeled_ikm.add(ikm);
  labeled_ikm.add({as_bytes(kVersion), suite_id, label_length, as_bytes(label), length});
  labeled_ikm.add(context);
  return kdf.derive(out, labeled_ikm.view());
}

}  // namespace twoway::core
