// One request to many receivers, for the tests of its sender and receivers.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <twoway/twoway.hpp>

#include "exchange_pair.hpp"
#include "support.hpp"

namespace twoway::test {

inline Bytes bytes(std::string_view text) { return copy(as_bytes(text)); }

inline MultiRequestSealer begin(Form form, AeadId aead = AeadId::chacha20_poly1305,
                                const Provider& provider = any_provider()) {
  auto sender = MultiRequestSender::create(provider, aead);
  REQUIRE_OK(sender);
  REQUIRE(sender->aead() == aead);
  auto sealer = sender->begin(form, kTypes);
  REQUIRE_OK(sealer);
  return std::move(*sealer);
}

inline EncapsulatedKey key_for(const MultiRequestSealer& sealer, const Pair& pair) {
  auto key = sealer.encapsulate_key(*pair.sender);
  REQUIRE_OK(key);
  return std::move(*key);
}

inline MultiRequestOpener accept(Form form, const Pair& pair, const EncapsulatedKey& key,
                                 const ReceiverOptions& options = {}) {
  auto pending = MultiRequestReceiver{pair.ring, options}.begin(form, key.message, kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  return std::move(*opener);
}

/// A body of two chunks and an empty last one, or a whole one.
inline Bytes seal_body(MultiRequestSealer& sealer, std::string_view text) {
  if (sealer.form() == Form::whole) {
    auto body = sealer.seal(as_bytes(text));
    REQUIRE_OK(body);
    REQUIRE(body->size() == sealer.sealed_size(text.size()));
    return std::move(*body);
  }
  auto chunks = sealer.chunk_sealer();
  REQUIRE_OK(chunks);
  const std::size_t half = text.size() / 2;
  return seal_texts(*chunks, sealer.prefix(), {text.substr(0, half), text.substr(half), ""});
}

inline Result<Bytes> open_body(MultiRequestOpener& opener, ByteView body) {
  if (opener.form() == Form::chunked) {
    auto stream = opener.stream(from_memory(body));
    if (!stream) return stream.error();
    return read_all(*stream);
  }
  Bytes plaintext(body.size());
  Result<std::size_t> opened = opener.open(plaintext, body);
  if (!opened) return opened.error();
  plaintext.resize(*opened);
  return plaintext;
}

/// Checks that the request is `text`, and seals a response with a text of the receiver's own.
inline void check_exchange(Form form, const Pair& pair, const EncapsulatedKey& key, ByteView body,
                           std::string_view text, std::size_t number) {
  MultiRequestOpener opener = accept(form, pair, key);
  auto opened = open_body(opener, body);
  REQUIRE_OK(opened);
  REQUIRE(*opened == bytes(text));
  auto sealer = opener.response_sealer();
  REQUIRE_OK(sealer);
  const Bytes answer = bytes("answer " + std::to_string(number));
  auto response = sealer->seal(answer);
  REQUIRE_OK(response);
  auto answer_again = key.response_opener.open(*response);
  REQUIRE_OK(answer_again);
  REQUIRE(*answer_again == answer);
}

inline constexpr Suite kAes128Suite{KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::aes128_gcm};

}  // namespace twoway::test
