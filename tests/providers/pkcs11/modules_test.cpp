// Modules that want arguments for C_Initialize, such as NSS, and those of p11-kit's configuration.
#include <cstdlib>
#include <fstream>

#include <dlfcn.h>
#include <unistd.h>

#include "temporary_directory.hpp"
#include "token_keys.hpp"

using namespace twoway;

namespace {

constexpr const char* kModule = "libsoftokn3.so";
constexpr const char* kPassword = "nss-password-1";

/// Returns the program that the tests need and this machine lacks, or an empty text.
std::string missing() {
  if (*CERTUTIL == '\0') return "certutil (libnss3-tools)";
  if (::dlopen(kModule, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) == nullptr) {
    return std::string(kModule) + " (libnss3)";
  }
  return {};
}

bool can_run() {
  const std::string what = missing();
  if (what.empty()) return true;
  WARN("skipped: " << what << " is not there");
  return false;
}

/// Returns the module's full path, because p11-kit looks for relative names in a folder of its own.
std::string module_file() {
  const test::RawModule module(kModule);
  Dl_info info{};
  REQUIRE(::dladdr(module.symbol("C_GetFunctionList"), &info) != 0);
  return info.dli_fname;
}

/// p11-kit reads the configuration of a user, but not that of root.
class RealUser {
 public:
  RealUser() {
    if (was_root_) REQUIRE(::setresuid(65534, 0, 0) == 0);
  }
  RealUser(const RealUser&) = delete;
  RealUser& operator=(const RealUser&) = delete;
  ~RealUser() {
    if (was_root_) static_cast<void>(!::setresuid(0, 0, 0));
  }

 private:
  const bool was_root_ = ::getuid() == 0;
};

/// A database that certutil makes.
class Database {
 public:
  explicit Database(const std::string& new_password_option = "-f password") {
    std::ofstream(path("password")) << kPassword << '\n';
    std::ofstream(path("noise")) << std::string(64, 'n');
    certutil("-N " + new_password_option);
  }

  std::string path(const std::string& name) const { return (directory_.path() / name).string(); }

  void certutil(const std::string& arguments) const {
    const std::string log = path("log");
    const std::string line = "cd '" + path("") + "' && env -u LD_PRELOAD " + CERTUTIL +
                             " -d sql:. " + arguments + " >log 2>&1 </dev/null";
    const bool good = std::system(line.c_str()) == 0;
    std::string said;
    std::getline(std::ifstream(log), said);
    INFO(arguments << ": " << said);
    REQUIRE(good);
  }

  std::string init_arguments() const { return "configdir='sql:" + path("") + "'"; }

  pkcs11::TokenLocation location() const {
    return {
        .module_path = kModule, .init_arguments = init_arguments(), .label = "NSS Certificate DB"};
  }

 private:
  const test::TemporaryDirectory directory_;
};

pkcs11::Options with_password() {
  pkcs11::Options options;
  options.pin = std::make_shared<test::CountingPin>(kPassword);
  return options;
}

}  // namespace

TEST_CASE("keys that certutil makes in a database of NSS receive requests") {
  if (!can_run()) return;
  const Database database;
  for (const char* curve : {"nistp256", "curve25519"}) {
    database.certutil(std::string("-G -k ec -f password -z noise -q ") + curve);
  }
  const auto token = pkcs11::Token::open(database.location(), with_password());
  REQUIRE_OK(token);
  const auto keys = token->list_keys();
  REQUIRE_OK(keys);
  REQUIRE(keys->size() == 2);
  REQUIRE(keys->front().kem != keys->back().kem);
  for (const pkcs11::KeyInfo& info : *keys) {
    const Provider* crypto = test::provider_for(info.kem);
    if (crypto == nullptr) continue;
    INFO(core::find_kem(info.kem)->name);
    REQUIRE(info.derivable);
    auto key = token->open_key(*crypto, info.name);
    REQUIRE_OK(key);
    REQUIRE(test::hex((*key)->public_key()) == test::hex(info.public_key));
    REQUIRE_OK(test::exchange(*crypto, std::move(*key)));
  }
}

TEST_CASE("keys are made in a database of NSS, and opened by URI") {
  if (!can_run()) return;
  const Database database;
  for (const KemId kem : test::kTokenKems) {
    const Provider* crypto = test::provider_for(kem);
    if (crypto == nullptr) continue;
    INFO(core::find_kem(kem)->name);
    pkcs11::KeyLocation place{database.location(), {core::find_kem(kem)->short_name, {}}};
    {
      const auto token = pkcs11::Token::open(place.token, with_password());
      REQUIRE_OK(token);
      auto made = token->generate_key(*crypto, kem, place.key);
      REQUIRE_OK(made);
      REQUIRE_OK(test::exchange(*crypto, std::move(*made)));
    }
    auto opened = pkcs11::open_key(*crypto, pkcs11::to_uri(place), with_password());
    REQUIRE_OK(opened);
    REQUIRE((*opened)->kem_id() == kem);
    REQUIRE_OK(test::exchange(*crypto, std::move(*opened)));
  }
}

