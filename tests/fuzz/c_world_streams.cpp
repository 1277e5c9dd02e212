// Operations on pull streams. A stream is read to its end, or to its failure, at once.
#include "c_world.hpp"

namespace twoway::fuzz {
namespace {

constexpr std::size_t kPrefix = 39;
constexpr std::size_t kNonce = 32;      // of a response
constexpr std::size_t kBodyNonce = 12;  // of a body

/// Calls `read` until the end or an error, which must stay.
template <typename Stream, typename Read>
twoway_status drain(Choices& choices, Stream* stream, const Read& read, Bytes& out) {
  Bytes room(1 + choices.below(64));
  while (true) {
    std::size_t written = 77;
    const twoway_status got = read(stream, room.data(), room.size(), &written, nullptr);
    FUZZ_REQUIRE(written <= room.size());
    out.insert(out.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(written));
    if (got == TWOWAY_OK && written != 0) continue;
    FUZZ_REQUIRE(written == 0);
    FUZZ_REQUIRE(read(stream, room.data(), room.size(), &written, nullptr) == got && written == 0);
    FUZZ_REQUIRE(read(stream, room.data(), 0, &written, nullptr) == TWOWAY_INVALID_ARGUMENT);
    return got;
  }
}

}  // namespace

/// Makes a source, in memory or in pieces. The last piece may fail.
struct World::Feed {
  Feed(Choices& choices, Bytes given) : bytes(std::move(given)) {
    const std::size_t how = choices.below(6);
    piece = 1 + choices.below(40);
    says_end = choices.below(2) == 0;
    fails = how == 0;
    if (how == 1) return;  // NULL
    if (how == 2) {
      FUZZ_REQUIRE(twoway_source_from_memory(bytes.data(), bytes.size(), &source, nullptr) ==
                   TWOWAY_OK);
      return;
    }
    in_memory = false;
    twoway_source_callbacks callbacks{};
    callbacks.size = sizeof(callbacks);
    callbacks.context = this;
    callbacks.read = read;
    callbacks.release = [](void* context) { ++static_cast<Feed*>(context)->released; };
    callbacks.total = bytes.size();
    callbacks.total_known = how == 3 ? TWOWAY_YES : TWOWAY_NO;
    FUZZ_REQUIRE(twoway_source_new(&callbacks, &source, nullptr) == TWOWAY_OK);
  }
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;
  ~Feed() {
    twoway_source_free(source);
    if (!in_memory) FUZZ_REQUIRE(released == 1);
  }

  static twoway_status read(void* context, std::uint8_t* out, std::size_t capacity,
                            std::size_t* written, int* end, std::uint64_t*) noexcept {
    auto& feed = *static_cast<Feed*>(context);
    *written = std::min({capacity, feed.piece, feed.bytes.size() - feed.at});
    const bool last = feed.at + *written == feed.bytes.size();
    if (last && feed.fails) return TWOWAY_OPEN_FAILED;
    std::copy_n(feed.bytes.data() + feed.at, *written, out);
    feed.at += *written;
    if (last && feed.says_end) *end = TWOWAY_YES;
    return TWOWAY_OK;
  }

