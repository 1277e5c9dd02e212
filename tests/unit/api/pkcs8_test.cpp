// PKCS#8: every part of a key file, left out, doubled, cut short and changed.
#include <array>
#include <optional>

#include <twoway/core/kem.hpp>

#include "key_files.hpp"

using namespace twoway;
using namespace twoway::test;
using core::KemParams;

namespace {

/// Returns one DER element, in hex.
std::string element(std::string_view tag, const std::string& content) {
  const std::size_t size = content.size() / 2;
  std::string length = hex(std::array{static_cast<std::uint8_t>(size)});
  if (size >= 0x80)
    length = (size < 0x100 ? "81" : "82" + hex(std::array{std::uint8_t(size >> 8)})) + length;
  return std::string(tag) + length + content;
}

/// The pieces of a P-256 key file. A test may replace each of them.
struct EcFile {
  std::string version = "020100";
  std::string id = "06072a8648ce3d0201";
  std::string curve = "06082a8648ce3d030107";
  std::string algorithm_end;
  std::string ec_version = "020101";
  std::string secret = std::string(64, '1');
  std::string parameters;
  std::string inner_public;
  std::string ec_end;
  std::string attributes;
  std::string outer_public;
  std::string end;
  std::string after;

  std::string pem() const {
    const std::string ec =
        element("30", ec_version + element("04", secret) + parameters + inner_public + ec_end);
    return pem_of(element("30", version + element("30", id + curve + algorithm_end) +
                                    element("04", ec) + attributes + outer_public + end) +
                  after);
  }
};

const std::string kPoint = "04" + std::string(128, '2');
const std::string kOtherPoint = "04" + std::string(128, '3');

std::string inner_public(const std::string& pk) { return element("a1", element("03", "00" + pk)); }
std::string outer_public(const std::string& pk) { return element("81", "00" + pk); }

}  // namespace

TEST_CASE("optional parts of an EC file must agree with the others") {
  REQUIRE(read_ok(EcFile{}.pem()).public_key.empty());

  EcFile full;
  full.version = "020101";
  full.parameters = element("a0", full.curve);
  full.inner_public = inner_public(kPoint);
  full.outer_public = outer_public(kPoint);
  REQUIRE(hex(read_ok(full.pem()).public_key) == kPoint);

  EcFile other = full;
  other.parameters = element("a0", "06052b81040022");
  REQUIRE(contains(refusal(other.pem()), "two different curves"));
  other = full;
  other.outer_public = outer_public(kOtherPoint);
  REQUIRE(contains(refusal(other.pem()), "two different public keys"));
  other = full;
  other.inner_public = inner_public(kPoint + "00");
  REQUIRE(contains(refusal(other.pem()), "wrong length"));
}

TEST_CASE("a file that is not exactly the structure is refused") {
  const auto refused = [](const char* what, auto change) {
    INFO(what);
    EcFile file;
    change(file);
    REQUIRE_ERRC(read(file.pem()), Errc::malformed);
  };
  refused("bytes after the file", [](EcFile& f) { f.after = "00"; });
  refused("bytes after the last part", [](EcFile& f) { f.end = "0500"; });
  refused("bytes after the curve", [](EcFile& f) { f.algorithm_end = "0500"; });
  refused("bytes after the ECPrivateKey's parts", [](EcFile& f) { f.ec_end = "0500"; });
  refused("a wide version", [](EcFile& f) { f.version = "02020000"; });
  refused("an empty version", [](EcFile& f) { f.version = "0200"; });
  refused("version 3", [](EcFile& f) { f.version = "020102"; });
  refused("a wrong version of ECPrivateKey", [](EcFile& f) { f.ec_version = "020100"; });
  refused("a short secret", [](EcFile& f) { f.secret.resize(62); });
  refused("a padded secret", [](EcFile& f) { f.secret = "00" + f.secret; });
  refused("no curve", [](EcFile& f) { f.curve = ""; });
  refused("a null curve", [](EcFile& f) { f.curve = "0500"; });
  refused("unused bits",
          [](EcFile& f) { f.inner_public = element("a1", element("03", "01" + kPoint)); });
  refused("an empty bit string", [](EcFile& f) { f.inner_public = element("a1", "0300"); });
  refused("bytes after the inner public key",
          [](EcFile& f) { f.inner_public = element("a1", element("03", "00" + kPoint) + "0500"); });
  refused("bytes after the inner parameters",
          [](EcFile& f) { f.parameters = element("a0", f.curve + "0500"); });
  refused("parts in another order", [](EcFile& f) {
    f.inner_public = element("a0", f.curve);
    f.parameters = inner_public(kPoint);
  });
  refused("an attribute that is none", [](EcFile& f) { f.attributes = "a0020500"; });
  refused("an attribute without values", [](EcFile& f) {
    f.attributes =
        "a00630040602"
        "2a03";
  });
  refused("an attribute's value cut short", [](EcFile& f) {
    f.attributes = element("a0", element("30", "06022a03" + element("31", "0c05")));
  });

  // RFC 5958 section 2: "If publicKey is present, then version is set to v2 else version is set to
  // v1."
  EcFile version;
  version.version = "020101";
  REQUIRE(contains(refusal(version.pem()), "openssl pkey -in FILE -out NEW"));
  version = EcFile{};
  version.outer_public = outer_public(kPoint);
  REQUIRE(contains(refusal(version.pem()), "version must be 2"));

  EcFile attributes;
  attributes.attributes = element("a0", element("30", "06022a03" + element("31", "0c0161")));
  REQUIRE_OK(read(attributes.pem()));

  // Lengths of more octets than needed, and the indefinite one, around a whole X25519 file.
  const std::string content =
      "020100"
      "300506032b656e"
      "04220420" +
      std::string(64, '5');
  REQUIRE(content.size() / 2 == 0x2e);
  REQUIRE_OK(read(pem_of("302e" + content)));
  for (const char* header : {"30812e", "3082002e",
                             "3083"
                             "00002e",
                             "3080", "302d", "302f", "312e"}) {
    INFO(header);
    REQUIRE_ERRC(read(pem_of(header + content)), Errc::malformed);
  }
  REQUIRE_ERRC(read(pem_of("3080" + content + "0000")), Errc::malformed);
  // Parameters, which RFC 8410 does not have here.
  REQUIRE_ERRC(read(pem_of(element("30",
                                   "020100"
                                   "300706032b656e0500"
                                   "04220420" +
                                       std::string(64, '5')))),
               Errc::malformed);
}

