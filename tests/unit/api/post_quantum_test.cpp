// Post-quantum KEMs through the whole library, whose public keys and `enc` are long.
#include <algorithm>

#include "exchange_pair.hpp"
#include "hybrids.hpp"
#include "multi_exchange.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

constexpr AeadId kAead = kChaCha.aead;
constexpr std::size_t kMaxSavedState = 4096;  // that the program reads

using State = ChunkedRequestOpener::State;

const std::vector<std::string_view> kTexts{"first", "last"};

Bytes whole_request(const Pair& pair, std::string_view text = "question") {
  RequestSealer sealer = pair.begin(Form::whole);
  auto message = sealer.seal(as_bytes(text));
  REQUIRE_OK(message);
  return std::move(*message);
}

Bytes chunked_request(const Pair& pair) {
  RequestSealer sealer = pair.begin(Form::chunked);
  auto chunks = sealer.chunk_sealer();
  REQUIRE_OK(chunks);
  return seal_texts(*chunks, sealer.prefix(), kTexts);
}

/// Opens a request whose first piece ends at `split`, and returns its text or its first error.
Result<std::string> push(const Pair& pair, const Bytes& message, std::size_t split) {
  auto opener = RequestReceiver{pair.ring}.chunked_opener(kTypes);
  REQUIRE_OK(opener);
  std::string text;
  Bytes out(message.size());
  for (std::size_t at = 0, until = split;;) {
    const End end = until == message.size() ? End::yes : End::no;
    const auto step = opener->open(out, ByteView(message).subspan(at, until - at), end);
    if (!step) return step.error();
    text.append(step->plaintext.begin(), step->plaintext.end());
    at += step->consumed;
    if (step->state == State::done) return text;
    if (step->state == State::need_key) {
      REQUIRE(at == opener->pending()->prefix_size());
      auto key = opener->pending()->decapsulate();
      if (!key) return key.error();
      REQUIRE_OK(opener->give_key(std::move(*key)));
    } else if (step->state == State::need_input) {
      until = message.size();
    }
  }
}

Result<Bytes> pull(const Pair& pair, ByteView message) {
  auto stream = RequestReceiver{pair.ring}.stream(Form::chunked, from_memory(message), kTypes);
  if (!stream) return stream.error();
  return read_all(stream->plaintext);
}

/// Places in `enc` that belong to each part of it, its ends among them.
std::vector<std::size_t> places_in_enc(std::size_t nenc) {
  return {0, nenc / 2, 1087, nenc - 64, nenc - 1};
}

template <typename Result>
void require_not_authentic(const Result& refused) {
  REQUIRE_ERRC(refused, Errc::open_failed);
  REQUIRE(refused.error().native == 0);
}

}  // namespace

TEST_CASE("a post-quantum key goes from pending to retired, and its configuration is read") {
  for_each_post_quantum(kAead, [](const Provider& provider, const Kem& kem) {
    KeyRing ring{provider};
    REQUIRE_OK(ring.add(1, new_key(kem.params().id, provider), {kChaCha}, KeyState::pending));
    REQUIRE_OK(ring.add(2, new_key(KemId::dhkem_x25519, provider), {kChaCha}));
    REQUIRE(ring.key_configs()->size() == 2 + 3 + 32 + 2 + 4);
    REQUIRE_OK(ring.activate(1));
    const auto list = ring.key_configs();
    REQUIRE_OK(list);
    // A length; id, KEM, public key, length of the algorithms, one pair of them.
    const std::size_t long_one = 2 + 3 + kem.params().npk + 2 + 4;
    REQUIRE(list->size() == long_one + 2 + 3 + 32 + 2 + 4);
    const auto configs = read_key_configs(provider, *list);
    REQUIRE_OK(configs);
    REQUIRE(configs->size() == 2);
    REQUIRE((*configs)[0].public_key.size() == kem.params().npk);
    const auto sender = RequestSender::create(provider, *list);
    REQUIRE_OK(sender);
    REQUIRE(sender->key_id() == 1);
    REQUIRE(sender->suite().kem == kem.params().id);
    const auto request = sender->seal(as_bytes("question"));
    REQUIRE_OK(request);
    REQUIRE_OK(ring.retire(1, TimePoint::max()));
    REQUIRE_OK(RequestReceiver{ring}.open(request->message));

    // One byte more or less of the public key is no configuration.
    for (const std::size_t cut : {std::size_t{1}, kem.params().npk}) {
      Bytes shorter = *list;
      shorter.erase(shorter.begin() + 5, shorter.begin() + 5 + static_cast<std::ptrdiff_t>(cut));
      shorter[0] = static_cast<std::uint8_t>((long_one - 2 - cut) >> 8);
      shorter[1] = static_cast<std::uint8_t>(long_one - 2 - cut);
      REQUIRE_ERRC(read_key_configs(provider, shorter), Errc::malformed);
    }
  });
}

