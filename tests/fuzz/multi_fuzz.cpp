// Requests to many receivers: key messages and bodies of two requests to two receivers, changed,
// cut and combined, against a model of the receivers' results.
#include <array>

#include "exchange.hpp"
#include "sources.hpp"

using namespace twoway;
using namespace twoway::fuzz;

namespace {

constexpr std::size_t kNonce = 12;
constexpr std::size_t kKeyMessageSize = kPrefixSize + framing::kBodyKeySize + kTag;
constexpr std::uint8_t kUntouched = 0xaa;

/// Fills each draw with one byte value, and the next with another, so that no two keys are alike.
class StepRng final : public Rng {
 public:
  explicit StepRng(std::uint8_t first) : next_(first) {}
  Status fill(ByteSpan out) noexcept override {
    std::ranges::fill(out, next_);
    next_ = static_cast<std::uint8_t>(next_ + 2);
    return {};
  }

 private:
  std::uint8_t next_;
};

/// One media type for both forms, as careless peers use it. The keys are then the same for both.
MediaTypes one_type(Form form) {
  return form == Form::whole ? MediaTypes{.whole = "type"} : MediaTypes{.chunked = "type"};
}

/// Begins one of two requests, whose keys are the same in every run. The keys of the first, and the
/// nonce of its body, are chunk_model's.
MultiRequestSealer begin(std::size_t request, Form form, StepRng& rng) {
  rng = StepRng(static_cast<std::uint8_t>(7 + request));
  auto sender = MultiRequestSender::create(provider(), kSuite.aead, {.rng = &rng});
  FUZZ_REQUIRE(sender.ok());
  auto sealer = sender->begin(form, one_type(form));
  FUZZ_REQUIRE(sealer.ok());
  return std::move(*sealer);
}

/// Two receivers, and the keys of two requests to them.
struct Receivers {
  std::array<KeyRing, 2> rings{KeyRing(provider()), KeyRing(provider())};
  struct Key {
    Bytes message;
    std::optional<ResponseOpener> response_opener;
    std::array<SharedSecret, 2> secrets;  // of its `enc`, by receiver
    ByteView enc() const { return ByteView(message).subspan(kHeader.size(), kEncSize); }
  };
  std::array<std::array<Key, 2>, 2> keys;  // by request and receiver

  Receivers() {
    SameRng unused;
    const std::array senders{add_key(rings[0], 0x24, unused), add_key(rings[1], 0x25, unused)};
    for (std::size_t request = 0; request < 2; ++request) {
      StepRng rng(0);
      const MultiRequestSealer sealer = begin(request, Form::whole, rng);
      for (std::size_t to = 0; to < 2; ++to) {
        auto made = sealer.encapsulate_key(senders[to]);
        FUZZ_REQUIRE(made.ok() && made->message.size() == kKeyMessageSize);
        Key& key = keys[request][to];
        key.message = std::move(made->message);
        key.response_opener = std::move(made->response_opener);
        for (std::size_t i = 0; i < 2; ++i) {
          const auto pending = MultiRequestReceiver(rings[i]).begin(Form::whole, key.message);
          FUZZ_REQUIRE(pending.ok());
          const PendingMultiRequest& read = *pending;
          FUZZ_REQUIRE(read.kem().decap(key.secrets[i], read.enc(), read.key()).ok());
        }
      }
    }
  }
};

Receivers& receivers() {
  static Receivers both;
  return both;
}

/// A replay filter that counts, and has seen everything or nothing.
class Filter final : public ReplayFilter {
 public:
  explicit Filter(bool seen) : seen_(seen) {}
  Result<bool> insert_if_absent(std::uint8_t key_id, ByteView) noexcept override {
    FUZZ_REQUIRE(key_id == kKeyId);
    ++asked;
    return !seen_;
  }
  bool seen() const { return seen_; }
  unsigned asked = 0;