  Bytes bytes;
  twoway_source* source = nullptr;
  std::size_t piece = 1;
  std::size_t at = 0;
  bool says_end = false;
  bool fails = false;
  bool in_memory = true;
  int released = 0;
};

/// Starts a stream, and returns true if it began. The source is then taken. Otherwise everything is
/// as it was.
template <typename Stream, typename Start>
bool World::start_stream(Feed& feed, bool null, bool spent, Stream** stream, const Start& start) {
  Expect expect;
  twoway_stream_options options{};
  options.size = sizeof(options);
  chunks_start(expect, options.limits);
  options.full_chunks = choices_.below(2) == 0 ? TWOWAY_YES : TWOWAY_NO;
  const twoway_status got = start(feed.source, &options, stream);
  expect.fails(null || feed.source == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(spent, TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(*stream == nullptr && feed.at == 0 && feed.released == 0);
    return false;
  }
  Stream* second = nullptr;
  FUZZ_REQUIRE(start(feed.source, nullptr, &second) == TWOWAY_WRONG_STATE && second == nullptr);
  return true;
}

/// Seals a text through a stream. Returns true if one began.
template <typename Start>
bool World::seal_stream(Sent message, bool null, bool spent, std::vector<SentPtr>& to,
                        const Start& start) {
  message.text = text();
  message.in_chunks = message.chunked;
  Feed feed(choices_, message.text);
  twoway_seal_stream* stream = nullptr;
  if (!start_stream(feed, null, spent, &stream, start)) return false;
  FUZZ_REQUIRE(twoway_seal_stream_prefix_size(stream) == message.prefix);
  std::uint64_t remaining = 0;
  const bool known = twoway_seal_stream_remaining(stream, &remaining) != 0;
  const twoway_status got = drain(choices_, stream, twoway_seal_stream_read, message.bytes);
  twoway_seal_stream_free(stream);
  const bool failed = feed.fails && !feed.in_memory;
  FUZZ_REQUIRE(got == (failed ? TWOWAY_SOURCE_FAILED : TWOWAY_OK));
  if (failed) return true;
  if (known) FUZZ_REQUIRE(remaining == message.bytes.size());
  to.push_back(std::make_shared<Sent>(std::move(message)));
  return true;
}

/// Opens a message through a stream, maybe after a change. Returns nothing if no stream began.
/// Otherwise returns true if some of the text was authentic.
template <typename Start>
std::optional<bool> World::open_stream(const Sent& message, std::size_t from, bool other, bool null,
                                       bool spent, bool asks_store, const Start& start) {
  Bytes bytes(
      message.bytes.begin() + static_cast<std::ptrdiff_t>(std::min(from, message.bytes.size())),
      message.bytes.end());
  bool changed = other;
  if (!bytes.empty() && choices_.below(3) == 0) {
    const std::size_t at = choices_.below(bytes.size());
    if (choices_.below(2) == 0) {
      bytes[at] ^= static_cast<std::uint8_t>(1 + choices_.below(255));
    } else {
      bytes.resize(at);
    }
    changed = true;
  }
  Feed feed(choices_, bytes);
  twoway_open_stream* stream = nullptr;
  if (!start_stream(feed, null, spent, &stream, start)) return std::nullopt;
  Bytes opened;
  const twoway_status got = drain(choices_, stream, twoway_open_stream_read, opened);
  twoway_open_stream_free(stream);
  FUZZ_REQUIRE(opened.size() <= message.text.size() || other);
  if (!other) FUZZ_REQUIRE(equal(opened, ByteView(message.text).first(opened.size())));
  if (other) FUZZ_REQUIRE(opened.empty());
  if (got == TWOWAY_OK) {
    FUZZ_REQUIRE(!changed && opened.size() == message.text.size());
    return true;
  }
  const bool failed = feed.fails && !feed.in_memory && got == TWOWAY_SOURCE_FAILED;
  const bool refused = asks_store && store_ != TWOWAY_OK && got == store_status();
  const bool noticed = changed && (got == TWOWAY_OPEN_FAILED || got == TWOWAY_TRUNCATED ||
                                   got == TWOWAY_LIMIT_EXCEEDED);
  FUZZ_REQUIRE(failed || refused || noticed);
  return !opened.empty();
}

void World::stream_request() {
  auto* slot = sealers_.pick(choices_);
  const SealerModel model = slot == nullptr ? SealerModel() : slot->model;
  const auto start = [&](auto* source, const twoway_stream_options* options, auto** stream) {
    return twoway_request_sealer_stream(handle_of(slot), source, options, stream, &error_);
  };
  if (seal_stream({model.chunked, false, kPrefix, model.exchange}, slot == nullptr, model.spent,
                  requests_, start)) {
    slot->model.spent = true;
  }
}

void World::stream_response() {
  auto* slot = response_sealers_.pick(choices_);
  const SealerModel model = slot == nullptr ? SealerModel() : slot->model;
  const bool chunked = choices_.below(2) == 1;
  const auto start = [&](auto* source, const twoway_stream_options* options, auto** stream) {
    return twoway_response_sealer_stream(handle_of(slot), form_of(chunked), source, nullptr,
                                         options, stream, &error_);
  };
  if (seal_stream({chunked, false, kNonce, model.exchange}, slot == nullptr, model.spent,
                  responses_, start)) {
    slot->model.spent = true;
  }
}

void World::stream_body() {
  auto* slot = bodies_sealers_.pick(choices_);
  const SealerModel model = slot == nullptr ? SealerModel() : slot->model;
  const auto start = [&](auto* source, const twoway_stream_options* options, auto** stream) {
    return twoway_multi_request_sealer_stream(handle_of(slot), source, options, stream, &error_);
  };
  if (seal_stream({model.chunked, false, kBodyNonce, model.exchange}, slot == nullptr, model.spent,
                  bodies_, start)) {
    slot->model.spent = true;
  }
}

void World::begin_from_source() {
  const SentPtr message = pick(requests_);
  Bytes bytes = message->bytes;
  if (choices_.below(4) == 0) bytes.resize(std::min(bytes.size(), choices_.below(kPrefix)));
  Feed feed(choices_, bytes);
  twoway_pending_request* pending = nullptr;
  const twoway_status got = twoway_request_receiver_begin_from(
      receiver_, form_of(message->chunked), feed.source, nullptr, &pending, &error_);
  const bool may_fail = feed.fails && !feed.in_memory;
  Expect expect;
  expect.fails(feed.source == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(bytes.size() < kPrefix, TWOWAY_TRUNCATED)
      .fails(ring_states_[1] < 0, TWOWAY_UNKNOWN_KEY);
  if (may_fail && got == TWOWAY_SOURCE_FAILED) {
    FUZZ_REQUIRE(pending == nullptr);
    return;
  }
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(pending == nullptr);
    return;
  }
  if (!feed.in_memory) FUZZ_REQUIRE(feed.at == kPrefix);
  pendings_.add(pending, {message});
}

void World::stream_request_opener() {
  auto* slot = openers_.pick(choices_);
  const Sent none;
  const Sent& message = slot == nullptr ? none : *slot->model.message;
  const bool spent = slot != nullptr && (slot->model.given || slot->model.opened);
  const auto start = [&](auto* source, const twoway_stream_options* options, auto** stream) {
    return twoway_request_opener_stream(handle_of(slot), source, options, stream, &error_);
  };
  const auto authentic = open_stream(message, kPrefix, false, slot == nullptr, spent, true, start);
  if (!authentic) return;
  slot->model.opened = true;
  if (*authentic) *slot->model.authentic = true;
}

void World::stream_response_opener() {
  auto* slot = response_openers_.pick(choices_);
  const SentPtr message = pick(responses_);
  const auto start = [&](auto* source, const twoway_stream_options* options, auto** stream) {
    return twoway_response_opener_stream(handle_of(slot), form_of(message->chunked), source,
                                         nullptr, options, stream, &error_);
  };
  const bool other =
      slot == nullptr || slot->model.exchange != message->exchange || message->bytes.empty();
  open_stream(*message, 0, other, slot == nullptr, false, false, start);
}

void World::stream_body_opener() {
  auto* slot = body_openers_.pick(choices_);
  const SentPtr body = pick(bodies_);
  const auto start = [&](auto* source, const twoway_stream_options* options, auto** stream) {
    return twoway_multi_request_opener_stream(handle_of(slot), source, options, stream, &error_);
  };
  // The key's `prefix` names its body.
  const bool other =
      slot == nullptr || body->bytes.empty() || slot->model.message->prefix != body->exchange;
  const bool spent = slot != nullptr && slot->model.opened;
  const auto authentic = open_stream(*body, 0, other, slot == nullptr, spent, true, start);
  if (!authentic) return;
  slot->model.opened = true;
  if (*authentic) *slot->model.authentic = true;
}

}  // namespace twoway::fuzz
