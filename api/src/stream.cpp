#include <algorithm>
#include <limits>

#include "stream_maker.hpp"

namespace twoway {
namespace {

constexpr Error kNoSource{Errc::invalid_argument, "a stream needs a source: this one is null"};
constexpr Error kEmptyOutput{Errc::invalid_argument, "read into at least one byte: 0 is the end"};
/// The size of one read of a source: several chunks of the default size, so that most of them lie
/// whole in the buffer and are opened without being gathered.
constexpr std::size_t kReadSize = 65536;

/// Keeps sums with the bytes around a message within a size.
constexpr std::size_t kMaxWhole = std::numeric_limits<std::size_t>::max() / 2;

/// Moves the bytes that fit from the front of `from` to `out`.
std::size_t give(ByteSpan out, ByteView& from) noexcept {
  const std::size_t size = std::min(out.size(), from.size());
  std::copy_n(from.begin(), size, out.begin());
  from = from.subspan(size);
  return size;
}

using detail::Output;
constexpr Output kStop{.stops = true};

/// Fills `out` with the pending bytes, then with the bytes of `step` while there is room. `step` is
/// told if anything was given before. An error stays, and is returned once nothing else is left.
template <typename Step>
Result<std::size_t> fill(ByteSpan out, ByteView& pending, std::optional<Error>& error,
                         const Step& step) noexcept {
  if (out.empty()) return kEmptyOutput;
  std::size_t given = 0;
  while (given < out.size()) {
    const ByteSpan room = out.subspan(given);
    if (!pending.empty()) {
      given += give(room, pending);
      continue;
    }
    if (error) break;
    const Result<Output> written = step(room, given > 0);
    if (!written) {
      error = written.error();
    } else if (written->stops) {
      break;
    } else {
      given += written->size;
    }
  }
  if (given == 0 && error) return *error;
  return given;
}

Result<SourceRead> read_some(Source& source, ByteSpan out) noexcept {
  Result<SourceRead> got = source.read(out);
  if (!got) return got;
  if (got->size > out.size()) return detail::kSourceOverflow;
  if (got->size == 0) got->end = End::yes;
  return got;
}

/// Grows `buffer` to `size` bytes, or to twice its size if that is needed often.
void make_room(core::SecretBuffer& buffer, std::size_t size) {
  if (buffer.size() < size) buffer.resize(std::max(size, 2 * buffer.size()));
}

}  // namespace

Result<SealStream> StreamMaker::seal(Form form, std::unique_ptr<Source> source, Bytes prefix,
                                     core::SealSequence sequence,
                                     const StreamOptions& options) noexcept {
  if (source == nullptr) return kNoSource;
  if (form == Form::whole) {
    framing::WholeSealer whole(std::move(sequence), std::min(options.max_whole, kMaxWhole));
    return SealStream(std::move(source), std::move(prefix), std::move(whole), options);
  }
  Result<ChunkSealer> chunks = ChunkSealer::create(std::move(sequence), options.limits);
  if (!chunks) return chunks.error();
  return SealStream(std::move(source), std::move(prefix), std::move(*chunks), options);
}

Result<OpenStream> StreamMaker::open(Form form, std::unique_ptr<Source> source,
                                     std::unique_ptr<framing::OpenSequenceFactory> factory,
                                     const StreamOptions& options) noexcept {
  if (source == nullptr) return kNoSource;
  if (form == Form::whole) {
    framing::WholeOpener whole(std::move(factory), std::min(options.max_whole, kMaxWhole));
    return OpenStream(std::move(source), std::move(whole));
  }
  Result<ChunkOpener> chunks = ChunkOpener::create(std::move(factory), options.limits);
  if (!chunks) return chunks.error();
  return OpenStream(std::move(source), std::move(*chunks));
}

SealStream::SealStream(std::unique_ptr<Source> source, Bytes prefix, Sealer sealer,
                       const StreamOptions& options) noexcept
    : source_(std::move(source)),
      memory_(source_->memory()),
      sealer_(std::move(sealer)),
      fill_(is_whole() ? Fill::full : options.fill),
      prefix_(std::move(prefix)),
      prefix_size_(prefix_.size()),
      pending_(prefix_) {}

Result<std::size_t> SealStream::read(ByteSpan out) noexcept {
  if (source_ == nullptr) return core::kMovedFrom;
  if (memory_ && core::overlap(out, *memory_)) return core::kBadOverlap;
  return fill(out, pending_, error_, [this](ByteSpan room, bool given) noexcept -> Result<Output> {
    if (finished_) return kStop;
    if (given) {
      // Sealed bytes do not wait for the source, and no more is sealed than fits.
      if (!memory_) return kStop;
      const Plaintext next = lendable();
      if (sealed_size(next.bytes.size(), next.last) > room.size()) return kStop;
    }
    const Result<std::size_t> sealed = seal_next(room);
    if (!sealed) return sealed.error();
    return Output{*sealed};
  });
}

/// Seals the next chunk, or the whole message, to the front of `out` if it fits, else to the
/// buffer. Returns the number of bytes written to `out`.
Result<std::size_t> SealStream::seal_next(ByteSpan out) noexcept {
  const Result<Plaintext> next = memory_ ? lendable() : read_source();
  if (!next) return next.error();
  const ByteView plaintext = next->bytes;
  const Last last = next->last;
  if (memory_) memory_ = memory_->subspan(plaintext.size());
  const std::size_t size = sealed_size(plaintext.size(), last);
  const bool fits = size <= out.size();
  if (!fits && memory_) make_room(buffer_, size);
  // In place, the chunk's prefix goes before the plaintext, and the tag after it.
  const std::size_t at =
      memory_ ? 0 : chunk_prefix(max_plaintext(), Last::no) - chunk_prefix(plaintext.size(), last);
  const ByteSpan to = fits ? out.first(size) : ByteSpan(buffer_).subspan(at, size);
  const Result<std::size_t> sealed =
      std::visit([&](auto& sealer) noexcept { return sealer.seal(to, plaintext, last); }, sealer_);
  if (!sealed) return sealed;
  finished_ = last == Last::yes;
  if (fits) return sealed;
  pending_ = to;
  return std::size_t{0};
}

/// Returns the next plaintext in memory.
SealStream::Plaintext SealStream::lendable() const noexcept {
  const ByteView bytes = memory_->first(std::min(memory_->size(), max_plaintext()));
  return {bytes, bytes.size() == memory_->size() ? Last::yes : Last::no};
}

/// Reads one chunk, or a whole message, to the place where it can be sealed in place.
Result<SealStream::Plaintext> SealStream::read_source() noexcept {
  const std::size_t front = chunk_prefix(max_plaintext(), Last::no);
  // One byte more than a whole message may have shows one that is too long.
  const std::size_t most = is_whole() ? max_plaintext() + 1 : max_plaintext();
  const std::size_t at_once = is_whole() ? kReadSize : most;
  std::size_t size = 0;
  End end = End::no;
  do {
    const std::size_t room = std::min(at_once, most - size);
    make_room(buffer_, front + size + room + core::kMaxNt);
    const Result<SourceRead> got =
        read_some(*source_, ByteSpan(buffer_).subspan(front + size, room));
    if (!got) return got.error();
    size += got->size;
    end = got->end;
  } while (fill_ == Fill::full && end == End::no && size < most);
  return Plaintext{ByteView(buffer_).subspan(front, size), end == End::yes ? Last::yes : Last::no};
}

std::size_t SealStream::max_plaintext() const noexcept {
  return std::visit([](const auto& sealer) noexcept { return sealer.max_plaintext(); }, sealer_);
}

std::size_t SealStream::chunk_prefix(std::size_t size, Last last) const noexcept {
  return std::visit([=](const auto& sealer) noexcept { return sealer.prefix_size(size, last); },
                    sealer_);
}

std::size_t SealStream::sealed_size(std::size_t size, Last last) const noexcept {
  return std::visit([=](const auto& sealer) noexcept { return sealer.sealed_size(size, last); },
                    sealer_);
}

std::size_t SealStream::max_sealed_chunk() const noexcept {
  return std::visit([](const auto& sealer) noexcept { return sealer.max_sealed_size(); }, sealer_);
}

std::optional<std::uint64_t> SealStream::remaining() const noexcept {
  if (source_ == nullptr) return std::nullopt;  // moved from
  if (finished_) return pending_.size();
  if (!memory_ && fill_ != Fill::full) return std::nullopt;
  const std::optional<std::uint64_t> rest =
      memory_ ? std::optional<std::uint64_t>(memory_->size()) : source_->remaining();
  if (!rest) return std::nullopt;
  const std::uint64_t max =
      is_whole() ? std::numeric_limits<std::uint64_t>::max() : max_plaintext();
  const std::uint64_t before_last = *rest == 0 ? 0 : (*rest - 1) / max;
  const auto last = static_cast<std::size_t>(*rest - before_last * max);
  return pending_.size() + before_last * max_sealed_chunk() + sealed_size(last, Last::yes);
}

OpenStream::OpenStream(std::unique_ptr<Source> source, Opener opener) noexcept
    : source_(std::move(source)), opener_(std::move(opener)) {
  if (const std::optional<ByteView> memory = source_->memory()) {
    lends_ = true;
    input_ = *memory;
    end_ = End::yes;
  }
}

Result<std::size_t> OpenStream::read(ByteSpan out) noexcept {
  if (source_ == nullptr) return core::kMovedFrom;
  if (lends_ && core::overlap(out, input_)) return core::kBadOverlap;
  return fill(out, pending_, error_, [this](ByteSpan room, bool given) noexcept -> Result<Output> {
    if (finished_) return kStop;
    if (end_ == End::yes || (!wants_more_ && !input_.empty())) return open_next(room, given);
    if (given) return kStop;  // opened bytes do not wait for the source
    if (Status s = read_source(); !s) return s.error();
    return Output{};
  });
}

/// Opens a chunk, or the whole message, if the input has all of it: to the front of `out` if any
/// that may come fits, else in a buffer.
Result<Output> OpenStream::open_next(ByteSpan out, bool given) noexcept {
  return std::visit(
      [&](auto& opener) noexcept -> Result<Output> {
        const std::size_t size = opener.output_size(input_.size());
        const bool fits = size <= out.size();
        if (given && !fits) return kStop;
        if (!fits && lends_) make_room(buffer_, size);
        const Result<ChunkOpener::Step> step = fits     ? opener.open(out, input_, end_)
                                               : lends_ ? opener.open(buffer_, input_, end_)
                                                        : opener.open_in_place(own_input(), end_);
        if (!step) return step.error();
        input_ = input_.subspan(step->consumed);
        wants_more_ = step->state == ChunkOpener::State::need_input;
        finished_ = step->state == ChunkOpener::State::done;
        if (fits) return Output{step->plaintext.size()};
        pending_ = step->plaintext;
        return Output{};
      },
      opener_);
}

/// Reads more, behind the input that is not consumed.
Status OpenStream::read_source() noexcept {
  const std::size_t size = input_.size();
  make_room(buffer_, size + kReadSize);
  const Result<SourceRead> got = read_some(*source_, ByteSpan(buffer_).subspan(size, kReadSize));
  if (!got) return got.error();
  input_ = ByteView(buffer_).first(size + got->size);
  end_ = got->end;
  wants_more_ = false;
  return {};
}

/// Returns the input for writing: it lies in the buffer.
ByteSpan OpenStream::own_input() noexcept {
  return ByteSpan(buffer_).subspan(static_cast<std::size_t>(input_.data() - buffer_.data()),
                                   input_.size());
}

}  // namespace twoway
