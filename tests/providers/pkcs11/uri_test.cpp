// URIs, and the PINs that come from them and from elsewhere.
#include <fstream>

#include "memory_search.hpp"
#include "token_keys.hpp"

using namespace twoway;
using test::SoftToken;

namespace {

core::SecretBuffer pin_of(const pkcs11::ParsedUri& parsed) {
  core::SecretBuffer pin;
  REQUIRE(parsed.pin != nullptr);
  REQUIRE_OK(parsed.pin->read(pin));
  return pin;
}

std::string text(const core::SecretBuffer& pin) { return {pin.begin(), pin.end()}; }

}  // namespace

TEST_CASE("a PKCS#11 URI names a token, a key, a module and a PIN") {
  const auto parsed = pkcs11::parse_uri(
      "pkcs11:token=my%20token;serial=42;manufacturer=Acme;model=X1;slot-id=7;object=hpke;"
      "id=%01%02;type=private?module-path=/lib/p11.so&pin-value=12%2034");
  REQUIRE_OK(parsed);
  const pkcs11::TokenLocation& token = parsed->location.token;
  REQUIRE(token.label == "my token");
  REQUIRE(token.serial == "42");
  REQUIRE(token.manufacturer == "Acme");
  REQUIRE(token.model == "X1");
  REQUIRE(token.slot_id == 7);
  REQUIRE(token.module_path == "/lib/p11.so");
  REQUIRE(parsed->location.key.label == "hpke");
  REQUIRE(parsed->location.key.id == Bytes{1, 2});
  REQUIRE(text(pin_of(*parsed)) == "12 34");

  const std::string uri = pkcs11::to_uri(parsed->location);
  REQUIRE(uri.find("34") == std::string::npos);
  const auto again = pkcs11::parse_uri(uri);
  REQUIRE_OK(again);
  REQUIRE(again->pin == nullptr);
  REQUIRE(pkcs11::to_uri(again->location) == uri);
  REQUIRE(again->location.token.label == "my token");
  REQUIRE(again->location.key.id == Bytes{1, 2});

  const auto empty = pkcs11::parse_uri("pkcs11:");
  REQUIRE_OK(empty);
  REQUIRE(empty->location.token.label.empty());
  REQUIRE(!empty->location.token.slot_id);
}

TEST_CASE("wrong URIs, and those with unused attributes, are refused") {
  for (const char* uri :
       {"", "pkcs12:token=a", "pkcs11:token=%zz", "pkcs11:id", "/dev/tpm0",
        "pkcs11:a?pin-source=file:/a&pin-value=b", "pkcs11:?pin-source=file:/a&pin-value=b",
        "pkcs11:?pin-value=a&pin-value=b", "pkcs11:?module-path=/a&module-path=/b"}) {
    INFO(uri);
    REQUIRE_ERRC(pkcs11::parse_uri(uri), Errc::malformed);
  }
  for (const char* uri :
       {"pkcs11:tokn=a", "pkcs11:token=a;type=public", "pkcs11:type=cert",
        "pkcs11:library-manufacturer=a", "pkcs11:library-version=3.0", "pkcs11:slot-description=a",
        "pkcs11:?modul-path=/a", "pkcs11:token=a?x-other=1", "pkcs11:?pin-source=%7C/bin/echo",
        "pkcs11:?pin-source=prompt:x"}) {
    INFO(uri);
    REQUIRE_ERRC(pkcs11::parse_uri(uri), Errc::not_supported);
  }
}

TEST_CASE("blanks in a URI are reported, in place of a token of another name") {
  for (const char* uri : {"pkcs11:token=my token", "pkcs11:token=a\n", " pkcs11:token=a",
                          "pkcs11:token=a?module-path=/my lib.so", "pkcs11:token=\ta"}) {
    INFO(uri);
    const auto parsed = pkcs11::parse_uri(uri);
    REQUIRE_ERRC(parsed, Errc::malformed);
    REQUIRE(std::string(parsed.error().message).find("%20") != std::string::npos);
  }
}

TEST_CASE("a URI names a module by path or name, and the arguments of its C_Initialize") {
  const auto nss = pkcs11::parse_uri(
      "PKCS11:token=a?module-path=/lib/n.so&x-init-reserved=configdir%3D'sql%3A/my%20db'%20%26");
  REQUIRE_OK(nss);
  REQUIRE(nss->location.token.module_path == "/lib/n.so");
  REQUIRE(nss->location.token.init_arguments == "configdir='sql:/my db' &");
  const auto again = pkcs11::parse_uri(pkcs11::to_uri(nss->location));
  REQUIRE_OK(again);
  REQUIRE(again->location.token.init_arguments == nss->location.token.init_arguments);

  const auto by_name = pkcs11::parse_uri("Pkcs11:?module-name=softhsm2");
  REQUIRE_OK(by_name);
  REQUIRE(by_name->location.token.module_name == "softhsm2");
  REQUIRE(pkcs11::to_uri(by_name->location) == "pkcs11:?module-name=softhsm2");
}

TEST_CASE("a written URI names the slot only if neither label nor serial number names the token") {
  pkcs11::KeyLocation place;
  place.token.slot_id = 7;
  REQUIRE(pkcs11::to_uri(place) == "pkcs11:slot-id=7");
  place.token.model = "X1";
  REQUIRE(pkcs11::to_uri(place) == "pkcs11:slot-id=7;model=X1");
  place.token.label = "a";
  REQUIRE(pkcs11::to_uri(place) == "pkcs11:model=X1;token=a");
  place.token.label.clear();
  place.token.serial = "42";
  REQUIRE(pkcs11::to_uri(place) == "pkcs11:model=X1;serial=42");
}

