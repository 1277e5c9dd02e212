#include <array>
#include <optional>
#include <string>

#include <twoway/twoway.hpp>

#include "cases.hpp"
#include "pair.hpp"

namespace twoway::bench {
namespace {

constexpr std::uint8_t kKeyId = 1;
constexpr std::size_t kBody = 1024;
constexpr std::array<std::size_t, 3> kReceivers{1, 10, 1000};

constexpr std::array kSuites{
    Suite{KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::aes128_gcm},
    Suite{KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::aes256_gcm},
    Suite{KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::chacha20_poly1305},
    Suite{KemId::dhkem_p256, KdfId::hkdf_sha256, AeadId::aes128_gcm},
};

/// The lengths of what a set-up in base mode passes to HMAC, always under a key of Nh bytes.
/// psk_id_hash is the same for every request of a suite, so that it costs a request nothing.
std::vector<std::size_t> hmac_lengths(const core::CipherSuite& suite) {
  const std::size_t nh = suite.kdf().params().nh;
  const core::DhParams& dh = *core::find_dh(core::find_dhkem(suite.id().kem)->dh);
  // RFC 9180 section 4: "HPKE-v1" || suite_id || label || ikm, and
  //   I2OSP(L, 2) || "HPKE-v1" || suite_id || label || info, to which HKDF-Expand adds a byte.
  const auto extract = [](std::size_t suite_id, std::string_view label, std::size_t ikm) {
    return 7 + suite_id + label.size() + ikm;
  };
  const auto expand = [](std::size_t suite_id, std::string_view label, std::size_t info) {
    return 2 + 7 + suite_id + label.size() + info + 1;
  };
  constexpr std::size_t kKemSuiteId = 5;
  constexpr std::size_t kSuiteId = 10;
  const std::size_t info = kRequestMediaType.size() + 1 + framing::kHeaderSize;
  const std::size_t context = 1 + 2 * nh;
  return {
      // section 4.1, ExtractAndExpand
      extract(kKemSuiteId, "eae_prk", dh.ndh),
      expand(kKemSuiteId, "shared_secret", 2 * dh.npk),
      // section 5.1, KeySchedule
      extract(kSuiteId, "info_hash", info),
      extract(kSuiteId, "secret", 0),
      expand(kSuiteId, "key", context),
      expand(kSuiteId, "base_nonce", context),
      expand(kSuiteId, "exp", context),
  };
}

/// Everything that both sides of a comparison work on.
class Setup {
 public:
  Setup(const RawLibrary& library, Suite id, Direction direction)
      : suite_(take(framing::find_suite(library.provider(), id))), ring_(library.provider()) {
    const core::AeadParams& aead = suite_.aead()->params();
    auto key = take(suite_.kem().generate_key_pair());
    const ByteView pk = key->public_key();
    enc_.assign(pk.begin(), pk.end());

    dh_ = library.dh(core::find_dhkem(id.kem)->dh, enc_);
    hmac_ = library.hmac(id.kdf);
    aead_ = library.aead(id.aead, direction);
    aead_key_.resize(aead.nk);
    nonce_.resize(aead.nn);
    tag_.resize(aead.nt);
    data_.resize(512);
    hmac_lengths_ = hmac_lengths(suite_);
    if (direction == Direction::open) {
      const auto sealer = library.aead(id.aead, Direction::seal);
      sealer->set_key(aead_key_);
      sealer->seal(sealed_, tag_, nonce_, body_);
    }

    body_aead_ = library.aead(
        take(framing::find_body_aead(library.provider(), id.aead))->params().id, direction);
    body_key_.resize(framing::kBodyKeySize);
    many_sender_.emplace(take(MultiRequestSender::create(library.provider(), id.aead)));

    sender_.emplace(take(RequestSender::create(library.provider(), kKeyId, id, enc_)));
    require(ring_.add(kKeyId, std::move(key), {{id.kdf, id.aead}}).ok());
    receiver_.emplace(ring_);
    message_.resize(sender_->sealed_size(kBody));
    our_send();
    our_send_many(1);
  }

  void raw_send() {
    dh_->generate_and_derive(secret_, enc_);
    raw_hmacs();
    aead_->set_key(aead_key_);
    aead_->seal(sealed_, tag_, nonce_, body_);
  }

