#include "go_vectors.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>

namespace twoway::test {
namespace {

template <typename Stream>
Bytes read_to_end(Result<Stream> stream) {
  REQUIRE_OK(stream);
  Bytes all;
  Bytes buffer(1021);
  while (true) {
    const Result<std::size_t> size = stream->read(buffer);
    REQUIRE_OK(size);
    if (*size == 0) return all;
    const ByteView got = ByteView(buffer).first(*size);
    all.insert(all.end(), got.begin(), got.end());
  }
}

}  // namespace

Suite suite_of(const Vector& v) {
  return {KemId{static_cast<std::uint16_t>(v.number("kem_id"))},
          KdfId{static_cast<std::uint16_t>(v.number("kdf_id"))},
          AeadId{static_cast<std::uint16_t>(v.number("aead_id"))}};
}

ChunkLimits limits_of(const Vector& v) {
  if (!v.has("max_chunk")) return {};
  return {.max_chunk = static_cast<std::size_t>(v.number("max_chunk"))};
}

StreamOptions stream_options_of(const Vector& v) { return {.limits = limits_of(v)}; }

Form form_of(const Vector& v, const std::string& field) {
  return v.has(field) && v.flag(field) ? Form::chunked : Form::whole;
}

std::vector<Bytes> plaintext(const Vector& v, const std::string& name) {
  if (v.has(name)) return {v.bytes(name)};
  if (v.has(name + "_chunks")) return v.bytes_list(name + "_chunks");
  const Vector rule = v.object(name + "_rule");
  Bytes bytes(rule.number("length"));
  std::uint64_t value = rule.number("increment");
  const std::uint64_t multiplier = rule.number("multiplier");
  for (std::uint8_t& byte : bytes) {
    byte = static_cast<std::uint8_t>(value);
    value += multiplier;
  }
  if (!rule.has("read_lengths")) return {bytes};
  std::istringstream words(rule.text("read_lengths"));
  const std::vector<std::size_t> lengths{std::istream_iterator<std::size_t>(words), {}};
  std::vector<Bytes> chunks;
  for (ByteView rest = bytes; !rest.empty();) {
    const std::size_t size = std::min(rest.size(), lengths[chunks.size() % lengths.size()]);
    chunks.push_back(copy(rest.first(size)));
    rest = rest.subspan(size);
  }
  return chunks;
}

Bytes joined(const std::vector<Bytes>& chunks) {
  Bytes all;
  for (const Bytes& chunk : chunks) all.insert(all.end(), chunk.begin(), chunk.end());
  return all;
}

std::unique_ptr<Source> source_of(std::vector<Bytes> chunks) {
  return from_function([chunks = std::move(chunks), next = std::size_t{0},
                        at = std::size_t{0}](ByteSpan out) mutable noexcept -> Result<std::size_t> {
    if (next == chunks.size()) return std::size_t{0};
    const ByteView rest = ByteView(chunks[next]).subspan(at);
    const std::size_t size = std::min(rest.size(), out.size());
    std::copy_n(rest.begin(), size, out.begin());
    at += size;
    if (at == chunks[next].size()) {
      ++next;
      at = 0;
    }
    return size;
  });
}

void seal_chunks(Result<ChunkSealer> sealer, const std::vector<Bytes>& plaintexts, Bytes& message,
                 ByteView last_text) {
  REQUIRE_OK(sealer);
  for (std::size_t i = 0; i <= plaintexts.size(); ++i) {
    const Last last = i == plaintexts.size() ? Last::yes : Last::no;
    const ByteView chunk = last == Last::yes ? last_text : ByteView(plaintexts[i]);
    const std::size_t at = message.size();
    message.resize(at + sealer->sealed_size(chunk.size(), last));
    REQUIRE_OK(sealer->seal(ByteSpan(message).subspan(at), chunk, last));
  }
}

Bytes open_chunks(Result<ChunkOpener> opener, ByteView message) {
  REQUIRE_OK(opener);
  constexpr std::size_t kPiece = 1021;
  Bytes input = copy(message);
  ByteSpan rest = input;
  ByteSpan in;
  Bytes plaintext;
  while (true) {
    auto step = opener->open_in_place(in, rest.empty() ? End::yes : End::no);
    REQUIRE_OK(step);
    plaintext.insert(plaintext.end(), step->plaintext.begin(), step->plaintext.end());
    in = in.subspan(step->consumed);
    if (step->state == ChunkOpener::State::done) return plaintext;
    if (step->state == ChunkOpener::State::need_input) {
      in = rest.first(std::min(kPiece, rest.size()));
      rest = rest.subspan(in.size());
    }
  }
}

Bytes read_all(Result<SealStream> stream) { return read_to_end(std::move(stream)); }
Bytes read_all(Result<OpenStream> stream) { return read_to_end(std::move(stream)); }

void check_ciphertext(const Provider& provider, const Vector& v, const std::string& name,
                      const Bytes& actual) {
  if (v.has(name)) {
    REQUIRE(hex(actual) == hex(v.bytes(name)));
    return;
  }
  REQUIRE(actual.size() == v.number(name + "_length"));
  const core::Kdf* kdf = provider.kdf(KdfId::hkdf_sha256);
  REQUIRE(kdf != nullptr);
  core::Prk hmac;
  const std::array<ByteView, 1> inputs{actual};
  REQUIRE_OK(kdf->extract(hmac, {}, inputs));
  REQUIRE(hex(hmac.view()) == hex(v.bytes(name + "_hmac")));
}

void run_go_response(const Provider& provider, const Vector& exchange, const Vector& v,
                     Result<ResponseSealer> sealer, const FixedRng& nonce,
                     const ResponseOpener& opener, Way way) {
  REQUIRE_OK(sealer);
  const std::string type = text(exchange.bytes("response_media_type"));
  const std::vector<Bytes> answer = plaintext(v, "response");
  const Form form = form_of(exchange, "response_chunked");
  const MediaTypes types = only(form, type);
  const ChunkLimits limits = limits_of(exchange);
  const StreamOptions options = stream_options_of(exchange);
  Bytes response;
  if (way == Way::pull) {
    response = read_all(sealer->stream(form, source_of(answer), types, options));
  } else if (form == Form::chunked) {
    auto chunked = sealer->chunk_sealer(types, limits);
    REQUIRE_OK(chunked);
    response = chunked->prefix;
    seal_chunks(std::move(chunked->chunk_sealer), answer, response);
  } else {
    auto whole = sealer->seal(joined(answer), types);
    REQUIRE_OK(whole);
    response = std::move(*whole);
  }
  REQUIRE_ERRC(sealer->chunk_sealer(), Errc::wrong_state);
  REQUIRE_ERRC(sealer->seal(Bytes{}), Errc::wrong_state);
  REQUIRE(nonce.left() == 0);
  check_ciphertext(provider, v, "response_ciphertext", response);
  if (way == Way::pull) {
    REQUIRE(read_all(opener.stream(form, source_of({response}), types, options)) == joined(answer));
  } else if (form == Form::chunked) {
    REQUIRE(open_chunks(opener.chunk_opener(types, limits), response) == joined(answer));
  } else {
    auto opened = opener.open(response, types);
    REQUIRE_OK(opened);
    REQUIRE(*opened == joined(answer));
  }
}

}  // namespace twoway::test
