// HPKE by itself: the contexts of a sender and a recipient, which may disagree.
#include "c_world.hpp"

namespace twoway::fuzz {
namespace {

constexpr std::uint8_t kPsk[32] = {1, 2, 3};
constexpr std::uint8_t kInfo[2] = {7, 0};
constexpr twoway_suite kSuite{TWOWAY_KEM_X25519, TWOWAY_KDF_HKDF_SHA256,
                              TWOWAY_AEAD_CHACHA20_POLY1305};

/// Fills the PSK of either mode. Its size may be too small.
template <typename Mode>
void give_psk(Mode& mode, std::size_t size) {
  mode.psk = kPsk;
  mode.psk_size = size;
  mode.psk_id = kInfo;
  mode.psk_id_size = sizeof(kInfo);
}

}  // namespace

void World::use_hpke() {
  Bytes pk(32);
  std::size_t size = 0;
  FUZZ_REQUIRE(twoway_private_key_public_key(key_, pk.data(), pk.size(), &size, nullptr) ==
               TWOWAY_OK);
  const std::size_t sent = choices_.below(4);
  const std::size_t received = choices_.below(3) == 0 ? choices_.below(4) : sent;
  const std::size_t psk_size = choices_.below(6) == 0 ? choices_.below(32) : 32;
  twoway_hpke_sender_mode sending{};
  twoway_hpke_recipient_mode receiving{};
  sending.size = sizeof(sending);
  receiving.size = sizeof(receiving);
  if ((sent & 1) != 0) give_psk(sending, psk_size);
  if ((received & 1) != 0) give_psk(receiving, psk_size);
  if ((sent & 2) != 0) sending.key = key_;
  if ((received & 2) != 0) {
    receiving.sender = pk.data();
    receiving.sender_size = pk.size();
  }

  Room enc(choices_, 32);
  std::size_t written = 77;
  twoway_hpke_sender* sender = nullptr;
  Expect set_up;
  enc.expect(set_up);
  set_up.fails((sent & 1) != 0 && psk_size < 32, TWOWAY_INVALID_ARGUMENT);
  twoway_status got = twoway_hpke_sender_setup(c_provider(), kSuite, pk.data(), pk.size(), kInfo,
                                               sizeof(kInfo), &sending, rng_, enc.data(),
                                               enc.capacity(), &written, &sender, &error_);
  if (!set_up.judge(got, error_)) {
    FUZZ_REQUIRE(sender == nullptr);
    return;
  }
  enc.check(got, written);
  Bytes encapsulated(enc.data(), enc.data() + 32);
  bool same = sent == received;
  if (choices_.below(6) == 0) {
    encapsulated[choices_.below(31)] ^= 1;
    same = false;
  }
  twoway_hpke_recipient* recipient = nullptr;
  Expect accept;
  accept.fails((received & 1) != 0 && psk_size < 32, TWOWAY_INVALID_ARGUMENT);
  got = twoway_hpke_recipient_setup(c_provider(), kSuite, key_, encapsulated.data(),
                                    encapsulated.size(), kInfo, sizeof(kInfo), &receiving,
                                    &recipient, &error_);
  if (accept.judge(got, error_)) {
    std::uint8_t secrets[2][16];
    FUZZ_REQUIRE(twoway_hpke_sender_export(sender, kInfo, 2, secrets[0], 16, nullptr) == TWOWAY_OK);
    FUZZ_REQUIRE(twoway_hpke_recipient_export(recipient, kInfo, 2, secrets[1], 16, nullptr) ==
                 TWOWAY_OK);
    FUZZ_REQUIRE(std::equal(secrets[0], secrets[0] + 16, secrets[1]) == same);
    HpkeModel model{same};
    for (std::size_t i = choices_.below(6); i > 0; --i) use_hpke_message(sender, recipient, model);
  }
  twoway_hpke_sender_free(sender);
  twoway_hpke_recipient_free(recipient);
}

/// Carries one message. Its buffer may be too small, and it may be dropped or changed.
void World::use_hpke_message(twoway_hpke_sender* sender, twoway_hpke_recipient* recipient,
                             HpkeModel& model) {
  const Bytes plaintext = text();
  const std::size_t aad_size = choices_.below(4) == 0 ? 1 : 2;
  Room room(choices_, plaintext.size() + 16);
  std::size_t written = 77;
  Expect seal;
  room.expect(seal);
  twoway_status got =
      twoway_hpke_sender_seal(sender, kInfo, aad_size, plaintext.data(), plaintext.size(),
                              room.data(), room.capacity(), &written, &error_);
  room.check(got, written);
  if (!seal.judge(got, error_)) return;
  const std::size_t number = model.sealed++;
  if (choices_.below(8) == 0) return;  // the later ones do not open
  Bytes sealed(room.data(), room.data() + written);
  const bool changed = choices_.below(4) == 0;
  if (changed) sealed[choices_.below(sealed.size())] ^= 1;
  Room out(choices_, plaintext.size());
  Expect open;
  out.expect(open);
  open.fails(changed || aad_size != 2 || !model.same || number != model.opened, TWOWAY_OPEN_FAILED);
  got = twoway_hpke_recipient_open(recipient, kInfo, 2, sealed.data(), sealed.size(), out.data(),
                                   out.capacity(), &written, &error_);
  out.check(got, written);
  if (!open.judge(got, error_)) return;
  FUZZ_REQUIRE(equal(out.view(written), plaintext));
  ++model.opened;
}

}  // namespace twoway::fuzz