TEST_CASE("a file cut short anywhere is refused") {
  for (const KemParams& kem : core::kem_table()) {
    for (const char* version : {"", "-v2"}) {
      const std::string text = key_file(kem.short_name + std::string(version));
      for (std::size_t size = 0; size + 1 < text.size(); ++size) {  // the last line end is free
        REQUIRE_FALSE(read(text.substr(0, size)).ok());
      }
      const Bytes der = der_of(text);
      for (std::size_t size = 0; size < der.size(); ++size) {
        REQUIRE_FALSE(read(pem_of(ByteView(der).first(size))).ok());
      }
    }
  }
}

TEST_CASE("a changed byte is refused, unless it lies in the key bytes or an attribute") {
  for (const KemParams& kem : core::kem_table()) {
    for (const char* version : {"", "-v2"}) {
      const std::string name = kem.short_name + std::string(version);
      INFO(name);
      const std::string text = key_file(name);
      const PrivateKeyData data = read_ok(text);
      const Bytes original = der_of(text);
      const std::string der = as_string(original);
      const std::size_t secret = der.find(as_string(data.bytes.view()));
      REQUIRE(secret != std::string::npos);

      std::size_t other_keys = 0;
      Bytes changed = original;
      for (std::size_t at = 0; at < changed.size(); ++at) {
        const bool in_secret = at >= secret && at < secret + kem.nsk;
        for (int value = 0; value < 256; ++value) {
          changed[at] = static_cast<std::uint8_t>(value);
          if (changed[at] == original[at]) continue;
          const auto result = read(pem_of(changed));
          if (!result) {
            if (in_secret) FAIL("refused for a byte of the secret at " << at);
            continue;
          }
          if (in_secret) {
            ++other_keys;
            if (result->bytes.view()[at - secret] != value) FAIL("byte " << at << " was not read");
          } else if (hex(result->bytes.view()) != hex(data.bytes.view())) {
            FAIL("another key after a change at " << at);
          }
        }
        changed[at] = original[at];
      }
      REQUIRE(other_keys == kem.nsk * 255);

      // The same in the text, whose characters hold 6 bits each, so at most two bytes differ.
      std::string mutated = text;
      for (std::size_t at = 0; at < mutated.size(); ++at) {
        for (int value = 0; value < 256; ++value) {
          mutated[at] = static_cast<char>(value);
          const auto result = read(mutated);
          if (!result) continue;
          std::size_t different = 0;
          for (std::size_t i = 0; i < kem.nsk; ++i) {
            different += result->bytes.view()[i] != data.bytes.view()[i] ? 1 : 0;
          }
          if (result->kem != kem.id || different > 2) FAIL("another key after a change at " << at);
        }
        mutated[at] = text[at];
      }
    }
  }
}