 private:
  bool seen_;
};

struct Body {
  Form form;
  std::vector<Chunk> chunks;  // one chunk for a whole body
  std::vector<Bytes> sent;    // the nonce, then the chunks
  Bytes nonce;
};

Body seal(std::size_t request, Form form, Choices& choices) {
  StepRng rng(0);
  MultiRequestSealer sealer = begin(request, form, rng);
  Body body{form, {}, {}, copy(sealer.prefix())};
  if (form == Form::whole) {
    const Bytes plaintext(choices.below(1024), 'w');
    const auto sealed = sealer.seal(plaintext);
    FUZZ_REQUIRE(sealed.ok() && sealed->size() == sealer.sealed_size(plaintext.size()));
    FUZZ_REQUIRE(equal(ByteView(*sealed).first(kNonce), body.nonce));
    const Bytes text = copy(ByteView(*sealed).subspan(kNonce));
    body.chunks.push_back({plaintext, text, Last::no});
    body.sent.push_back(text);
  } else {
    auto chunks = sealer.chunk_sealer();
    FUZZ_REQUIRE(chunks.ok());
    body.chunks = fuzz::seal(*chunks, choices, body.sent);
  }
  for (std::size_t i = 0; request == 0 && i < body.chunks.size(); ++i) {
    const Chunk& chunk = body.chunks[i];
    FUZZ_REQUIRE(chunk.sealed == seal_alone(chunk.plaintext, chunk.last, i));
  }
  body.sent.insert(body.sent.begin(), body.nonce);
  return body;
}

/// Returns one of the four key messages, or parts of two, changed as the options say.
Bytes key_message(unsigned options, Choices& choices) {
  const auto& keys = receivers().keys;
  Bytes message = keys[options & 1U][options >> 1 & 1U].message;
  if ((options & 8U) != 0) {
    const unsigned other = choices.byte();
    const Bytes& rest = keys[other & 1U][other >> 1 & 1U].message;
    message.resize(choices.below(message.size() + 1));
    message.insert(message.end(), rest.begin() + static_cast<std::ptrdiff_t>(message.size()),
                   rest.end());
  }
  if ((options & 16U) != 0) {
    std::uint8_t& byte = message[choices.below(message.size())];
    byte = static_cast<std::uint8_t>(byte ^ 1U << choices.below(8));
  }
  if ((options & 32U) != 0) message.resize(choices.below(message.size() + 8));
  return message;
}

/// Returns a body with parts of either request, by the bits of a choice.
Bytes mixed(const std::array<Body, 2>& bodies, bool changed, bool cut, Choices& choices) {
  const unsigned second = choices.byte();
  std::vector<Bytes> sent = bodies[second & 1U].sent;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const std::vector<Bytes>& from = bodies[second >> std::min<std::size_t>(i, 7) & 1U].sent;
    if (i < from.size()) sent[i] = from[i];
  }
  if (changed) change(sent, choices);
  Bytes body = joined(sent);
  if (cut) body.resize(choices.below(body.size() + 1));
  return body;
}

/// Returns the request whose key message to this receiver this is, if any.
const Receivers::Key* known_key(ByteView message, std::size_t receiver, std::size_t& request) {
  for (request = 0; request < 2; ++request) {
    const Receivers::Key& key = receivers().keys[request][receiver];
    if (equal(key.message, message)) return &key;
  }
  return nullptr;
}

/// Runs the private key's operation, unless its result is known.
Result<MultiRequestOpener> decapsulate(const PendingMultiRequest& pending, std::size_t receiver) {
  for (const auto& request : receivers().keys) {
    for (const Receivers::Key& key : request) {
      if (equal(key.enc(), pending.enc())) {
        return pending.complete(key.secrets[receiver]);
      }
    }
  }
  return pending.decapsulate();
}

Result<MultiRequestOpener> accept(ByteView message, std::size_t receiver, Form form,
                                  Filter& filter) {
  const KeyRing& ring = receivers().rings[receiver];
  const auto pending =
      MultiRequestReceiver(ring, {.replay_filter = &filter}).begin(form, message, one_type(form));
  if (!pending) return pending.error();
  return decapsulate(*pending, receiver);
}

Errc expected_refusal(ByteView message) {
  if (message.size() < kHeader.size()) return Errc::malformed;
  return equal(message.first(kHeader.size()), kHeader) ? Errc::open_failed : Errc::unknown_key;
}

/// Returns the result that the holder of a request's key must get for `input`, before the replay
/// filter.
OpenResult expected_opening(ByteView input, const Body& body, Form form,
                            const ChunkLimits& limits) {
  if (form == Form::chunked) {
    if (input.size() < kNonce) return {{}, Errc::truncated};
    const bool ours = body.form == form && equal(input.first(kNonce), body.nonce);
    return expected(input.subspan(kNonce), ours ? body.chunks : std::vector<Chunk>(), limits);
  }
  if (body.form != form || !equal(input, joined({body.nonce, body.chunks[0].sealed}))) {
    return {{}, Errc::open_failed};
  }
  return {body.chunks[0].plaintext, std::nullopt};
}

/// Opens a whole body, in place or not. Checks that a failure leaves no plaintext, and that a
/// genuine body can still be opened.
OpenResult open_whole(MultiRequestOpener& opener, ByteView input, bool in_place, const Body& body,
                      const Filter& filter) {
  Bytes memory = copy(input);
  const std::size_t at = std::min(kNonce, memory.size());
  Bytes apart(opener.opened_size(input.size()), kUntouched);
  const ByteSpan out = in_place ? ByteSpan(memory).subspan(at) : ByteSpan(apart);
  const auto size = opener.open(out, memory);
  if (size) {
    FUZZ_REQUIRE(*size == opener.opened_size(input.size()));
    FUZZ_REQUIRE(opener.open(out, memory).error().code == Errc::wrong_state);
    return {copy(out.first(*size)), std::nullopt};
  }
  for (const std::uint8_t byte : apart) FUZZ_REQUIRE(byte == 0 || byte == kUntouched);
  FUZZ_REQUIRE(size.error().native == 0);
  FUZZ_REQUIRE(opener.response_sealer().error().code == Errc::wrong_state);
  if (body.form == Form::whole && !filter.seen()) {
    const Bytes whole = joined({body.nonce, body.chunks[0].sealed});
    apart = Bytes(opener.opened_size(whole.size()));
    FUZZ_REQUIRE(opener.open(apart, whole).ok() && apart == body.chunks[0].plaintext);
  }
  return {{}, size.error().code};
}

