// twoway keygen and config: key files, also those of the openssl program.
#include <sys/stat.h>
#include <unistd.h>

#include <twoway/core/kem.hpp>
#include <twoway/private_key_pem.hpp>

#include "program.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

Words config_of(const std::string& key) { return {"config", "--key", key, "--key-id", "1"}; }

/// The arguments of `openssl genpkey` for a kind of key.
std::string genpkey_arguments(core::KemId kem) {
  switch (kem) {
    case core::KemId::dhkem_p256: return "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
    case core::KemId::dhkem_p384: return "-algorithm EC -pkeyopt ec_paramgen_curve:P-384";
    case core::KemId::dhkem_p521: return "-algorithm EC -pkeyopt ec_paramgen_curve:P-521";
    case core::KemId::dhkem_x25519: return "-algorithm X25519";
    case core::KemId::dhkem_x448: return "-algorithm X448";
    default: return "";
  }
}

bool have_openssl() {
  if (shell("command -v openssl >/dev/null").code == 0) return true;
  WARN("skipped: the openssl program is not installed");
  return false;
}

void seal_and_open(const Words& provider_option, const std::string& key) {
  const auto with = [&](Words words) {
    words.insert(words.end(), provider_option.begin(), provider_option.end());
    return words;
  };
  REQUIRE_RAN(program(with({"config", "--key", key, "--key-id", "255", "--out", "list"})), 0);
  REQUIRE_RAN(
      program(with({"seal-request", "--config", "list", "--state", "s", "--out", "r"}), "hello"),
      0);
  const Ran opened = program(
      with({"open-request", "--key", key, "--key-id", "255", "--in", "r", "--state", "rs"}));
  REQUIRE_RAN(opened, 0);
  REQUIRE(opened.out == "hello");
}

}  // namespace

TEST_CASE("keygen makes a private key file of every kind, for its owner alone") {
  for (const core::Provider* provider : built::providers()) {
    for (const core::KemParams& kem : core::kem_table()) {
      if (!core::Kem::find(*provider, kem.id)) continue;
      INFO(provider->name() << ' ' << kem.name);
      const Folder folder;
      const Words provider_option{"--provider", provider->name()};
      REQUIRE_RAN(program({"keygen", "--kem", kem.short_name, "--out", "key.pem", "--provider",
                           provider->name()}),
                  0);
      REQUIRE(mode_of("key.pem") == 0600);
      REQUIRE(names_here() == Words{"key.pem"});
      seal_and_open(provider_option, "key.pem");
      if (have_openssl()) {
        REQUIRE(shell("openssl pkey -in key.pem -noout -check >/dev/null 2>&1 || "
                      "openssl pkey -in key.pem -noout")
                    .code == 0);
      }
    }
  }
}

TEST_CASE("keygen writes to standard output on request, and never the same key twice") {
  if (provider_of(core::KemId::dhkem_x25519) == nullptr) return;
  const Ran first = program({"keygen", "--kem", "x25519", "--out", "-"});
  const Ran second = program({"keygen", "--kem", "x25519", "--out", "-"});
  REQUIRE_RAN(first, 0);
  REQUIRE_OK(read_private_key_pem(core::as_bytes(first.out)));
  REQUIRE(first.out != second.out);
}

TEST_CASE("keys of openssl genpkey are used as they are") {
  if (!have_openssl()) return;
  for (const core::KemParams& kem : core::kem_table()) {
    const core::Provider* provider = provider_of(kem.id);
    if (provider == nullptr) continue;
    INFO(kem.name);
    const Folder folder;
    REQUIRE_RAN(shell("openssl genpkey " + genpkey_arguments(kem.id) + " -out key.pem 2>&1"), 0);
    seal_and_open({"--provider", provider->name()}, "key.pem");
  }
}

TEST_CASE("a file that is not a usable private key is refused") {
  const core::Provider* provider = provider_of(core::KemId::dhkem_x25519);
  if (provider == nullptr) return;
  const Folder folder;
  write_secret("garbled.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  REQUIRE_REFUSED(program(config_of("garbled.pem")), 1, "garbled.pem: ");
  write_secret("empty.pem", "");
  REQUIRE_REFUSED(program(config_of("empty.pem")), 1, "empty.pem: ");
  write_secret("large.pem", std::string(kMaxPrivateKeyPem + 1, '\n'));
  REQUIRE_REFUSED(program(config_of("large.pem")), 1, "too large");
  REQUIRE_REFUSED(program(config_of("missing.pem")), 3, "missing.pem: cannot be read");
  REQUIRE_REFUSED(program(config_of(".")), 3, "cannot be read");
}

TEST_CASE("a key file with another key's public half is refused") {
  const core::Provider* provider = provider_of(core::KemId::dhkem_p256);
  if (provider == nullptr) return;
  const Folder folder;
  const core::Kem kem = *core::Kem::find(*provider, core::KemId::dhkem_p256);
  const core::Bytes sk(32, 7);
  auto other = kem.generate_key_pair();
  REQUIRE_OK(other);
  auto pem = write_private_key_pem(kem.params().id, sk, (*other)->public_key());
  REQUIRE_OK(pem);
  const core::ByteView text = pem->view();
  write_secret("mixed.pem", {reinterpret_cast<const char*>(text.data()), text.size()});
  REQUIRE_REFUSED(
      program({"config", "--key", "mixed.pem", "--key-id", "1", "--provider", provider->name()}), 1,
      "does not belong");
}

TEST_CASE("a key that the provider cannot use is refused") {
  const core::Provider* p256 = provider_of(core::KemId::dhkem_p256);
  for (const core::Provider* provider : built::providers()) {
    if (p256 == nullptr || core::Kem::find(*provider, core::KemId::dhkem_p256)) continue;
    const Folder folder;
    const Words provider_option{"--provider", provider->name()};
    REQUIRE_REFUSED(
        program({"keygen", "--kem", "p256", "--out", "key.pem", "--provider", provider->name()}), 2,
        "does not offer p256");
    REQUIRE_FALSE(exists("key.pem"));
    REQUIRE_RAN(
        program({"keygen", "--kem", "p256", "--out", "key.pem", "--provider", p256->name()}), 0);
    REQUIRE_REFUSED(
        program({"config", "--key", "key.pem", "--key-id", "1", "--provider", provider->name()}), 1,
        "key.pem: ");
  }
}

TEST_CASE("another's private key may be for a group, but not for all") {
  if (none_built()) return;
  if (geteuid() != 0) {
    WARN("skipped: only root can give a file to another");
    return;
  }
  const Folder folder;
  REQUIRE_RAN(program({"keygen", "--kem", "x25519", "--out", "key.pem"}), 0);
  REQUIRE(chown("key.pem", 65534, 65534) == 0);
  REQUIRE(chmod("key.pem", 0440) == 0);
  REQUIRE_RAN(program(config_of("key.pem")), 0);
  REQUIRE(chmod("key.pem", 0444) == 0);
  REQUIRE_REFUSED(program(config_of("key.pem")), 1, "chmod 600");
}
