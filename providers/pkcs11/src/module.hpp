// PKCS#11 modules: loaded and initialised once in a process, shared by all tokens.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <twoway/core/error.hpp>
#include <twoway/core/process.hpp>
#include <twoway/pkcs11.hpp>

#include "gate.hpp"
#include "native.hpp"
#include "per_process.hpp"

struct PKCS11_ctx_st;

namespace twoway::pkcs11 {

/// One shared object. Made and destroyed by the registry. Thread-safe.
class Module {
  struct Process;

 public:
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  const std::string& path() const noexcept { return path_; }
  const std::string& init_arguments() const noexcept { return init_arguments_; }

  /// The module's functions. Only a thread that is `Inside` may call them.
  CK_FUNCTION_LIST& p11() const noexcept { return *list_; }

  /// A thread's stay in the module: nobody initialises or finalises it meanwhile. Not to be nested.
  class Inside {
   public:
    /// Waits at most until `until` for the thread that initialises the module.
    explicit Inside(Module& module, Clock::time_point until = Clock::time_point::max()) noexcept;
    ~Inside();
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    bool ok() const noexcept { return entered_; }
    core::Error error() const noexcept;  ///< why not

   private:
    Gate& gate_;
    bool entered_;
  };

  // The rest, up to `slots`, is called from outside.

  /// Calls C_Initialize, unless this process has done so.
  core::Status initialize(Clock::time_point until) noexcept;

  /// After CKR_CRYPTOKI_NOT_INITIALIZED in `epoch`: calls C_Initialize, unless that has been done
  /// since.
  core::Status initialize_again(std::uint64_t epoch, Clock::time_point until) noexcept;

  /// After a failure in `epoch` that may be cured by a new start: calls C_Finalize and
  /// C_Initialize, unless the module has been initialised since. False if it stays as it is:
  /// another component initialised it, or others use it and `failed` attempts to connect in a row
  /// are too few for the time that has passed.
  core::Result<bool> restart(std::uint64_t epoch, unsigned failed,
                             Clock::time_point until) noexcept;

  /// Calls `question` from inside the initialised module, and once more if the module says that it
  /// is not initialised. Returns the Result of `question`.
  template <typename Question>
  auto ask(Clock::time_point until, const Question& question) noexcept -> decltype(question()) {
    if (core::Status s = initialize(until); !s) return s.error();
    for (bool again = false;; again = true) {
      const std::uint64_t asked_in = epoch();
      auto answer = [&]() noexcept -> decltype(question()) {
        const Inside inside(*this, until);
        if (!inside.ok()) return inside.error();
        return question();
      }();
      if (answer || again || answer.error().native != CKR_CRYPTOKI_NOT_INITIALIZED) return answer;
      if (core::Status s = initialize_again(asked_in, until); !s) return s.error();
    }
  }

  /// Changes whenever session handles become void.
  std::uint64_t epoch() const noexcept { return process_.get().epoch; }

  /// How many tokens are connected.
  void count_connection(int change) noexcept { process_.get().connections += change; }

  /// The slots with a token: those that are known, or by asking the module again. From inside.
  enum class Slots { known, ask };
  core::Result<std::vector<CK_SLOT_ID>> slots(Slots which) noexcept;

  /// Has the module finalised before the destructors and exit handlers that it has registered up to
  /// now. Afterwards nobody calls it any more. Once for each `Milestone` of a module.
  enum class Milestone : unsigned char { initialised, used };
  void guard_exit(Milestone milestone) const noexcept;

 private:
  friend class ModuleRef;
  class Alone;

  /// State of one process. Only a thread that is alone inside writes it.
  struct Process {
    Gate gate;
    std::atomic<bool> initialised = false;
    bool owned = false;  // C_Initialize was ours, so C_Finalize is
    std::atomic<std::uint64_t> epoch = 0;
    std::atomic<int> connections = 0;
    Clock::time_point restarted{};
    std::mutex mutex;  // of the members below
    std::vector<CK_SLOT_ID> slots;
  };

  Module(std::string path, std::string init_arguments, void* library,
         CK_FUNCTION_LIST* list) noexcept
      : path_(std::move(path)),
        init_arguments_(std::move(init_arguments)),
        library_(library),
        list_(list) {}
  ~Module();

  core::Status start(Process& process) noexcept;
  CK_RV call_initialize() noexcept;
  bool load_with_libp11(Process& process) noexcept;
  void finalize_at_exit() noexcept;
  static void end_all() noexcept;

  const std::string path_;
  std::string init_arguments_;  // C_Initialize takes it as it may be written to
  void* library_;
  CK_FUNCTION_LIST* list_;
  bool libp11_asked_ = false;
  PKCS11_ctx_st* context_ = nullptr;
  core::OwnProcess context_process_;  // that made it
  std::size_t references_ = 0;        // the registry's, under its mutex
  PerProcess<Process> process_;
};

/// Whether the process is ending: modules must not be called any more.
bool is_ending() noexcept;

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
