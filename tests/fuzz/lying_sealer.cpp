#include "lying_sealer.hpp"

#include <functional>
#include <memory>

#include <twoway/framing/multi.hpp>

namespace twoway::fuzz {
namespace {

constexpr std::size_t kTagSize = 16;

void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

/// The keys of one message, the same in every run.
class Keys {
 public:
  Keys(Lie& lie, bool chunked_type) : lie_(lie) {
    const auto pending = exchange().receiver.begin(Form::whole, exchange().request);
    FUZZ_REQUIRE(pending.ok());
    const auto suite = core::CipherSuite::find(provider(), kSuite);
    FUZZ_REQUIRE(suite.ok());
    auto receiver = suite->kem().import_public(pending->key().public_key());
    FUZZ_REQUIRE(receiver.ok());
    SameRng rng;
    const std::string_view type =
        chunked_type ? framing::kRequestMediaTypes.chunked : framing::kRequestMediaTypes.whole;
    auto begun = framing::begin_request(*suite, kKeyId, **receiver, type, &rng);
    FUZZ_REQUIRE(begun.ok());
    auto response = std::make_shared<framing::ResponseContext>(*suite, kKeyId, begun->enc(),
                                                               begun->context.exporter());
    if (lie.kind == Kind::request) {
      append(lie.message, begun->prefix);
      make_ = [suite = *suite, type, key = std::shared_ptr(std::move(*receiver))] {
        SameRng same;
        auto again = framing::begin_request(suite, kKeyId, *key, type, &same);
        FUZZ_REQUIRE(again.ok());
        return again->context.take_sequence();
      };
    } else if (lie.kind == Kind::response) {
      lie.state = response->export_secret_state(framing::Role::sender);
      const Bytes nonce(response->nonce_size(), 0x33);
      append(lie.message, nonce);
      make_ = [response, nonce, chunked_type] {
        return response->seal_sequence(nonce, chunked_type ? framing::kResponseMediaTypes.chunked
                                                           : framing::kResponseMediaTypes.whole);
      };
    } else {
      const auto aead = framing::find_body_aead(provider(), kSuite.aead);
      FUZZ_REQUIRE(aead.ok());
      auto key = framing::BodyKey::draw(**aead, rng);
      FUZZ_REQUIRE(key.ok());
      auto message = key->encapsulate(*begun);
      FUZZ_REQUIRE(message.ok());
      lie.key_message = std::move(*message);
      const Bytes nonce(key->nonce_size(), 0x44);
      append(lie.message, nonce);
      make_ = [key = std::make_shared<framing::BodyKey>(std::move(*key)), nonce] {
        return key->seal_sequence(nonce);
      };
    }
    lie.prefix = lie.message.size();
  }

  /// Seals any text under any number, any number of times.
  Bytes seal(std::size_t number, const std::string& aad, const Bytes& text) {
    auto sequence = make_();
    FUZZ_REQUIRE(sequence.ok());
    Bytes skipped(kTagSize);
    for (std::size_t i = 0; i < number; ++i) FUZZ_REQUIRE(sequence->seal(skipped, {}, {}).ok());
    Bytes out(text.size() + kTagSize);
    FUZZ_REQUIRE(sequence->seal(out, core::as_bytes(aad), text).ok());
    lie_.sealed.push_back({number, aad, out, text});
    return out;
  }

