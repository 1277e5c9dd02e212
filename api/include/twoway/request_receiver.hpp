// The receiver of requests (RFC 9458 section 4.3).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <twoway/key_ring.hpp>
#include <twoway/response.hpp>

namespace twoway {

/// Opens one request, then gives the sealer of its response. Belongs to one thread at a time.
class TWOWAY_API RequestOpener {
 public:
  RequestOpener(core::RecipientContext context, framing::ResponseContext response,
                Rng& rng) noexcept
      : context_(std::move(context)), response_(std::move(response)), rng_(&rng) {}

  /// Bytes of plaintext in `sealed_size` bytes after the prefix; 0 where they are too few.
  std::size_t opened_size(std::size_t sealed_size) const noexcept {
    return context_.opened_size(sealed_size);
  }

  /// Writes the plaintext of `sealed`, the message after its prefix, to the front of `out` and
  /// answers its length. `out` starts at sealed.data() or is disjoint from it. open_failed wipes
  /// what was written; in place that destroys the message. Opens once: after a success,
  /// wrong_state. Errors: open_failed, buffer_too_small, wrong_state, provider_failure.
  Result<std::size_t> open(ByteSpan out, ByteView sealed) noexcept;

  /// What opens a request in chunks (Chunked OHTTP section 6.1), after its prefix, in place of
  /// `open`: once, then both answer wrong_state. Errors: wrong_state, invalid_argument (the
  /// limits; the request is then used up).
  Result<ChunkOpener> chunk_opener(const ChunkLimits& limits = {}) noexcept;

  /// The sealer of the response; wrong_state before a whole request is opened, since an
  /// unauthenticated one gets no answer, and when it was taken already. The response to a chunked
  /// request may begin before the request has ended: wait for its first chunk, which shows that
  /// the request is authentic.
  Result<ResponseSealer> response_sealer() noexcept;

 private:
  core::RecipientContext context_;
  std::optional<framing::ResponseContext> response_;
  Rng* rng_;
  bool opened_ = false;
};

/// A request whose header and `enc` were read, and whose key is known: what remains is the
/// private key's operation, here or elsewhere. Movable to any thread. Keeps its key alive.
class TWOWAY_API PendingRequest {
 public:
  PendingRequest(KeyRing::Match match, ByteView enc, std::string_view media_type, Rng& rng)
      : match_(std::move(match)),
        enc_(enc.begin(), enc.end()),
        media_type_(media_type),
        rng_(&rng) {}

  std::uint8_t key_id() const noexcept { return match_.entry->key_id; }
  Suite suite() const noexcept { return match_.suite.id(); }
  const PrivateKey& key() const noexcept { return *match_.entry->key; }
  const Kem& kem() const noexcept { return match_.suite.kem(); }
  ByteView enc() const noexcept { return enc_; }

  /// Bytes of the message before its sealed text: header and `enc`.
  std::size_t prefix_size() const noexcept { return framing::kHeaderSize + enc_.size(); }

  /// Runs the key's operation in this thread; it may block as long as the key does. A failure
  /// leaves the request pending: key_unavailable may be tried again. Errors: open_failed (not a
  /// valid `enc`), key_unavailable, provider_failure.
  Result<RequestOpener> decapsulate() const noexcept;

  /// Takes the result of Decap(enc, skR) that was computed elsewhere, Nsecret bytes.
  /// (Kem::shared_secret_from_dh makes it from a raw Diffie-Hellman result.) A wrong secret shows
  /// as open_failed when the request is opened. Errors: invalid_argument (its length),
  /// provider_failure.
  Result<RequestOpener> complete(ByteView shared_secret) const noexcept;

 private:
  KeyRing::Match match_;
  Bytes enc_;
  std::string media_type_;
  Rng* rng_;
};

/// The plaintext of a request and the sealer of its response.
struct OpenedRequest {
  Bytes plaintext;
  ResponseSealer response_sealer;
};

struct ReceiverOptions {
  /// Draws response nonces where it is set, else the provider's generator does; must outlive the
  /// receiver and its openers, and be thread-safe where the receiver is shared.
  Rng* rng = nullptr;
};

/// Opens requests with the keys of a ring, which it borrows. Immutable, and safe to share between
/// threads.
class TWOWAY_API RequestReceiver {
 public:
  explicit RequestReceiver(const KeyRing& ring, const ReceiverOptions& options = {}) noexcept
      : ring_(&ring), options_(options) {}

  /// Reads header and `enc` from the front of `message`, which may be the whole request or its
  /// beginning, and finds the key. Errors: malformed (shorter than a header), unknown_key,
  /// open_failed (shorter than its `enc`), invalid_argument (a media type over 65527 bytes).
  Result<PendingRequest> begin(ByteView message,
                               std::string_view media_type = kRequestMediaType) const noexcept;

  /// A whole request in one call: begin, decapsulate, open.
  Result<OpenedRequest> open(ByteView message,
                             std::string_view media_type = kRequestMediaType) const noexcept;

 private:
  const KeyRing* ring_;
  ReceiverOptions options_;
};

}  // namespace twoway
