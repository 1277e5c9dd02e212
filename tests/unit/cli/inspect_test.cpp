// twoway inspect and twoway providers: their output as text and as JSON.
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <twoway/core/kem.hpp>

#include "capabilities.hpp"
#include "program.hpp"
#include "wrapping.hpp"

using namespace twoway;
using namespace twoway::test;
using nlohmann::json;

namespace {

std::string text_of(const core::Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

/// A list made by hand: X25519 as key 7 with known and unknown algorithms, and an unknown KEM.
std::string mixed_list() {
  const std::string key(64, '5');
  return text_of(
      unhex("0031"
            "07"
            "0020" +
            key +
            "000c"
            "00010003"
            "00010001"
            "abcd1234"
            "0009"
            "08"
            "beef"
            "aabbccddeeff"));
}

/// An AEAD that fills every output with zeros.
class LyingKdf final : public core::Kdf {
 public:
  const core::KdfParams& params() const noexcept override {
    return *core::find_kdf(core::KdfId::hkdf_sha256);
  }
  core::Status extract(core::Prk& prk, core::ByteView, core::Gather) const noexcept override {
    prk.reset(params().nh);
    return {};
  }
  core::Status expand(core::ByteSpan out, core::ByteView, core::Gather) const noexcept override {
    core::wipe(out);
    return {};
  }
};

class LyingProvider final : public WrappingProvider {
 public:
  using WrappingProvider::WrappingProvider;
  const core::Kdf* kdf(core::KdfId id) const noexcept override {
    return id == kdf_.params().id ? &kdf_ : WrappingProvider::kdf(id);
  }
  // Returns another algorithm than the requested one.
  const core::Aead* aead(core::AeadId id) const noexcept override {
    return WrappingProvider::aead(id == core::AeadId::aes256_gcm ? core::AeadId::chacha20_poly1305
                                                                 : id);
  }

 private:
  LyingKdf kdf_;
};

cli::Support support_for(std::span<const cli::CapabilityRow> rows, const std::string& name) {
  for (const cli::CapabilityRow& row : rows) {
    if (row.name == name) return row.support.at(0);
  }
  FAIL("no row " << name);
  return cli::Support::no;
}

}  // namespace

TEST_CASE("inspect shows a list as JSON, also with unknown ids") {
  const Ran ran = program({"inspect", "--json", "-"}, mixed_list());
  REQUIRE_RAN(ran, 0);
  const json shown = json::parse(ran.out);
  REQUIRE(shown["type"] == "key-configurations");
  REQUIRE(shown["size"] == 62);
  const json& known = shown["configurations"][0];
  REQUIRE(known["key_id"] == 7);
  REQUIRE(known["kem"] == json({{"id", "0x0020"}, {"name", "x25519"}}));
  REQUIRE(known["public_key"] == std::string(64, '5'));
  REQUIRE(known["algorithms"].size() == 3);
  REQUIRE(known["algorithms"][0]["aead"]["name"] == "chacha20-poly1305");
  REQUIRE(known["algorithms"][2]["kdf"] == json({{"id", "0xabcd"}, {"name", nullptr}}));
  const json& unknown = shown["configurations"][1];
  REQUIRE(unknown["key_id"] == 8);
  REQUIRE(unknown["kem"] == json({{"id", "0xbeef"}, {"name", nullptr}}));
  REQUIRE(unknown["public_key"].is_null());
}

TEST_CASE("inspect shows the list and the request of an exchange") {
  if (provider_of(core::KemId::dhkem_x25519) == nullptr) return;
  const Folder folder;
  make_receiver();
  make_request();
  const json list = json::parse(program({"inspect", "gateway.ohttp-keys", "--json"}).out);
  REQUIRE(list["configurations"].size() == 1);
  REQUIRE(list["configurations"][0]["public_key"].get<std::string>().size() == 64);

  const std::string request = read_file("request.bin");
  const json shown = json::parse(program({"inspect", "request.bin", "--json"}).out);
  REQUIRE(shown["type"] == "request");
  REQUIRE(shown["size"] == request.size());
  REQUIRE(shown["key_id"] == 1);
  REQUIRE(shown["kem"]["name"] == "x25519");
  REQUIRE(shown["kdf"]["id"] == "0x0001");
  REQUIRE(shown["aead"]["id"] == "0x0003");
  REQUIRE(shown["enc"] == hex(core::as_bytes(std::string_view(request).substr(7, 32))));
  REQUIRE(shown["ciphertext_size"] == 8 + 16);
  const Ran text = program({"inspect", "request.bin"});
  REQUIRE_RAN(text, 0);
  REQUIRE(text.out.find("hkdf-sha256\n  aead        chacha20-poly1305") != std::string::npos);
}

TEST_CASE("inspect takes a request that could be a list of unknown keys as a request") {
  // Read as a list: one entry of 256 bytes with the unknown KEM 0x0001.
  const std::string request = text_of(unhex("01"
                                            "0020"
                                            "0001"
                                            "0001")) +
                              std::string(258 - 7, 'x');
  const json shown = json::parse(program({"inspect", "--json", "-"}, request).out);
  REQUIRE(shown["type"] == "request");
}

TEST_CASE("inspect shows a single configuration, and says that it is not a list") {
  const Folder folder;
  write_file("single", mixed_list().substr(2, 0x31));
  const json shown = json::parse(program({"inspect", "single", "--json"}).out);
  REQUIRE(shown["type"] == "key-configuration");
  REQUIRE(shown["size"] == 49);
  REQUIRE(shown["configurations"][0]["key_id"] == 7);
  REQUIRE(shown["configurations"][0]["algorithms"].size() == 3);
}

TEST_CASE("inspect and the senders name the thing given in place of a list") {
  if (provider_of(core::KemId::dhkem_x25519) == nullptr) return;
  const Folder folder;
  make_receiver();
  const std::string list = read_file("gateway.ohttp-keys");
  const std::string single = list.substr(2);
  const std::string hexadecimal = hex(core::as_bytes(list));
  for (const auto& [bytes, words] : {std::pair{single, "single key configuration"},
                                     {list + "\n", "a line end or blank follows"},
                                     {hexadecimal, "hexadecimal"},
                                     {std::string("<html>"), "web page"}}) {
    write_file("bad", bytes);
    const Ran sealed =
        program({"seal-request", "--config", "bad", "--state", "bad.state", "--out", "r"}, "q");
    REQUIRE_REFUSED(sealed, 1, "bad: ");
    REQUIRE(sealed.err.find(words) != std::string::npos);
    if (bytes != single) REQUIRE_REFUSED(program({"inspect", "bad"}), 1, words);
  }
}

TEST_CASE("inspect refuses everything else") {
  const std::string header =
      text_of(unhex("01"
                    "0020"
                    "0001"
                    "0001"));
  for (const std::string& other : {std::string(), std::string("x"), std::string(100, 'x'), header,
                                   header.substr(0, 6), header + std::string(31, 'x'),
                                   text_of(unhex("01"
                                                 "0099"
                                                 "0001"
                                                 "0001")) +
                                       std::string(60, 'x'),
                                   mixed_list() + "x"}) {
    REQUIRE_REFUSED(program({"inspect", "-"}, other), 1,
                    "standard input: not a key configuration list");
  }
  const Folder folder;
  REQUIRE_REFUSED(program({"inspect", "missing"}), 3, "missing: cannot be read");
}

TEST_CASE("providers shows every algorithm that the lookups offer, each tested") {
  if (built::providers().empty()) {
    REQUIRE_REFUSED(program({"providers"}), 2, "built without any crypto library");
    REQUIRE_REFUSED(program({"keygen", "--kem", "x25519", "--out", "-"}), 2, "built without");
    return;
  }
  const Ran ran = program({"providers", "--json"});
  REQUIRE_RAN(ran, 0);
  const json shown = json::parse(ran.out)["providers"];
  REQUIRE(shown.size() == built::providers().size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const core::Provider& provider = *built::providers()[i];
    REQUIRE(shown[i]["name"] == provider.name());
    REQUIRE(shown[i]["default"] == (i == 0));
    REQUIRE(shown[i]["random"]["generator"] == "yes");
    const auto word = [](bool offered) { return offered ? "yes" : "no"; };
    for (const core::KemParams& kem : core::kem_table()) {
      const bool offered = core::Kem::find(provider, kem.id).ok();
      REQUIRE(shown[i]["kem"][kem.short_name] == word(offered));
    }
    for (const core::KdfParams& kdf : core::kdf_table()) {
      REQUIRE(shown[i]["kdf"][kdf.short_name] == word(provider.kdf(kdf.id) != nullptr));
    }
    for (const core::AeadParams& aead : core::aead_table()) {
      if (aead.nk == 0) continue;
      REQUIRE(shown[i]["aead"][aead.short_name] == word(provider.aead(aead.id) != nullptr));
    }
  }
  const Ran text = program({"providers"});
  REQUIRE_RAN(text, 0);
  REQUIRE(text.out ==
          cli::capability_table(built::providers(), cli::check_capabilities(built::providers())));
}

TEST_CASE("an algorithm with wrong results shows as failed") {
  const core::Provider* inner = provider_of(core::KemId::dhkem_x25519);
  if (inner == nullptr || inner->aead(core::AeadId::aes256_gcm) == nullptr) return;
  const LyingProvider liar{*inner};
  const core::Provider* const providers[]{&liar};
  const std::vector<cli::CapabilityRow> rows = cli::check_capabilities(providers);
  REQUIRE(cli::any_failed(rows));
  REQUIRE(support_for(rows, "hkdf-sha256") == cli::Support::failed);
  REQUIRE(support_for(rows, "x25519") == cli::Support::failed);
  REQUIRE(support_for(rows, "aes-256-gcm") == cli::Support::failed);
  REQUIRE(support_for(rows, "chacha20-poly1305") == cli::Support::yes);
  REQUIRE(cli::capability_table(providers, rows).find("FAILED") != std::string::npos);
  const json shown = json::parse(cli::capability_json(providers, rows));
  REQUIRE(shown["providers"][0]["kdf"]["hkdf-sha256"] == "failed");

  const core::Provider* const honest[]{inner};
  REQUIRE_FALSE(cli::any_failed(cli::check_capabilities(honest)));
}

TEST_CASE("every command explains an OpenSSL that has no algorithms") {
  const auto all = built::providers();
  if (all.empty() || std::string_view(all.front()->name()) != "openssl") return;
  const Folder folder;
  make_receiver();
  write_file("null.cnf",
             "openssl_conf = i\n[i]\nproviders = p\n[p]\nnull = n\n[n]\nactivate = 1\n");
  const std::string twoway = "OPENSSL_CONF=null.cnf \"$TWOWAY\" ";
  const char* const words = "openssl: OpenSSL has no algorithms that twoway uses: see OPENSSL_CONF";
  REQUIRE_REFUSED(shell(twoway + "keygen --kem x25519 --out new.pem"), 1, words);
  REQUIRE_REFUSED(shell(twoway + "config --key 1=key.pem"), 1, words);
  REQUIRE_REFUSED(shell(twoway + "seal-request --config gateway.ohttp-keys --in key.pem --out "
                                 "request.bin --state sender.state"),
                  1, words);
  REQUIRE_FALSE(exists("new.pem"));

  const Ran shown = shell(twoway + "providers --json");
  REQUIRE(shown.code == 1);
  REQUIRE(shown.err.find(words) != std::string::npos);
  const json entry = json::parse(shown.out)["providers"][0];
  REQUIRE(entry["unusable"].get<std::string>().find("OPENSSL_CONF") != std::string::npos);
  REQUIRE(entry["random"]["generator"] == "no");
  if (all.size() > 1) {
    const std::string other = std::string("--provider ") + all[1]->name();
    REQUIRE(shown.err.find("or use " + other) != std::string::npos);
    REQUIRE_RAN(shell(twoway + "config --key 1=key.pem " + other), 0);
  }
}

TEST_CASE("inspect keeps little of a long input") {
  if (none_built()) return;
  const Folder folder;
  make_receiver();
  constexpr std::size_t kSize = std::size_t{400} << 20;
  write_file("request", text_of(unhex("01"
                                      "0020"
                                      "0001"
                                      "0003")));
  REQUIRE(truncate("request", kSize) == 0);
  const Ran request = program({"inspect", "request", "--json"});
  REQUIRE_RAN(request, 0);
  REQUIRE(request.peak < 300 << 10);
  const json shown = json::parse(request.out);
  REQUIRE(shown["size"] == kSize);
  REQUIRE(shown["ciphertext_size"] == kSize - 7 - 32);
  write_file("other", "");
  REQUIRE(truncate("other", kSize) == 0);
  const Ran other = program({"inspect", "other"});
  REQUIRE_REFUSED(other, 1, "other: not a key configuration list");
  REQUIRE(other.peak < 300 << 10);
}

TEST_CASE("the JSON of a list is that of its parts") {
  const std::string list = program({"inspect", "--json", "-"}, mixed_list()).out;
  REQUIRE(json::parse(list).size() == 3);
  REQUIRE(nlohmann::ordered_json::parse(list).dump(2) + "\n" == list);
}
