// Pull streams over sources that give pieces, fail or lie about their size, against a model of the
// message's bytes, and of the plaintext of a message that was changed or cut. A read of 0 bytes
// means a true end.
#include <algorithm>
#include <array>
#include <limits>
#include <memory>

#include "sources.hpp"
#include "stream_maker.hpp"

using namespace twoway;
using namespace twoway::fuzz;

namespace {

constexpr std::array<std::uint8_t, 7> kPrefix{'p', 'r', 'e', 'f', 'i', 'x', '0'};

/// A stream's options, and the form of its message.
struct Options : StreamOptions {
  Form form = Form::chunked;
};

struct Message {
  std::vector<Chunk> chunks;  // one chunk for a whole message
  std::vector<Bytes> sent;
  std::optional<Errc> error;  // none if complete
  Bytes prefix;
  Options options;
};

/// Returns the key after a prefix, which must be the message's own.
class PrefixSequenceFactory final : public framing::OpenSequenceFactory {
 public:
  explicit PrefixSequenceFactory(Bytes prefix) : prefix_(std::move(prefix)) {}
  std::size_t prefix_size() const noexcept override { return prefix_.size(); }
  std::size_t overhead() const noexcept override { return prefix_.size() + kTag; }
  Result<core::OpenSequence> open_sequence(ByteView prefix) noexcept override {
    FUZZ_REQUIRE(fuzz::equal(prefix, prefix_));
    return fuzz::open_sequence();
  }

 private:
  Bytes prefix_;
};

Plan plan(Choices& choices, std::size_t size) {
  Plan plan;
  const unsigned options = choices.byte();
  plan.kind = static_cast<Plan::Kind>(options % 5);
  plan.pieces = choices.sizes();
  plan.end_with_data = (options & 0x40U) != 0;
  plan.size = size;
  if (plan.kind == Plan::Kind::memory || plan.kind == Plan::Kind::istream) return plan;
  if ((options & 0x80U) != 0) plan.fails_at = choices.below(size + 1);
  if (plan.kind == Plan::Kind::known_size && plan.fails_at == size) plan.fails_at.reset();
  plan.overflows = (options & 0x20U) != 0;
  return plan;
}

Options stream_options(Choices& choices) {
  const unsigned options = choices.byte();
  Options chosen;
  chosen.limits = fuzz::limits(options, choices);
  if ((options & 8U) != 0) chosen.fill = Fill::full;
  if ((options & 16U) != 0) chosen.form = Form::whole;
  if ((options & 32U) != 0) chosen.max_whole = choices.below(1024);
  if ((options & 64U) != 0) chosen.max_whole = std::numeric_limits<std::size_t>::max();
  return chosen;
}

/// Returns the plaintexts of the chunks that a source's reads make, or the one of a whole message.
std::vector<std::size_t> chunk_sizes(const Log& log, const Options& options, bool lent,
                                     bool& complete) {
  const bool whole = options.form == Form::whole;
  const bool gathers = whole || lent || options.fill == Fill::full;
  std::vector<std::size_t> sizes;
  std::size_t size = 0;
  complete = false;
  for (const SourceRead& read : log.reads) {
    size += read.size;
    complete = read.end == End::yes;
    const std::size_t most = whole ? size : options.limits.max_chunk;
    const auto cut = [&](std::size_t piece) {
      sizes.push_back(piece);
      size -= piece;
    };
    while (size > most) cut(most);
    if (complete || !gathers || (size == most && !whole)) cut(size);
  }
  return sizes;
}

/// Returns the bytes that a sealer must have made from the part of its source that it saw.
Message expected_message(ByteView data, const Log& log, bool lent, const Options& options,
                         Bytes prefix) {
  Message message{{}, {}, log.error, std::move(prefix), options};
  bool complete = false;
  std::size_t seen = 0;
  for (const SourceRead& read : log.reads) seen += read.size;
  const bool whole = options.form == Form::whole;
  if (whole && seen > options.max_whole) {
    message.error = Errc::limit_exceeded;
    return message;
  }
  std::uint64_t sealed = 0;
  const std::vector<std::size_t> sizes = chunk_sizes(log, options, lent, complete);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const Last last = complete && i + 1 == sizes.size() ? Last::yes : Last::no;
    const ByteView plaintext = data.subspan(static_cast<std::size_t>(sealed), sizes[i]);
    sealed += sizes[i];
    if (!whole && (sealed > options.limits.max_plaintext ||
                   i + (last == Last::yes ? 1 : 2) > options.limits.max_chunks)) {
      message.error = Errc::limit_exceeded;
      return message;
    }
    const Bytes alone = seal_alone(plaintext, whole ? Last::no : last, i);
    message.chunks.push_back({Bytes(plaintext.begin(), plaintext.end()), alone, last});
    message.sent.push_back(whole ? alone : as_sent(alone, last));
  }
  FUZZ_REQUIRE(complete != message.error.has_value());
  return message;
}

SealStream seal_stream(std::unique_ptr<Source> source, const Bytes& prefix,
                       const Options& options) {
  auto stream =
      StreamMaker::seal(options.form, std::move(source), prefix, seal_sequence(), options);
  FUZZ_REQUIRE(stream.ok());
  return std::move(*stream);
}

