#include "setup.hpp"

#include <string_view>

namespace twoway::bench {
namespace {

const core::DhParams& group_of(KemId kem) {
  const core::HybridKemParams* hybrid = core::find_hybrid_kem(kem);
  return *core::find_dh(hybrid != nullptr ? hybrid->dh : core::find_dhkem(kem)->dh);
}

/// The lengths of the inputs that a set-up in base mode passes to HMAC, always under a key of Nh
/// bytes. psk_id_hash is the same for every request of a suite, so it costs a request nothing.
std::vector<std::size_t> hmac_lengths(const core::CipherSuite& suite) {
  const std::size_t nh = suite.kdf().params().nh;
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
  const std::size_t info = kRequestMediaTypes.whole.size() + 1 + framing::kHeaderSize;
  const std::size_t context = 1 + 2 * nh;
  // section 5.1, KeySchedule
  std::vector<std::size_t> lengths{
      extract(kSuiteId, "info_hash", info), extract(kSuiteId, "secret", 0),
      expand(kSuiteId, "key", context),     expand(kSuiteId, "base_nonce", context),
      expand(kSuiteId, "exp", context),
  };
  if (core::find_dhkem(suite.id().kem) != nullptr) {
    // section 4.1, ExtractAndExpand
    const core::DhParams& dh = group_of(suite.id().kem);
    lengths.push_back(extract(kKemSuiteId, "eae_prk", dh.ndh));
    lengths.push_back(expand(kKemSuiteId, "shared_secret", 2 * dh.npk));
  }
  return lengths;
}

std::shared_ptr<const PrivateKey> generate(const core::Provider& provider, KemId kem) {
  return take(take(Kem::find(provider, kem)).generate_key_pair());
}

}  // namespace

Gateway::Gateway(const core::Provider& provider, Suite suite, std::shared_ptr<const PrivateKey> own,
                 std::shared_ptr<const void> where)
    : place(std::move(where)), key(std::move(own)), ring(provider), receiver(ring) {
  require(ring.add(kKeyId, key, {{suite.kdf, suite.aead}}).ok());
}

Setup::Setup(const RawLibrary& library, Suite id, Direction direction)
    : Setup(library, id, direction,
            std::make_shared<Gateway>(library.provider(), id, generate(library.provider(), id.kem)),
            nullptr) {}

Setup::Setup(const RawLibrary& library, Suite id, Direction direction,
             std::shared_ptr<const Gateway> gateway, std::unique_ptr<RawKey> raw_key)
    : suite_(take(framing::find_suite(library.provider(), id))),
      gateway_(std::move(gateway)),
      raw_key_(std::move(raw_key)) {
  const core::AeadParams& aead = suite_.aead()->params();
  const ByteView pk = gateway_->key->public_key();
  const core::DhParams& group = group_of(id.kem);
  const ByteView group_pk = pk.last(group.npk);
  enc_.assign(group_pk.begin(), group_pk.end());
  secret_.resize(group.ndh);

  dh_ = library.dh(group.id, enc_);
  if (const core::HybridKemParams* hybrid = core::find_hybrid_kem(id.kem)) {
    const core::KemParams& ml_kem = *core::find_kem(hybrid->ml_kem);
    ml_kem_ = library.ml_kem(hybrid->ml_kem);
    sha3_ = library.sha3_256();
    pq_enc_.resize(ml_kem.nenc);
    pq_secret_.resize(ml_kem.nsecret);
    ml_kem_->encapsulate(pq_secret_, pq_enc_);
    // SHA3-256(ss_PQ || ss_T || ct_T || ek_T || label)
    combined_ = ml_kem.nsecret + group.ndh + 2 * group.npk + as_bytes(hybrid->label).size();
  }
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

  body_aead_ = library.aead(take(framing::find_body_aead(library.provider(), id.aead))->params().id,
                            direction);
  body_key_.resize(framing::kBodyKeySize);
  multi_sender_.emplace(take(MultiRequestSender::create(library.provider(), id.aead)));

  sender_.emplace(take(RequestSender::create(library.provider(), kKeyId, id, pk)));
  message_.resize(sender_->sealed_size(kBody));
  our_send();
  our_send_multi(1);
}

void Setup::raw_send() {
  raw_encap();
  raw_hmacs();
  aead_->set_key(aead_key_);
  aead_->seal(sealed_, tag_, nonce_, body_);
}

void Setup::our_send() {
  RequestSealer sealer = take(sender_->begin(Form::whole));
  require(sealer.seal(message_, body_).ok());
}

void Setup::raw_receive() {
  if (ml_kem_ != nullptr) ml_kem_->decapsulate(pq_secret_, pq_enc_);
  if (raw_key_ == nullptr) {
    dh_->import_and_derive(secret_, enc_);
  } else {
    dh_->import(enc_);
    raw_derive();
  }
  raw_combine();
  raw_hmacs();
  aead_->set_key(aead_key_);
  aead_->open(opened_, nonce_, sealed_, tag_);
}

void Setup::our_receive() {
  const PendingRequest pending = take(gateway_->receiver.begin(Form::whole, message_));
  RequestOpener opener = take(pending.decapsulate());
  require(opener.open(opened_, ByteView(message_).subspan(pending.prefix_size())).ok());
}

void Setup::raw_send_multi(std::size_t receivers) {
  body_aead_->set_key(body_key_);
  body_aead_->seal(sealed_, tag_, nonce_, body_);
  for (std::size_t i = 0; i < receivers; ++i) {
    raw_encap();
    raw_hmacs();
    aead_->set_key(aead_key_);
    aead_->seal(ByteSpan(sealed_).first(body_key_.size()), tag_, nonce_, body_key_);
  }
}

void Setup::our_send_multi(std::size_t receivers) {
  MultiRequestSealer sealer = take(multi_sender_->begin(Form::whole));
  multi_body_.resize(sealer.sealed_size(kBody));
  require(sealer.seal(multi_body_, body_).ok());
  for (std::size_t i = 0; i < receivers; ++i) {
    multi_key_ = take(sealer.encapsulate_key(*sender_)).message;
  }
}

void Setup::raw_derive() { raw_key_->derive(secret_, enc_); }

void Setup::raw_encap() {
  if (ml_kem_ != nullptr) ml_kem_->encapsulate(pq_secret_, pq_enc_);
  dh_->generate_and_derive(secret_, enc_);
  raw_combine();
}

void Setup::raw_combine() {
  if (sha3_ != nullptr) sha3_->digest(mac_, ByteView(data_).first(combined_));
}

void Setup::raw_hmacs() {
  for (const std::size_t length : hmac_lengths_) {
    hmac_->compute(mac_, hmac_key_, ByteView(data_).first(length));
  }
}

}  // namespace twoway::bench
