#include "module.hpp"

#include <algorithm>
#include <cstring>

#include <dlfcn.h>
#include <libp11.h>
#include <openssl/crypto.h>

#include "errors.hpp"

namespace twoway::pkcs11 {
namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;

struct Registry {
  std::mutex mutex;
  std::vector<Module*> modules;
};

/// Never destroyed: keys may live in static objects.
Registry& registry() noexcept {
  static PerProcess<Registry>& all = *new PerProcess<Registry>;
  return all.get();
}

Result<CK_FUNCTION_LIST*> function_list(void* library) noexcept {
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  if (get == nullptr) {
    return Error{Errc::key_unavailable, "the file is no PKCS#11 module: check the module's path"};
  }
  CK_FUNCTION_LIST* list = nullptr;
  const CK_RV rv = get(&list);
  if (rv != CKR_OK) return failure(rv);
  if (list == nullptr) return failure(CKR_GENERAL_ERROR);
  return list;
}

}  // namespace

Status Module::initialize(bool again) noexcept {
  Process& process = process_.get();
  const std::lock_guard lock(process.mutex);
  if (process.initialised && !again) return {};
  CK_RV rv = call_initialize();
  process.owned = rv == CKR_OK;
  if (process.owned && !libp11_asked_) {
    libp11_asked_ = true;
    if (!load_with_libp11(process)) {
      rv = call_initialize();
      process.owned = rv == CKR_OK;
    }
  }
  if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED) {
    process.initialised = false;
    return failure(rv);
  }
  if (process.owned) ++process.epoch;
  process.initialised = true;
  return {};
}

// pReserved is a text for modules that want one, as p11-kit passes it too. NSS has a member of its
// own in that place, and a pReserved after it that must be null.
CK_RV Module::call_initialize() noexcept {
  struct {
    CK_C_INITIALIZE_ARGS standard{};
    void* reserved_of_nss = nullptr;
  } arguments;
  arguments.standard.flags = CKF_OS_LOCKING_OK;
  if (!init_arguments_.empty()) arguments.standard.pReserved = init_arguments_.data();
  return list_->C_Initialize(&arguments);
}

// libp11 closes every session of a slot when it lets go of a list of slots, and finalises a module
// that it fails to load. So it is called only where neither can hurt: before anybody has a session,
// in a module that this library has just initialised. False where the module may be finalised now.
bool Module::load_with_libp11(Process& process) noexcept {
  PKCS11_CTX* context = PKCS11_CTX_new();
  if (context == nullptr) return true;
  if (PKCS11_CTX_load(context, path_.c_str()) != 0) {
    PKCS11_CTX_free(context);
    return false;
  }
  context_ = context;
  context_pid_ = ::getpid();
  PKCS11_SLOT* slots = nullptr;
  unsigned int count = 0;
  if (PKCS11_enumerate_slots(context, &slots, &count) != 0) return true;
  for (unsigned int i = 0; i < count; ++i) {
    if (slots[i].token != nullptr) process.slots.push_back(PKCS11_get_slotid_from_slot(&slots[i]));
  }
  PKCS11_release_all_slots(context, slots, count);
  return true;
}

std::uint64_t Module::epoch() const noexcept { return process_.get().epoch; }

Result<std::vector<CK_SLOT_ID>> Module::slots(Slots which) noexcept {
  constexpr CK_ULONG kMost = 0x10000;
  Process& process = process_.get();
  const std::lock_guard lock(process.mutex);
  if (which == Slots::known) return process.slots;
  std::vector<CK_SLOT_ID> ids;
  for (int tries = 0; tries < 8; ++tries) {
    CK_ULONG count = 0;
    CK_RV rv = list_->C_GetSlotList(CK_TRUE, nullptr, &count);
    if (rv != CKR_OK) return failure(rv);
    if (count > kMost) return failure(CKR_GENERAL_ERROR);
    ids.resize(count);
    if (count != 0) rv = list_->C_GetSlotList(CK_TRUE, ids.data(), &count);
    if (rv == CKR_BUFFER_TOO_SMALL) continue;  // one was plugged in between
    if (rv != CKR_OK) return failure(rv);
    if (count > ids.size()) return failure(CKR_GENERAL_ERROR);
    ids.resize(count);
    process.slots = ids;
    return ids;
  }
  return failure(CKR_GENERAL_ERROR);
}

Module::~Module() {
  const Process* process = process_.find();
  if (process != nullptr && process->owned) list_->C_Finalize(nullptr);
  // Freed, never unloaded: libp11 would finalise again. In a child it would first initialise the
  // module, without locks.
  if (context_ != nullptr && context_pid_ == ::getpid()) PKCS11_CTX_free(context_);
}

Result<ModuleRef> ModuleRef::load(const std::string& path,
                                  const std::string& init_arguments) noexcept {
  if (path.empty()) {
    return Error{Errc::invalid_argument,
                 "no PKCS#11 module is named: give its path (module-path in a URI)"};
  }
  // libp11 and many modules call OpenSSL's libcrypto. A BoringSSL that has functions of the same
  // names and comes first would take the calls.
  const char* libcrypto = OpenSSL_version(OPENSSL_VERSION);
  if (libcrypto == nullptr || std::strncmp(libcrypto, "BoringSSL", 9) == 0) {
    return Error{Errc::not_supported,
                 "a BoringSSL without a symbol prefix is in this process, and takes the calls of "
                 "PKCS#11 modules to OpenSSL: link a BoringSSL that has a prefix"};
  }
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  // Modules leave exit handlers and threads behind, so they stay mapped.
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    return Error{Errc::key_unavailable, "the PKCS#11 module cannot be loaded: check its path"};
  }
  const auto found = std::find_if(all.modules.begin(), all.modules.end(),
                                  [&](const Module* m) { return m->library_ == library; });
  Module* module = found != all.modules.end() ? *found : nullptr;
  if (module != nullptr) {
    ::dlclose(library);
    if (!init_arguments.empty() && init_arguments != module->init_arguments_) {
      return Error{Errc::invalid_argument,
                   "the PKCS#11 module is in use in this process with other initialisation "
                   "arguments: a process has one set of them for each module"};
    }
  } else {
    const Result<CK_FUNCTION_LIST*> list = function_list(library);
    if (!list) {
      ::dlclose(library);
      return list.error();
    }
    module = new Module(path, init_arguments, library, *list);
    all.modules.push_back(module);
  }
  ++module->references_;
  ModuleRef reference(module);
  return reference;
}

ModuleRef::~ModuleRef() {
  if (module_ == nullptr) return;
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  if (--module_->references_ != 0) return;
  std::erase(all.modules, module_);
  delete module_;
}

}  // namespace twoway::pkcs11