TEST_CASE("a post-quantum request has its header, enc and tag, and every shorter one is refused") {
  for_each_post_quantum(kAead, [](const Provider& provider, const Kem& kem) {
    const Pair pair(provider, kem.params().id);
    const RequestReceiver receiver{pair.ring};
    const std::size_t prefix = framing::kHeaderSize + kem.params().nenc;
    REQUIRE(prefix <= framing::kHeaderSize + core::kMaxEnc);
    const Bytes request = whole_request(pair);
    REQUIRE(request.size() == prefix + 8 + 16);
    REQUIRE(pair.sender->sealed_size(8) == request.size());
    REQUIRE(receiver.opened_size(request) == 8);
    for (std::size_t size = 0; size < request.size(); ++size) {
      const auto cut = ByteView(request).first(size);
      const Errc expected = size < framing::kHeaderSize ? Errc::malformed : Errc::open_failed;
      REQUIRE_ERRC(receiver.open(cut, kTypes), expected);
      REQUIRE((size >= prefix) == receiver.begin(Form::whole, cut, kTypes).ok());
    }
    const auto opened = receiver.open(request, kTypes);
    REQUIRE_OK(opened);
    REQUIRE(opened->plaintext == bytes("question"));
  });
}

TEST_CASE("chunks to a post-quantum key are pushed with any split, and pulled") {
  for_each_post_quantum(kAead, [](const Provider& provider, const Kem& kem) {
    const Pair pair(provider, kem.params().id);
    const Bytes message = chunked_request(pair);
    const std::size_t prefix = framing::kHeaderSize + kem.params().nenc;
    for (std::size_t split = 0; split <= message.size();
         split += split > 8 && split + 8 < prefix ? 97 : 1) {
      const auto text = push(pair, message, split);
      REQUIRE_OK(text);
      REQUIRE(*text == "firstlast");
    }
    const auto text = pull(pair, message);
    REQUIRE_OK(text);
    REQUIRE(*text == bytes("firstlast"));
    // Cut within `enc`, the message has not ended well.
    const Bytes cut(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(prefix - 1));
    REQUIRE_ERRC(push(pair, cut, 10), Errc::truncated);
    REQUIRE_ERRC(pull(pair, cut), Errc::truncated);
  });
}

TEST_CASE("a changed enc to a post-quantum key shows when the first text is opened") {
  for_each_post_quantum(kAead, [](const Provider& provider, const Kem& kem) {
    const Pair pair(provider, kem.params().id);
    const Bytes whole = whole_request(pair);
    const Bytes chunked = chunked_request(pair);
    MultiRequestSealer sealer = begin(Form::whole, kAead, provider);
    const Bytes body = seal_body(sealer, "to many");
    const EncapsulatedKey key = key_for(sealer, pair);
    for (const std::size_t place : places_in_enc(kem.params().nenc)) {
      if (place >= kem.params().nenc) continue;
      const auto changed = [place](Bytes message) {
        message[framing::kHeaderSize + place] ^= 1;
        return message;
      };
      require_not_authentic(RequestReceiver{pair.ring}.open(changed(whole), kTypes));
      require_not_authentic(push(pair, changed(chunked), 10));
      require_not_authentic(pull(pair, changed(chunked)));
      require_not_authentic(
          MultiRequestReceiver{pair.ring}.open(changed(key.message), body, kTypes));
    }
    // ML-KEM has no invalid ciphertexts: the key is used, and gives another secret.
    const auto pending = RequestReceiver{pair.ring}.begin(
        Form::whole,
        [&] {
          Bytes message = whole;
          message[framing::kHeaderSize] ^= 1;
          return message;
        }(),
        kTypes);
    REQUIRE_OK(pending);
    auto opener = pending->decapsulate();
    REQUIRE_OK(opener);
    Bytes out(8);
    require_not_authentic(opener->open(out, ByteView(whole).subspan(pending->prefix_size())));
  });
}

