#include "module.hpp"

#include <algorithm>

#include <libp11.h>

#include "errors.hpp"

namespace twoway::pkcs11 {
namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;

Error ending() noexcept {
  return {Errc::key_unavailable, "the process is ending: the token is not used any more"};
}

Error busy() noexcept {
  return {Errc::key_unavailable,
          "the PKCS#11 module was not ready in time: see its own log, or raise the deadline"};
}

}  // namespace

// The end of the process is looked at from inside: the thread that ends it either sees this stay,
// or is seen.
Module::Inside::Inside(Module& module, Clock::time_point until) noexcept
    : gate_(module.process_.get().gate), entered_(gate_.enter(until)) {
  if (!entered_ || !is_ending()) return;
  gate_.leave();
  entered_ = false;
}

Module::Inside::~Inside() {
  if (entered_) gate_.leave();
}

Error Module::Inside::error() const noexcept { return is_ending() ? ending() : busy(); }

/// A stay without others.
class Module::Alone {
 public:
  Alone(Process& process, Clock::time_point until) noexcept
      : gate_(process.gate), entered_(gate_.enter_alone(until)) {}
  ~Alone() {
    if (entered_) gate_.leave_alone();
  }
  Alone(const Alone&) = delete;
  Alone& operator=(const Alone&) = delete;
  bool ok() const noexcept { return entered_ && !is_ending(); }
  Error error() const noexcept { return entered_ ? ending() : busy(); }

 private:
  Gate& gate_;
  const bool entered_;
};

Status Module::initialize(Clock::time_point until) noexcept {
  Process& process = process_.get();
  if (process.initialised) return {};
  const Alone alone(process, until);
  if (!alone.ok()) return alone.error();
  if (process.initialised) return {};
  return start(process);
}

Status Module::initialize_again(std::uint64_t epoch, Clock::time_point until) noexcept {
  Process& process = process_.get();
  const Alone alone(process, until);
  if (!alone.ok()) return alone.error();
  if (process.initialised && process.epoch != epoch) return {};
  return start(process);
}

Result<bool> Module::restart(std::uint64_t epoch, unsigned failed,
                             Clock::time_point until) noexcept {
  Process& process = process_.get();
  const Alone alone(process, until);
  if (!alone.ok()) return alone.error();
  if (process.epoch != epoch || !process.initialised) return true;
  if (!process.owned) return false;
  // The other tokens lose their sessions by this: more seldom, the longer it has not helped.
  const auto pause = std::chrono::seconds(1U << std::min(failed, 6U));
  if (process.connections > 0 && Clock::now() < process.restarted + pause) return false;
  const CK_RV rv = list_->C_Finalize(nullptr);
  if (rv != CKR_OK && rv != CKR_CRYPTOKI_NOT_INITIALIZED) return false;
  process.restarted = Clock::now();
  if (Status s = start(process); !s) return s.error();
  return true;
}

Status Module::start(Process& process) noexcept {
  ++process.epoch;
  CK_RV rv = call_initialize();
  if (rv == CKR_OK && !libp11_asked_) {
    libp11_asked_ = true;
    if (!load_with_libp11(process)) rv = call_initialize();
  }
  process.owned = rv == CKR_OK;
  process.initialised = rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED;
  if (!process.initialised) return start_failure(rv);
  guard_exit(Milestone::initialised);
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
// that it fails to load. So it is called only when neither can hurt: before anybody has a session,
// in a module that this library has just initialised. False if the module may be finalised now.
bool Module::load_with_libp11(Process& process) noexcept {
  PKCS11_CTX* context = PKCS11_CTX_new();
  if (context == nullptr) return true;
  if (PKCS11_CTX_load(context, path_.c_str()) != 0) {
    PKCS11_CTX_free(context);
    return false;
  }
  context_ = context;
  context_process_ = {};
  PKCS11_SLOT* slots = nullptr;
  unsigned int count = 0;
  if (PKCS11_enumerate_slots(context, &slots, &count) != 0) return true;
  std::vector<CK_SLOT_ID> ids;
  for (unsigned int i = 0; i < count; ++i) {
    if (slots[i].token != nullptr) ids.push_back(PKCS11_get_slotid_from_slot(&slots[i]));
  }
  PKCS11_release_all_slots(context, slots, count);
  const std::lock_guard lock(process.mutex);
  process.slots = std::move(ids);
  return true;
}

Result<std::vector<CK_SLOT_ID>> Module::slots(Slots which) noexcept {
  constexpr CK_ULONG kMost = 0x10000;
  Process& process = process_.get();
  if (which == Slots::known) {
    const std::lock_guard lock(process.mutex);
    return process.slots;
  }
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
    const std::lock_guard lock(process.mutex);
    process.slots = ids;
    return ids;
  }
  return failure(CKR_GENERAL_ERROR);
}

void Module::finalize_at_exit() noexcept {
  Process* process = process_.find();
  if (process == nullptr) return;
  const bool alone = process->gate.enter_alone(Clock::time_point::min());
  if (alone && process->owned) list_->C_Finalize(nullptr);
  if (alone) process->gate.leave_alone();
}

Module::~Module() {
  if (is_ending()) return;
  const Process* process = process_.find();
  if (process != nullptr && process->owned) list_->C_Finalize(nullptr);
  // Freed, never unloaded: libp11 would finalise again. In a child it would first initialise the
  // module, without locks.
  if (context_ != nullptr && context_process_.is_current()) PKCS11_CTX_free(context_);
}

}  // namespace twoway::pkcs11
