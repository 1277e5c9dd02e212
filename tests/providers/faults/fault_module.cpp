// A PKCS#11 module that forwards to SoftHSM, and fails by its rules.
#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <tuple>
#include <vector>

#include <dlfcn.h>

#include "fault_control.hpp"

namespace twoway::test::fault {
namespace {

/// SoftHSM's functions, loaded once and never unloaded.
const CK_FUNCTION_LIST& real() {
  static CK_FUNCTION_LIST* const list = [] {
    CK_FUNCTION_LIST* found = nullptr;
    void* const module = ::dlopen(SOFTHSM_MODULE, RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) std::abort();
    const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module, "C_GetFunctionList"));
    if (get == nullptr || get(&found) != CKR_OK) std::abort();
    return found;
  }();
  return *list;
}

/// The action of the rules for one call.
struct Verdict {
  std::optional<CK_RV> fail, answer;
  std::optional<Action> before, secret;
  CK_RV broken = CKR_OK;
  unsigned long delay_ms = 0;
  bool hold = false;
};

class Module {
 public:
  // --- Calls of the program under test.

  Verdict judge(Function function, bool reads_secret) {
    const std::lock_guard lock(mutex_);
    ++calls_[index(function)];
    Verdict verdict;
    for (Counted& counted : rules_) {
      const Rule& rule = counted.rule;
      if (rule.function != function || (changes_secret(rule.action) && !reads_secret)) continue;
      if (++counted.seen < rule.nth) continue;
      const unsigned long past = counted.seen - rule.nth;
      if (past != 0 && (rule.every == 0 || past % rule.every != 0)) continue;
      ++faults_;
      apply(verdict, rule);
    }
    return verdict;
  }

  void wait_for_release() {
    std::unique_lock lock(mutex_);
    ++held_;
    const unsigned long round = round_;
    changed_.wait(lock, [&] { return round_ != round; });
    --held_;
  }

  void before(Action action, CK_RV broken) {
    if (action == Action::remove_token) remove_token();
    if (action == Action::break_module) break_module(broken, 1);
    if (action == Action::close_sessions) close_sessions();
    if (action == Action::reinitialise) reinitialise();
  }

  bool removed() {
    const std::lock_guard lock(mutex_);
    return removed_;
  }
  /// Returns the code of a call while the module is broken.
  std::optional<CK_RV> broken(Function function) {
    if (function == Function::C_Initialize || function == Function::C_Finalize) return {};
    const std::lock_guard lock(mutex_);
    if (cures_ == 0) return {};
    return broken_;
  }

