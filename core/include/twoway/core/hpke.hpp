// HPKE (RFC 9180): contexts and single-shot functions, in the modes base, psk, auth, auth_psk.
//
// Who needs it: power users, who want HPKE by itself.
#pragma once

#include <array>
#include <optional>

#include <twoway/core/aead_sequence.hpp>
#include <twoway/core/kem.hpp>

namespace twoway::core {

/// Longest info, psk and psk_id, in bytes: a limit of this library, and of draft-ietf-hpke-hpke.
inline constexpr std::size_t kMaxHpkeInput = 65535;

/// Shortest psk, in bytes (RFC 9180 section 5.1.2 asks for 32 bytes of entropy).
inline constexpr std::size_t kMinPsk = 32;

/// A suite's algorithms as one provider offers them. A value that borrows from the provider.
/// Thread-safe.
class TWOWAY_API CipherSuite {
 public:
  /// Finds the algorithms of `suite`. Ids need no row in the tables. Fails with not_supported,
  /// naming the part, if the provider lacks the KEM, KDF or AEAD, or if its sizes exceed the bounds
  /// in suite.hpp.
  static Result<CipherSuite> find(const Provider& provider TWOWAY_LIFETIMEBOUND,
                                  Suite suite) noexcept;
  static Result<CipherSuite> find(const Provider&& provider, Suite suite) = delete;

  /// The suite's ids and algorithms.
  Suite id() const noexcept { return id_; }
  const Kem& kem() const noexcept { return kem_; }
  const Kdf& kdf() const noexcept { return *kdf_; }
  /// Null for AeadId::export_only.
  const Aead* aead() const noexcept { return aead_; }
  /// The bytes of an encapsulation and of a tag. A tag of export_only has none.
  std::size_t nenc() const noexcept { return kem_.params().nenc; }
  std::size_t nt() const noexcept { return aead_ == nullptr ? 0 : aead_->params().nt; }

  /// suite_id = "HPKE" || I2OSP(kem_id, 2) || I2OSP(kdf_id, 2) || I2OSP(aead_id, 2).
  ByteView suite_id() const noexcept { return suite_id_; }

  /// LabeledExtract("", "psk_id_hash", ""), the same for every context without a PSK. Empty for a
  /// one-stage KDF.
  ByteView default_psk_id_hash() const noexcept { return psk_id_hash_.view(); }

 private:
  CipherSuite(Suite id, Kem kem, const Kdf& kdf, const Aead* aead) noexcept;

  struct Hash {
    std::array<std::uint8_t, kMaxNh> bytes{};
    std::size_t size = 0;
    ByteView view() const noexcept { return {bytes.data(), size}; }
  };

  Suite id_;
  Kem kem_;
  const Kdf* kdf_;
  const Aead* aead_;
  std::array<std::uint8_t, 10> suite_id_{};
  Hash psk_id_hash_;
};

/// A pre-shared key and its public name. Both are needed, and `psk` has at least kMinPsk bytes.
struct Psk {
  ByteView psk;     ///< secret
  ByteView psk_id;  ///< public
};

/// Chooses a sender's mode: base if neither member is set, psk if `psk` is, auth if `key` is,
/// auth_psk if both are. The auth modes need a KEM that offers them and a two-stage KDF.
struct SenderMode {
  std::optional<Psk> psk = std::nullopt;  ///< the same on both sides
  const PrivateKey* key = nullptr;        ///< skS, a key of the suite's KEM
};

/// Chooses a recipient's mode, which must be the sender's.
struct RecipientMode {
  std::optional<Psk> psk = std::nullopt;  ///< the same on both sides
  const PublicKey* sender = nullptr;      ///< pkS
};

/// Export (RFC 9180 section 5.3), on its own so that it can outlive its context. Holds the
/// exporter secret. Thread-safe for reading.
class TWOWAY_API Exporter {
 public:
  /// Copies `exporter_secret`, which has Nh bytes. Borrows from the suite's provider.
  static Result<Exporter> create(const CipherSuite& suite, ByteView exporter_secret) noexcept;

  /// Fills `out` with Export(exporter_context, out.size()). After a failure `out` is wiped.
  ///
  /// Errors:
  ///   invalid_argument  over 255*Nh bytes (65535 for a one-stage KDF), or `exporter_context`
  ///   overlaps
  ///                     `out`
  ///   provider_failure  the library failed
  Status export_secret(ByteSpan out, ByteView exporter_context) const noexcept;

  /// Returns a second exporter of the same secret.
  Exporter duplicate() const noexcept;

  /// Returns the exporter secret itself, for saving a context's state. Treat it as a key.
  ByteView secret() const noexcept { return secret_.view(); }

 private:
  Exporter(const Kdf& kdf, ByteView suite_id, ByteView secret) noexcept;

