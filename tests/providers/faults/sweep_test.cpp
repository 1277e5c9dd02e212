// Every call that the provider makes fails once, or from then on, with every code of a table.
#include <array>
#include <cstdio>
#include <functional>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "exchange.hpp"

using namespace twoway;
using namespace twoway::test::fault;

namespace {

struct Code {
  CK_RV rv;
  bool recoverable;      ///< the provider connects again, and tries once more
  bool unclear = false;  ///< the same while there is no connection yet
};

constexpr Code kCodes[] = {
    {CKR_GENERAL_ERROR, false, true},
    {CKR_DEVICE_ERROR, true},
    {CKR_DEVICE_MEMORY, false},
    {CKR_DEVICE_REMOVED, true},
    {CKR_FUNCTION_NOT_SUPPORTED, false},
    {CKR_KEY_TYPE_INCONSISTENT, false},
    {CKR_MECHANISM_INVALID, false},
    {CKR_OBJECT_HANDLE_INVALID, true},
    {CKR_PIN_INCORRECT, false},
    {CKR_PIN_LOCKED, false},
    {CKR_SESSION_CLOSED, true},
    {CKR_SESSION_COUNT, false},
    {CKR_SESSION_HANDLE_INVALID, true},
    {CKR_TOKEN_NOT_PRESENT, true},
    {CKR_USER_NOT_LOGGED_IN, true},
    {CKR_CRYPTOKI_NOT_INITIALIZED, true},
    {0x80000001, false},  // a vendor's own
};

/// For operations that have many calls, and write to the token.
constexpr Code kSomeCodes[] = {
    {CKR_GENERAL_ERROR, false, true},
    {CKR_OBJECT_HANDLE_INVALID, true},
    {CKR_SESSION_HANDLE_INVALID, true},
};

/// The effect of a function's failure on the operation.
enum class Role {
  essential,    ///< it fails with the function's code
  retried,      ///< the same if all later calls fail too, but one failure may go unnoticed
  either,       ///< it may succeed all the same, or fail with the function's code
  lookup,       ///< it may go another way, or fail with a code of its own
  best_effort,  ///< it succeeds all the same
};

struct Roles {
  Function function;
  Role opening;  ///< of a key
  Role request;
  Role making;  ///< of a key
};

constexpr Role kEssential = Role::essential, kRetried = Role::retried, kEither = Role::either,
               kLookup = Role::lookup, kBest = Role::best_effort;
// libp11 calls some of these at the first opening, and each form of a point is tried.
constexpr Roles kRoles[] = {
    {Function::C_Initialize, kLookup, kEssential, kEssential},
    {Function::C_OpenSession, kEssential, kEssential, kEssential},
    {Function::C_Login, kEssential, kEssential, kEssential},
    {Function::C_FindObjectsInit, kRetried, kEssential, kRetried},
    {Function::C_FindObjects, kRetried, kEssential, kRetried},
    {Function::C_DeriveKey, kRetried, kEssential, kRetried},
    {Function::C_GetAttributeValue, kRetried, kEssential, kRetried},
    {Function::C_GenerateKeyPair, kEssential, kEssential, kRetried},
    {Function::C_GetMechanismInfo, kEssential, kEssential, kEssential},
    {Function::C_GetSlotList, kLookup, kLookup, kLookup},
    {Function::C_GetSlotInfo, kLookup, kLookup, kLookup},
    {Function::C_GetTokenInfo, kEither, kEither, kEither},
    {Function::C_GetInfo, kLookup, kLookup, kLookup},
    {Function::C_GetSessionInfo, kBest, kBest, kEither},
    {Function::C_FindObjectsFinal, kEither, kBest, kEither},
    {Function::C_DestroyObject, kBest, kBest, kBest},
    {Function::C_CloseSession, kBest, kBest, kBest},
    {Function::C_CloseAllSessions, kBest, kBest, kBest},
    {Function::C_Finalize, kBest, kBest, kBest},
};

struct Scenario {
  const char* name;
  Role Roles::*role;
  /// Returns true if a recoverable fault that happens once goes unnoticed. It does not if the one
  /// reconnect is used up already, or if there is no connection yet.
  bool recovers;
  std::function<void()> prepare;  ///< before the faults
  std::function<Status()> run;    ///< with them
  /// Runs after them, and checks what `run` left behind. `once` is true if only one call failed.
  std::function<void(bool once)> restore;
  CK_RV damage = CKR_OK;  ///< the code that the module may return because of `prepare`
  std::span<const Code> codes = kCodes;
};

using Counts = std::array<unsigned long, kFunctionCount>;

Counts counts() {
  Counts all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = control().calls(static_cast<Function>(i));
  return all;
}

class Sweep {
 public:
  void sweep(const Scenario& scenario) {
    const Deadline deadline(scenario.name);
    control().reset();
    scenario.prepare();
    control().reset();
    REQUIRE_OK(scenario.run());
    const Counts used = counts();
    scenario.restore(true);
    for (std::size_t i = 0; i < used.size(); ++i) {
      for (unsigned long n = 1; n <= used[i]; ++n) {
        for (const Code& code : scenario.codes) {
          for (const unsigned long every : {0UL, 1UL}) {
            one(scenario, {static_cast<Function>(i), n, Action::fail, code.rv, every}, code);
          }
        }
      }
      if (used[i] != 0) tried_[scenario.name][i] = used[i];
    }
  }