  /// Lets a call into SoftHSM, C_Initialize alone. Returns false, and lets nothing in, if SoftHSM
  /// is not initialised: each such call makes its instance anew, and two threads there race.
  bool enter(Function function) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !closed_; });
    if (function == Function::C_Initialize) {
      closed_ = true;
      changed_.wait(lock, [this] { return running_ == 0; });
    } else if (!initialised_) {
      return false;
    }
    if (function == Function::C_Finalize && running_ != 0) ++unclean_finals_;
    ++running_;
    return true;
  }
  void leave(Function function) {
    const std::lock_guard lock(mutex_);
    --running_;
    if (function == Function::C_Initialize) closed_ = false;
    changed_.notify_all();
  }

  void initialised(const CK_C_INITIALIZE_ARGS* args) {
    const std::lock_guard lock(mutex_);
    initialised_ = true;
    flags_ = args == nullptr ? 0 : args->flags;
    if (cures_ != 0) --cures_;
  }
  void finalised() {
    const std::lock_guard lock(mutex_);
    initialised_ = false;
    forget_sessions();
  }
  void opened(CK_SLOT_ID slot, CK_SESSION_HANDLE session) {
    const std::lock_guard lock(mutex_);
    sessions_[session] = slot;
    last_session_ = std::max(last_session_, session);
    slot_ = slot;
  }
  void closed(CK_SESSION_HANDLE session) {
    const std::lock_guard lock(mutex_);
    sessions_.erase(session);
    std::erase_if(objects_, [session](const auto& object) { return object.second == session; });
  }
  void closed_all(CK_SLOT_ID slot) {
    std::vector<CK_SESSION_HANDLE> gone;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [session, where] : sessions_) {
        if (where == slot) gone.push_back(session);
      }
    }
    for (const CK_SESSION_HANDLE session : gone) closed(session);
  }
  void created(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
    const std::lock_guard lock(mutex_);
    objects_[object] = session;
  }
  void destroyed(CK_OBJECT_HANDLE object) {
    const std::lock_guard lock(mutex_);
    objects_.erase(object);
  }
  bool is_live(CK_OBJECT_HANDLE object) {
    const std::lock_guard lock(mutex_);
    return objects_.count(object) != 0;
  }

  // --- The control interface.

  void add(const Rule& rule) {
    const std::lock_guard lock(mutex_);
    rules_.push_back({rule, 0});
  }
  void reset() {
    const std::lock_guard lock(mutex_);
    rules_.clear();
    calls_.fill(0);
    faults_ = 0;
    removed_ = false;
    cures_ = 0;
    ++round_;
    changed_.notify_all();
  }
  void release() {
    const std::lock_guard lock(mutex_);
    ++round_;
    changed_.notify_all();
  }
  void remove_token() {
    const Alone alone(*this);
    close_all_alone();
    removed_ = true;
  }
  void insert_token() {
    const std::lock_guard lock(mutex_);
    removed_ = false;
  }
  void break_module(CK_RV rv, unsigned long initializations) {
    const std::lock_guard lock(mutex_);
    broken_ = rv;
    cures_ = initializations;
  }
  void close_sessions() {
    const Alone alone(*this);
    close_all_alone();
  }
  void reinitialise() {
    const Alone alone(*this);
    real().C_Finalize(nullptr);
    forget_sessions();
    CK_C_INITIALIZE_ARGS args{};
    args.flags = flags_;
    real().C_Initialize(&args);
    skip_used_handles();
  }
  unsigned long calls(Function function) {
    const std::lock_guard lock(mutex_);
    return calls_[index(function)];
  }
  unsigned long faults() { return get(faults_); }
  unsigned long held() { return get(held_); }
  unsigned long unclean_finals() { return get(unclean_finals_); }
  unsigned long live_sessions() {
    const std::lock_guard lock(mutex_);
    return sessions_.size();
  }
  unsigned long live_objects() {
    const std::lock_guard lock(mutex_);
    return objects_.size();
  }

 private:
  struct Counted {
    Rule rule;
    unsigned long seen;
  };

  /// Keeps calls from starting, and waits for those that run, because SoftHSM does not survive a
  /// C_Finalize during another call. Holds the mutex.
  class Alone {
   public:
    explicit Alone(Module& module) : module_(module), lock_(module.mutex_) {
      module_.changed_.wait(lock_, [this] { return !module_.closed_; });
      module_.closed_ = true;
      module_.changed_.wait(lock_, [this] { return module_.running_ == 0; });
    }
    Alone(const Alone&) = delete;
    Alone& operator=(const Alone&) = delete;
    ~Alone() {
      module_.closed_ = false;
      module_.changed_.notify_all();
    }

   private:
    Module& module_;
    std::unique_lock<std::mutex> lock_;
  };

  static std::size_t index(Function function) { return static_cast<std::size_t>(function); }
  static bool changes_secret(Action action) { return action >= Action::zero_secret; }

  static void apply(Verdict& verdict, const Rule& rule) {
    switch (rule.action) {
      case Action::fail: verdict.fail = rule.value; break;
      case Action::answer: verdict.answer = rule.value; break;
      case Action::delay: verdict.delay_ms += rule.value; break;
      case Action::hold: verdict.hold = true; break;
      case Action::close_sessions:
      case Action::reinitialise:
      case Action::remove_token: verdict.before = rule.action; break;
      case Action::break_module:
        verdict.before = rule.action;
        verdict.broken = rule.value;
        break;
      case Action::zero_secret:
      case Action::wrong_secret:
      case Action::short_secret:
      case Action::long_secret: verdict.secret = rule.action; break;
    }
  }

  unsigned long get(const unsigned long& counter) {
    const std::lock_guard lock(mutex_);
    return counter;
  }
  void forget_sessions() {
    sessions_.clear();
    objects_.clear();
  }
  /// SoftHSM counts its handles from 1 again. A thread that still has a session of before would
  /// share the new session of another thread, and SoftHSM does not survive that.
  void skip_used_handles() {
    CK_SESSION_HANDLE session = 0;
    while (session < last_session_ &&
           real().C_OpenSession(slot_, CKF_SERIAL_SESSION, nullptr, nullptr, &session) == CKR_OK) {
      real().C_CloseSession(session);
    }
  }
  void close_all_alone() {
    std::set<CK_SLOT_ID> slots;
    for (const auto& [session, slot] : sessions_) slots.insert(slot);
    for (const CK_SLOT_ID slot : slots) real().C_CloseAllSessions(slot);
    forget_sessions();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Counted> rules_;
  std::array<unsigned long, kFunctionCount> calls_{};
  unsigned long faults_ = 0, held_ = 0, round_ = 0, running_ = 0, unclean_finals_ = 0;
  bool closed_ = false;
  bool initialised_ = false;
  bool removed_ = false;
  CK_RV broken_ = CKR_OK;
  unsigned long cures_ = 0;  // initialisations that the broken module needs
  CK_FLAGS flags_ = 0;
  std::map<CK_SESSION_HANDLE, CK_SLOT_ID> sessions_;
  CK_SESSION_HANDLE last_session_ = 0;  // the largest
  CK_SLOT_ID slot_ = 0;                 // its token's
  std::map<CK_OBJECT_HANDLE, CK_SESSION_HANDLE> objects_;
};

