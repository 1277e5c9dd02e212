#include <array>
#include <string>

#include <twoway/core/hpke.hpp>

#include "cases.hpp"
#include "setup.hpp"

namespace twoway::bench {
namespace {

constexpr std::array<KemId, 2> kKems{KemId::dhkem_x25519, KemId::mlkem768_x25519};
constexpr std::array<AeadId, 3> kAeads{AeadId::aes128_gcm, AeadId::aes256_gcm,
                                       AeadId::chacha20_poly1305};

/// An info as long as a request's.
constexpr std::array<std::uint8_t, 28> kInfo{};

/// A message of either side to the other, and both sides' work with one more.
class Case {
 public:
  Case(const RawLibrary& library, Suite suite)
      : suite_(take(core::CipherSuite::find(library.provider(), suite))),
        key_(take(suite_.kem().generate_key_pair())),
        peer_(take(suite_.kem().import_public(key_->public_key()))),
        raw_(library.hpke(suite)),
        enc_(suite_.nenc()),
        sealed_(kBody + suite_.nt()),
        for_raw_{enc_, sealed_},
        for_us_{enc_, sealed_} {
    const auto raw_peer = take(suite_.kem().import_public(raw_->public_key()));
    our_send_to(for_raw_.enc, for_raw_.sealed, *raw_peer);
    raw_->send(for_us_.enc, for_us_.sealed, key_->public_key(), kInfo, body_);
  }

  void raw_send() { raw_->send(enc_, sealed_, key_->public_key(), kInfo, body_); }
  void our_send() { our_send_to(enc_, sealed_, *peer_); }

  void raw_receive() { raw_->receive(opened_, for_raw_.enc, kInfo, for_raw_.sealed); }
  void our_receive() {
    auto context = take(core::RecipientContext::setup(suite_, for_us_.enc, *key_, kInfo));
    require(context.open(opened_, {}, for_us_.sealed).ok());
  }

 private:
  struct Message {
    Bytes enc, sealed;
  };

  void our_send_to(ByteSpan enc, ByteSpan sealed, const core::PublicKey& peer) {
    auto context = take(core::SenderContext::setup(suite_, enc, peer, kInfo));
    require(context.seal(sealed, {}, body_).ok());
  }

  core::CipherSuite suite_;
  std::unique_ptr<PrivateKey> key_;
  std::unique_ptr<core::PublicKey> peer_;
  std::unique_ptr<RawHpke> raw_;
  Bytes enc_, sealed_;
  Message for_raw_, for_us_;
  std::array<std::uint8_t, kBody> body_{};
  std::array<std::uint8_t, kBody + core::kMaxNt> opened_{};
};

void add_pairs(const RawLibrary& library, const Suite& suite) {
  if (library.hpke(suite) == nullptr || !core::CipherSuite::find(library.provider(), suite)) return;
  const std::string name = std::string(library.provider().name()) + "/" +
                           core::find_kem(suite.kem)->short_name + "/" +
                           core::find_aead(suite.aead)->short_name + "/hpke-";
  add_pair(name + "send", [&library, suite] {
    const auto both = std::make_shared<Case>(library, suite);
    return Pair{repeat(both, &Case::raw_send), repeat(both, &Case::our_send)};
  });
  add_pair(name + "receive", [&library, suite] {
    const auto both = std::make_shared<Case>(library, suite);
    return Pair{repeat(both, &Case::raw_receive), repeat(both, &Case::our_receive)};
  });
}

}  // namespace

void add_hpke_pairs(const RawLibrary& library) {
  for (const KemId kem : kKems) {
    for (const AeadId aead : kAeads) add_pairs(library, {kem, KdfId::hkdf_sha256, aead});
  }
}

}  // namespace twoway::bench
