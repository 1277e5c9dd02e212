// A PKCS#11 module that forwards to SoftHSM, and fails by its rules.
#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <tuple>
#include <vector>

#include "fault_state.hpp"

namespace twoway::test::fault {
namespace {

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
