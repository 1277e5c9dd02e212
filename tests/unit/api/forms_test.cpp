// A relay rewrites a chunked message into a whole one that ends early, or the reverse. Under one
// media type it would succeed. On every path the pairs of types prevent it.
#include <algorithm>
#include <functional>
#include <optional>

#include "multi_exchange.hpp"
#include "rewriting.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

constexpr std::string_view kFirst = "transfer 100 to bob";
constexpr std::string_view kRest = ", once he has signed";
const std::string kText = std::string(kFirst) + std::string(kRest);
constexpr ChunkLimits kLimits{.max_chunk = kFirst.size()};

/// A way to open a message.
enum class Way { buffer, in_place, pulled_from_memory, pulled, from_first_byte };
constexpr Way kWays[] = {Way::buffer, Way::in_place, Way::pulled_from_memory, Way::pulled};

/// The text that an opener released, and its error if it did not end well.
struct Opened {
  Bytes text;
  std::optional<Errc> error = std::nullopt;
};

void require_refused(const Opened& opened) {
  REQUIRE(opened.text.empty());
  REQUIRE(opened.error == Errc::open_failed);
}

void require_complete(const Opened& opened) {
  REQUIRE(!opened.error);
  REQUIRE(opened.text == bytes(kText));
}

bool is_pulled(Way way) { return way == Way::pulled || way == Way::pulled_from_memory; }

std::unique_ptr<Source> source_of(Way way, ByteView message) {
  if (way == Way::pulled_from_memory) return from_memory(message);
  return from_function([message](ByteSpan out) mutable {
    const std::size_t size = std::min({message.size(), out.size(), std::size_t{7}});
    std::copy_n(message.begin(), size, out.begin());
    message = message.subspan(size);
    return Result<std::size_t>(size);
  });
}