TEST_CASE("a database of NSS with an empty password needs no PIN") {
  if (!can_run()) return;
  const Provider* crypto = test::provider_for(KemId::dhkem_x25519);
  if (crypto == nullptr) return;
  const Database database("--empty-password");
  const auto token = pkcs11::Token::open(database.location());
  REQUIRE_OK(token);
  REQUIRE(!token->info()->login_required);
  auto made = token->generate_key(*crypto, KemId::dhkem_x25519, {"hpke", {}});
  REQUIRE_OK(made);
  REQUIRE_OK(test::exchange(*crypto, std::move(*made)));
}

TEST_CASE("a module has one set of arguments in a process") {
  if (!can_run()) return;
  const Database database, other;
  // Without any, NSS 3.87 does not start, and 3.110 starts without a database.
  REQUIRE_FALSE(pkcs11::Token::open({.module_path = kModule}));
  {
    const auto token = pkcs11::Token::open(database.location(), with_password());
    REQUIRE_OK(token);
    REQUIRE_ERRC(pkcs11::Token::open(other.location()), Errc::invalid_argument);
    REQUIRE_OK(pkcs11::Token::open({.module_path = kModule, .label = "NSS Certificate DB"}));
    // A listed key can be opened by its listed name.
    const auto listed = pkcs11::list_tokens(kModule);
    REQUIRE_OK(listed);
    REQUIRE(listed->back().location.init_arguments == database.init_arguments());
    REQUIRE_OK(pkcs11::Token::open(listed->back().location));
  }
  REQUIRE_OK(pkcs11::Token::open(other.location()));
}

TEST_CASE("a module that does not load or start says why") {
  const auto open = [](const std::string& path) {
    const auto token = pkcs11::Token::open({.module_path = path});
    REQUIRE_ERRC(token, Errc::key_unavailable);
    return std::string(token.error().message);
  };
  const std::string absent = open("/nonexistent/module.so");
  REQUIRE(absent.find("cannot be loaded: /nonexistent/module.so: ") != std::string::npos);
  const test::TemporaryDirectory directory;
  const std::string text = (directory.path() / "text.so").string();
  std::ofstream(text) << "no library";
  const std::string no_library = open(text);
  REQUIRE(no_library.find(text) != std::string::npos);
  REQUIRE(no_library != absent);
  REQUIRE(open("libc.so.6").find("no PKCS#11 module") != std::string::npos);

  ::setenv("SOFTHSM2_CONF", (directory.path() / "absent.conf").c_str(), 1);
  const std::string unconfigured = open(test::SoftToken::module_path());
  REQUIRE(unconfigured.find("does not start (CKR_GENERAL_ERROR, 0x5): ") != std::string::npos);
  REQUIRE(unconfigured.find("SOFTHSM2_CONF") != std::string::npos);
}

TEST_CASE("without module-path the modules of p11-kit's configuration are searched") {
  const test::SoftToken soft_token("soft-of-p11-kit");
  const Provider* crypto = test::provider_for(KemId::dhkem_x25519);
  REQUIRE(crypto != nullptr);
  const test::TemporaryDirectory configuration;
  const auto folder = configuration.path() / "pkcs11" / "modules";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "softhsm2.module") << "module: " << test::SoftToken::module_path() << '\n';
  ::setenv("XDG_CONFIG_HOME", configuration.path().c_str(), 1);
  const bool with_nss = can_run();
  std::optional<Database> database;
  if (with_nss) {
    database.emplace();
    std::ofstream(folder / "nss.module")
        << "module: " << module_file() << "\nx-init-reserved: " << database->init_arguments()
        << '\n';
  }

  const RealUser user;
  {
    const auto token = pkcs11::Token::open({.label = "soft-of-p11-kit"}, test::with_pin());
    REQUIRE_OK(token);
    auto key = token->generate_key(*crypto, KemId::dhkem_x25519, {"hpke", {}});
    REQUIRE_OK(key);
    REQUIRE_OK(test::exchange(*crypto, std::move(*key)));
  }
  for (const char* query : {"", "?module-name=softhsm2"}) {
    INFO(query);
    auto key = pkcs11::open_key(
        *crypto, std::string("pkcs11:token=soft-of-p11-kit;object=hpke") + query, test::with_pin());
    REQUIRE_OK(key);
    REQUIRE_OK(test::exchange(*crypto, std::move(*key)));
  }
  const auto unknown = pkcs11::open_key(*crypto, "pkcs11:object=hpke?module-name=none");
  REQUIRE_ERRC(unknown, Errc::key_unavailable);
  REQUIRE(std::string(unknown.error().message).find("list-modules") != std::string::npos);
  REQUIRE_ERRC(pkcs11::Token::open({.label = "of nobody"}), Errc::key_unavailable);

  if (with_nss) {
    const auto token = pkcs11::Token::open({.label = "NSS Certificate DB"}, with_password());
    REQUIRE_OK(token);
    auto key = token->generate_key(*crypto, KemId::dhkem_x25519, {"hpke", {}});
    REQUIRE_OK(key);
    REQUIRE_OK(test::exchange(*crypto, std::move(*key)));
    // The same token through its listed location is one module with one initialisation.
    const std::string uri = pkcs11::to_uri({token->info()->location, {"hpke", {}}});
    REQUIRE(uri.find("x-init-reserved=") != std::string::npos);
    REQUIRE_OK(pkcs11::open_key(*crypto, uri, with_password()));
  }
  ::unsetenv("XDG_CONFIG_HOME");
}
