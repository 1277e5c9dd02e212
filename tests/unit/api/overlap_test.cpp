// Every function that reads one buffer and writes another, with the two at every distance. It
// serves the distances that its header allows, and refuses the others and consumes nothing.
#include "overlap.hpp"

#include <limits>

#include "exchange_pair.hpp"
#include "multi_exchange.hpp"

using namespace twoway;
using namespace twoway::test;
using Call = OverlapCall;

namespace {

constexpr std::string_view kText = "a text of 23 bytes, say";

bool is_text(ByteView bytes) { return std::ranges::equal(bytes, as_bytes(kText)); }

Bytes text() { return copy(as_bytes(kText)); }

/// A copyable holder, for the calls.
template <typename Object>
std::shared_ptr<Object> hold(Object object) {
  return std::make_shared<Object>(std::move(object));
}

template <typename Test>
void for_each_provider(const Test& test) {
  for (const Provider* provider : built::providers()) {
    INFO(provider->name());
    test(*provider);
  }
}

}  // namespace

TEST_CASE("requests serve or refuse buffers at every distance") {
  for_each_provider([](const Provider& provider) {
    const Pair pair(provider);
    const RequestReceiver receiver(pair.ring);
    const std::size_t prefix = framing::kHeaderSize + 32;
    check_overlaps({text(), pair.sender->sealed_size(kText.size()),
                    static_cast<std::ptrdiff_t>(prefix),
                    [&]() -> Call {
                      auto sealer = pair.sender->begin(Form::whole);
                      REQUIRE_OK(sealer);
                      return [sealer = hold(std::move(*sealer))](ByteSpan out, ByteView in) {
                        return sealer->seal(out, in);
                      };
                    },
                    [&](ByteView message) {
                      const auto opened = receiver.open(message);
                      return opened && is_text(opened->plaintext);
                    }});
    check_overlaps({text(), pair.sender->sealed_size(kText.size()),
                    static_cast<std::ptrdiff_t>(prefix),
                    [&]() -> Call {
                      return [&](ByteSpan out, ByteView in) -> Result<std::size_t> {
                        const auto opener = pair.sender->seal(out, in);
                        if (!opener) return opener.error();
                        return pair.sender->sealed_size(in.size());
                      };
                    },
                    [&](ByteView message) {
                      const auto opened = receiver.open(message);
                      return opened && is_text(opened->plaintext);
                    }});
    const auto request = pair.sender->seal(as_bytes(kText));
    REQUIRE_OK(request);
    check_overlaps({request->message, kText.size(), -static_cast<std::ptrdiff_t>(prefix),
                    [&]() -> Call {
                      return [&](ByteSpan out, ByteView in) -> Result<std::size_t> {
                        const auto opened = receiver.open(out, in);
                        if (!opened) return opened.error();
                        return opened->size;
                      };
                    },
                    is_text});
    check_overlaps({copy(ByteView(request->message).subspan(prefix)), kText.size(), 0,
                    [&]() -> Call {
                      auto pending = receiver.begin(Form::whole, request->message);
                      REQUIRE_OK(pending);
                      auto opener = pending->decapsulate();
                      REQUIRE_OK(opener);
                      return [opener = hold(std::move(*opener))](ByteSpan out, ByteView in) {
                        return opener->open(out, in);
                      };
                    },
                    is_text});
  });
}

TEST_CASE("responses serve or refuse buffers at every distance") {
  for_each_provider([](const Provider& provider) {
    const Pair pair(provider);
    const auto request = pair.sender->seal(as_bytes("question"));
    REQUIRE_OK(request);
    const auto prefix = static_cast<std::ptrdiff_t>(request->response_opener.prefix_size());
    const auto opened = [&] {
      auto one = RequestReceiver(pair.ring).open(request->message);
      REQUIRE_OK(one);
      return std::move(*one);
    };
    Bytes response;
    check_overlaps({text(), opened().response_sealer.sealed_size(kText.size()), prefix,
                    [&]() -> Call {
                      return [sealer = hold(std::move(opened().response_sealer))](
                                 ByteSpan out, ByteView in) { return sealer->seal(out, in); };
                    },
                    [&](ByteView message) {
                      response = copy(message);
                      const auto answer = request->response_opener.open(message);
                      return answer && is_text(*answer);
                    }});
    check_overlaps({response, kText.size(), -prefix,
                    [&]() -> Call {
                      return [&](ByteSpan out, ByteView in) {
                        return request->response_opener.open(out, in);
                      };
                    },
                    is_text});
  });
}

