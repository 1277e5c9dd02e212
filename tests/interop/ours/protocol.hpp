// Shared by the operations of the driver: requests and answers in JSON, refusals, plaintexts.
#pragma once

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <twoway/twoway.hpp>

#include "support.hpp"

namespace twoway::interop {

using Json = nlohmann::json;

/// A refusal of a peer's message by the library.
struct Refused {
  Error error;
};

/// A request that this driver cannot serve.
struct Unserved {
  std::string what;
};

template <typename T>
T take(Result<T> result) {
  if (!result) throw Refused{result.error()};
  return std::move(*result);
}
void check(const Status& status);

/// Returns a field of hex, or nothing if it is missing.
Bytes bytes_at(const Json& object, const char* field);
std::string text_at(const Json& object, const char* field);  ///< as bytes_at, for media types
bool flag_at(const Json& object, const char* field);
Suite suite_at(const Json& object);

/// Returns a path, or nothing if the message or the plaintext comes as hex.
std::string file_at(const Json& object, const char* field);

/// A plaintext in the pieces of its chunks, and the text of the last one.
struct Text {
  std::vector<Bytes> pieces;
  Bytes last;
  Bytes joined() const;
};
Text plaintext_at(const Json& object);

/// Largest piece, for limits.
std::size_t largest(const Text& text);

/// Gives the pieces, each to one read that has room for it.
std::unique_ptr<Source> source_of(Text text);

/// Draws the random bytes that a request names first, then the provider's.
class Draws final : public Rng {
 public:
  explicit Draws(const Provider& provider) : provider_(provider) {}
  void set(Bytes bytes);
  bool fixed() const { return !bytes_.empty(); }
  void require_used() const;
  Status fill(ByteSpan out) noexcept override;

 private:
  const Provider& provider_;
  Bytes bytes_;
  std::size_t used_ = 0;
};

/// Seals a chunk for each piece, and the last one.
void seal_chunks(Bytes& message, ChunkSealer sealer, const Text& text);

/// Reads a stream to its end into a file.
template <typename Stream>
void write_stream(Stream stream, const std::string& file);

/// Opens chunks that arrive in pieces of an awkward size, by a ChunkOpener or a
/// ChunkedRequestOpener. Calls `need_key` if the latter asks for the key.
template <typename Opener, typename NeedKey>
Bytes open_pieces(Opener& opener, ByteView message, const NeedKey& need_key);
Bytes open_chunks(ChunkOpener opener, ByteView message);

template <typename Opener, typename NeedKey>
Bytes open_pieces(Opener& opener, ByteView message, const NeedKey& need_key) {
  constexpr std::size_t kPiece = 1021;
  Bytes input(message.begin(), message.end());
  ByteSpan rest = input;
  ByteSpan in;
  Bytes plaintext;
  while (true) {
    auto step = take(opener.open_in_place(in, rest.empty() ? End::yes : End::no));
    plaintext.insert(plaintext.end(), step.plaintext.begin(), step.plaintext.end());
    in = in.subspan(step.consumed);
    if (step.state == ChunkOpener::State::done) return plaintext;
    if (step.state == ChunkOpener::State::need_key) need_key();
    if (step.state == ChunkOpener::State::need_input) {
      in = rest.first(std::min(kPiece, rest.size()));
      rest = rest.subspan(in.size());
    }
  }
}

template <typename Stream>
void write_stream(Stream stream, const std::string& file) {
  std::ofstream out(file, std::ios::binary);
  Bytes buffer(100003);
  while (true) {
    const std::size_t size = take(stream.read(buffer));
    if (size == 0) break;
    out.write(reinterpret_cast<const char*>(buffer.data()), static_cast<std::streamsize>(size));
  }
  if (!out.flush()) throw Unserved{"the file cannot be written: " + file};
}

}  // namespace twoway::interop
