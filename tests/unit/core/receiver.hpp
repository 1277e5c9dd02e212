// A receiver's key pair in one suite, for most tests of core.
#pragma once

#include <memory>

#include <twoway/core/hpke.hpp>

#include "support.hpp"

namespace twoway::test {

/// A suite that every provider of this project offers.
inline constexpr core::Suite kCommonSuite{core::KemId::dhkem_x25519, core::KdfId::hkdf_sha256,
                                          core::AeadId::chacha20_poly1305};

struct Receiver {
  Receiver(const core::Provider& provider, core::Suite id) : suite(find(provider, id)) {
    auto made = suite.kem().generate_key_pair();
    REQUIRE_OK(made);
    key = std::move(*made);
    auto imported = suite.kem().import_public(key->public_key());
    REQUIRE_OK(imported);
    pk = std::move(*imported);
    enc.resize(suite.nenc());
  }

  static core::CipherSuite find(const core::Provider& provider, core::Suite id) {
    auto found = core::CipherSuite::find(provider, id);
    REQUIRE_OK(found);
    return *found;
  }

  /// Sets up a sender, which writes `enc`.
  core::Result<core::SenderContext> send(core::ByteView info = {},
                                         const core::SenderMode& mode = {}) {
    return core::SenderContext::setup(suite, enc, *pk, info, mode);
  }
  core::Result<core::RecipientContext> receive(core::ByteView info = {},
                                               const core::RecipientMode& mode = {}) const {
    return core::RecipientContext::setup(suite, enc, *key, info, mode);
  }

  core::CipherSuite suite;
  std::unique_ptr<core::PrivateKey> key;
  std::unique_ptr<core::PublicKey> pk;
  core::Bytes enc;
};

/// Every suite that `provider` offers.
inline std::vector<core::Suite> suites_of(const core::Provider& provider) {
  std::vector<core::Suite> suites;
  for (const core::KemParams& kem : core::kem_table()) {
    for (const core::KdfParams& kdf : core::kdf_table()) {
      for (const core::AeadParams& aead : core::aead_table()) {
        const core::Suite suite{kem.id, kdf.id, aead.id};
        if (offers(provider, suite)) suites.push_back(suite);
      }
    }
  }
  return suites;
}

/// Checks that opening failed with the one error that tells a peer nothing.
inline void require_open_failed(const core::Error& error) {
  REQUIRE(error.code == core::Errc::open_failed);
  REQUIRE(error.native == 0);
  REQUIRE(std::string(error.message) == core::kBadAeadTag.message);
}

inline constexpr std::string_view kText = "one message";

/// Seals kText with empty aad.
inline core::Bytes seal_text(core::SenderContext& sender) {
  core::Bytes ct(sender.sealed_size(kText.size()));
  REQUIRE_OK(sender.seal(ct, {}, core::as_bytes(kText)));
  return ct;
}

/// Opens `ct` to kText, or returns the error.
inline core::Status open_text(core::RecipientContext& recipient, const core::Bytes& ct,
                              core::ByteView aad = {}) {
  core::Bytes pt(recipient.opened_size(ct.size()));
  core::Result<std::size_t> opened = recipient.open(pt, aad, ct);
  if (!opened) return opened.error();
  REQUIRE(pt == copy(core::as_bytes(kText)));
  return {};
}

inline bool all_zeros(const core::Bytes& bytes) { return bytes == core::Bytes(bytes.size()); }

}  // namespace twoway::test
