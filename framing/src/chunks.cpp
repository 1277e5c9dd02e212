#include <algorithm>

#include <twoway/framing/chunks.hpp>

#include "varint.hpp"

namespace twoway::framing {
namespace {

constexpr Error kBadLimits{Errc::invalid_argument,
                           "max_chunk must be from 1 byte to 1 GiB, max_chunks at least 1"};
constexpr Error kOverLimit{Errc::limit_exceeded,
                           "a chunk or the message is over its limit: send less, or allow more"};
constexpr Error kTruncated{Errc::truncated,
                           "the message ended before its last chunk: it was cut short, ask for it "
                           "again"};
constexpr Error kEnded{Errc::wrong_state, "this message is complete: nothing follows it"};
constexpr Error kSmallOutput{Errc::buffer_too_small,
                             "the output is too small: ask the size function"};

static_assert(kMaxChunk + core::kMaxNt <= kMaxVarint);

// Section 6.1: the AAD of the last chunk is "final", that of the others empty.
ByteView aad(Last last) noexcept {
  return last == Last::yes ? core::as_bytes("final") : ByteView();
}

/// Returns true if `size` more bytes keep a message of `total` within its limit.
bool fits(std::uint64_t total, std::size_t size, const ChunkLimits& limits) noexcept {
  return total <= limits.max_plaintext && size <= limits.max_plaintext - total;
}

}  // namespace

Status check_limits(const ChunkLimits& limits) noexcept {
  const bool ok = limits.max_chunk >= 1 && limits.max_chunk <= kMaxChunk && limits.max_chunks >= 1;
  return ok ? Status() : kBadLimits;
}

Result<ChunkSealer> ChunkSealer::create(core::SealSequence sequence,
                                        const ChunkLimits& limits) noexcept {
  if (Status s = check_limits(limits); !s) return s.error();
  return ChunkSealer(std::move(sequence), limits);
}

std::size_t ChunkSealer::prefix_size(std::size_t plaintext_size, Last last) const noexcept {
  return last == Last::yes ? 1 : varint_size(sequence_.sealed_size(plaintext_size));
}

std::size_t ChunkSealer::sealed_size(std::size_t plaintext_size, Last last) const noexcept {
  return prefix_size(plaintext_size, last) + sequence_.sealed_size(plaintext_size);
}

// Section 6.1:
//   sealed_chunk = sctxt.Seal("", chunk)
//   concat(varint(len(sealed_chunk)), sealed_chunk)
//   sealed_final_chunk = sctxt.Seal("final", chunk)
//   concat(varint(0), sealed_final_chunk)
// Section 6.2: the same with the response's key, and its nonce XOR the chunk's number.
Result<std::size_t> ChunkSealer::seal(ByteSpan out, ByteView plaintext, Last last) noexcept {
  if (sequence_.moved_from()) return core::kMovedFrom;
  if (finished_) return kEnded;
  if (failed_) return Error{Errc::wrong_state, "a chunk failed to seal: start a new message"};
  if (plaintext.empty() && last == Last::no) {
    return Error{Errc::invalid_argument, "only the last chunk may be empty"};
  }
  // A chunk that is not the last must leave room for the last one.
  const std::uint64_t after = last == Last::yes ? 1 : 2;
  if (plaintext.size() > limits_.max_chunk || !fits(sealed_, plaintext.size(), limits_) ||
      limits_.max_chunks - chunks_ < after) {
    return kOverLimit;
  }
  const std::size_t head = prefix_size(plaintext.size(), last);
  const std::size_t whole = sealed_size(plaintext.size(), last);
  if (out.size() < whole) return kSmallOutput;
  if (!core::apart_or_at(out.first(whole), plaintext, head)) return core::kBadOverlap;
  const Result<std::size_t> size = sequence_.seal(out.subspan(head), aad(last), plaintext);
  if (!size) {
    failed_ = size.error().code == Errc::provider_failure;
    return size;
  }
  write_varint(out, last == Last::yes ? 0 : *size);
  sealed_ += plaintext.size();
  ++chunks_;
  finished_ = last == Last::yes;
  return head + *size;
}

Result<ChunkOpener> ChunkOpener::create(core::OpenSequence sequence,
                                        const ChunkLimits& limits) noexcept {
  if (Status s = check_limits(limits); !s) return s.error();
  return ChunkOpener(nullptr, std::move(sequence), limits);
}

Result<ChunkOpener> ChunkOpener::create(std::unique_ptr<OpenSequenceFactory> factory,
                                        const ChunkLimits& limits) noexcept {
  if (Status s = check_limits(limits); !s) return s.error();
  return ChunkOpener(std::move(factory), std::nullopt, limits);
}

std::size_t ChunkOpener::output_size(std::size_t input_size) const noexcept {
  const bool within = phase_ == Phase::body || phase_ == Phase::final_body;
  const std::size_t kept = within ? pieces_.size() : 0;
  return std::min(limits_.max_chunk, std::min(input_size, limits_.max_chunk) + kept);
}

/// Fails if nothing more can be opened.
Status ChunkOpener::ready() const noexcept {
  if (sequence_ ? sequence_->moved_from() : factory_ == nullptr) return core::kMovedFrom;
  if (error_) return *error_;
  return phase_ == Phase::finished ? Status(kEnded) : Status();
}

Result<ChunkOpener::Step> ChunkOpener::open(ByteSpan out, ByteView in, End end) noexcept {
  if (Status s = ready(); !s) return s.error();
  const std::size_t most = output_size(in.size());
  if (out.size() < most) return kSmallOutput;
  if (core::overlap(out.first(most), in)) return core::kBadOverlap;
  const Result<Found> found = find(in, end);
  return open_found(found, out, sealed_in(found, in));
}

Result<ChunkOpener::Step> ChunkOpener::open_in_place(ByteSpan in, End end) noexcept {
  if (Status s = ready(); !s) return s.error();
  const Result<Found> found = find(in, end);
  const ByteSpan sealed = sealed_in(found, in);
  return open_found(found, sealed, sealed);
}

/// Opens the chunk `sealed` that was found. A failure of either step is final.
Result<ChunkOpener::Step> ChunkOpener::open_found(const Result<Found>& found, ByteSpan out,
                                                  ByteView sealed) noexcept {
  if (!found) return error_.emplace(found.error());
  if (found->location == Location::nowhere) return Step{State::need_input, found->consumed, {}};
  const Last last = phase_ == Phase::final_body ? Last::yes : Last::no;
  const Result<std::size_t> size = sequence_->open(out, aad(last), sealed);
  if (!size) return error_.emplace(size.error());
  opened_ += *size;
  ++chunks_;
  phase_ = last == Last::yes ? Phase::finished : Phase::length;
  return Step{last == Last::yes ? State::done : State::chunk, found->consumed, out.first(*size)};
}

/// Takes the input up to the end of the next sealed chunk, or all of it if that is not whole.
Result<ChunkOpener::Found> ChunkOpener::find(ByteView in, End end) noexcept {
  const std::size_t given = in.size();
  if (phase_ == Phase::prefix) {
    if (Status s = read_prefix(in); !s) return s.error();
  }
  if (phase_ == Phase::length) {
    if (Status s = read_length(in); !s) return s.error();
  }
  if (phase_ == Phase::body) {
    if (pieces_.empty() && in.size() >= length_) {
      return Found{Location::input, given - in.size() + length_, length_};
    }
    gather(in, length_);
    if (pieces_.size() == length_) return Found{Location::pieces, given - in.size(), length_};
  }
  if (phase_ == Phase::final_body) {
    // It reaches to the end of the message, and is bounded like the others.
    const bool in_input = end == End::yes && pieces_.empty();
    if (!in_input && !gather(in, max_sealed())) return kOverLimit;
    const std::size_t size = in_input ? in.size() : pieces_.size();
    if (size > max_sealed() || !fits(opened_, sequence_->opened_size(size), limits_)) {
      return kOverLimit;
    }
    if (end == End::yes && size >= sequence_->sealed_size(0)) {
      return Found{in_input ? Location::input : Location::pieces, given, size};
    }
  }
  if (end == End::yes) return kTruncated;
  return Found{Location::nowhere, given, 0};
}

/// Reads the bytes before the chunks. If they are whole, takes the key and goes on to a length.
Status ChunkOpener::read_prefix(ByteView& in) noexcept {
  const std::size_t size = factory_->prefix_size();
  gather(in, size);
  if (pieces_.size() < size) return {};
  Result<core::OpenSequence> sequence = factory_->open_sequence(pieces_);
  if (!sequence) return sequence.error();
  sequence_.emplace(std::move(*sequence));
  factory_.reset();
  phase_ = Phase::length;
  return {};
}

/// Reads a chunk's length. If it is whole, goes on to the chunk.
Status ChunkOpener::read_length(ByteView& in) noexcept {
  while (length_size_ == 0 || length_size_ < varint_size_from(length_bytes_[0])) {
    if (in.empty()) return {};
    length_bytes_[length_size_++] = in[0];
    in = in.subspan(1);
  }
  const std::uint64_t length = read_varint(ByteView(length_bytes_).first(length_size_));
  length_size_ = 0;
  pieces_.clear();
  if (chunks_ >= limits_.max_chunks) return kOverLimit;
  if (length == 0) {
    phase_ = Phase::final_body;
    return {};
  }
  if (length <= sequence_->sealed_size(0)) return core::kBadAeadTag;  // empty, or not a chunk
  if (length > max_sealed()) return kOverLimit;
  length_ = static_cast<std::size_t>(length);
  if (!fits(opened_, sequence_->opened_size(length_), limits_)) return kOverLimit;
  phase_ = Phase::body;
  return {};
}

/// Moves bytes of `in` to the kept ones, until those are `most`. Returns false if bytes were left.
bool ChunkOpener::gather(ByteView& in, std::size_t most) noexcept {
  const ByteView piece = in.first(std::min(in.size(), most - pieces_.size()));
  pieces_.insert(pieces_.end(), piece.begin(), piece.end());
  in = in.subspan(piece.size());
  return in.empty();
}

}  // namespace twoway::framing
