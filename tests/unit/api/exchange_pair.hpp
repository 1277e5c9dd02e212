// A receiver with one key, and a sender to it, for tests of whole exchanges.
#pragma once

#include <string_view>
#include <vector>

#include <twoway/twoway.hpp>

#include "support.hpp"

namespace twoway::test {

inline constexpr SymmetricAlgorithms kChaCha{KdfId::hkdf_sha256, AeadId::chacha20_poly1305};

/// The media types of the tests' messages.
inline constexpr MediaTypes kTypes{.whole = "type/of test", .chunked = "type/of test chunked"};

inline const Provider& any_provider() { return *built::providers().front(); }

inline std::shared_ptr<const PrivateKey> new_key(KemId id = KemId::dhkem_x25519,
                                                 const Provider& provider = any_provider()) {
  auto kem = Kem::find(provider, id);
  REQUIRE_OK(kem);
  auto key = kem->generate_key_pair();
  REQUIRE_OK(key);
  return std::move(*key);
}

/// Reads a stream to its end. Asserts nothing, so that any thread may call it.
template <typename Stream>
Result<Bytes> read_all(Stream& stream) {
  Bytes all, out(1000);
  while (true) {
    Result<std::size_t> got = stream.read(out);
    if (!got) return got.error();
    if (*got == 0) return all;
    all.insert(all.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

/// A message of `prefix` and a chunk for each text.
inline Bytes seal_texts(ChunkSealer& chunks, ByteView prefix,
                        const std::vector<std::string_view>& texts) {
  Bytes message = copy(prefix);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Last last = i + 1 == texts.size() ? Last::yes : Last::no;
    const std::size_t at = message.size();
    message.resize(at + chunks.sealed_size(texts[i].size(), last));
    REQUIRE_OK(chunks.seal(ByteSpan(message).subspan(at), as_bytes(texts[i]), last));
  }
  return message;
}

/// A ring with one key of id 7, and its sender.
struct Pair {
  explicit Pair(const Provider& provider = any_provider(), KemId kem = KemId::dhkem_x25519,
                SymmetricAlgorithms algorithms = kChaCha)
      : ring(provider) {
    REQUIRE_OK(ring.add(7, new_key(kem, provider), {algorithms}));
    auto configs = ring.key_configs();
    REQUIRE_OK(configs);
    sender = RequestSender::create(provider, *configs);
    REQUIRE_OK(sender);
  }

  RequestSealer begin(Form form) const {
    auto sealer = sender->begin(form, kTypes);
    REQUIRE_OK(sealer);
    return std::move(*sealer);
  }

  KeyRing ring;
  Result<RequestSender> sender = Error{Errc::wrong_state, ""};
};

}  // namespace twoway::test
