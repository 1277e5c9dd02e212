// Pass phrases, and messages for a key, for the tests of stored keys.
#pragma once

#include <algorithm>

#include <unistd.h>

#include <twoway/openssl.hpp>
#include <twoway/twoway.hpp>

#include "support.hpp"

namespace twoway::test {

/// Ends the test program if something hangs.
struct Watchdog {
  explicit Watchdog(unsigned seconds = 120) { ::alarm(seconds); }
  ~Watchdog() { ::alarm(0); }
};

/// Gives one pass phrase, or an error if it has none, and counts the calls.
class FixedPassphrase final : public core::SecretSource {
 public:
  explicit FixedPassphrase(std::string text) : text_(std::move(text)) {}
  Status read(core::SecretBuffer& passphrase) noexcept override {
    ++asked;
    if (text_.empty()) return core::Error{Errc::source_failed, "the pass phrase is gone", 7};
    passphrase.assign(text_.begin(), text_.end());
    return {};
  }
  void replace(std::string text) { text_ = std::move(text); }
  int asked = 0;

 private:
  std::string text_;
};

inline std::unique_ptr<openssl::KeyStore> open_store(const openssl::KeyStoreOptions& options) {
  auto store = openssl::KeyStore::open(options);
  REQUIRE_OK(store);
  return std::move(*store);
}

/// A receiver with one key, and a sender to it. The crypto is that of OpenSSL's default provider.
struct Gateway {
  explicit Gateway(std::shared_ptr<const core::PrivateKey> key)
      : kdf(key->kem_id() == KemId::dhkem_p256 ? KdfId::hkdf_sha256 : KdfId::hkdf_sha512) {
    REQUIRE_OK(ring.add(1, std::move(key), {{kdf, AeadId::aes128_gcm}}));
    auto configs = ring.key_configs();
    REQUIRE_OK(configs);
    auto made = RequestSender::create(openssl::provider(), *configs);
    REQUIRE_OK(made);
    sender = std::make_unique<RequestSender>(std::move(*made));
  }

  /// Seals `text` and opens it. Returns the receiver's error, or true if the text came back.
  Result<bool> carry(std::string_view text) const {
    auto request = sender->seal(as_bytes(text));
    if (!request) return request.error();
    auto opened = RequestReceiver{ring}.open(request->message);
    if (!opened) return opened.error();
    return opened->plaintext == copy(as_bytes(text));
  }

  KdfId kdf;
  KeyRing ring{openssl::provider()};
  std::unique_ptr<RequestSender> sender;
};

}  // namespace twoway::test