Module& module() {
  static Module* const instance = new Module;  // outlives every caller
  return *instance;
}

bool asks_for(const CK_ATTRIBUTE* attributes, CK_ULONG count, CK_ATTRIBUTE_TYPE type) {
  for (CK_ULONG i = 0; i < count; ++i) {
    if (attributes[i].type == type) return true;
  }
  return false;
}

bool is_token_object(const CK_ATTRIBUTE* attributes, CK_ULONG count) {
  for (CK_ULONG i = 0; i < count; ++i) {
    if (attributes[i].type != CKA_TOKEN || attributes[i].pValue == nullptr) continue;
    return *static_cast<const CK_BBOOL*>(attributes[i].pValue) != CK_FALSE;
  }
  return false;
}

/// Changes CKA_VALUE. `room` holds the sizes of the buffers before the call of SoftHSM.
CK_RV change_secret(Action action, CK_ATTRIBUTE* attributes, const std::vector<CK_ULONG>& room) {
  CK_RV rv = CKR_OK;
  for (std::size_t i = 0; i < room.size(); ++i) {
    CK_ATTRIBUTE& attribute = attributes[i];
    if (attribute.type != CKA_VALUE || attribute.ulValueLen == CK_UNAVAILABLE_INFORMATION ||
        attribute.ulValueLen == 0) {
      continue;
    }
    auto* const value = static_cast<unsigned char*>(attribute.pValue);
    const CK_ULONG length = attribute.ulValueLen;
    if (action == Action::short_secret) attribute.ulValueLen = length - 1;
    if (action == Action::long_secret) {
      attribute.ulValueLen = length + 1;
      if (value != nullptr && room[i] <= length) {
        attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
        rv = CKR_BUFFER_TOO_SMALL;
      } else if (value != nullptr) {
        value[length] = 0;
      }
    }
    if (value == nullptr) continue;
    if (action == Action::wrong_secret) value[length / 2] ^= 1;
    if (action == Action::zero_secret) std::fill(value, value + length, 0);
  }
  return rv;
}

/// Functions that do not use a token, and still work if it was removed.
constexpr bool works_without_token(Function function) {
  switch (function) {
    case Function::C_Initialize:
    case Function::C_Finalize:
    case Function::C_GetInfo:
    case Function::C_GetSlotList:
    case Function::C_GetSlotInfo: return true;
    default: return false;
  }
}

constexpr bool names_a_slot(Function function) {
  switch (function) {
    case Function::C_GetTokenInfo:
    case Function::C_GetMechanismList:
    case Function::C_GetMechanismInfo:
    case Function::C_InitToken:
    case Function::C_OpenSession:
    case Function::C_CloseAllSessions: return true;
    default: return false;
  }
}

/// Returns the code of a call if the token was removed.
template <Function F, typename Arguments>
CK_RV without_token(const Arguments& arguments, CK_RV rv) {
  if constexpr (F == Function::C_GetSlotList) {
    if (std::get<0>(arguments) != CK_FALSE) *std::get<2>(arguments) = 0;
  } else if constexpr (F == Function::C_GetSlotInfo) {
    std::get<1>(arguments)->flags &= ~static_cast<CK_FLAGS>(CKF_TOKEN_PRESENT);
  } else {
    static_cast<void>(arguments);
  }
  return rv;
}

