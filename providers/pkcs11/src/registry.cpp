// The modules of the process, which are finalised when it ends.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <openssl/crypto.h>

#include "errors.hpp"
#include "module.hpp"

namespace twoway::pkcs11 {
namespace {

using core::Errc;
using core::Error;
using core::Result;

struct Registry {
  std::mutex mutex;
  std::vector<Module*> modules;
};

/// Never destroyed: keys may live in static objects.
Registry& registry() noexcept {
  static PerProcess<Registry>& all = *new PerProcess<Registry>;
  return all.get();
}

std::atomic<bool> process_ends = false;

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

bool is_ending() noexcept { return process_ends; }

// A module's own static objects, and those of the libraries that it uses, end in the reverse order
// in which they were made: after a handler that is registered now. Keys in static objects of the
// application may end later still. A module that another thread is in is left as it is.
void Module::end_all() noexcept {
  if (process_ends.exchange(true)) return;
  Registry& all = registry();
  const std::unique_lock lock(all.mutex, std::try_to_lock);
  if (!lock) return;
  for (Module* const module : all.modules) module->finalize_at_exit();
}

void Module::guard_exit(Milestone milestone) const noexcept {
  using Guarded = std::pair<void*, Milestone>;
  struct Table {
    std::mutex mutex;
    std::vector<Guarded> rows;
  };
  static PerProcess<Table>& tables = *new PerProcess<Table>;
  Table& table = tables.get();
  const std::lock_guard lock(table.mutex);
  const Guarded row{library_, milestone};  // modules stay mapped, so handles stay theirs
  if (std::find(table.rows.begin(), table.rows.end(), row) != table.rows.end()) return;
  table.rows.push_back(row);
  static_cast<void>(std::atexit([] { Module::end_all(); }));
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
    constexpr const char* kNotLoaded = "the PKCS#11 module cannot be loaded";
    const char* reason = ::dlerror();
    if (reason == nullptr) return Error{Errc::key_unavailable, kNotLoaded};
    return Error{Errc::key_unavailable,
                 core::lasting(std::string(kNotLoaded) + ": " + reason, kNotLoaded)};
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
