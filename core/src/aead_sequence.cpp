#include <limits>

#include <twoway/core/aead_sequence.hpp>

namespace twoway::core {
namespace {

constexpr Error kSmallOutput{Errc::buffer_too_small,
                             "the output is too small: ask the size function"};

}  // namespace

NonceCounter::NonceCounter(ByteView base_nonce, std::uint64_t first) noexcept : next_(first) {
  base_.assign(base_nonce);
}

// RFC 9180 section 5.2:
//   def Context<ROLE>.ComputeNonce(seq):
//     seq_bytes = I2OSP(seq, Nn)
//     return xor(self.base_nonce, seq_bytes)
//   def Context<ROLE>.IncrementSeq():
//     if self.seq >= (1 << (8*Nn)) - 1: raise MessageLimitReachedError
// Here the counter has 64 bits, so the limit is 2^64-1.
Status NonceCounter::next(AeadNonce& nonce) const noexcept {
  if (base_.empty()) return kMovedFrom;
  if (next_ == std::numeric_limits<std::uint64_t>::max()) {
    return Error{Errc::message_limit, "the sequence number is used up: set up a new context"};
  }
  nonce.assign(base_.view());
  const ByteSpan bytes = nonce.span();
  std::uint64_t seq = next_;
  for (std::size_t i = bytes.size(); i-- > 0 && seq != 0; seq >>= 8) {
    bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ (seq & 0xff));
  }
  return {};
}

Result<SealSequence> SealSequence::create(const Aead& aead, ByteView key, ByteView base_nonce,
                                          std::uint64_t first) noexcept {
  if (base_nonce.size() != aead.params().nn) return kBadAeadBuffers;
  Result<std::unique_ptr<AeadSealer>> sealer = aead.sealer(key);
  if (!sealer) return sealer.error();
  return SealSequence(aead, std::move(*sealer), NonceCounter(base_nonce, first));
}

Result<std::size_t> SealSequence::seal(ByteSpan out, ByteView aad, ByteView in) noexcept {
  const std::size_t nt = aead_->params().nt;
  if (out.size() < nt || out.size() - nt < in.size()) return kSmallOutput;
  const bool this_use = true;
  if (Status s = use_.begin(&this_use); !s) return s.error();
  AeadNonce nonce;
  Status sealed = counter_.next(nonce);
  if (sealed) {
    sealed = sealer_->seal(out.first(in.size()), out.subspan(in.size(), nt), nonce.view(), aad, in);
  }
  if (sealed) counter_.advance();
  if (Status s = use_.end(&this_use); !s) {
    if (sealed) wipe(out.first(in.size() + nt));  // another thread may have used this nonce
    return s.error();
  }
  if (!sealed) return sealed.error();
  return in.size() + nt;
}

Result<OpenSequence> OpenSequence::create(const Aead& aead, ByteView key, ByteView base_nonce,
                                          std::uint64_t first) noexcept {
  if (base_nonce.size() != aead.params().nn) return kBadAeadBuffers;
  Result<std::unique_ptr<AeadOpener>> opener = aead.opener(key);
  if (!opener) return opener.error();
  return OpenSequence(aead, std::move(*opener), NonceCounter(base_nonce, first));
}

Result<std::size_t> OpenSequence::open(ByteSpan out, ByteView aad, ByteView in) noexcept {
  const std::size_t nt = aead_->params().nt;
  if (in.size() < nt) return kBadAeadTag;
  const std::size_t size = in.size() - nt;
  if (out.size() < size) return kSmallOutput;
  AeadNonce nonce;
  if (Status s = counter_.next(nonce); !s) return s.error();
  Status s = opener_->open(out.first(size), nonce.view(), aad, in.first(size), in.last(nt));
  if (!s) return gate_ != nullptr ? gate_->explain(s.error()) : s.error();
  if (gate_ != nullptr) {
    if (s = gate_->admit(); !s) {
      wipe(out.first(size));
      return s.error();
    }
    gate_.reset();
  }
  counter_.advance();
  return size;
}

}  // namespace twoway::core