 private:
  Lie& lie_;
  std::function<Result<core::SealSequence>()> make_;
};

Bytes length_field(std::uint64_t value, std::size_t log) {
  Bytes field(std::size_t{1} << log);
  for (std::size_t i = field.size(); i-- > 0; value >>= 8)
    field[i] = static_cast<std::uint8_t>(value);
  field[0] = static_cast<std::uint8_t>((field[0] & 0x3f) | log << 6);
  return field;
}

/// Appends one record of a chunked message: a right one, or one that is wrong in one way.
void add_record(Lie& lie, Keys& keys, Choices& choices, std::size_t index, bool last) {
  const Bytes text(choices.below(40) + (last ? 0 : 1), static_cast<std::uint8_t>(index + 1));
  std::size_t number = index;
  std::string aad = last ? "final" : "";
  Bytes content = text;
  std::size_t wrong_by = 0;
  std::size_t log = 0;
  switch (choices.below(16)) {
    case 1: aad = last ? "" : "final"; break;
    case 2: aad = "other"; break;
    case 3: ++number; break;
    case 4: content.clear(); break;
    case 5: wrong_by = 1; break;
    case 6: wrong_by = std::size_t(0) - 1; break;
    case 7: last = !last; break;
    case 8: log = 3; break;
    case 9: wrong_by = std::size_t{1} << 29; break;
    case 10: return append(lie.message, Bytes(choices.below(40), choices.byte()));
    default: break;
  }
  const Bytes sealed = keys.seal(number, aad, content);
  const std::uint64_t length = last ? 0 : sealed.size() + wrong_by;
  if (log == 0) log = length < 64 ? 0 : length < 16384 ? 1 : length < (1U << 30) ? 2 : 3;
  append(lie.message, length_field(length, log));
  append(lie.message, sealed);
}

Opened failed(Opened so_far, core::Errc code) {
  so_far.error = core::to_string(code);
  return so_far;
}

}  // namespace

Lie lie(Choices& choices) {
  Lie lie;
  lie.kind = static_cast<Kind>(choices.below(3));
  lie.chunked = choices.below(2) == 0;
  // A body's media type binds only its key message, which is always that of the opener.
  const bool other_type = lie.kind != Kind::body && choices.below(8) == 7;
  lie.foreign = other_type;
  Keys keys(lie, lie.chunked != other_type);
  const unsigned limits = choices.byte();
  if (limits % 4 == 1) lie.limits.max_chunk = 1 + choices.below(48);
  if (limits % 8 == 2) lie.limits.max_chunks = 1 + choices.below(4);
  if (limits % 8 == 3) lie.limits.max_plaintext = 1 + choices.below(100);  // 0 is no limit in C
  if (choices.below(8) == 7 ? lie.chunked : !lie.chunked) {                // one text
    const Bytes text(choices.below(60), 0x77);
    append(lie.message,
           keys.seal(choices.below(8) == 7 ? 1 : 0, choices.below(8) == 7 ? "final" : "", text));
  } else {
    const std::size_t count = 1 + choices.below(6);
    for (std::size_t i = 0; i < count; ++i) {
      add_record(lie, keys, choices, i, i + 1 == count && choices.below(8) != 7);
    }
  }
  const std::size_t rest = lie.message.size() - lie.prefix;
  switch (choices.below(8)) {
    case 5: lie.message.resize(lie.prefix + choices.below(rest + 1)); break;
    case 6:
      if (rest > 0) {
        std::uint8_t& byte = lie.message[lie.prefix + choices.below(rest)];
        byte = static_cast<std::uint8_t>(byte ^ 1U << choices.below(8));
      }
      break;
    case 7: {
      if (lie.kind == Kind::request) break;  // its prefix leads to the key
      const std::size_t changed = choices.below(lie.prefix);
      lie.message[changed] ^= 1;
      // The end of a body's nonce is XORed with the chunks' numbers, and nothing binds it.
      if (lie.kind == Kind::body && changed + 1 == lie.prefix) {
        lie.renumbered = 1;
      } else {
        lie.foreign = true;
      }
      break;
    }
    default: break;
  }
  return lie;
}

// Chunked OHTTP sections 3, 6.1 and 6.2, implemented a second time. The table of sealed texts
// stands for the AEAD.
Opened reference(const Lie& lie) {
  Opened opened;
  const auto text_of = [&lie](std::size_t number, std::string_view aad,
                              ByteView bytes) -> const Bytes* {
    if (lie.foreign) return nullptr;
    for (const Lie::Sealed& one : lie.sealed) {
      if (one.number == (number ^ lie.renumbered) && one.aad == aad && equal(one.bytes, bytes))
        return &one.text;
    }
    return nullptr;
  };
  ByteView rest = ByteView(lie.message).subspan(lie.prefix);
  if (!lie.chunked) {
    const Bytes* text = text_of(0, "", rest);
    if (text == nullptr) return failed(opened, core::Errc::open_failed);
    opened.text = *text;
    return opened;
  }
  for (std::size_t number = 0;; ++number) {
    if (rest.empty()) return failed(opened, core::Errc::truncated);
    const std::size_t head = std::size_t{1} << (rest[0] / 64);
    if (rest.size() < head) return failed(opened, core::Errc::truncated);
    std::uint64_t length = rest[0] % 64;
    for (std::size_t i = 1; i < head; ++i) length = length * 256 + rest[i];
    rest = rest.subspan(head);
    if (number >= lie.limits.max_chunks) return failed(opened, core::Errc::limit_exceeded);
    const bool last = length == 0;
    if (last) length = rest.size();
    if (!last && length <= kTagSize) return failed(opened, core::Errc::open_failed);
    const std::uint64_t size = length < kTagSize ? 0 : length - kTagSize;
    if (size > lie.limits.max_chunk || opened.text.size() + size > lie.limits.max_plaintext) {
      return failed(opened, core::Errc::limit_exceeded);
    }
    if (rest.size() < length || length < kTagSize) return failed(opened, core::Errc::truncated);
    const ByteView bytes = rest.first(static_cast<std::size_t>(length));
    rest = rest.subspan(bytes.size());
    const Bytes* text = text_of(number, last ? "final" : "", bytes);
    if (text == nullptr) return failed(opened, core::Errc::open_failed);
    append(opened.text, *text);
    if (last) return opened;
  }
}

}  // namespace twoway::fuzz
