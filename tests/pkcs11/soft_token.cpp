#include "soft_token.hpp"

#include <array>
#include <cstdlib>
#include <fstream>

#include <dlfcn.h>
#include <unistd.h>

namespace twoway::test {

Status CountingPin::read(core::SecretBuffer& pin) noexcept {
  ++asked_;
  pin.assign(pin_.begin(), pin_.end());
  return {};
}

SoftToken::SoftToken(const std::string& label) {
  std::string pattern = (std::filesystem::temp_directory_path() / "twoway-p11-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;
  std::filesystem::create_directory(directory_ / "tokens");
  std::ofstream(directory_ / "softhsm2.conf")
      << "directories.tokendir = " << (directory_ / "tokens").string() << "\nlog.level = ERROR\n";
  ::setenv("SOFTHSM2_CONF", (directory_ / "softhsm2.conf").c_str(), 1);
  add_token(label);
}

SoftToken::~SoftToken() { std::filesystem::remove_all(directory_); }

void SoftToken::add_token(const std::string& label) const {
  run(std::string(SOFTHSM_UTIL) + " --init-token --free --label '" + label + "' --so-pin " + kPin +
      " --pin " + kPin);
}

void SoftToken::run(const std::string& command) const {
  INFO(command);
  // The sanitizers' runtime must not come into programs that know nothing of it.
  REQUIRE(std::system(("env -u LD_PRELOAD " + command + " >'" + (directory_ / "log").string() +
                       "' 2>&1 || { cat '" + (directory_ / "log").string() + "'; exit 1; }")
                          .c_str()) == 0);
}

pkcs11::TokenLocation SoftToken::location(const std::string& label) const {
  return {.module_path = SOFTHSM_MODULE,
          .label = label,
          .serial = {},
          .manufacturer = {},
          .model = {},
          .slot_id = {}};
}

std::string SoftToken::uri(const std::string& key_label) const {
  return "pkcs11:token=gateway;object=" + key_label + "?module-path=" + SOFTHSM_MODULE;
}

RawModule::RawModule() {
  library_ = ::dlopen(SOFTHSM_MODULE, RTLD_NOW | RTLD_LOCAL);
  REQUIRE(library_ != nullptr);
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library_, "C_GetFunctionList"));
  REQUIRE(get != nullptr);
  REQUIRE(get(&list_) == CKR_OK);
}

RawModule::~RawModule() { ::dlclose(library_); }

CK_RV RawModule::initialize() const {
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  return list_->C_Initialize(&arguments);
}

CK_SLOT_ID RawModule::slot(const std::string& label) const {
  std::array<CK_SLOT_ID, 16> slots{};
  CK_ULONG count = slots.size();
  REQUIRE(list_->C_GetSlotList(CK_TRUE, slots.data(), &count) == CKR_OK);
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    if (list_->C_GetTokenInfo(slots[i], &info) != CKR_OK) continue;
    std::string found(reinterpret_cast<const char*>(info.label), sizeof(info.label));
    found.erase(found.find_last_not_of(' ') + 1);
    if (found == label) return slots[i];
  }
  FAIL("no token is called " << label);
  return 0;
}

CK_TOKEN_INFO RawModule::token_info(const std::string& label) const {
  CK_TOKEN_INFO info{};
  REQUIRE(list_->C_GetTokenInfo(slot(label), &info) == CKR_OK);
  return info;
}

CK_SESSION_HANDLE RawModule::open_session() const {
  CK_SESSION_HANDLE session = 0;
  REQUIRE(list_->C_OpenSession(slot(), CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                               &session) == CKR_OK);
  std::string pin = kPin;
  const CK_RV rv =
      list_->C_Login(session, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()), pin.size());
  REQUIRE((rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN));
  return session;
}

pkcs11::Options with_pin() {
  pkcs11::Options options;
  options.pin = std::make_shared<CountingPin>();
  return options;
}

const Provider* provider_for(KemId kem) {
  for (const Provider* provider : built::providers()) {
    if (Kem::find(*provider, kem)) return provider;
  }
  return nullptr;
}

Status exchange(const Provider& crypto, std::shared_ptr<const PrivateKey> key) {
  KeyRing ring{crypto};
  if (auto s = ring.add(1, std::move(key), {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}}); !s) {
    return s;
  }
  auto configs = ring.key_configs();
  if (!configs) return configs.error();
  auto sender = RequestSender::create(crypto, *configs);
  if (!sender) return sender.error();
  auto request = sender->seal(as_bytes("question"));
  if (!request) return request.error();
  auto opened = RequestReceiver{ring}.open(request->message);
  if (!opened) return opened.error();
  if (opened->plaintext != copy(as_bytes("question")))
    return Error{Errc::malformed, "not the question"};
  auto reply = opened->response_sealer.seal(as_bytes("answer"));
  if (!reply) return reply.error();
  auto answer = request->response_opener.open(*reply);
  if (!answer) return answer.error();
  if (*answer != copy(as_bytes("answer"))) return Error{Errc::malformed, "not the answer"};
  return {};
}

}  // namespace twoway::test