/// Seals, and compares with the model.
Message check_sealing(ByteView data, const Plan& plan, const Options& options, const Bytes& prefix,
                      const std::vector<std::size_t>& reads) {
  Log log;
  SealStream stream = seal_stream(make_source(data, plan, log), prefix, options);
  FUZZ_REQUIRE(stream.prefix_size() == prefix.size());
  std::vector<std::optional<std::uint64_t>> totals;
  const OpenResult got = fuzz::read_all(stream, reads, [&](std::size_t given) {
    const auto rest = stream.remaining();
    totals.push_back(rest ? std::optional(given + *rest) : std::nullopt);
  });
  Message message = expected_message(data, log, plan.kind == Plan::Kind::memory, options, prefix);
  FUZZ_REQUIRE(got.error == message.error);
  Bytes want = prefix;
  for (const Bytes& chunk : message.sent) {
    FUZZ_REQUIRE(chunk.size() <= stream.max_sealed_chunk());
    want.insert(want.end(), chunk.begin(), chunk.end());
  }
  FUZZ_REQUIRE(got.plaintext == want);
  if (got.error) return message;
  for (const auto& total : totals) FUZZ_REQUIRE(!total || *total == want.size());
  const bool full = options.form == Form::whole || options.fill == Fill::full;
  const bool known =
      plan.kind == Plan::Kind::memory || (plan.kind == Plan::Kind::known_size && full);
  FUZZ_REQUIRE(!known || totals.front());
  return message;
}

/// Returns the result that an opener must give for these bytes. `end` says if they are all.
OpenResult expected_opening(ByteView input, const Message& message, const Options& options,
                            End end) {
  const std::size_t prefix = message.prefix.size();
  const ByteView sealed = input.subspan(std::min(prefix, input.size()));
  if (options.form == Form::chunked) {
    if (input.size() < prefix) return {{}, Errc::truncated};
    return expected(sealed, message.chunks, options.limits, end);
  }
  if (sealed.size() > kTag && sealed.size() - kTag > options.max_whole)
    return {{}, Errc::limit_exceeded};
  if (end == End::no || input.size() < prefix + kTag) return {{}, Errc::truncated};
  const bool ours = !message.chunks.empty() && fuzz::equal(sealed, message.chunks[0].sealed);
  if (!ours) return {{}, Errc::open_failed};
  return {message.chunks[0].plaintext, std::nullopt};
}

OpenResult open(std::unique_ptr<Source> source, const Bytes& prefix, const Options& options,
                const std::vector<std::size_t>& reads) {
  auto stream = StreamMaker::open(options.form, std::move(source),
                                  std::make_unique<PrefixSequenceFactory>(prefix), options);
  FUZZ_REQUIRE(stream.ok());
  return fuzz::read_all(*stream, reads, [](std::size_t) {});
}

void check_opening(ByteView input, const Message& message, const Options& options, const Plan& plan,
                   const std::vector<std::size_t>& reads) {
  const OpenResult want = expected_opening(input, message, options, End::yes);
  Log log;
  FUZZ_REQUIRE(open(from_memory(input), message.prefix, options, reads) == want);
  const OpenResult got = open(make_source(input, plan, log), message.prefix, options, reads);
  if (!plan.fails_at) {
    FUZZ_REQUIRE(got == want);
    return;
  }
  // The opener opens all bytes that arrived. Then it returns the failure instead of waiting for
  // more.
  FUZZ_REQUIRE(got.error.has_value());
  OpenResult cut = expected_opening(input.first(*plan.fails_at), message, options, End::no);
  if (cut.error == Errc::truncated) cut.error = log.error;
  FUZZ_REQUIRE(got == cut);
}

}  // namespace

// The input: the plaintext's size, options, the source's way, the reads' sizes. Then the opener's
// limits, the changes, and the same for its side.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choices(ByteView(data, size));
  const unsigned options = choices.byte();
  Bytes plaintext(choices.below((options & 1U) != 0 ? 20000 : 600));
  for (std::size_t i = 0; i < plaintext.size(); ++i) {
    plaintext[i] = static_cast<std::uint8_t>(i ^ i >> 8);
  }
  const Bytes prefix(kPrefix.begin(), kPrefix.begin() + (options >> 1 & 7U));
  const Options sealing = stream_options(choices);
  Plan plan = ::plan(choices, plaintext.size());
  if ((options & 0x10U) != 0) plan.size = choices.below(plaintext.size() + 8);
  const std::vector<std::size_t> reads = choices.sizes();
  Message message = check_sealing(plaintext, plan, sealing, prefix, reads);
  const std::vector<std::size_t> opening_reads = choices.sizes();

  // One stream is another's source.
  Log log;
  SealStream direct = seal_stream(make_source(plaintext, plan, log), prefix, sealing);
  Options opening;
  opening.form = sealing.form;
  const OpenResult piped = open(from_function([&direct](ByteSpan out) { return direct.read(out); }),
                                prefix, opening, opening_reads);
  OpenResult want;
  want.error = message.error;
  for (const Chunk& chunk : message.chunks) {
    want.plaintext.insert(want.plaintext.end(), chunk.plaintext.begin(), chunk.plaintext.end());
  }
  FUZZ_REQUIRE(piped == want);

  if ((options & 0x20U) != 0) opening = stream_options(choices);
  opening.form = sealing.form;
  if ((options & 0x40U) != 0) change(message.sent, choices);
  message.sent.insert(message.sent.begin(), prefix);
  Bytes input = joined(message.sent);
  if ((options & 0x80U) != 0) input.resize(choices.below(input.size() + 1));
  check_opening(input, message, opening, ::plan(choices, input.size()), opening_reads);
  return 0;
}
