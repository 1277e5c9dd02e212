#include <algorithm>
#include <limits>

#include <twoway/stream.hpp>

namespace twoway {
namespace {

constexpr Error kNoSource{Errc::invalid_argument, "a stream needs a source: this one is null"};
constexpr Error kEmptyOutput{Errc::invalid_argument, "read into at least one byte: 0 is the end"};
constexpr Error kWholeTooLarge{Errc::limit_exceeded,
                               "a whole message is over max_whole: allow more, or send chunks"};
constexpr Error kTruncated{Errc::truncated,
                           "the message ended before its ciphertext: it was cut short, ask for it "
                           "again"};

/// The size of one read of a source: several chunks of the default size, so that most of them lie
/// whole in the buffer and are opened without being gathered.
constexpr std::size_t kReadSize = 65536;

/// Keeps sums with the bytes around a message within a size.
constexpr std::size_t kMaxWhole = std::numeric_limits<std::size_t>::max() / 2;

StreamOptions bounded(StreamOptions options) noexcept {
  options.max_whole = std::min(options.max_whole, kMaxWhole);
  return options;
}

/// Moves the bytes that fit from the front of `from` to `out`.
std::size_t give(ByteSpan out, ByteView& from) noexcept {
  const std::size_t size = std::min(out.size(), from.size());
  std::copy_n(from.begin(), size, out.begin());
  from = from.subspan(size);
  return size;
}

/// The number of bytes that a stream's step wrote, maybe with more pending. Nothing if no more
/// comes now.
using StepResult = Result<std::optional<std::size_t>>;
constexpr std::optional<std::size_t> kNoMore;

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
    const StepResult result = step(room, given > 0);
    if (!result) {
      error = result.error();
    } else if (result->has_value()) {
      given += **result;
    } else {
      break;
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

Result<SealStream> SealStream::create(Form form, std::unique_ptr<Source> source, Bytes prefix,
                                      core::SealSequence sequence,
                                      const StreamOptions& options) noexcept {
  if (source == nullptr) return kNoSource;
  if (form == Form::whole) {
    return SealStream(std::move(source), std::move(prefix), std::nullopt, std::move(sequence),
                      options);
  }
  Result<ChunkSealer> chunks = ChunkSealer::create(std::move(sequence), options.limits);
  if (!chunks) return chunks.error();
  return SealStream(std::move(source), std::move(prefix), std::move(*chunks), std::nullopt,
                    options);
}

SealStream::SealStream(std::unique_ptr<Source> source, Bytes prefix,
                       std::optional<ChunkSealer> chunks, std::optional<core::SealSequence> whole,
                       const StreamOptions& options) noexcept
    : source_(std::move(source)),
      memory_(source_->memory()),
      chunks_(std::move(chunks)),
      whole_(std::move(whole)),
      options_(bounded(options)),
      prefix_(std::move(prefix)),
      prefix_size_(prefix_.size()),
      pending_(prefix_) {}

Result<std::size_t> SealStream::read(ByteSpan out) noexcept {
  if (source_ == nullptr) return core::kMovedFrom;
  if (memory_ && core::overlap(out, *memory_)) return core::kBadOverlap;
  return fill(out, pending_, error_, [this](ByteSpan room, bool given) noexcept -> StepResult {
    if (finished_) return kNoMore;
    // Sealed bytes do not wait for the source, and no more is sealed than fits.
    if (given && (!memory_ || sealed_size(lendable()) > room.size())) {
      return kNoMore;
    }
    const Result<std::size_t> sealed = seal_next(room);
    if (!sealed) return sealed.error();
    return std::optional(*sealed);
  });
}

/// Seals the next chunk, or the whole message, to the front of `out` if it fits, else to the
/// buffer. Returns the number of bytes written to `out`.
Result<std::size_t> SealStream::seal_next(ByteSpan out) noexcept {
  const Result<Plaintext> plaintext = memory_ ? lend() : read_source();
  if (!plaintext) return plaintext.error();
  const std::size_t size = sealed_size(*plaintext);
  const bool fits = size <= out.size();
  if (!fits && memory_) make_room(buffer_, size);
  // In place, the head goes before the plaintext, and the tag after it.
  const std::size_t at = memory_ ? 0 : largest_chunk_prefix() - chunk_prefix(*plaintext);
  const ByteSpan to = fits ? out.first(size) : ByteSpan(buffer_).subspan(at, size);
  const Result<std::size_t> sealed = chunks_ ? chunks_->seal(to, plaintext->bytes, plaintext->last)
                                             : whole_->seal(to, {}, plaintext->bytes);
  if (!sealed) return sealed;
  finished_ = plaintext->last == Last::yes;
  if (fits) return sealed;
  pending_ = to;
  return std::size_t{0};
}

/// Returns the next plaintext in memory.
SealStream::Plaintext SealStream::lendable() const noexcept {
  const ByteView bytes = memory_->first(std::min(memory_->size(), max_plaintext()));
  return {bytes, bytes.size() == memory_->size() ? Last::yes : Last::no};
}

Result<SealStream::Plaintext> SealStream::lend() noexcept {
  const Plaintext next = lendable();
  if (whole_ && next.last == Last::no) return kWholeTooLarge;
  memory_ = memory_->subspan(next.bytes.size());
  return next;
}

/// Reads one chunk, or a whole message, to the place where it can be sealed in place.
Result<SealStream::Plaintext> SealStream::read_source() noexcept {
  const std::size_t front = largest_chunk_prefix();
  std::size_t size = 0;
  End end = End::no;
  do {
    // One byte more than a whole message may have shows one that is too long.
    const std::size_t most = chunks_ ? options_.limits.max_chunk - size
                                     : std::min(kReadSize, options_.max_whole + 1 - size);
    make_room(buffer_, front + size + most + core::kMaxNt);
    const Result<SourceRead> got =
        read_some(*source_, ByteSpan(buffer_).subspan(front + size, most));
    if (!got) return got.error();
    size += got->size;
    end = got->end;
    if (whole_ && size > options_.max_whole) return kWholeTooLarge;
  } while (end == End::no &&
           (whole_ || (options_.fill == Fill::full && size < options_.limits.max_chunk)));
  return Plaintext{ByteView(buffer_).subspan(front, size), end == End::yes ? Last::yes : Last::no};
}

std::size_t SealStream::max_plaintext() const noexcept {
  return chunks_ ? options_.limits.max_chunk : options_.max_whole;
}

std::size_t SealStream::chunk_prefix(const Plaintext& plaintext) const noexcept {
  return chunks_ ? chunks_->prefix_size(plaintext.bytes.size(), plaintext.last) : 0;
}

std::size_t SealStream::largest_chunk_prefix() const noexcept {
  return chunks_ ? chunks_->prefix_size(options_.limits.max_chunk, Last::no) : 0;
}

std::size_t SealStream::sealed_size(const Plaintext& plaintext) const noexcept {
  const std::size_t size = plaintext.bytes.size();
  return chunks_ ? chunks_->sealed_size(size, plaintext.last) : whole_->sealed_size(size);
}

std::size_t SealStream::max_sealed_chunk() const noexcept {
  return chunks_ ? chunks_->max_sealed_size() : whole_->sealed_size(options_.max_whole);
}

std::optional<std::uint64_t> SealStream::remaining() const noexcept {
  if (source_ == nullptr) return std::nullopt;  // moved from
  if (finished_) return pending_.size();
  const std::optional<std::uint64_t> rest =
      memory_ ? std::optional<std::uint64_t>(memory_->size()) : source_->remaining();
  if (!rest) return std::nullopt;
  if (whole_) return pending_.size() + *rest + whole_->sealed_size(0);
  if (!memory_ && options_.fill != Fill::full) return std::nullopt;
  const std::uint64_t max = options_.limits.max_chunk;
  const std::uint64_t before_last = *rest == 0 ? 0 : (*rest - 1) / max;
  const auto last = static_cast<std::size_t>(*rest - before_last * max);
  return pending_.size() + before_last * chunks_->max_sealed_size() +
         chunks_->sealed_size(last, Last::yes);
}

Result<OpenStream> OpenStream::create(Form form, std::unique_ptr<Source> source,
                                      std::unique_ptr<framing::OpenSequenceFactory> factory,
                                      const StreamOptions& options) noexcept {
  if (source == nullptr) return kNoSource;
  if (form == Form::whole) {
    return OpenStream(std::move(source), std::nullopt, std::move(factory), options);
  }
  Result<ChunkOpener> chunks = ChunkOpener::create(std::move(factory), options.limits);
  if (!chunks) return chunks.error();
  return OpenStream(std::move(source), std::move(*chunks), nullptr, options);
}

OpenStream::OpenStream(std::unique_ptr<Source> source, std::optional<ChunkOpener> chunks,
                       std::unique_ptr<framing::OpenSequenceFactory> factory,
                       const StreamOptions& options) noexcept
    : source_(std::move(source)),
      chunks_(std::move(chunks)),
      factory_(std::move(factory)),
      options_(bounded(options)) {
  if (const std::optional<ByteView> memory = source_->memory()) {
    lends_ = true;
    input_ = *memory;
    end_ = End::yes;
  }
}

Result<std::size_t> OpenStream::read(ByteSpan out) noexcept {
  if (source_ == nullptr) return core::kMovedFrom;
  if (lends_ && core::overlap(out, input_)) return core::kBadOverlap;
  return fill(out, pending_, error_, [this](ByteSpan room, bool given) noexcept -> StepResult {
    if (finished_) return kNoMore;
    if (end_ == End::no && (factory_ != nullptr || input_.empty())) {
      if (given) return kNoMore;  // opened bytes do not wait for the source
      if (Status s = read_source(); !s) return s.error();
      return std::optional(std::size_t{0});
    }
    if (given && chunks_ && chunks_->output_size(input_.size()) > room.size()) {
      return kNoMore;
    }
    const Result<std::size_t> opened = chunks_ ? open_chunk(room) : open_whole(room);
    if (!opened) return opened.error();
    return std::optional(*opened);
  });
}

/// Opens a chunk if the input has a whole one: to the front of `out` if the largest chunk fits
/// there, else in a buffer. Returns the number of bytes written to `out`.
Result<std::size_t> OpenStream::open_chunk(ByteSpan out) noexcept {
  const std::size_t size = chunks_->output_size(input_.size());
  const bool fits = size <= out.size();
  if (!fits && lends_) make_room(buffer_, size);
  const Result<ChunkOpener::Step> step = fits     ? chunks_->open(out, input_, end_)
                                         : lends_ ? chunks_->open(buffer_, input_, end_)
                                                  : chunks_->open_in_place(own_input(), end_);
  if (!step) return step.error();
  input_ = input_.subspan(step->consumed);
  finished_ = step->state == ChunkOpener::State::done;
  if (fits) return step->plaintext.size();
  pending_ = step->plaintext;
  return std::size_t{0};
}

/// Opens the whole message in the same way, once all of it is read.
Result<std::size_t> OpenStream::open_whole(ByteSpan out) noexcept {
  const std::size_t prefix = factory_->prefix_size();
  if (input_.size() < prefix) return kTruncated;
  Result<core::OpenSequence> sequence = factory_->open_sequence(input_.first(prefix));
  if (!sequence) return sequence.error();
  const ByteView sealed = input_.subspan(prefix);
  if (sealed.size() < sequence->sealed_size(0)) return kTruncated;
  const std::size_t size = sequence->opened_size(sealed.size());
  if (size > options_.max_whole) return kWholeTooLarge;
  const bool fits = size <= out.size();
  if (!fits && lends_) make_room(buffer_, size);
  const ByteSpan to = fits ? out : lends_ ? ByteSpan(buffer_) : own_input().subspan(prefix);
  const Result<std::size_t> opened = sequence->open(to, {}, sealed);
  if (!opened) return opened;
  finished_ = true;
  if (fits) return opened;
  pending_ = to.first(size);
  return std::size_t{0};
}

/// Reads more bytes: after the earlier ones of a whole message, or in place of consumed chunks.
Status OpenStream::read_source() noexcept {
  const std::size_t size = input_.size();
  make_room(buffer_, size + kReadSize);
  const Result<SourceRead> got = read_some(*source_, ByteSpan(buffer_).subspan(size, kReadSize));
  if (!got) return got.error();
  input_ = ByteView(buffer_).first(size + got->size);
  end_ = got->end;
  if (factory_ != nullptr &&
      input_.size() > factory_->prefix_size() + options_.max_whole + core::kMaxNt) {
    return kWholeTooLarge;
  }
  return {};
}

/// Returns the input for writing. It lies in the buffer.
ByteSpan OpenStream::own_input() noexcept {
  return ByteSpan(buffer_).subspan(static_cast<std::size_t>(input_.data() - buffer_.data()),
                                   input_.size());
}

}  // namespace twoway
