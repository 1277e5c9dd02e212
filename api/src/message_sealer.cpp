#include <algorithm>

#include <twoway/message_sealer.hpp>

#include "forms.hpp"
#include "stream_maker.hpp"

namespace twoway {
namespace {

constexpr Error kSealedAlready{Errc::wrong_state, "this request is sealed already: begin another"};

}  // namespace

// message = concat(prefix, Seal("", plaintext))
Result<std::size_t> MessageSealer::seal(ByteSpan out, ByteView plaintext) noexcept {
  if (Status s = require_form(form_, Form::whole); !s) return s.error();
  if (!sequence_) return kSealedAlready;
  const std::size_t whole = sealed_size(plaintext.size());
  if (out.size() < whole) return kSmallOutput;
  if (!core::apart_or_at(out.first(whole), plaintext, prefix_.size())) return core::kBadOverlap;
  const Result<std::size_t> size = sequence_->seal(out.subspan(prefix_.size()), {}, plaintext);
  if (!size) return size;
  std::copy(prefix_.begin(), prefix_.end(), out.begin());
  sequence_.reset();
  return whole;
}

Result<Bytes> MessageSealer::seal(ByteView plaintext) noexcept {
  Bytes message(sealed_size(plaintext.size()));
  const Result<std::size_t> size = seal(message, plaintext);
  if (!size) return size.error();
  return message;
}

Result<ChunkSealer> MessageSealer::chunk_sealer(const ChunkLimits& limits) noexcept {
  if (Status s = require_form(form_, Form::chunked); !s) return s.error();
  if (Status s = framing::check_limits(limits); !s) return s.error();
  Result<core::SealSequence> sequence = core::take_sequence(sequence_, kSealedAlready);
  if (!sequence) return sequence.error();
  return ChunkSealer::create(std::move(*sequence), limits);
}

Result<SealStream> MessageSealer::stream(std::unique_ptr<Source> source,
                                         const StreamOptions& options) noexcept {
  Result<core::SealSequence> sequence = core::take_sequence(sequence_, kSealedAlready);
  if (!sequence) return sequence.error();
  return StreamMaker::seal(form_, std::move(source), prefix_, std::move(*sequence), options);
}

}  // namespace twoway