/// The receiver responds once. Only one of the sender's openers opens the response.
void check_response(MultiRequestOpener& opener, const Receivers::Key& key) {
  auto sealer = opener.response_sealer();
  FUZZ_REQUIRE(sealer.ok());
  FUZZ_REQUIRE(opener.response_sealer().error().code == Errc::wrong_state);
  const Bytes answer = copy(core::as_bytes("answer"));
  const auto response = sealer->seal(answer);
  FUZZ_REQUIRE(response.ok());
  for (const auto& request : receivers().keys) {
    for (const Receivers::Key& other : request) {
      const auto opened = other.response_opener->open(*response);
      FUZZ_REQUIRE(&other == &key ? opened.ok() && *opened == answer
                                  : opened.error().code == Errc::open_failed);
    }
  }
}

/// The ways to give an opener a body.
enum class Way : std::uint8_t { at_once, in_place, stream };

void check(ByteView message, std::size_t receiver, const std::vector<Bytes>& pieces, Way way,
           Form form, const std::array<Body, 2>& bodies, const ChunkLimits& limits, bool seen) {
  Filter filter(seen);
  auto opener = accept(message, receiver, form, filter);
  std::size_t request = 0;
  const Receivers::Key* key = known_key(message, receiver, request);
  FUZZ_REQUIRE(opener.ok() == (key != nullptr));
  if (!opener) {
    FUZZ_REQUIRE(opener.error().code == expected_refusal(message));
    FUZZ_REQUIRE(opener.error().native == 0 && filter.asked == 0);
    return;
  }
  const Bytes input = joined(pieces);
  const Body& body = bodies[request];
  OpenResult want = expected_opening(input, body, form, limits);
  const bool authentic = !want.error || !want.plaintext.empty();
  if (authentic && seen) want = {{}, Errc::replayed};

  OpenResult got;
  unsigned asked = authentic ? 1 : 0;
  bool opened = authentic && !seen;
  if (way == Way::stream) {
    if (form == Form::whole && input.size() < kNonce + kTag) want.error = Errc::truncated;
    Log log;
    Plan plan;
    plan.kind = Plan::Kind::pieces;
    plan.pieces.clear();
    for (const Bytes& piece : pieces) plan.pieces.push_back(piece.size());
    auto stream = opener->stream(make_source(input, plan, log), {.limits = limits});
    FUZZ_REQUIRE(stream.ok());
    got = fuzz::read_all(*stream, plan.pieces, [](std::size_t) {});
  } else if (form == Form::whole) {
    got = open_whole(*opener, input, way == Way::in_place, body, filter);
    if (!authentic && body.form == form && !seen) {  // a genuine one was opened after it
      asked = 1;
      opened = true;
    }
  } else {
    auto chunks = opener->chunk_opener(limits);
    FUZZ_REQUIRE(chunks.ok());
    got = fuzz::open(*chunks, pieces, way == Way::in_place, limits);
  }
  FUZZ_REQUIRE(got == want);
  FUZZ_REQUIRE(filter.asked == asked);
  if (opened) {
    check_response(*opener, *key);
  } else {
    FUZZ_REQUIRE(opener->response_sealer().error().code == Errc::wrong_state);
  }
}

}  // namespace

// The input: options of the body, options of the key message, the two bodies' sizes, the limits,
// the changes of the key message, the request of each part of the body, its changes, and the sizes
// of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choices(ByteView(data, size));
  const unsigned options = choices.byte();
  const unsigned key_options = choices.byte();
  const Form sealed = (options & 8U) != 0 ? Form::whole : Form::chunked;
  const Form opened = (options & 16U) != 0 ? Form::whole : Form::chunked;
  const std::array bodies{seal(0, sealed, choices), seal(1, sealed, choices)};
  const ChunkLimits limits = fuzz::limits(options, choices);
  const Bytes message = key_message(key_options, choices);
  const std::size_t receiver = key_options >> 2 & 1U;
  const bool changed = (options & 64U) != 0, cut = (options & 128U) != 0;
  const Bytes body = mixed(bodies, changed, cut, choices);
  const std::vector<Bytes> pieces = split(body, choices, (options & 32U) != 0);
  const bool seen = (key_options & 64U) != 0;
  for (const Way way : {Way::at_once, Way::in_place, Way::stream}) {
    check(message, receiver, pieces, way, opened, bodies, limits, seen);
  }
  return 0;
}