  /// Prints the functions that were tried, and fails if the provider called another one as well.
  void report() const {
    Counts swept{};
    for (const auto& [name, functions] : tried_) {
      std::printf("%s:", name.c_str());
      for (const auto& [i, n] : functions) {
        std::printf(" %s %lu", kFunctionNames[i], n);
        swept[i] += n;
      }
      std::printf("\n");
    }
    std::printf("%lu cases: up to %zu codes, once and from then on\n", cases_, std::size(kCodes));
    std::fflush(stdout);
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      INFO(kFunctionNames[i] << " was called " << seen_[i] << " times");
      CHECK((seen_[i] != 0) == (swept[i] != 0));
    }
  }

 private:
  void one(const Scenario& scenario, const Rule& rule, const Code& code) {
    const std::string name = describe(scenario, rule);
    INFO(name);
    const Deadline deadline(name);
    ++cases_;
    const unsigned long sessions = control().live_sessions();
    scenario.prepare();
    control().reset();
    control().add(rule);
    const Status status = scenario.run();
    const Counts called = counts();
    for (std::size_t i = 0; i < called.size(); ++i) seen_[i] += called[i];
    REQUIRE(control().faults() > 0);
    judge(scenario, rule, code, status);

    control().reset();
    if (rule.function == Function::C_Login && is_refusal(code.rv)) {
      // The PIN was sent once, and stays refused until the application resets it.
      REQUIRE(called[static_cast<std::size_t>(Function::C_Login)] == 1);
      REQUIRE_ERRC(scenario.run(), Errc::key_unavailable);
      REQUIRE(control().calls(Function::C_Login) == 0);
      test::fault::reset_pin();
    }
    scenario.restore(rule.every == 0);
    REQUIRE(control().live_objects() == 0);
    // A session that the module refuses to close is not our fault.
    if (rule.function != Function::C_CloseSession) {
      REQUIRE(control().live_sessions() <= sessions);
    }
  }

  static Role role(const Scenario& scenario, Function function) {
    for (const Roles& row : kRoles) {
      if (row.function == function) return row.*scenario.role;
    }
    FAIL("the table of roles lacks " << kFunctionNames[static_cast<std::size_t>(function)]);
    return kEssential;
  }

  static void judge(const Scenario& scenario, const Rule& rule, const Code& code,
                    const Status& status) {
    const Role part = role(scenario, rule.function);
    if (!status) {
      INFO("it failed with " << core::to_string(status.error().code) << ", CKR "
                             << status.error().native << ": " << status.error().message);
      REQUIRE(part != Role::best_effort);
      REQUIRE((status.error().code == Errc::key_unavailable ||
               status.error().code == Errc::not_supported));
      if (part != Role::lookup && status.error().native != scenario.damage) {
        REQUIRE(status.error().native == code.rv);
      }
      REQUIRE(status.error().native != 0);
      REQUIRE(!(scenario.recovers && rule.every == 0 && code.recoverable));
    } else if (part == Role::essential || part == Role::retried) {
      REQUIRE(rule.every == 0);
      // Whatever fails in a session, the provider checks if the connection still exists.
      const bool lost = !scenario.recovers && (code.unclear || is_operation(rule.function));
      REQUIRE((part == Role::retried || code.recoverable || lost));
    }
  }

