// Private keys in files: those of openssl genpkey, and refusals.
#include <array>
#include <map>
#include <optional>

#include <twoway/core/kem.hpp>

#include "key_files.hpp"

using namespace twoway;
using namespace twoway::test;
using core::KemParams;

TEST_CASE("key files of openssl genpkey are read, and written back byte for byte") {
  for (const KemParams& kem : core::kem_table()) {
    INFO(kem.name);
    const std::string text = key_file(kem.short_name);
    const PrivateKeyData data = read_ok(text);
    REQUIRE(data.kem == kem.id);
    REQUIRE(data.bytes.size() == kem.nsk);
    REQUIRE(data.public_key.size() ==
            (core::find_dh(core::find_dhkem(kem.id)->dh)->order.empty() ? 0 : kem.npk));
    const auto written = write_private_key_pem(data.kem, data.bytes.view(), data.public_key);
    REQUIRE_OK(written);
    REQUIRE(as_string(written->view()) == text);
  }
}

TEST_CASE("a version 2 file holds the same key and its public key") {
  for (const KemParams& kem : core::kem_table()) {
    INFO(kem.name);
    const PrivateKeyData v1 = read_ok(key_file(kem.short_name));
    const PrivateKeyData v2 = read_ok(key_file(kem.short_name + std::string("-v2")));
    REQUIRE(v2.kem == kem.id);
    REQUIRE(hex(v2.bytes.view()) == hex(v1.bytes.view()));
    REQUIRE(v2.public_key.size() == kem.npk);
    if (!v1.public_key.empty()) REQUIRE(v2.public_key == v1.public_key);
  }
}

TEST_CASE("the public key of a file is that of the imported private key") {
  for (const core::Provider* provider : built::providers()) {
    for (const KemParams& kem : core::kem_table()) {
      const auto found = core::Kem::find(*provider, kem.id);
      if (!found) continue;
      INFO(provider->name() << ' ' << kem.name);
      const PrivateKeyData data = read_ok(key_file(kem.short_name + std::string("-v2")));
      const auto key = found->import_private(data.bytes.view());
      REQUIRE_OK(key);
      REQUIRE(copy((*key)->public_key()) == data.public_key);
    }
  }
}

TEST_CASE("a refusal says what the file is and what to do") {
  const std::map<std::string, std::string> cases{
      {"refused-encrypted", "encrypted PKCS#8 file: decrypt it first with openssl pkcs8"},
      {"refused-sec1",
       "SEC 1 file ('EC PRIVATE KEY'): convert it with openssl pkcs8 -topk8 -nocrypt"},
      {"refused-rsa", "RSA or DSA key, not a key for HPKE"},
      {"refused-ed25519", "signature key (Ed25519 or Ed448), not a key for HPKE"},
      {"refused-secp256k1", "use P-256, P-384, P-521, X25519 or X448"},
      {"refused-explicit-curve", "-ec_param_enc named_curve"},
      {"refused-compressed-point", "-ec_conv_form uncompressed"},
  };
  for (const auto& [name, message] : cases) {
    INFO(name);
    const std::string refused = refusal(key_file(name));
    INFO(refused);
    REQUIRE(contains(refused, message));
  }
  REQUIRE(contains(refusal(as_string(der_of(key_file("p256")))), "-inform DER"));
  REQUIRE(contains(refusal(""), "no line -----BEGIN PRIVATE KEY-----"));
  REQUIRE(contains(refusal("-----BEGIN EC PARAMETERS-----\n"), "SEC 1"));
  REQUIRE(contains(refusal("-----BEGIN RSA PRIVATE KEY-----\n"), "RSA"));
  REQUIRE(contains(refusal("-----BEGIN OPENSSH PRIVATE KEY-----\n"), "OpenSSH"));
  REQUIRE(contains(refusal("-----BEGIN PUBLIC KEY-----\n"), "no private key"));
  REQUIRE(contains(refusal("-----BEGIN SOMETHING-----\n"), "not a private key"));
  REQUIRE(contains(refusal("-----BEGIN PRIVATE KEY-----\n" + std::string(kMaxPrivateKeyPem, 'A')),
                   "16384"));
}

TEST_CASE("the writer checks lengths") {
  const Bytes sk(32, 1), x_pk(32, 2);
  Bytes p_pk(65, 2);
  REQUIRE_ERRC(write_private_key_pem(KemId::dhkem_p256, sk, p_pk), Errc::invalid_argument);
  p_pk[0] = 4;
  REQUIRE_OK(write_private_key_pem(KemId::dhkem_p256, sk, p_pk));
  REQUIRE_ERRC(write_private_key_pem(KemId::dhkem_p256, sk, {}), Errc::invalid_argument);
  REQUIRE_ERRC(write_private_key_pem(KemId::dhkem_p384, sk, p_pk), Errc::invalid_argument);
  REQUIRE_OK(write_private_key_pem(KemId::dhkem_x25519, sk, {}));
  REQUIRE_OK(write_private_key_pem(KemId::dhkem_x25519, sk, x_pk));
  REQUIRE_ERRC(write_private_key_pem(KemId::dhkem_x25519, sk, p_pk), Errc::invalid_argument);
  REQUIRE_ERRC(write_private_key_pem(static_cast<KemId>(0x0043), sk, x_pk), Errc::not_supported);
}
