#include "soft_token.hpp"

#include <array>
#include <fstream>

#include <dlfcn.h>

namespace twoway::test {

SoftToken::SoftToken(const std::string& label, std::string pin) : pin_(std::move(pin)) {
  must(*module_path() != '\0' && *SOFTHSM_UTIL != '\0', "SoftHSM (softhsm2) is not installed");
  std::filesystem::create_directory(store());
  const std::string configuration = directory() / "softhsm2.conf";
  std::ofstream(configuration) << "directories.tokendir = " << store().string()
                               << "\nlog.level = ERROR\n";
  ::setenv("SOFTHSM2_CONF", configuration.c_str(), 1);
  add_token(label);
}

const char* SoftToken::module_path() { return SOFTHSM_MODULE; }

void SoftToken::add_token(const std::string& label) const {
  run(std::string(SOFTHSM_UTIL) + " --init-token --free --label '" + label + "' --so-pin " + pin_ +
      " --pin " + pin_);
}

void SoftToken::run(const std::string& command) const {
  const std::string log = directory() / "log";
  // The sanitizers' runtime must not be loaded into programs that were built without it.
  const bool good =
      std::system(("env -u LD_PRELOAD " + command + " >'" + log + "' 2>&1").c_str()) == 0;
  if (good) return;
  std::string said;
  std::getline(std::ifstream(log), said);
  must(false, command + ": " + said);
}

RawModule::RawModule(const char* path) {
  // The module stays loaded. Without it SoftHSM's remaining memory would be unreachable, and
  // reported as leaked.
  library_ = ::dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  must(library_ != nullptr, std::string(path) + " cannot be loaded");
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(symbol("C_GetFunctionList"));
  must(get(&list_) == CKR_OK, "C_GetFunctionList failed");
}

RawModule::~RawModule() { ::dlclose(library_); }

void* RawModule::symbol(const char* name) const {
  void* const found = ::dlsym(library_, name);
  must(found != nullptr, std::string("the module has no ") + name);
  return found;
}

CK_RV RawModule::initialize() const {
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  return list_->C_Initialize(&arguments);
}

CK_SLOT_ID RawModule::slot(const std::string& label) const {
  std::array<CK_SLOT_ID, 16> slots{};
  CK_ULONG count = slots.size();
  must(list_->C_GetSlotList(CK_TRUE, slots.data(), &count) == CKR_OK, "C_GetSlotList failed");
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    if (list_->C_GetTokenInfo(slots[i], &info) != CKR_OK) continue;
    std::string found(reinterpret_cast<const char*>(info.label), sizeof(info.label));
    found.erase(found.find_last_not_of(' ') + 1);
    if (found == label) return slots[i];
  }
  throw std::runtime_error("no token is called " + label);
}

CK_TOKEN_INFO RawModule::token_info(const std::string& label) const {
  CK_TOKEN_INFO info{};
  must(list_->C_GetTokenInfo(slot(label), &info) == CKR_OK, "C_GetTokenInfo failed");
  return info;
}

CK_SESSION_HANDLE RawModule::open_session(const std::string& label) const {
  CK_SESSION_HANDLE session = 0;
  must(list_->C_OpenSession(slot(label), CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                            &session) == CKR_OK,
       "C_OpenSession failed");
  std::string pin = kPin;
  const CK_RV rv =
      list_->C_Login(session, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()), pin.size());
  must(rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN, "C_Login failed");
  return session;
}

CK_OBJECT_HANDLE RawModule::find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS kind,
                                 const std::string& label) const {
  std::string name = label;
  CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &kind, sizeof(kind)}, {CKA_LABEL, name.data(), name.size()}};
  std::array<CK_OBJECT_HANDLE, 2> found{};
  CK_ULONG count = 0;
  must(list_->C_FindObjectsInit(session, wanted, std::size(wanted)) == CKR_OK &&
           list_->C_FindObjects(session, found.data(), found.size(), &count) == CKR_OK &&
           list_->C_FindObjectsFinal(session) == CKR_OK,
       "C_FindObjects failed");
  must(count == 1, "the token has not one object of this class called " + label);
  return found[0];
}

}  // namespace twoway::test
