// Key files exchanged with the openssl program. Built if there is one.
#include <cstdio>
#include <string>

#include <twoway/core/kem.hpp>
#include <twoway/private_key_pem.hpp>

#include "support.hpp"

using namespace twoway;

namespace {

std::string openssl_output(const std::string& arguments) {
  std::FILE* pipe = popen((OPENSSL_PROGRAM " " + arguments).c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) output += static_cast<char>(c);
  REQUIRE(pclose(pipe) == 0);
  return output;
}

int openssl_status(const std::string& arguments, core::ByteView input) {
  std::FILE* pipe = popen((OPENSSL_PROGRAM " " + arguments + " >/dev/null").c_str(), "w");
  REQUIRE(pipe != nullptr);
  const std::size_t written = std::fwrite(input.data(), 1, input.size(), pipe);
  const int status = pclose(pipe);
  REQUIRE(written == input.size());
  return status;
}

std::string genpkey_arguments(const core::KemParams& kem) {
  const core::DhParams* dh = core::find_dh(core::find_dhkem(kem.id)->dh);
  const std::string genpkey = "genpkey -algorithm ";
  return dh->order.empty() ? genpkey + dh->name
                           : genpkey + "EC -pkeyopt ec_paramgen_curve:" + dh->name;
}

}  // namespace

TEST_CASE("a fresh key of openssl genpkey is read, and written back byte for byte") {
  for (const core::KemParams& kem : core::kem_table()) {
    INFO(kem.name);
    const std::string text = openssl_output(genpkey_arguments(kem));
    const auto data = read_private_key_pem(core::as_bytes(text));
    REQUIRE_OK(data);
    REQUIRE(data->kem == kem.id);
    const auto written = write_private_key_pem(kem.id, data->bytes.view(), data->public_key);
    REQUIRE_OK(written);
    REQUIRE(std::string(written->view().begin(), written->view().end()) == text);
  }
}

TEST_CASE("openssl accepts the files that are written, and refuses a wrong public key") {
  for (const core::Provider* provider : built::providers()) {
    for (const core::KemParams& row : core::kem_table()) {
      const auto kem = core::Kem::find(*provider, row.id);
      if (!kem) continue;
      INFO(provider->name() << ' ' << row.name);
      core::PrivateKeyBytes ikm, sk;
      REQUIRE_OK(provider->rng().fill(ikm.reset(row.nsk)));
      REQUIRE_OK(kem->derive_private(sk, ikm.view()));
      const auto key = kem->import_private(sk.view());
      REQUIRE_OK(key);
      const auto file = write_private_key_pem(row.id, sk.view(), (*key)->public_key());
      REQUIRE_OK(file);
      REQUIRE(openssl_status("pkey -noout -check", file->view()) == 0);

      if (core::find_dh(core::find_dhkem(row.id)->dh)->order.empty()) continue;
      const auto other = kem->generate_key_pair();
      REQUIRE_OK(other);
      const auto wrong = write_private_key_pem(row.id, sk.view(), (*other)->public_key());
      REQUIRE_OK(wrong);
      REQUIRE(openssl_status("pkey -noout -check 2>/dev/null", wrong->view()) != 0);
    }
  }
}
