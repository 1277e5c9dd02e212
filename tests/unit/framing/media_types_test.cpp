// The media types of the two forms: the accepted pairs, and the attack that they prevent.
#include <string>

#include <twoway/framing/chunks.hpp>
#include <twoway/framing/multi.hpp>
#include <twoway/framing/response.hpp>

#include "rewriting.hpp"

using namespace twoway::framing;
using namespace twoway::core;
using twoway::test::copy;
using twoway::test::first_chunk_as_whole;
using twoway::test::whole_as_first_chunk;

namespace {

const std::string kFirst = "transfer 100 to bob";
const std::string kRest = ", once he has signed";

/// One message's key on both sides, for either form.
struct Keys {
  SealSequence seal;
  OpenSequence open;
};

Keys keys_of(Result<SealSequence> seal, Result<OpenSequence> open) {
  REQUIRE_OK(seal);
  REQUIRE_OK(open);
  return {std::move(*seal), std::move(*open)};
}

/// Both sides of an exchange under one media type, for messages of either form.
struct Exchange {
  explicit Exchange(const Provider& provider) {
    auto kem = Kem::find(provider, KemId::dhkem_x25519);
    REQUIRE_OK(kem);
    auto key = kem->generate_key_pair();
    REQUIRE_OK(key);
    auto suite =
        find_suite(provider, {KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::chacha20_poly1305});
    REQUIRE_OK(suite);
    auto receiver = kem->import_public((*key)->public_key());
    REQUIRE_OK(receiver);
    begun = begin_request(*suite, 7, **receiver, "type", nullptr);
    REQUIRE_OK(begun);
    SharedSecret secret;
    REQUIRE_OK(kem->decap(secret, begun->enc(), **key));
    accepted = accept_request(*suite, 7, secret, "type");
    REQUIRE_OK(accepted);
    response.emplace(*suite, std::uint8_t{7}, begun->enc(), begun->context.exporter());
    auto aead = find_body_aead(provider, suite->id().aead);
    REQUIRE_OK(aead);
    body = BodyKey::draw(**aead, provider.rng());
    REQUIRE_OK(body);
  }

  Keys of_request() { return keys_of(begun->context.take_sequence(), accepted->take_sequence()); }
  Keys of_response() const {
    const Bytes nonce(response->nonce_size(), 5);
    return keys_of(response->seal_sequence(nonce, "type"), response->open_sequence(nonce, "type"));
  }
  Keys of_body() const {
    const Bytes nonce(body->nonce_size(), 5);
    return keys_of(body->seal_sequence(nonce), body->open_sequence(nonce));
  }

  Result<BegunRequest> begun = Error{Errc::wrong_state, ""};
  Result<RecipientContext> accepted = Error{Errc::wrong_state, ""};
  std::optional<ResponseContext> response;
  Result<BodyKey> body = Error{Errc::wrong_state, ""};
};

/// A chunked message, cut to its first chunk, opens as a whole one.
void cut(Keys keys) {
  auto chunks = ChunkSealer::create(std::move(keys.seal));
  REQUIRE_OK(chunks);
  Bytes message(200);
  auto first = chunks->seal(message, as_bytes(kFirst), Last::no);
  REQUIRE_OK(first);
  auto rest = chunks->seal(ByteSpan(message).subspan(*first), as_bytes(kRest), Last::yes);
  REQUIRE_OK(rest);
  message.resize(*first + *rest);

  const Bytes whole = first_chunk_as_whole(message, 0);
  Bytes text(kFirst.size());
  REQUIRE_OK(keys.open.open(text, {}, whole));
  REQUIRE(text == copy(as_bytes(kFirst)));
}

/// A whole message opens as the first chunk of one that does not end.
void extend(Keys keys) {
  Bytes whole(keys.seal.sealed_size(kFirst.size()));
  REQUIRE_OK(keys.seal.seal(whole, {}, as_bytes(kFirst)));
  const Bytes message = whole_as_first_chunk(whole, 0);
  auto chunks = ChunkOpener::create(std::move(keys.open));
  REQUIRE_OK(chunks);
  Bytes text(chunks->output_size(message.size()));
  const auto step = chunks->open(text, message, End::yes);
  REQUIRE_OK(step);
  REQUIRE(step->state == ChunkOpener::State::chunk);
  REQUIRE(copy(step->plaintext) == copy(as_bytes(kFirst)));
  REQUIRE_ERRC(chunks->open(text, {}, End::yes), Errc::truncated);
}

}  // namespace