TEST_CASE("a PIN in a URI is wiped, even if the URI is refused") {
  if (!test::searchable()) return;
  // It has a unique length, so that freed memory with it is not used again.
  core::SecretBuffer pin(1000);
  REQUIRE_OK(built::providers().front()->rng().fill(pin));
  for (std::uint8_t& byte : pin) byte = static_cast<std::uint8_t>('A' + byte % 26);
  test::Needles needles;
  needles.add("PIN", pin);
  const auto mask = [&] {
    for (std::uint8_t& byte : pin) byte ^= 0xa5;
  };
  const auto parse = [&](std::string_view before, std::string_view after, bool good) {
    core::SecretBuffer uri(before.begin(), before.end());
    uri.insert(uri.end(), pin.begin(), pin.end());
    uri.insert(uri.end(), after.begin(), after.end());
    const auto parsed = pkcs11::parse_uri({reinterpret_cast<const char*>(uri.data()), uri.size()});
    REQUIRE(parsed.ok() == good);
    if (good) REQUIRE(std::ranges::equal(pin_of(*parsed), pin));
  };
  const struct {
    const char* before;
    const char* after;
    bool good;
  } rows[] = {{"pkcs11:token=a?pin-value=", "", true},
              {"pkcs11:token=a?pin-value=", "&module-path=/a", true},
              {"pkcs11:token=a?pin-value=", "&pin-source=file:/a", false},
              {"pkcs11:token=a?pin-value=", "&pin-value=b", false},
              {"pkcs11:token=a?pin-value=", "&module-path=%zz", false},
              {"pkcs11:token=a?pin-value=", "%zz", false},
              {"pkcs11:token=a?pin-value=", " ", false},
              {"pkcs11:tokn=a?pin-value=", "", false}};
  for (const auto& row : rows) {
    INFO(row.before << "PIN" << row.after);
    parse(row.before, row.after, row.good);
    mask();
    REQUIRE(test::findings(needles) == "");
    mask();
  }
}

TEST_CASE("PINs come from files, the environment, functions and URIs") {
  const SoftToken directory;
  const auto path = directory.directory() / "pin";
  const auto read = [](const std::shared_ptr<core::SecretSource>& source) {
    core::SecretBuffer pin;
    REQUIRE_OK(source->read(pin));
    return text(pin);
  };
  const auto write = [&](const std::string& bytes) { std::ofstream(path) << bytes; };
  const struct {
    std::string file, pin;
  } rows[] = {{"123456", "123456"},
              {"123456\n", "123456"},
              {"123456\r\n", "123456"},
              {"123456\n\n", "123456\n"},
              {" 1 \n", " 1 "},
              {"", ""},
              {std::string(1024, '7') + "\n", std::string(1024, '7')}};
  for (const auto& row : rows) {
    write(row.file);
    REQUIRE(read(core::secret_from_file(path.string())) == row.pin);
  }
  core::SecretBuffer pin;
  write(std::string(1025, '7'));
  REQUIRE_ERRC(core::secret_from_file(path.string())->read(pin), Errc::key_unavailable);
  const auto missing = core::secret_from_file("/nonexistent/pin")->read(pin);
  REQUIRE_ERRC(missing, Errc::key_unavailable);
  REQUIRE(missing.error().native == ENOENT);

  ::setenv("TWOWAY_TEST_PIN", "4711", 1);
  REQUIRE(read(core::secret_from_environment("TWOWAY_TEST_PIN")) == "4711");
  ::setenv("TWOWAY_TEST_PIN", std::string(1025, '7').c_str(), 1);
  REQUIRE_ERRC(core::secret_from_environment("TWOWAY_TEST_PIN")->read(pin), Errc::key_unavailable);
  ::unsetenv("TWOWAY_TEST_PIN");
  REQUIRE_ERRC(core::secret_from_environment("TWOWAY_TEST_PIN")->read(pin), Errc::key_unavailable);

  REQUIRE(read(core::secret_from_function([](core::SecretBuffer& out) -> Status {
            out.assign(3, '9');
            return {};
          })) == "999");
  REQUIRE_ERRC(core::secret_from_function([](core::SecretBuffer& out) -> Status {
                 out.assign(1025, '9');
                 return {};
               })->read(pin),
               Errc::key_unavailable);
  REQUIRE_ERRC(core::secret_from_function({})->read(pin), Errc::invalid_argument);

  write("123456\n");
  for (const char* prefix : {"file:", "file://", ""}) {
    const auto parsed =
        pkcs11::parse_uri("pkcs11:?pin-source=" + std::string(prefix) + path.string());
    REQUIRE_OK(parsed);
    REQUIRE(text(pin_of(*parsed)) == "123456");
  }

  const Provider* crypto = test::provider_for(KemId::dhkem_x25519);
  const auto token =
      pkcs11::Token::open(test::location(), {.pin = core::secret_from_file(path.string())});
  REQUIRE_OK(token);
  REQUIRE_OK(token->generate_key(*crypto, KemId::dhkem_x25519, {"hpke", {}}));
  REQUIRE_OK(pkcs11::open_key(*crypto, test::uri("hpke") + "&pin-source=file:" + path.string()));
  // The only key of the token needs no name.
  REQUIRE_OK(pkcs11::open_key(*crypto, pkcs11::to_uri({test::location(), {}}), test::with_pin()));
}
