#include <algorithm>

#include <twoway/framing/response.hpp>

#include "support.hpp"

using namespace twoway;
using namespace twoway::framing;
using core::AeadId;
using core::Bytes;
using core::ByteSpan;
using core::ByteView;
using core::Errc;

namespace {

const core::Provider& any_provider() { return *built::providers().front(); }

core::CipherSuite suite(AeadId aead = AeadId::chacha20_poly1305) {
  auto found =
      find_suite(any_provider(), {core::KemId::dhkem_x25519, core::KdfId::hkdf_sha256, aead});
  REQUIRE_OK(found);
  return *found;
}

ResponseContext context(const core::CipherSuite& suite, std::uint8_t fill = 1) {
  const Bytes secret(suite.kdf().params().nh, fill);
  auto exporter = core::Exporter::create(suite, secret);
  REQUIRE_OK(exporter);
  return {suite, 7, Bytes(suite.nenc(), 2), *exporter};
}

}  // namespace

TEST_CASE("a response opens in place, and only whole and unchanged") {
  const core::CipherSuite s = suite();
  const ResponseContext response = context(s);
  const Bytes plaintext = test::copy(core::as_bytes("the answer"));
  Bytes message(response.sealed_size(plaintext.size()));
  REQUIRE(message.size() == 32 + plaintext.size() + 16);

  // The plaintext starts where the ciphertext will start.
  std::copy(plaintext.begin(), plaintext.end(), message.begin() + 32);
  auto size = response.seal(message, ByteView(message).subspan(32, plaintext.size()), "type",
                            any_provider().rng());
  REQUIRE_OK(size);
  REQUIRE(*size == message.size());

  for (std::size_t i = 0; i < message.size(); ++i) {
    Bytes changed = message;
    changed[i] ^= 1;
    Bytes out(plaintext.size(), 0xaa);
    auto opened = response.open(out, changed, "type");
    REQUIRE_ERRC(opened, Errc::open_failed);
    REQUIRE(opened.error().native == 0);
    REQUIRE(out == Bytes(plaintext.size(), 0));
  }
  for (std::size_t cut = 0; cut < message.size(); ++cut) {
    Bytes out(plaintext.size());
    REQUIRE_ERRC(response.open(out, ByteView(message).first(cut), "type"), Errc::open_failed);
  }
  Bytes out(plaintext.size());
  REQUIRE_ERRC(response.open(out, message, "other type"), Errc::open_failed);
  REQUIRE_ERRC(context(s, 9).open(out, message, "type"), Errc::open_failed);
  REQUIRE_ERRC(response.open(ByteSpan(out).first(3), message, "type"), Errc::buffer_too_small);

  auto opened = response.open(ByteSpan(message).subspan(32), message, "type");
  REQUIRE_OK(opened);
  REQUIRE(std::equal(plaintext.begin(), plaintext.end(), message.begin() + 32));
}

TEST_CASE("a response needs room and random bytes") {
  const ResponseContext response = context(suite());
  Bytes small(response.sealed_size(4) - 1);
  REQUIRE_ERRC(response.seal(small, core::as_bytes("four"), "t", any_provider().rng()),
               Errc::buffer_too_small);
  test::FixedRng empty({});
  Bytes message(response.sealed_size(4));
  REQUIRE_ERRC(response.seal(message, core::as_bytes("four"), "t", empty), Errc::provider_failure);
  REQUIRE_ERRC(response.derive_keys(Bytes(31), "t"), Errc::invalid_argument);
}

TEST_CASE("sizes of responses") {
  const ResponseContext response = context(suite());
  REQUIRE(response.nonce_size() == 32);
  REQUIRE(response.opened_size(response.sealed_size(0)) == 0);
  REQUIRE(response.opened_size(response.sealed_size(100)) == 100);
  REQUIRE(response.opened_size(47) == 0);
  REQUIRE(response.opened_size(0) == 0);
}

TEST_CASE("a saved state continues the exchange, for its role, suite and version only") {
  const ResponseContext response = context(suite());
  const core::SecretBytes state = response.export_secret_state(Role::sender);
  auto restored = ResponseContext::restore(any_provider(), Role::sender, state.view());
  REQUIRE_OK(restored);
  REQUIRE(restored->key_id() == 7);
  Bytes message(response.sealed_size(2));
  REQUIRE_OK(response.seal(message, core::as_bytes("ok"), "t", any_provider().rng()));
  Bytes out(2);
  REQUIRE_OK(restored->open(out, message, "t"));

  REQUIRE_ERRC(ResponseContext::restore(any_provider(), Role::receiver, state.view()),
               Errc::malformed);
  for (std::size_t cut = 0; cut < state.size(); ++cut) {
    REQUIRE_ERRC(ResponseContext::restore(any_provider(), Role::sender, state.view().first(cut)),
                 Errc::malformed);
  }
  Bytes longer = test::copy(state.view());
  longer.push_back(0);
  REQUIRE_ERRC(ResponseContext::restore(any_provider(), Role::sender, longer), Errc::malformed);
  const std::size_t before_suite = 8 + 1 + 1;
  for (std::size_t i = 0; i < 9; ++i) {  // the magic, the version, the role
    Bytes changed = test::copy(state.view());
    changed[i] ^= 1;
    REQUIRE_ERRC(ResponseContext::restore(any_provider(), Role::sender, changed), Errc::malformed);
  }
  Bytes unknown_suite = test::copy(state.view());
  unknown_suite[before_suite] = 0x77;
  REQUIRE_ERRC(ResponseContext::restore(any_provider(), Role::sender, unknown_suite),
               Errc::not_supported);
}

TEST_CASE("a state whose enc has another length than its suite's is malformed") {
  const core::CipherSuite s = suite();
  auto exporter = core::Exporter::create(s, Bytes(s.kdf().params().nh, 1));
  REQUIRE_OK(exporter);
  for (const std::size_t size : {std::size_t{0}, s.nenc() - 1, s.nenc() + 1, core::kMaxEnc,
                                 core::kMaxEnc + 1, std::size_t{65535}}) {
    INFO(size);
    const ResponseContext other(s, 7, Bytes(size, 2), *exporter);
    for (const Role role : {Role::sender, Role::receiver}) {
      const core::SecretBytes state = other.export_secret_state(role);
      REQUIRE_ERRC(ResponseContext::restore(any_provider(), role, state.view()), Errc::malformed);
    }
    // A state without an enc is that of a moved-from object.
    REQUIRE_ERRC(other.derive_keys(Bytes(other.nonce_size()), "t"),
                 size == 0 ? Errc::wrong_state : Errc::invalid_argument);
  }
}

TEST_CASE("a state changed to another suite opens nothing") {
  const ResponseContext response = context(suite());
  Bytes state = test::copy(response.export_secret_state(Role::sender).view());
  state[8 + 1 + 6] = 2;  // aead_id: AES-256-GCM, of the same key length
  auto restored = ResponseContext::restore(any_provider(), Role::sender, state);
  if (!restored) return;  // the processor has no AES
  Bytes message(response.sealed_size(2));
  REQUIRE_OK(response.seal(message, core::as_bytes("ok"), "t", any_provider().rng()));
  Bytes out(2);
  REQUIRE_ERRC(restored->open(out, message, "t"), Errc::open_failed);
}
