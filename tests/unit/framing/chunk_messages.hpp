// Messages of chunks under one key, sealed and opened.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include <twoway/framing/chunks.hpp>

#include "support.hpp"

namespace twoway::test {

using namespace framing;
using core::AeadId;
using core::Bytes;
using core::ByteSpan;
using core::ByteView;
using core::Errc;
using core::Result;

inline const core::Aead& aead() {
  return *built::providers().front()->aead(AeadId::chacha20_poly1305);
}

inline const Bytes kKey(32, 7);
inline const Bytes kNonce(12, 9);

inline ChunkSealer sealer(const ChunkLimits& limits = {}, std::uint64_t first = 0) {
  auto sequence = core::SealSequence::create(aead(), kKey, kNonce, first);
  REQUIRE_OK(sequence);
  auto made = ChunkSealer::create(std::move(*sequence), limits);
  REQUIRE_OK(made);
  return std::move(*made);
}

inline ChunkOpener opener(const ChunkLimits& limits = {}, std::uint64_t first = 0) {
  auto sequence = core::OpenSequence::create(aead(), kKey, kNonce, first);
  REQUIRE_OK(sequence);
  auto made = ChunkOpener::create(std::move(*sequence), limits);
  REQUIRE_OK(made);
  return std::move(*made);
}

inline Bytes pattern(std::size_t size, std::uint8_t start = 0) {
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = start++;
  return bytes;
}

inline Bytes joined(const std::vector<Bytes>& pieces) {
  Bytes all;
  for (const Bytes& piece : pieces) all.insert(all.end(), piece.begin(), piece.end());
  return all;
}

/// Each plaintext as one sealed chunk, the last one final.
inline std::vector<Bytes> seal_each(const std::vector<Bytes>& plaintexts,
                                    const ChunkLimits& limits = {}) {
  ChunkSealer chunks = sealer(limits);
  std::vector<Bytes> sealed;
  for (const Bytes& plaintext : plaintexts) {
    const Last last = sealed.size() + 1 == plaintexts.size() ? Last::yes : Last::no;
    Bytes out(chunks.sealed_size(plaintext.size(), last));
    auto size = chunks.seal(out, plaintext, last);
    REQUIRE_OK(size);
    REQUIRE(*size == out.size());
    sealed.push_back(std::move(out));
  }
  REQUIRE(chunks.finished());
  return sealed;
}

/// Opens a message that arrives in pieces of at most `step` bytes. `plaintext` gets the text that
/// was opened before an error.
inline Result<Bytes> open_all(ByteView message, std::size_t step, bool in_place, Bytes& plaintext,
                              ChunkOpener chunks) {
  Bytes input = test::copy(message);
  Bytes out(chunks.output_size(std::numeric_limits<std::size_t>::max() / 2));
  std::size_t at = 0;
  std::size_t until = std::min(step, input.size());
  while (true) {
    const End end = until == input.size() ? End::yes : End::no;
    const ByteSpan in = ByteSpan(input).subspan(at, until - at);
    auto opened = in_place ? chunks.open_in_place(in, end) : chunks.open(out, in, end);
    if (!opened) {
      // Every error stays.
      for (const End again : {End::no, End::yes}) {
        auto later = chunks.open(out, in, again);
        REQUIRE(!later.ok());
        REQUIRE(later.error().code == opened.error().code);
      }
      return opened.error();
    }
    plaintext.insert(plaintext.end(), opened->plaintext.begin(), opened->plaintext.end());
    at += opened->consumed;
    REQUIRE(at <= until);
    if (opened->state == ChunkOpener::State::done) {
      REQUIRE(end == End::yes);
      REQUIRE(at == input.size());
      REQUIRE_ERRC(chunks.open(out, {}, End::yes), Errc::wrong_state);
      return plaintext;
    }
    if (opened->state == ChunkOpener::State::need_input) {
      REQUIRE(at == until);
      REQUIRE(end == End::no);
      until = std::min(until + step, input.size());
    }
  }
}

inline Result<Bytes> open_all(ByteView message, std::size_t step = 1000, bool in_place = false,
                              const ChunkLimits& limits = {}) {
  Bytes plaintext;
  return open_all(message, step, in_place, plaintext, opener(limits));
}

inline const std::vector<Bytes> kThree{pattern(3, 1), pattern(70, 2), pattern(5, 3)};

}  // namespace twoway::test
