// PKCS#11 modules: loaded and initialised once in a process, shared by all tokens.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <twoway/core/error.hpp>
#include <twoway/pkcs11.hpp>

#include "native.hpp"
#include "per_process.hpp"

struct PKCS11_ctx_st;

namespace twoway::pkcs11 {

/// One shared object. Made and destroyed by the registry.
class Module {
 public:
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  CK_FUNCTION_LIST& p11() const noexcept { return *list_; }
  const std::string& path() const noexcept { return path_; }
  const std::string& init_arguments() const noexcept { return init_arguments_; }

  /// Calls C_Initialize where this process has not done so, or where `again` says that the module
  /// answered that it is not initialised.
  core::Status initialize(bool again) noexcept;

  /// Changes when `initialize` did initialise: every older session handle is void.
  std::uint64_t epoch() const noexcept;

  /// The slots with a token: those that are known, or by asking the module again.
  enum class Slots { known, ask };
  core::Result<std::vector<CK_SLOT_ID>> slots(Slots which) noexcept;

 private:
  friend class ModuleRef;

  /// What holds in one process.
  struct Process {
    std::mutex mutex;
    bool initialised = false;
    bool owned = false;  // C_Initialize was ours, so C_Finalize is
    std::atomic<std::uint64_t> epoch = 0;
    std::vector<CK_SLOT_ID> slots;
  };

  Module(std::string path, std::string init_arguments, void* library,
         CK_FUNCTION_LIST* list) noexcept
      : path_(std::move(path)),
        init_arguments_(std::move(init_arguments)),
        library_(library),
        list_(list) {}
  ~Module();

  CK_RV call_initialize() noexcept;
  bool load_with_libp11(Process& process) noexcept;

  const std::string path_;
  std::string init_arguments_;  // C_Initialize takes it as it may be written to
  void* library_;
  CK_FUNCTION_LIST* list_;
  bool libp11_asked_ = false;
  PKCS11_ctx_st* context_ = nullptr;
  pid_t context_pid_ = 0;
  std::size_t references_ = 0;  // the registry's, under its mutex
  PerProcess<Process> process_;
};

/// A reference to a module. With the last one goes the module's initialisation, if it is ours.
class ModuleRef {
 public:
  /// Loads the module at `path`, or shares it. It may not be initialised yet. Errors:
  /// invalid_argument (it is shared with other `init_arguments`).
  static core::Result<ModuleRef> load(const std::string& path,
                                      const std::string& init_arguments) noexcept;

  ModuleRef(ModuleRef&& other) noexcept : module_(std::exchange(other.module_, nullptr)) {}
  ModuleRef& operator=(ModuleRef&&) = delete;
  ~ModuleRef();

  Module* operator->() const noexcept { return module_; }
  Module& operator*() const noexcept { return *module_; }

 private:
  explicit ModuleRef(Module* module) noexcept : module_(module) {}
  Module* module_;
};

}  // namespace twoway::pkcs11
