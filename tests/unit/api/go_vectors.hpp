// Helpers for the tests of the Go package's exchanges.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <twoway/twoway.hpp>

#include "support.hpp"
#include "vectors.hpp"

namespace twoway::test {

/// The way in which a message is made and read: pushed chunks and buffers, or streams.
enum class Way { push, pull };

inline std::string text(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

Suite suite_of(const Vector& v);
ChunkLimits limits_of(const Vector& v);
StreamOptions stream_options_of(const Vector& v);

/// The form that `field` says, or whole if it is absent.
Form form_of(const Vector& v, const std::string& field);

/// One media type, for messages of one form. The Go package knows no pairs.
inline MediaTypes only(Form form, std::string_view type) {
  return form == Form::whole ? MediaTypes{.whole = type} : MediaTypes{.chunked = type};
}

/// Returns a plaintext: as the vector has it, in chunks, or made by its rule and cut as it was
/// read.
std::vector<Bytes> plaintext(const Vector& v, const std::string& name);
Bytes joined(const std::vector<Bytes>& chunks);

/// A source that gives a chunk for each read that has room for it.
std::unique_ptr<Source> source_of(std::vector<Bytes> chunks);

/// Appends a chunk for each plaintext, and a last one, which holds `last_text`. The Go package's is
/// empty.
void seal_chunks(Result<ChunkSealer> sealer, const std::vector<Bytes>& plaintexts, Bytes& message,
                 ByteView last_text = {});

/// Opens chunks that arrive in pieces of an awkward size.
Bytes open_chunks(Result<ChunkOpener> opener, ByteView message);

/// Reads a stream to its end, in reads of an awkward size.
Bytes read_all(Result<SealStream> stream);
Bytes read_all(Result<OpenStream> stream);

/// Compares a ciphertext with the vector's, or with its length and HMAC.
void check_ciphertext(const Provider& provider, const Vector& v, const std::string& name,
                      const Bytes& actual);

/// Seals and opens the response in `v`. `exchange` has its media type and form. `nonce` is the
/// sealer's generator.
void run_go_response(const Provider& provider, const Vector& exchange, const Vector& v,
                     Result<ResponseSealer> sealer, const FixedRng& nonce,
                     const ResponseOpener& opener, Way way);

}  // namespace twoway::test