  const Kdf* kdf_;
  std::array<std::uint8_t, 10> suite_id_{};
  Prk secret_;
};

/// Seals a sequence of messages to one receiver. Belongs to one thread at a time, of one process,
/// as a SealSequence does.
class TWOWAY_API SenderContext {
 public:
  /// SetupBaseS, SetupPSKS, SetupAuthS and SetupAuthPSKS (section 5.1), by `mode`. Writes
  /// exactly Nenc bytes to `enc`, which is disjoint from `info` and the PSK. `receiver` comes from
  /// suite.kem().import_public. With `rng` the ephemeral key is drawn from it (Kem::encap).
  ///
  /// Errors:
  ///   invalid_argument  lengths, an overlap, the rules of a PSK
  ///   not_supported     the KEM or KDF does not offer the auth modes
  ///   key_unavailable   the sender's key failed
  ///   provider_failure  the library or the generator failed
  static Result<SenderContext> setup(const CipherSuite& suite, ByteSpan enc,
                                     const PublicKey& receiver, ByteView info,
                                     const SenderMode& mode = {}, Rng* rng = nullptr) noexcept;

  /// plaintext_size + Nt.
  std::size_t sealed_size(std::size_t plaintext_size) const noexcept;

  /// ContextS.Seal: as SealSequence::seal. Fails with not_supported in an export-only suite.
  Result<std::size_t> seal(ByteSpan out, ByteView aad, ByteView pt) noexcept;

  /// Gives the context's sequence away, to a layer that seals by itself. The exporter stays.
  ///
  /// Errors:
  ///   not_supported  the sequence was given away before, which `seal` then returns as well
  ///   wrong_state    a forked child
  Result<SealSequence> take_sequence() noexcept;

  /// Returns the context's exporter, which lives as long as the context.
  const Exporter& exporter() const noexcept { return exporter_; }

 private:
  SenderContext(std::optional<SealSequence> sequence, Exporter exporter) noexcept
      : sequence_(std::move(sequence)), exporter_(std::move(exporter)) {}

  std::optional<SealSequence> sequence_;
  Exporter exporter_;
};

/// Opens the messages of one sender's context, in order. Belongs to one thread at a time.
class TWOWAY_API RecipientContext {
 public:
  /// SetupBaseR, SetupPSKR, SetupAuthR and SetupAuthPSKR (section 5.1), by `mode`.
  ///
  /// Errors:
  ///   open_failed       `enc` is not a valid encapsulation
  ///   key_unavailable   the key failed
  ///   invalid_argument  the rules of a PSK, or a key of another KEM
  ///   not_supported     the KEM, KDF or key does not offer the auth modes
  ///   provider_failure  the library failed
  static Result<RecipientContext> setup(const CipherSuite& suite, ByteView enc,
                                        const PrivateKey& key, ByteView info,
                                        const RecipientMode& mode = {}) noexcept;

  /// The second half of setup, for a KEM shared secret (Nsecret bytes) that was computed
  /// elsewhere, in the modes base and psk.
  static Result<RecipientContext> from_shared_secret(
      const CipherSuite& suite, const SharedSecret& shared_secret, ByteView info,
      const std::optional<Psk>& psk = std::nullopt) noexcept;

  /// ct_size - Nt, or 0 if that is negative.
  std::size_t opened_size(std::size_t ct_size) const noexcept;

  /// ContextR.Open: as OpenSequence::open. Fails with not_supported in an export-only suite.
  Result<std::size_t> open(ByteSpan out, ByteView aad, ByteView ct) noexcept;

  /// As SenderContext::take_sequence.
  Result<OpenSequence> take_sequence() noexcept;

  /// Returns the context's exporter, which lives as long as the context.
  const Exporter& exporter() const noexcept { return exporter_; }

 private:
  RecipientContext(std::optional<OpenSequence> sequence, Exporter exporter) noexcept
      : sequence_(std::move(sequence)), exporter_(std::move(exporter)) {}

  std::optional<OpenSequence> sequence_;
  Exporter exporter_;
};

// Single-shot functions (section 6): a context used once. Arguments and errors are those of setup
// and of the context's function. `enc` is written first and shares memory with no other argument.
// Other overlaps are as for the context's function. A wrong overlap fails with invalid_argument
// before any operation.

/// Seal<MODE>: writes Nenc bytes to `enc` and pt.size() + Nt bytes to `out`. Returns the latter
/// number.
TWOWAY_API Result<std::size_t> seal(const CipherSuite& suite, ByteSpan enc, ByteSpan out,
                                    const PublicKey& receiver, ByteView info, ByteView aad,
                                    ByteView plaintext, const SenderMode& mode = {},
                                    Rng* rng = nullptr) noexcept;

/// Open<MODE>.
TWOWAY_API Result<std::size_t> open(const CipherSuite& suite, ByteSpan out, ByteView enc,
                                    const PrivateKey& key, ByteView info, ByteView aad,
                                    ByteView ciphertext, const RecipientMode& mode = {}) noexcept;

/// SendExport<MODE>: writes Nenc bytes to `enc` and fills `out`.
TWOWAY_API Status send_export(const CipherSuite& suite, ByteSpan enc, ByteSpan out,
                              const PublicKey& receiver, ByteView info, ByteView exporter_context,
                              const SenderMode& mode = {}, Rng* rng = nullptr) noexcept;

/// ReceiveExport<MODE>.
TWOWAY_API Status receive_export(const CipherSuite& suite, ByteSpan out, ByteView enc,
                                 const PrivateKey& key, ByteView info, ByteView exporter_context,
                                 const RecipientMode& mode = {}) noexcept;

}  // namespace twoway::core
