// What the fault module knows: its rules, and the sessions and objects that live in SoftHSM.
#pragma once

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include <dlfcn.h>

#include "fault_control.hpp"

namespace twoway::test::fault {

/// SoftHSM's functions, loaded once and never unloaded.
inline const CK_FUNCTION_LIST& real() {
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

}  // namespace twoway::test::fault