Opened pull(OpenStream& stream) {
  Opened opened;
  Bytes out(100);
  while (true) {
    const auto got = stream.read(out);
    if (!got) opened.error = got.error().code;
    if (!got || *got == 0) return opened;
    opened.text.insert(opened.text.end(), out.begin(),
                       out.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

/// `opener` takes a ChunkOpener's steps. `give_key` brings the key when it is needed.
template <typename Opener>
Opened push(Opener& opener, ByteSpan in, Way way, const std::function<Status()>& give_key = {}) {
  Opened opened;
  Bytes out(200);
  while (true) {
    const auto step =
        way == Way::buffer ? opener.open(out, in, End::yes) : opener.open_in_place(in, End::yes);
    if (!step) {
      opened.error = step.error().code;
      return opened;
    }
    opened.text.insert(opened.text.end(), step->plaintext.begin(), step->plaintext.end());
    in = in.subspan(step->consumed);
    if (step->state == ChunkOpener::State::need_key) REQUIRE_OK(give_key());
    if (step->state == ChunkOpener::State::done) return opened;
  }
}

/// Opens a message without its prefix, or one with `prefix` bytes before its ciphertext.
template <typename Opener, typename... Types>
Opened open_whole(Opener& opener, ByteSpan message, std::size_t prefix, Way way,
                  const Types&... types) {
  Bytes apart(message.size());
  const ByteSpan out = way == Way::in_place ? message.subspan(prefix) : ByteSpan(apart);
  const auto size = opener.open(out, message, types...);
  if (!size) return {{}, size.error().code};
  return {copy(out.first(*size)), std::nullopt};
}

/// Seals kText in two chunks, pushed or pulled, or whole.
template <typename Sealer>
Bytes seal(Sealer& sealer, bool pulled) {
  if (pulled) {
    auto stream = sealer.stream(from_memory(as_bytes(kText)), {.limits = kLimits});
    REQUIRE_OK(stream);
    auto message = read_all(*stream);
    REQUIRE_OK(message);
    return std::move(*message);
  }
  if (sealer.form() == Form::whole) {
    Bytes message(sealer.sealed_size(kText.size()));
    REQUIRE_OK(sealer.seal(message, as_bytes(kText)));
    return message;
  }
  auto chunks = sealer.chunk_sealer();
  REQUIRE_OK(chunks);
  return seal_texts(*chunks, sealer.prefix(), {kFirst, kRest});
}

/// One leg of an exchange: its message in either form, and how it is opened in either.
struct Leg {
  std::size_t prefix;  ///< bytes of a message before its ciphertext
  std::function<Bytes(Form, bool pulled)> seal;
  std::function<Opened(Form, Way, Bytes)> open;
};

/// The attack, in both directions, fails on every path. The true message opens.
void check(const Leg& leg) {
  for (const bool pulled : {false, true}) {
    for (const Way way : kWays) {
      INFO("way " << static_cast<int>(way) << ", " << (pulled ? "pulled" : "pushed"));
      const Bytes chunked = leg.seal(Form::chunked, pulled);
      require_refused(leg.open(Form::whole, way, first_chunk_as_whole(chunked, leg.prefix)));
      require_complete(leg.open(Form::chunked, way, chunked));
      const Bytes whole = leg.seal(Form::whole, pulled);
      require_refused(leg.open(Form::chunked, way, whole_as_first_chunk(whole, leg.prefix)));
      require_complete(leg.open(Form::whole, way, whole));
    }
  }
}

Opened open_request(const Pair& pair, const MediaTypes& types, Form form, Way way, Bytes message) {
  const RequestReceiver receiver{pair.ring};
  if (is_pulled(way)) {
    auto request = receiver.stream(form, source_of(way, message), types);
    REQUIRE_OK(request);
    return pull(request->plaintext);
  }
  if (way == Way::from_first_byte) {
    auto opener = receiver.chunked_opener(types);
    REQUIRE_OK(opener);
    return push(*opener, message, way,
                [&] { return opener->give_key(*opener->pending()->decapsulate()); });
  }
  auto pending = receiver.begin(form, message, types);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  const ByteSpan sealed = ByteSpan(message).subspan(pending->prefix_size());
  if (form == Form::whole) return open_whole(*opener, sealed, 0, way);
  auto chunks = opener->chunk_opener();
  REQUIRE_OK(chunks);
  return push(*chunks, sealed, way);
}

Opened open_response(const ResponseOpener& opener, const MediaTypes& types, Form form, Way way,
                     Bytes message) {
  if (is_pulled(way)) {
    auto stream = opener.stream(form, source_of(way, message), types);
    REQUIRE_OK(stream);
    return pull(*stream);
  }
  if (form == Form::whole) return open_whole(opener, message, opener.prefix_size(), way, types);
  auto chunks = opener.chunk_opener(types);
  REQUIRE_OK(chunks);
  return push(*chunks, message, way);
}

Opened open_body(const Pair& pair, const EncapsulatedKey& key, const MediaTypes& types, Form form,
                 Way way, Bytes body) {
  auto pending = MultiRequestReceiver{pair.ring}.begin(form, key.message, types);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  if (!opener) return {{}, opener.error().code};
  if (is_pulled(way)) {
    auto stream = opener->stream(source_of(way, body));
    REQUIRE_OK(stream);
    return pull(*stream);
  }
  if (form == Form::whole) return open_whole(*opener, body, opener->prefix_size(), way);
  auto chunks = opener->chunk_opener();
  REQUIRE_OK(chunks);
  return push(*chunks, body, way);
}

ResponseSealer sealer_for(const Pair& pair, const SealedRequest& request) {
  auto opened = RequestReceiver{pair.ring}.open(request.message, kTypes);
  REQUIRE_OK(opened);
  return std::move(opened->response_sealer);
}

constexpr MediaTypes kAnswerTypes{.whole = "type/of answer", .chunked = "type/of answer chunked"};

}  // namespace

TEST_CASE("a relay that rewrites requests into the other form is refused on every path") {
  const Pair pair;
  for (const MediaTypes& types : {kTypes, kRequestMediaTypes}) {
    const auto seal_request = [&](Form form, bool pulled) {
      auto sealer = pair.sender->begin(form, types);
      REQUIRE_OK(sealer);
      return seal(*sealer, pulled);
    };
    const auto open = [&](Form form, Way way, Bytes message) {
      return open_request(pair, types, form, way, std::move(message));
    };
    const std::size_t prefix = pair.sender->sealed_size(0) - 16;
    check({prefix, seal_request, open});
    const Bytes whole = seal_request(Form::whole, false);
    require_refused(open(Form::chunked, Way::from_first_byte, whole_as_first_chunk(whole, prefix)));
    require_complete(open(Form::chunked, Way::from_first_byte, seal_request(Form::chunked, false)));
    const Bytes chunked = seal_request(Form::chunked, false);
    REQUIRE_ERRC(RequestReceiver{pair.ring}.open(first_chunk_as_whole(chunked, prefix), types),
                 Errc::open_failed);
  }
}

TEST_CASE("a relay that rewrites responses into the other form is refused on every path") {
  const Pair pair;
  auto request = pair.sender->seal(as_bytes("question"), kTypes);
  REQUIRE_OK(request);
  const ResponseOpener& opener = request->response_opener;
  for (const MediaTypes& types : {kAnswerTypes, kResponseMediaTypes}) {
    const auto seal_response = [&](Form form, bool pulled) {
      ResponseSealer sealer = sealer_for(pair, *request);
      if (pulled) {
        auto stream = sealer.stream(form, from_memory(as_bytes(kText)), types, {.limits = kLimits});
        REQUIRE_OK(stream);
        auto message = read_all(*stream);
        REQUIRE_OK(message);
        return std::move(*message);
      }
      if (form == Form::whole) {
        auto message = sealer.seal(as_bytes(kText), types);
        REQUIRE_OK(message);
        return std::move(*message);
      }
      auto response = sealer.chunk_sealer(types);
      REQUIRE_OK(response);
      return seal_texts(response->chunk_sealer, response->prefix, {kFirst, kRest});
    };
    check({opener.prefix_size(), seal_response, [&](Form form, Way way, Bytes message) {
             return open_response(opener, types, form, way, std::move(message));
           }});
  }
}

TEST_CASE("a relay that rewrites bodies for many receivers into the other form is refused") {
  const Pair pair;
  auto sender = MultiRequestSender::create(any_provider(), kChaCha.aead);
  REQUIRE_OK(sender);
  for (const MediaTypes& types : {kTypes, kRequestMediaTypes}) {
    std::optional<EncapsulatedKey> key;
    const auto seal_body = [&](Form form, bool pulled) {
      auto sealer = sender->begin(form, types);
      REQUIRE_OK(sealer);
      key.emplace(key_for(*sealer, pair));
      return seal(*sealer, pulled);
    };
    check({12, seal_body, [&](Form form, Way way, Bytes body) {
             return open_body(pair, *key, types, form, way, std::move(body));
           }});
  }
}
