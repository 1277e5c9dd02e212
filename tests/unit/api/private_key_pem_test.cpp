#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include <twoway/core/kem.hpp>
#include <twoway/private_key_pem.hpp>

#include "pem.hpp"
#include "support.hpp"

using namespace twoway;
using core::as_bytes;
using core::Bytes;
using core::ByteView;
using core::Errc;
using core::KemId;
using core::KemParams;
using test::copy;
using test::hex;
using test::unhex;

namespace {

std::string key_file(const std::string& name) {
  std::ifstream file(std::string(TWOWAY_KEYS_DIR) + "/" + name + ".pem", std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  INFO(name);
  REQUIRE_FALSE(text.empty());
  return text;
}

std::string as_string(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

core::Result<PrivateKeyData> read(std::string_view text) {
  return read_private_key_pem(as_bytes(text));
}

PrivateKeyData read_ok(std::string_view text) {
  auto data = read(text);
  REQUIRE_OK(data);
  return std::move(*data);
}

/// Returns the message of a refusal.
std::string refusal(std::string_view text) {
  const auto data = read(text);
  REQUIRE_ERRC(data, Errc::malformed);
  return data.error().message;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

Bytes der_of(std::string_view text) {
  const auto opening = pem::open(as_bytes(text));
  REQUIRE(opening.has_value());
  const auto block = pem::decode(*opening);
  REQUIRE(block.has_value());
  return copy(block->content.view());
}

std::string pem_of(ByteView der) { return as_string(pem::encode("PRIVATE KEY", der).view()); }

std::string pem_of(std::string_view der_hex) { return pem_of(ByteView(unhex(der_hex))); }

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

TEST_CASE("PEM: only line ends, lengths, blanks and the text around may vary") {
  const std::string text = key_file("p256");
  const std::string expected = hex(read_ok(text).bytes.view());
  const auto replaced = [&](std::string_view what, std::string_view with) {
    std::string changed;
    for (std::size_t at = 0;;) {
      const std::size_t found = text.find(what, at);
      changed += text.substr(at, found - at);
      if (found == std::string::npos) return changed;
      changed += with;
      at = found + what.size();
    }
  };
  const std::string body = text.substr(28, text.find("\n-----END") - 28);
  const std::string begin = text.substr(0, 28);
  const std::string end = "\n-----END PRIVATE KEY-----\n";
  REQUIRE(begin + body + end == text);

  std::string joined;
  for (const char c : body) {
    if (c != '\n') joined += c;
  }
  for (const std::string& accepted :
       {replaced("\n", "\r\n"), replaced("\n", "\r"), text.substr(0, text.size() - 1),
        begin + joined + end, begin + joined.substr(0, 7) + "\n" + joined.substr(7) + end,
        // RFC 7468 section 2: text around the block, and blanks.
        " " + text, "\n\n" + text, text + "\n\n", text + " \t", "text\n" + text,
        "\xef\xbb\xbf\n" + text, "-----BEGIN of a text\n" + text + "and its end\n", text + '\0',
        replaced("\n", "\n\n"), replaced("\n", " \n"), replaced("\n", "\n\t"),
        replaced("\n", "\r\r\n"), replaced("\n", "\v\f\n"),
        begin + joined.substr(0, 7) + " " + joined.substr(7) + end}) {
    INFO(accepted);
    REQUIRE(hex(read_ok(accepted).bytes.view()) == expected);
  }
  REQUIRE(contains(refusal("\xef\xbb\xbf" + text), "byte order mark"));
  REQUIRE(contains(refusal(text + text), "more than one PEM block"));
  REQUIRE(contains(refusal(text + "-----BEGIN CERTIFICATE-----\n"), "more than one PEM block"));
  REQUIRE(contains(refusal("-----BEGIN CERTIFICATE-----\n" + text), "no private key"));
  for (const std::string& refused :
       {"text" + text, begin + '\0' + body + end, begin + joined + "=" + end,
        begin + joined + "AAAA" + end, begin + "=" + joined + end, begin + "====" + end,
        begin.substr(0, 27) + body + end, begin + body, begin + body + end.substr(1), begin + end,
        begin + body + "\n-----END EC PRIVATE KEY-----\n",
        begin + body + "\n-----END PRIVATE KEY----\n",
        begin + "Proc-Type: 4,ENCRYPTED\n" + body + end, "-----BEGIN -----\n" + body + end,
        "-----BEGIN-----\n" + body + end, "-----begin PRIVATE KEY-----\n" + body + end}) {
    INFO(refused);
    REQUIRE_ERRC(read(refused), Errc::malformed);
  }
}

TEST_CASE("base64: every digit is told from every other character") {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (unsigned value = 0; value < 64; ++value) {
    const Bytes bytes{static_cast<std::uint8_t>(value << 2), 0, 0};
    const std::string text =
        "-----BEGIN X-----\n" + std::string(1, kDigits[value]) + "AAA\n-----END X-----\n";
    REQUIRE(as_string(pem::encode("X", bytes).view()) == text);
    REQUIRE(der_of(text) == bytes);
  }
  for (int c = 0; c < 256; ++c) {
    if (kDigits.find(static_cast<char>(c)) != std::string_view::npos || c == '\n') continue;
    INFO(c);
    const std::string text =
        "-----BEGIN X-----\nA" + std::string(1, static_cast<char>(c)) + "AA\n-----END X-----\n";
    const auto opening = pem::open(as_bytes(text));
    REQUIRE(opening.has_value());
    REQUIRE_FALSE(pem::decode(*opening).has_value());
  }
  for (const char* spare : {"AB==", "A===", "AAB=", "AA=A", "=AAA", "AA==AAAA", "AAAAA", "AAA"}) {
    INFO(spare);
    const std::string text = std::string("-----BEGIN X-----\n") + spare + "\n-----END X-----\n";
    const auto opening = pem::open(as_bytes(text));
    REQUIRE(opening.has_value());
    REQUIRE_FALSE(pem::decode(*opening).has_value());
  }
}

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