  void our_send() {
    RequestSealer sealer = take(sender_->start());
    require(sealer.seal(message_, body_).ok());
  }

  void raw_receive() {
    dh_->import_and_derive(secret_, enc_);
    raw_hmacs();
    aead_->set_key(aead_key_);
    aead_->open(opened_, nonce_, sealed_, tag_);
  }

  void our_receive() {
    const PendingRequest pending = take(receiver_->begin(message_));
    RequestOpener opener = take(pending.decapsulate());
    require(opener.open(opened_, ByteView(message_).subspan(pending.prefix_size())).ok());
  }

  /// The body once, and its key to each receiver.
  void raw_send_many(std::size_t receivers) {
    body_aead_->set_key(body_key_);
    body_aead_->seal(sealed_, tag_, nonce_, body_);
    for (std::size_t i = 0; i < receivers; ++i) {
      dh_->generate_and_derive(secret_, enc_);
      raw_hmacs();
      aead_->set_key(aead_key_);
      aead_->seal(ByteSpan(sealed_).first(body_key_.size()), tag_, nonce_, body_key_);
    }
  }

  void our_send_many(std::size_t receivers) {
    MultiRequestSealer sealer = take(many_sender_->start());
    many_body_.resize(sealer.sealed_size(kBody));
    require(sealer.seal(many_body_, body_).ok());
    for (std::size_t i = 0; i < receivers; ++i) {
      many_key_ = take(sealer.encapsulate_key(*sender_)).message;
    }
  }

 private:
  template <typename T>
  static T take(Result<T> result) {
    require(result.ok());
    return std::move(*result);
  }

  void raw_hmacs() {
    for (const std::size_t length : hmac_lengths_) {
      hmac_->compute(mac_, hmac_key_, ByteView(data_).first(length));
    }
  }

  core::CipherSuite suite_;
  KeyRing ring_;
  std::optional<RequestSender> sender_;
  std::optional<RequestReceiver> receiver_;
  std::unique_ptr<RawDh> dh_;
  std::unique_ptr<RawHmac> hmac_;
  std::unique_ptr<RawAead> aead_, body_aead_;
  std::optional<MultiRequestSender> many_sender_;
  std::vector<std::size_t> hmac_lengths_;
  Bytes message_, many_body_, many_key_, enc_, aead_key_, body_key_, nonce_, tag_, data_;
  std::array<std::uint8_t, 32> secret_{}, hmac_key_{}, mac_{};
  std::array<std::uint8_t, kBody> body_{}, sealed_{}, opened_{};
};

/// A side that calls one function of a set-up again and again.
Side repeat(const std::shared_ptr<Setup>& setup, void (Setup::*work)()) {
  return {[setup, work](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ((*setup).*work)();
  }};
}

Side repeat_many(const std::shared_ptr<Setup>& setup, void (Setup::*work)(std::size_t),
                 std::size_t receivers) {
  return {[setup, work, receivers](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) ((*setup).*work)(receivers);
  }};
}

}  // namespace

void add_setup_pairs(const RawLibrary& library) {
  for (const Suite& suite : kSuites) {
    if (!framing::find_suite(library.provider(), suite)) continue;
    const std::string name = std::string(library.provider().name()) + "/" +
                             core::find_kem(suite.kem)->short_name + "/" +
                             core::find_aead(suite.aead)->short_name + "/";
    add_pair(name + "send", [&library, suite] {
      const auto setup = std::make_shared<Setup>(library, suite, Direction::seal);
      return Pair{repeat(setup, &Setup::raw_send), repeat(setup, &Setup::our_send)};
    });
    add_pair(name + "receive", [&library, suite] {
      const auto setup = std::make_shared<Setup>(library, suite, Direction::open);
      return Pair{repeat(setup, &Setup::raw_receive), repeat(setup, &Setup::our_receive)};
    });
    for (const std::size_t receivers : kReceivers) {
      add_pair(name + "send-to-" + std::to_string(receivers), [&library, suite, receivers] {
        const auto setup = std::make_shared<Setup>(library, suite, Direction::seal);
        return Pair{repeat_many(setup, &Setup::raw_send_many, receivers),
                    repeat_many(setup, &Setup::our_send_many, receivers)};
      });
    }
  }
}

}  // namespace twoway::bench