  static bool is_operation(Function function) {
    return function == Function::C_FindObjectsInit || function == Function::C_FindObjects ||
           function == Function::C_DeriveKey || function == Function::C_GetAttributeValue;
  }
  static bool is_refusal(CK_RV rv) { return rv == CKR_PIN_INCORRECT || rv == CKR_PIN_LOCKED; }

  static std::string describe(const Scenario& scenario, const Rule& rule) {
    std::array<char, 160> text{};
    std::snprintf(text.data(), text.size(), "%s: call %lu of %s%s fails with 0x%lx", scenario.name,
                  rule.nth, kFunctionNames[static_cast<std::size_t>(rule.function)],
                  rule.every == 0 ? "" : " and all after it", rule.value);
    return text.data();
  }

  std::map<std::string, std::map<std::size_t, unsigned long>> tried_;
  Counts seen_{};
  unsigned long cases_ = 0;
};

}  // namespace

TEST_CASE("if any call fails, a key in a token fails cleanly or not at all") {
  if (crypto() == nullptr) {
    WARN("no provider of this build offers P-256");
    return;
  }
  const FaultToken token{"key", "other"};
  Sweep sweep;

  sweep.sweep({"opening a key, and closing it", &Roles::opening, false, [] {},
               []() -> Status {
                 const auto key = open_key("key");
                 if (!key) return key.error();
                 return {};
               },
               [](bool) {
                 auto key = open_key("key");
                 REQUIRE_OK(key);
                 REQUIRE_OK(Exchange(std::move(*key)).open());
                 functions().C_Finalize(nullptr);  // if the module has refused it
               }});

  auto key = open_key("key");
  REQUIRE_OK(key);
  const Exchange exchange(std::move(*key));
  const auto request = [&exchange] { return exchange.open(); };
  const auto next = [&exchange](bool) { REQUIRE_OK(exchange.open()); };
  sweep.sweep({"a request", &Roles::request, true, [] {}, request, next});
  sweep.sweep({"a request whose session was closed", &Roles::request, false,
               [] { control().close_sessions(); }, request, next});
  sweep.sweep({"a request after the module was initialised anew", &Roles::request, false,
               [] { control().reinitialise(); }, request, next});
  sweep.sweep({"a request after the module was finalised", &Roles::request, false,
               [] { REQUIRE(functions().C_Finalize(nullptr) == CKR_OK); }, request, next,
               CKR_CRYPTOKI_NOT_INITIALIZED});
  sweep.sweep({"a request after a logout", &Roles::request, false, log_out, request, next});

  const auto opened = pkcs11::Token::open(location({}).token, options());
  REQUIRE_OK(opened);
  // Its connection, which may write from here on.
  REQUIRE_OK(opened->generate_key(*crypto(), kSuite.kem, {"new", {}}));
  REQUIRE(destroy_objects("new") == 2);
  const auto list = [&opened]() -> Status {
    const auto keys = opened->list_keys();
    if (!keys) return keys.error();
    REQUIRE(keys->size() == 2);  // all of them or none
    return {};
  };
  sweep.sweep(
      {"a list of keys", &Roles::making, true, [] {}, list, [&](bool) { REQUIRE_OK(list()); }});
  bool made = false;
  sweep.sweep({"a new key", &Roles::making, false, [] {},
               [&]() -> Status {
                 const auto fresh = opened->generate_key(*crypto(), kSuite.kem, {"new", {}});
                 made = fresh.ok();
                 if (!made) return fresh.error();
                 return {};
               },
               [&](bool once) {
                 const unsigned long left = destroy_objects("new");
                 REQUIRE((left == (made ? 2 : 0) || !(made || once)));
                 REQUIRE_OK(list());
               },
               CKR_OK, kSomeCodes});
  sweep.report();
}