/// Counts sessions and objects, after SoftHSM's success.
template <Function F, typename Arguments>
void keep_count(const Arguments& arguments) {
  if constexpr (F == Function::C_Initialize) {
    module().initialised(static_cast<const CK_C_INITIALIZE_ARGS*>(std::get<0>(arguments)));
  } else if constexpr (F == Function::C_Finalize) {
    module().finalised();
  } else if constexpr (F == Function::C_OpenSession) {
    module().opened(std::get<0>(arguments), *std::get<4>(arguments));
  } else if constexpr (F == Function::C_CloseSession) {
    module().closed(std::get<0>(arguments));
  } else if constexpr (F == Function::C_CloseAllSessions) {
    module().closed_all(std::get<0>(arguments));
  } else if constexpr (F == Function::C_CreateObject) {
    if (!is_token_object(std::get<1>(arguments), std::get<2>(arguments))) {
      module().created(std::get<0>(arguments), *std::get<3>(arguments));
    }
  } else if constexpr (F == Function::C_DeriveKey) {
    if (!is_token_object(std::get<3>(arguments), std::get<4>(arguments))) {
      module().created(std::get<0>(arguments), *std::get<5>(arguments));
    }
  } else if constexpr (F == Function::C_GenerateKeyPair) {
    if (!is_token_object(std::get<2>(arguments), std::get<3>(arguments))) {
      module().created(std::get<0>(arguments), *std::get<6>(arguments));
    }
    if (!is_token_object(std::get<4>(arguments), std::get<5>(arguments))) {
      module().created(std::get<0>(arguments), *std::get<7>(arguments));
    }
  } else if constexpr (F == Function::C_DestroyObject) {
    module().destroyed(std::get<1>(arguments));
  } else {
    static_cast<void>(arguments);
  }
}

template <Function F, auto Member>
struct Forward;

template <Function F, typename... A, CK_RV (*CK_FUNCTION_LIST::*Member)(A...)>
struct Forward<F, Member> {
  static CK_RV call(A... arguments) {
    const auto tuple = std::make_tuple(arguments...);
    bool reads_secret = false;
    std::vector<CK_ULONG> room;
    if constexpr (F == Function::C_GetAttributeValue) {
      const auto& [session, object, attributes, count] = tuple;
      reads_secret = module().is_live(object) && asks_for(attributes, count, CKA_VALUE);
      for (CK_ULONG i = 0; i < count; ++i) room.push_back(attributes[i].ulValueLen);
    }

    const Verdict verdict = module().judge(F, reads_secret);
    if (verdict.hold) module().wait_for_release();
    std::this_thread::sleep_for(std::chrono::milliseconds(verdict.delay_ms));
    if (verdict.before) module().before(*verdict.before, verdict.broken);
    if (verdict.fail) return *verdict.fail;
    if (const auto broken = module().broken(F)) return *broken;
    const bool removed = module().removed();
    if (removed && !works_without_token(F)) {
      return names_a_slot(F) ? CKR_TOKEN_NOT_PRESENT : CKR_DEVICE_REMOVED;
    }

    if (!module().enter(F)) return CKR_CRYPTOKI_NOT_INITIALIZED;
    CK_RV rv = (real().*Member)(arguments...);
    if (rv == CKR_OK) keep_count<F>(tuple);
    module().leave(F);
    if (removed && rv == CKR_OK) rv = without_token<F>(tuple, rv);
    if constexpr (F == Function::C_GetAttributeValue) {
      if (verdict.secret && rv == CKR_OK) {
        rv = change_secret(*verdict.secret, std::get<2>(tuple), room);
      }
    }
    return verdict.answer.value_or(rv);
  }
};

CK_FUNCTION_LIST& functions() {
  static CK_FUNCTION_LIST list = [] {
    CK_FUNCTION_LIST made{};
    made.version = {2, 40};
#define TWOWAY_FORWARD(name) made.name = &Forward<Function::name, &CK_FUNCTION_LIST::name>::call;
    TWOWAY_PKCS11_FUNCTIONS(TWOWAY_FORWARD)
#undef TWOWAY_FORWARD
    made.C_GetFunctionList = &C_GetFunctionList;
    return made;
  }();
  return list;
}

}  // namespace
}  // namespace twoway::test::fault

extern "C" CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  if (list == nullptr) return CKR_ARGUMENTS_BAD;
  *list = &twoway::test::fault::functions();
  return CKR_OK;
}

extern "C" const twoway::test::fault::Control* twoway_fault_control() {
  using namespace twoway::test::fault;
  static constexpr Control control{
      [](const Rule& rule) { module().add(rule); },
      [] { module().reset(); },
      [] { module().release(); },
      [] { module().remove_token(); },
      [] { module().insert_token(); },
      [](CK_RV rv, unsigned long initializations) { module().break_module(rv, initializations); },
      [] { module().close_sessions(); },
      [] { module().reinitialise(); },
      [](Function function) { return module().calls(function); },
      [] { return module().faults(); },
      [] { return module().held(); },
      [] { return module().live_sessions(); },
      [] { return module().live_objects(); },
      [] { return module().unclean_finals(); },
  };
  return &control;
}