TEST_CASE("without a type for each form, a relay could rewrite one form into the other") {
  for (const Provider* provider : twoway::built::providers()) {
    INFO(provider->name());
    if (provider->aead(AeadId::chacha20_poly1305) == nullptr) continue;
    cut(Exchange(*provider).of_request());
    cut(Exchange(*provider).of_response());
    cut(Exchange(*provider).of_body());
    extend(Exchange(*provider).of_request());
    extend(Exchange(*provider).of_response());
    extend(Exchange(*provider).of_body());
  }
}

TEST_CASE("a form takes its own member of a pair of media types") {
  const auto require = [](Form form, const MediaTypes& types, std::string_view want) {
    const auto type = choose_media_type(form, types);
    REQUIRE_OK(type);
    REQUIRE(*type == want);
  };
  require(Form::whole, {.whole = "one"}, "one");
  require(Form::chunked, {.chunked = "chunks"}, "chunks");
  require(Form::whole, {.whole = "one", .chunked = "chunks"}, "one");
  require(Form::chunked, {.whole = "one", .chunked = "chunks"}, "chunks");
  // Empty and binary types are types like others.
  require(Form::whole, {.whole = "", .chunked = "many"}, "");
  require(Form::chunked, {.whole = "one", .chunked = std::string_view("\0a", 2)}, {"\0a", 2});
  const std::string longest(kMaxMediaType, 'm');
  require(Form::whole, {.whole = longest}, longest);
  for (const MediaTypes& defaults : {kRequestMediaTypes, kResponseMediaTypes}) {
    require(Form::whole, defaults, defaults.whole);
    require(Form::chunked, defaults, defaults.chunked);
    require(Form::whole, {.whole = defaults.whole}, defaults.whole);
    require(Form::chunked, {.chunked = defaults.chunked}, defaults.chunked);
  }
}

TEST_CASE("pairs that let one form be taken for the other are refused for both") {
  const std::string longer(kMaxMediaType + 1, 'm');
  const std::string copied(kRequestMediaTypes.chunked);
  const MediaTypes bad[] = {
      {},
      {.whole = "same", .chunked = "same"},
      {.whole = "", .chunked = ""},
      {.whole = "one", .chunked = kRequestMediaTypes.whole},
      {.whole = "one", .chunked = kResponseMediaTypes.whole},
      {.whole = copied, .chunked = "chunks"},
      {.whole = kResponseMediaTypes.chunked, .chunked = "chunks"},
      {.whole = kRequestMediaTypes.chunked, .chunked = kRequestMediaTypes.whole},
      {.whole = longer, .chunked = "chunks"},
      {.whole = "one", .chunked = longer},
  };
  for (const MediaTypes& types : bad) {
    INFO(types.whole.substr(0, 40) << ", " << types.chunked.substr(0, 40));
    REQUIRE_ERRC(choose_media_type(Form::whole, types), Errc::invalid_argument);
    REQUIRE_ERRC(choose_media_type(Form::chunked, types), Errc::invalid_argument);
  }
  REQUIRE_ERRC(choose_media_type(Form::whole, {.chunked = "chunks"}), Errc::invalid_argument);
  REQUIRE_ERRC(choose_media_type(Form::chunked, {.whole = "one"}), Errc::invalid_argument);
}
