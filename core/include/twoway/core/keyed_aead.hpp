// An Aead over a library that seals and opens with one call under a prepared key.
//
// Who needs it: providers.
#pragma once

#include <utility>

#include <twoway/core/aead.hpp>
#include <twoway/core/secret.hpp>

namespace twoway::core {

/// `Key` is one key, wiped when it ends. It supplies
///   using Algorithm                                      the library's name for the algorithm;
///   static std::size_t max_plaintext(Algorithm) noexcept      the longest plaintext of one nonce;
///   static Error failure() noexcept                      the error if the library fails;
///   bool set(Algorithm, ByteView key) noexcept
///   bool seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad, ByteView in) noexcept
///   bool open(ByteSpan out, ByteView nonce, ByteView aad, ByteView in, ByteView tag) noexcept
/// with lengths and overlaps as in AeadSealer and AeadOpener, checked before the call. `set` is
/// called once and first. Outputs of failed calls are wiped here.
template <typename Key>
class KeyedAead final : public Aead {
 public:
  /// The library's name for the algorithm.
  using Algorithm = typename Key::Algorithm;

  /// Wraps `algorithm`, whose row is `params`.
  KeyedAead(const AeadParams& params, Algorithm algorithm) noexcept
      : params_(params), algorithm_(algorithm) {}

  /// As in Aead.
  const AeadParams& params() const noexcept override { return params_; }

  /// As in Aead.
  Result<std::unique_ptr<AeadSealer>> sealer(ByteView key) const noexcept override {
    return make<AeadSealer, Sealer>(key);
  }
  Result<std::unique_ptr<AeadOpener>> opener(ByteView key) const noexcept override {
    return make<AeadOpener, Opener>(key);
  }

 private:
  template <typename Interface>
  class Keyed : public Interface {
   public:
    explicit Keyed(const KeyedAead& aead) noexcept
        : params_(aead.params_), max_plaintext_(Key::max_plaintext(aead.algorithm_)) {}
    bool set(Algorithm algorithm, ByteView bytes) noexcept { return key_.set(algorithm, bytes); }

   protected:
    Status check(ByteView out, ByteView tag, ByteView nonce, ByteView aad,
                 ByteView in) const noexcept {
      if (!aead_buffers_ok(params_, out, tag, nonce, aad, in)) return kBadAeadBuffers;
      if (in.size() > max_plaintext_) {
        return Error{Errc::invalid_argument,
                     "the message is longer than this AEAD may seal under one nonce"};
      }
      return {};
    }
    Key& key() noexcept { return key_; }

   private:
    const AeadParams& params_;
    std::size_t max_plaintext_;
    Key key_;
  };

  class Sealer final : public Keyed<AeadSealer> {
   public:
    using Keyed<AeadSealer>::Keyed;

    Status seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad,
                ByteView in) noexcept override {
      if (Status s = this->check(out, tag, nonce, aad, in); !s) return s;
      if (this->key().seal(out, tag, nonce, aad, in)) return {};
      wipe(out);
      wipe(tag);
      return Key::failure();
    }
  };

  class Opener final : public Keyed<AeadOpener> {
   public:
    using Keyed<AeadOpener>::Keyed;

    Status open(ByteSpan out, ByteView nonce, ByteView aad, ByteView in,
                ByteView tag) noexcept override {
      if (Status s = this->check(out, tag, nonce, aad, in); !s) return s;
      if (this->key().open(out, nonce, aad, in, tag)) return {};
      wipe(out);
      return kBadAeadTag;
    }
  };

  template <typename Interface, typename Object>
  Result<std::unique_ptr<Interface>> make(ByteView key) const noexcept {
    if (key.size() != params_.nk) return kBadAeadKey;
    auto made = std::make_unique<Object>(*this);
    if (!made->set(algorithm_, key)) return Key::failure();
    return std::unique_ptr<Interface>(std::move(made));
  }

  const AeadParams& params_;
  Algorithm algorithm_;
};

}  // namespace twoway::core
