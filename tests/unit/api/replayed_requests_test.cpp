// A receiver's results with a replay filter, for each way of opening a request.
#include <algorithm>
#include <atomic>
#include <thread>

#include "memory_filter.hpp"

using namespace twoway;
using namespace twoway::test;
using namespace std::chrono_literals;

namespace {

/// A store that is down until the test changes that.
class Store final : public ReplayFilter {
 public:
  Result<bool> insert_if_absent(std::uint8_t key_id, ByteView enc) noexcept override {
    ++asked;
    if (!up) return Error{Errc::provider_failure, "the store is down", 111};
    return filter->insert_if_absent(key_id, enc);
  }

  bool up = false;
  int asked = 0;
  std::unique_ptr<MemoryReplayFilter> filter = new_filter({.max_entries = 10, .window = 1h});
};

/// A receiver with a filter of few entries, and a sender to it.
struct Filtered {
  explicit Filtered(std::size_t max_entries = 2)
      : filter(new_filter({.max_entries = max_entries, .window = 1h})),
        receiver(pair.ring, {nullptr, filter.get()}) {}

  Pair pair;
  std::unique_ptr<MemoryReplayFilter> filter;
  RequestReceiver receiver;
};

/// A request in one piece, or in chunks "first" and "last".
Bytes seal_request(const Pair& pair, Form form) {
  if (form == Form::whole) {
    auto request = pair.sender->seal(as_bytes("firstlast"), kTypes);
    REQUIRE_OK(request);
    return request->message;
  }
  RequestSealer sealer = pair.begin(Form::chunked);
  auto chunks = sealer.chunk_sealer();
  REQUIRE_OK(chunks);
  return seal_texts(*chunks, sealer.prefix(), {"first", "last"});
}

/// The ways in which a receiver may open a request.
enum class Way { whole, in_place, pushed, pushed_in_place, pulled, pulled_whole };
constexpr std::array kWays{Way::whole,           Way::in_place, Way::pushed,
                           Way::pushed_in_place, Way::pulled,   Way::pulled_whole};

Form form_of(Way way) {
  return way == Way::whole || way == Way::in_place || way == Way::pulled_whole ? Form::whole
                                                                               : Form::chunked;
}

struct Outcome {
  std::optional<Error> error;
  Bytes first;         // the first plaintext that was released
  bool clean = false;  // the output holds zeros
  bool response = false;
};

/// Opens a whole request, or a chunked one up to its first ciphertext.
Outcome open(const RequestReceiver& receiver, Way way, Bytes message) {
  Outcome outcome;
  Bytes out(1000);
  const auto note = [&](const auto& opened, ByteView text, ByteView written) {
    if (!opened) outcome.error = opened.error();
    if (opened) outcome.first = copy(text);
    outcome.clean = std::ranges::all_of(written, [](std::uint8_t byte) { return byte == 0; });
  };
  if (way == Way::pulled || way == Way::pulled_whole) {
    auto stream = receiver.stream(form_of(way), from_memory(message), kTypes);
    REQUIRE_OK(stream);
    auto size = stream->plaintext.read(out);
    note(size, ByteView(out).first(size ? *size : 0), out);
    if (!size) REQUIRE_ERRC(stream->plaintext.read(out), size.error().code);
    outcome.response = stream->opener.response_sealer().ok();
    return outcome;
  }
  auto pending = receiver.begin(form_of(way), message, kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  const ByteSpan sealed = ByteSpan(message).subspan(pending->prefix_size());
  if (form_of(way) == Form::whole) {
    const ByteSpan to = way == Way::in_place ? sealed : ByteSpan(out);
    auto size = opener->open(to, sealed);
    note(size, to.first(size ? *size : 0), to.first(opener->opened_size(sealed.size())));
  } else {
    auto chunks = opener->chunk_opener();
    REQUIRE_OK(chunks);
    const bool in_place = way == Way::pushed_in_place;
    const auto push = [&] {
      return in_place ? chunks->open_in_place(sealed, End::yes)
                      : chunks->open(out, sealed, End::yes);
    };
    auto step = push();
    // In place, the first chunk's text follows its length.
    note(step, step ? step->plaintext : ByteSpan(),
         in_place ? sealed.subspan(1, 5) : ByteSpan(out));
    if (!step) REQUIRE_ERRC(push(), step.error().code);
  }
  outcome.response = opener->response_sealer().ok();
  return outcome;
}

}  // namespace

TEST_CASE("a request is accepted once, whichever way it is opened") {
  for (const Way first : kWays) {
    for (const Way second : kWays) {
      if (form_of(first) != form_of(second)) continue;
      INFO(static_cast<int>(first) << " then " << static_cast<int>(second));
      Filtered one;
      const Bytes message = seal_request(one.pair, form_of(first));
      const Outcome accepted = open(one.receiver, first, message);
      REQUIRE(!accepted.error);
      const bool whole = form_of(first) == Form::whole || first == Way::pulled;
      REQUIRE(accepted.first == copy(as_bytes(whole ? "firstlast" : "first")));
      REQUIRE(!accepted.clean);
      REQUIRE(accepted.response);

      const Outcome replayed = open(one.receiver, second, message);
      REQUIRE(replayed.error);
      REQUIRE(replayed.error->code == Errc::replayed);
      REQUIRE(replayed.first.empty());
      REQUIRE(replayed.clean);
      REQUIRE(!replayed.response);
      if (form_of(first) == Form::whole) {
        REQUIRE_ERRC(one.receiver.open(message, kTypes), Errc::replayed);
      }
      REQUIRE(!open(one.receiver, second, seal_request(one.pair, form_of(second))).error);
    }
  }
}

TEST_CASE("a chunked request pushed from its first byte is refused when it is replayed") {
  Filtered one;
  const Bytes message = seal_request(one.pair, Form::chunked);
  for (const bool replay : {false, true}) {
    auto begun = one.receiver.chunked_opener(kTypes);
    REQUIRE_OK(begun);
    ChunkedRequestOpener& opener = *begun;
    Bytes out(100);
    ByteView rest = message;
    auto step = opener.open(out, rest, End::yes);
    REQUIRE_OK(step);
    REQUIRE(step->state == ChunkOpener::State::need_key);
    rest = rest.subspan(step->consumed);
    auto key = opener.pending()->decapsulate();
    REQUIRE_OK(key);
    REQUIRE_OK(opener.give_key(std::move(*key)));
    step = opener.open(out, rest, End::yes);
    if (!replay) {
      REQUIRE_OK(step);
      REQUIRE_OK(opener.response_sealer());
    } else {
      REQUIRE_ERRC(step, Errc::replayed);
      REQUIRE_ERRC(opener.open(out, rest, End::yes), Errc::replayed);
      REQUIRE(out == Bytes(out.size()));
      REQUIRE_ERRC(opener.response_sealer(), Errc::wrong_state);
    }
  }
}

TEST_CASE("a chunked request that was cut short is not accepted again") {
  Filtered one;
  const Bytes message = seal_request(one.pair, Form::chunked);
  const ByteView cut = ByteView(message).first(message.size() - 21);  // without its last chunk
  auto stream = one.receiver.stream(Form::chunked, from_memory(cut), kTypes);
  REQUIRE_OK(stream);
  Bytes out(100);
  REQUIRE_OK(stream->plaintext.read(out));
  REQUIRE_ERRC(stream->plaintext.read(out), Errc::truncated);
  REQUIRE(open(one.receiver, Way::pulled, message).error->code == Errc::replayed);
}

TEST_CASE("forged requests take no place in the filter, and do not shut out the genuine one") {
  for (const Way way : kWays) {
    Filtered one(1);
    const Bytes message = seal_request(one.pair, form_of(way));
    for (const std::size_t at :
         {std::size_t{20}, std::size_t{41}}) {  // of enc, of the first ciphertext
      Bytes forged = message;
      forged[at] ^= 1;
      const Outcome refused = open(one.receiver, way, forged);
      REQUIRE(refused.error);
      REQUIRE(refused.error->code == Errc::open_failed);
      REQUIRE(!refused.response);
    }
    REQUIRE(!open(one.receiver, way, message).error);
    REQUIRE(open(one.receiver, way, message).error->code == Errc::replayed);

    const Outcome full = open(one.receiver, way, seal_request(one.pair, form_of(way)));
    REQUIRE(full.error);
    REQUIRE(full.error->code == Errc::filter_full);
    REQUIRE(full.clean);
    REQUIRE(!full.response);
  }
}

TEST_CASE("a store that fails refuses with its error, and the request may be opened later") {
  for (const Way way : kWays) {
    Pair pair;
    Store store;
    const RequestReceiver receiver{pair.ring, {nullptr, &store}};
    const Bytes message = seal_request(pair, form_of(way));
    const Outcome refused = open(receiver, way, message);
    REQUIRE(refused.error);
    REQUIRE(refused.error->code == Errc::provider_failure);
    REQUIRE(refused.error->native == 111);
    REQUIRE(refused.clean);
    REQUIRE(!refused.response);
    store.up = true;
    const Outcome accepted = open(receiver, way, message);
    REQUIRE(!accepted.error);
    REQUIRE(accepted.response);
    REQUIRE(store.asked == 2);
    REQUIRE(open(receiver, way, message).error->code == Errc::replayed);
  }
}

TEST_CASE("of a store's errors only filter_full is passed on as it is") {
  struct Refusing final : ReplayFilter {
    Result<bool> insert_if_absent(std::uint8_t, ByteView) noexcept override { return error; }
    Error error{Errc::provider_failure, "the store's message", 7};
  };
  for (unsigned number = 0; number < 256; ++number) {
    const auto code = static_cast<Errc>(number);
    if (core::to_string(code) == std::string_view("unknown")) continue;
    for (const Way way : kWays) {
      INFO(core::to_string(code) << ", way " << static_cast<int>(way));
      Pair pair;
      Refusing store;
      store.error.code = code;
      const RequestReceiver receiver{pair.ring, {nullptr, &store}};
      const Outcome refused = open(receiver, way, seal_request(pair, form_of(way)));
      REQUIRE(refused.error);
      REQUIRE(refused.error->code ==
              (code == Errc::filter_full ? Errc::filter_full : Errc::provider_failure));
      REQUIRE(refused.error->native == 7);
      REQUIRE(refused.error->message == std::string_view("the store's message"));
      REQUIRE(!refused.response);
    }
  }
}

TEST_CASE("an opener may try a store again, and does not ask again once it was accepted") {
  Pair pair;
  Store store;
  const RequestReceiver receiver{pair.ring, {nullptr, &store}};
  const Bytes message = seal_request(pair, Form::whole);
  auto pending = receiver.begin(Form::whole, message, kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  const ByteView sealed = ByteView(message).subspan(pending->prefix_size());
  Bytes out(opener->opened_size(sealed.size()));
  REQUIRE_ERRC(opener->open(out, sealed), Errc::provider_failure);
  REQUIRE_ERRC(opener->response_sealer(), Errc::wrong_state);
  store.up = true;
  REQUIRE_OK(opener->open(out, sealed));
  REQUIRE_OK(opener->response_sealer());
  REQUIRE(store.asked == 2);
  REQUIRE(!open(receiver, Way::pulled, seal_request(pair, Form::chunked)).error);
  REQUIRE(store.asked == 3);
}

TEST_CASE("of threads that open the same requests, one gets each plaintext") {
  Filtered one(10);
  std::vector<Bytes> messages;
  for (int i = 0; i < 10; ++i) messages.push_back(seal_request(one.pair, Form::whole));
  std::atomic<int> opened{0};
  std::atomic<int> replayed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (const Bytes& message : messages) {
        const auto request = one.receiver.open(message, kTypes);
        if (request) ++opened;
        if (!request && request.error().code == Errc::replayed) ++replayed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(opened == 10);
  REQUIRE(replayed == 30);
}
