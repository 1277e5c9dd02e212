// Finding tokens.
#include <algorithm>
#include <optional>
#include <string_view>

#include "configured_modules.hpp"
#include "token.hpp"

namespace twoway::pkcs11 {
namespace {

using core::Errc;
using core::Error;
using core::Result;
using core::Status;

/// A field of fixed width, padded with blanks or, against the standard, ended by a zero.
template <std::size_t Size>
std::string text(const CK_UTF8CHAR (&field)[Size]) {
  std::size_t size = 0;
  while (size < Size && field[size] != 0) ++size;
  while (size > 0 && field[size - 1] == ' ') --size;
  return {reinterpret_cast<const char*>(field), size};
}

bool agrees(const std::string& wanted, const std::string& found) noexcept {
  return wanted.empty() || wanted == found;
}

bool matches(const TokenLocation& wanted, const TokenLocation& found) noexcept {
  return agrees(wanted.label, found.label) && agrees(wanted.serial, found.serial) &&
         agrees(wanted.manufacturer, found.manufacturer) && agrees(wanted.model, found.model) &&
         (!wanted.slot_id || wanted.slot_id == found.slot_id);
}

TokenDescription describe(const Module& module, CK_SLOT_ID slot, const CK_TOKEN_INFO& token) {
  TokenDescription d;
  d.info.location = {.module_path = module.path(),
                     .init_arguments = module.init_arguments(),
                     .label = text(token.label),
                     .serial = text(token.serialNumber),
                     .manufacturer = text(token.manufacturerID),
                     .model = text(token.model),
                     .slot_id = slot};
  d.flags = token.flags;
  d.info.login_required = (token.flags & CKF_LOGIN_REQUIRED) != 0;
  d.info.protected_authentication = (token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
  d.info.pin_final_try = (token.flags & CKF_USER_PIN_FINAL_TRY) != 0;
  d.info.pin_locked = (token.flags & CKF_USER_PIN_LOCKED) != 0;
  d.slot = slot;
  if (token.ulMaxSessionCount != kUnavailable) d.max_sessions = token.ulMaxSessionCount;
  return d;
}

constexpr const char* kSeveral =
    "several tokens match: name the label, the serial number or the slot as well";

Result<LocatedToken> locate_in(const ConfiguredModule& named, const TokenLocation& location,
                               Clock::time_point until) noexcept {
  Result<ModuleRef> module = ModuleRef::load(named.path, named.init_arguments);
  if (!module) return module.error();
  Result<TokenDescription> token =
      (*module)->ask(until, [&]() noexcept { return find_token(**module, location); });
  if (!token) return token.error();
  return LocatedToken{std::move(*module), std::move(*token)};
}

}  // namespace

Result<std::vector<TokenDescription>> find_tokens(Module& module, const TokenLocation& wanted,
                                                  Module::Slots where, CK_RV& failed) noexcept {
  const Result<std::vector<CK_SLOT_ID>> slots = module.slots(where);
  if (!slots) return slots.error();
  std::vector<TokenDescription> found;
  for (const CK_SLOT_ID slot : *slots) {
    if (wanted.slot_id && *wanted.slot_id != slot) continue;
    CK_TOKEN_INFO token{};
    const CK_RV rv = module.p11().C_GetTokenInfo(slot, &token);
    if (rv == CKR_CRYPTOKI_NOT_INITIALIZED) return failure(rv);
    if (rv != CKR_OK) failed = rv;
    if (rv != CKR_OK || (token.flags & CKF_TOKEN_INITIALIZED) == 0) continue;
    TokenDescription description = describe(module, slot, token);
    if (matches(wanted, description.info.location)) found.push_back(std::move(description));
  }
  return found;
}

Result<TokenDescription> find_token(Module& module, const TokenLocation& wanted) noexcept {
  CK_RV failed = CKR_TOKEN_NOT_PRESENT;
  for (const Module::Slots where : {Module::Slots::known, Module::Slots::ask}) {
    Result<std::vector<TokenDescription>> found = find_tokens(module, wanted, where, failed);
    if (!found) return found.error();
    if (found->size() == 1) return std::move(found->front());
    if (found->size() > 1) {
      return Error{Errc::invalid_argument, kSeveral};
    }
  }
  return coded(Errc::key_unavailable,
               "no token matches: check that it is there, initialised, and named rightly", failed);
}

Result<LocatedToken> locate_token(const TokenLocation& location, Clock::time_point until) noexcept {
  const Result<std::vector<ConfiguredModule>> modules = modules_for(location);
  if (!modules) return modules.error();
  std::optional<LocatedToken> found;
  Status failed;
  for (const ConfiguredModule& module : *modules) {
    Result<LocatedToken> here = locate_in(module, location, until);
    if (here && found) {
      if (&*here->module == &*found->module) continue;  // configured under two names
      return Error{Errc::invalid_argument, kSeveral};
    }
    if (here) {
      found.emplace(std::move(*here));
    } else if (here.error().code == Errc::invalid_argument) {
      return here.error();
    } else if (failed || failed.error().native == CKR_TOKEN_NOT_PRESENT) {
      failed = here.error();  // a module that fails says more than one without the token
    }
  }
  if (found) return std::move(*found);
  if (modules->size() == 1) return failed.error();
  return coded(Errc::key_unavailable,
               "no token of the modules that p11-kit is configured with matches: check that it is "
               "there and named rightly, or name its module (module-path in a URI)",
               failed.error().native);
}

}  // namespace twoway::pkcs11
