#include "delivery.hpp"

#include <algorithm>
#include <utility>

namespace twoway::cli {
namespace {

/// Room for several chunks of the default size.
constexpr std::size_t kBufferSize = 128 * 1024;

/// More than the head and the tag of a chunk.
constexpr std::size_t kChunkOverhead = 64;

constexpr const char* kTruncated =
    "truncated: the message ended before its authenticated end: ask for it again";
constexpr const char* kLargeWhole =
    "too large: a whole message has at most 1 GiB: use --chunked on both sides";
constexpr const char* kLargeChunk =
    "too large: a chunk is over --chunk-size: give the size that the sender used";

// If a whole message is read as chunks, its first bytes pass for the length of a chunk, which may
// be any.
constexpr const char* kTruncatedAtOnce =
    "truncated, or sealed without --chunked: ask for it again, or leave out --chunked if the "
    "sender did";
constexpr const char* kLargeAtOnce =
    "its first chunk is over --chunk-size, or it was sealed without --chunked: give the size that "
    "the sender used, or leave out --chunked if the sender did";

/// Reads the next bytes to write: as many as fit of a whole message, or one read of a chunked one.
Result<std::size_t> next(const Pull& pull, ByteSpan buffer, Form form) {
  std::size_t size = 0;
  while (size < buffer.size()) {
    const Result<std::size_t> got = pull(buffer.subspan(size));
    if (!got) return got;
    size += *got;
    if (*got == 0 || form == Form::chunked) break;
  }
  return size;
}

}  // namespace

Failure input_failure(const Error& error, const Input& input, const DeliveryRules& rules,
                      bool begun) {
  const bool whole = rules.form == Form::whole;
  const char* words = error.message;
  switch (error.code) {
    case Errc::source_failed: input.cannot_read(static_cast<int>(error.native));
    case Errc::open_failed: words = rules.refused; break;
    case Errc::truncated: words = whole || begun ? kTruncated : kTruncatedAtOnce; break;
    case Errc::limit_exceeded:
      words = whole ? kLargeWhole : begun ? kLargeChunk : kLargeAtOnce;
      break;
    default: break;
  }
  return failure({error.code, words, error.native}, input.name());
}

Companions with_state(Output& output, std::function<SecretBytes()> save) {
  return {{&output}, [&output, save = std::move(save)] { output.write(save().view()); }};
}

void deliver(const Pull& pull, const Input& input, Output& out, const Companions& companions,
             const DeliveryRules& rules) {
  core::SecretBuffer buffer(std::max(kBufferSize, rules.chunk_size + kChunkOverhead));
  std::vector<Output*> all = companions.outputs;
  NamingTransaction naming;
  bool begun = false;
  for (bool first = true;; first = false) {
    const Result<std::size_t> got = next(pull, buffer, rules.form);
    if (!got) {
      if (rules.keep_partial && out.staged() && got.error().code == Errc::truncated) {
        naming.name({&out});
        naming.commit();
      }
      throw input_failure(got.error(), input, rules, begun);
    }
    if (first && companions.write) companions.write();
    if (first && !out.staged()) naming.name(std::exchange(all, {}));
    begun = true;
    if (*got == 0) break;
    out.write(ByteView(buffer).first(*got));
  }
  all.push_back(&out);
  naming.name(all);
  naming.commit();
}

}  // namespace twoway::cli