TEST_CASE("one body reaches post-quantum and classical receivers, in both forms") {
  for_each_post_quantum(kAead, [](const Provider& provider, const Kem& kem) {
    const Pair first(provider, kem.params().id);
    const Pair second(provider, KemId::dhkem_x25519);
    const Pair third(provider, kem.params().id);
    for (const Form form : {Form::whole, Form::chunked}) {
      MultiRequestSealer sealer = begin(form, kAead, provider);
      const EncapsulatedKey before = key_for(sealer, first);
      const Bytes body = seal_body(sealer, "to all of them");
      const EncapsulatedKey classical = key_for(sealer, second);
      const EncapsulatedKey after = key_for(sealer, third);
      REQUIRE(before.message.size() == classical.message.size() - 32 + kem.params().nenc);
      check_exchange(form, first, before, body, "to all of them", 1);
      check_exchange(form, second, classical, body, "to all of them", 2);
      check_exchange(form, third, after, body, "to all of them", 3);
      // The key of one receiver is no other's.
      require_not_authentic(MultiRequestReceiver{third.ring}.open(before.message, body, kTypes));
    }
  });
}

TEST_CASE("both sides of a response to a post-quantum request go to another process") {
  for_each_post_quantum(kAead, [](const Provider& provider, const Kem& kem) {
    const Pair pair(provider, kem.params().id);
    RequestSealer sealer = pair.begin(Form::whole);
    const auto request = sealer.seal(as_bytes("question"));
    REQUIRE_OK(request);
    auto opened = RequestReceiver{pair.ring}.open(*request, kTypes);
    REQUIRE_OK(opened);
    const SecretBytes opener_state = sealer.response_opener().export_secret_state(SecretAccess{});
    const auto sealer_state = opened->response_sealer.export_secret_state(SecretAccess{});
    REQUIRE_OK(sealer_state);
    REQUIRE(opener_state.view().size() > kem.params().nenc);
    REQUIRE(opener_state.view().size() <= kMaxSavedState);
    auto restored_sealer = ResponseSealer::restore(provider, sealer_state->view());
    REQUIRE_OK(restored_sealer);
    const auto response = restored_sealer->seal(as_bytes("answer"));
    REQUIRE_OK(response);
    const auto restored_opener = ResponseOpener::restore(provider, opener_state.view());
    REQUIRE_OK(restored_opener);
    const auto answer = restored_opener->open(*response);
    REQUIRE_OK(answer);
    REQUIRE(*answer == bytes("answer"));
    // A state that lacks a byte of its `enc`, or is the other side's, is refused.
    const ByteView state = opener_state.view();
    REQUIRE_ERRC(ResponseOpener::restore(provider, state.first(state.size() - 1)), Errc::malformed);
    REQUIRE_ERRC(ResponseOpener::restore(provider, sealer_state->view()), Errc::malformed);
  });
}

TEST_CASE("a replay filter knows the enc of a post-quantum request") {
  for_each_post_quantum(kAead, [](const Provider& provider, const Kem& kem) {
    const Pair pair(provider, kem.params().id);
    auto filter =
        MemoryReplayFilter::create(provider, {.max_entries = 10, .window = std::chrono::hours(1)});
    REQUIRE_OK(filter);
    const RequestReceiver receiver{pair.ring, {.replay_filter = filter->get()}};
    const Bytes first = whole_request(pair);
    const Bytes second = whole_request(pair);
    REQUIRE_OK(receiver.open(first, kTypes));
    REQUIRE_OK(receiver.open(second, kTypes));
    REQUIRE_ERRC(receiver.open(first, kTypes), Errc::replayed);
  });
}