TEST_CASE("bodies for many receivers serve or refuse buffers at every distance") {
  for_each_provider([](const Provider& provider) {
    const Pair pair(provider);
    const MultiRequestSealer first = begin(Form::whole, AeadId::chacha20_poly1305, provider);
    const auto prefix = static_cast<std::ptrdiff_t>(first.prefix_size());
    std::optional<EncapsulatedKey> key;
    Bytes body;
    check_overlaps({text(), first.sealed_size(kText.size()), prefix,
                    [&]() -> Call {
                      auto sealer = hold(begin(Form::whole, AeadId::chacha20_poly1305, provider));
                      key = key_for(*sealer, pair);
                      return [sealer](ByteSpan out, ByteView in) { return sealer->seal(out, in); };
                    },
                    [&](ByteView sealed) {
                      body = copy(sealed);
                      Bytes plaintext(kText.size());
                      return accept(Form::whole, pair, *key).open(plaintext, sealed).ok() &&
                             is_text(plaintext);
                    }});
    check_overlaps({body, kText.size(), -prefix,
                    [&]() -> Call {
                      return [opener = hold(accept(Form::whole, pair, *key))](
                                 ByteSpan out, ByteView in) { return opener->open(out, in); };
                    },
                    is_text});
    const MultiRequestReceiver receiver(pair.ring);
    REQUIRE(receiver.opened_size(key->message, body.size()) == kText.size());
    check_overlaps({body, kText.size(), -prefix,
                    [&]() -> Call {
                      return [&](ByteSpan out, ByteView in) -> Result<std::size_t> {
                        const auto opened = receiver.open(out, key->message, in, kTypes);
                        if (!opened) return opened.error();
                        return opened->size;
                      };
                    },
                    is_text});
    Bytes key_message = key->message;
    REQUIRE_ERRC(receiver.open(key_message, key_message, body, kTypes), Errc::invalid_argument);
    REQUIRE(key_message == key->message);
    const ByteSpan small = ByteSpan(key_message).first(kText.size() - 1);
    REQUIRE_ERRC(receiver.open(small, key->message, body, kTypes), Errc::buffer_too_small);
    REQUIRE(key_message == key->message);
    key_message[0] ^= 1;
    REQUIRE(receiver.opened_size(key_message, body.size()) == 0);
  });
}

TEST_CASE("chunks serve or refuse buffers at every distance") {
  const auto& aead = *any_provider().aead(AeadId::chacha20_poly1305);
  const Bytes key(32, 1);
  const Bytes nonce(12, 2);
  const auto sealing = [&] {
    auto made = ChunkSealer::create(*core::SealSequence::create(aead, key, nonce));
    REQUIRE_OK(made);
    return std::move(*made);
  };
  const auto opening = [&] {
    auto made = ChunkOpener::create(*core::OpenSequence::create(aead, key, nonce),
                                    {.max_chunk = kText.size()});
    REQUIRE_OK(made);
    return std::move(*made);
  };
  for (const Last last : {Last::no, Last::yes}) {
    Bytes chunk;
    check_overlaps({text(), sealing().sealed_size(kText.size(), last), 1,
                    [&]() -> Call {
                      return [last, sealer = hold(sealing())](ByteSpan out, ByteView in) {
                        return sealer->seal(out, in, last);
                      };
                    },
                    [&](ByteView sealed) {
                      chunk = copy(sealed);
                      Bytes plaintext(kText.size());
                      const auto step =
                          opening().open(plaintext, sealed, last == Last::yes ? End::yes : End::no);
                      return step && is_text(step->plaintext);
                    }});
    // This function does not work in place: open_in_place is for that.
    check_overlaps({chunk, kText.size(), std::numeric_limits<std::ptrdiff_t>::max(),
                    [&]() -> Call {
                      return [last, opener = hold(opening())](ByteSpan out,
                                                              ByteView in) -> Result<std::size_t> {
                        const auto step =
                            opener->open(out, in, last == Last::yes ? End::yes : End::no);
                        if (!step) return step.error();
                        return step->plaintext.size();
                      };
                    },
                    is_text});
  }
}

TEST_CASE("streams refuse to overwrite bytes that their source has yet to give") {
  const Pair pair;
  Bytes memory(1000, 'x');
  const ByteView text = ByteView(memory).subspan(300, 100);
  auto sealer = pair.sender->begin(Form::whole);
  REQUIRE_OK(sealer);
  auto sealing = sealer->stream(from_memory(text));
  REQUIRE_OK(sealing);
  for (const std::size_t at : {std::size_t{201}, std::size_t{300}, std::size_t{399}}) {
    REQUIRE_ERRC(sealing->read(ByteSpan(memory).subspan(at, 100)), Errc::invalid_argument);
  }
  REQUIRE(memory == Bytes(1000, 'x'));
  auto got = sealing->read(ByteSpan(memory).subspan(400));
  REQUIRE_OK(got);
  REQUIRE(*got == pair.sender->sealed_size(100));
  const ByteView message = ByteView(memory).subspan(400, *got);
  const auto opened = RequestReceiver(pair.ring).open(message);
  REQUIRE_OK(opened);
  REQUIRE(opened->plaintext == Bytes(100, 'x'));

  auto request = RequestReceiver(pair.ring).stream(Form::whole, from_memory(message));
  REQUIRE_OK(request);
  const std::size_t sealed = 400 + request->opener.opened_size(0) + message.size() - 116;
  for (const std::size_t at : {sealed, 400 + message.size() - 1}) {
    const Bytes before = memory;
    REQUIRE_ERRC(request->plaintext.read(ByteSpan(memory).subspan(at, 100)),
                 Errc::invalid_argument);
    REQUIRE(memory == before);
  }
  got = request->plaintext.read(ByteSpan(memory).first(100));
  REQUIRE_OK(got);
  REQUIRE(ByteView(memory).size() >= 100);
  REQUIRE(Bytes(memory.begin(), memory.begin() + 100) == Bytes(100, 'x'));
}
