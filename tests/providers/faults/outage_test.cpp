// Tokens that lie, vanish, come back or never answer.
#include <atomic>
#include <chrono>
#include <thread>

#include "exchange.hpp"
#include "threads.hpp"

using namespace twoway;
using namespace twoway::test::fault;

namespace {

std::shared_ptr<const PrivateKey> opened(const pkcs11::Options& with = options()) {
  auto key = open_key("key", with);
  REQUIRE_OK(key);
  return std::move(*key);
}

}  // namespace

TEST_CASE("a wrong secret of the token never opens a request") {
  const FaultToken token{"key"};
  const Exchange exchange(opened());
  struct Lie {
    Action action;
    Errc request;
  };
  for (const auto& [action, request] : {
           Lie{Action::zero_secret, Errc::open_failed},  // P-256 has true results of zero
           Lie{Action::short_secret, Errc::key_unavailable},
           Lie{Action::long_secret, Errc::key_unavailable},
           Lie{Action::wrong_secret, Errc::open_failed},  // as for an `enc` of another key
       }) {
    INFO(static_cast<int>(action));
    const Deadline deadline("a wrong secret");
    for (const unsigned long every : {0UL, 1UL}) {
      control().reset();
      const unsigned long sessions = control().live_sessions();
      control().add({Function::C_GetAttributeValue, 1, action, 0, every});
      REQUIRE_ERRC(exchange.open(), request);
      REQUIRE(control().faults() > 0);
      REQUIRE(control().live_objects() == 0);
      control().reset();
      REQUIRE_OK(exchange.open());
      REQUIRE(control().live_sessions() == sessions);
    }

    // The self-check at opening notices each of them.
    control().add({Function::C_GetAttributeValue, 1, action, 0, 1});
    REQUIRE_ERRC(open_key("key"), Errc::key_unavailable);
    REQUIRE(control().faults() > 0);
    REQUIRE(control().live_objects() == 0);
    control().reset();
    REQUIRE_OK(open_key("key"));
  }
}

TEST_CASE("a token that was removed is used again when it is back") {
  const FaultToken token{"key"};
  const Exchange exchange(opened());
  for (const Function function :
       {Function::C_DeriveKey, Function::C_GetAttributeValue, Function::C_DestroyObject}) {
    INFO(kFunctionNames[static_cast<std::size_t>(function)]);
    const Deadline deadline("a removed token");
    control().reset();
    control().add({function, 1, Action::remove_token});
    const Status first = exchange.open();
    if (function == Function::C_DestroyObject) {
      REQUIRE_OK(first);  // the secret was there already
    } else {
      REQUIRE_ERRC(first, Errc::key_unavailable);
      REQUIRE(first.error().native == CKR_TOKEN_NOT_PRESENT);
    }
    for (int i = 0; i < 3; ++i) {
      const Status gone = exchange.open();
      REQUIRE_ERRC(gone, Errc::key_unavailable);
      REQUIRE(gone.error().native == CKR_TOKEN_NOT_PRESENT);
    }
    const auto missing = open_key("key");
    REQUIRE_ERRC(missing, Errc::key_unavailable);
    REQUIRE(missing.error().native == CKR_TOKEN_NOT_PRESENT);
    REQUIRE(control().calls(Function::C_Login) == 0);
    REQUIRE(control().live_sessions() == 0);

    control().insert_token();
    REQUIRE_OK(exchange.open());
    REQUIRE(control().calls(Function::C_Login) == 1);
    REQUIRE(control().live_sessions() == 1);
    REQUIRE(control().live_objects() == 0);
  }
}

TEST_CASE("sessions dropped and modules initialised anew cost one reconnect") {
  const FaultToken token{"key"};
  const Exchange exchange(opened());
  for (const Action action : {Action::close_sessions, Action::reinitialise}) {
    for (const Function function :
         {Function::C_DeriveKey, Function::C_GetAttributeValue, Function::C_DestroyObject}) {
      INFO(static_cast<int>(action) << kFunctionNames[static_cast<std::size_t>(function)]);
      const Deadline deadline("a dropped session");
      control().reset();
      control().add({function, 1, action});
      REQUIRE_OK(exchange.open());
      REQUIRE(control().faults() == 1);
      REQUIRE_OK(exchange.open());
      REQUIRE(control().calls(Function::C_Login) == 1);
      REQUIRE(control().live_sessions() == 1);
      REQUIRE(control().live_objects() == 0);
    }
  }
}

TEST_CASE("a key pair that was begun before a session was lost is not left behind") {
  const FaultToken token{"key"};
  const auto where = pkcs11::Token::open(location({}).token, options());
  REQUIRE_OK(where);
  const auto make = [&where] { return where->generate_key(*crypto(), kSuite.kem, {"new", {}}); };
  REQUIRE_OK(make());
  REQUIRE(destroy_objects("new") == 2);
  for (const Action action : {Action::close_sessions, Action::reinitialise}) {
    for (const Function function :
         {Function::C_GetMechanismInfo, Function::C_GenerateKeyPair, Function::C_GetAttributeValue,
          Function::C_FindObjectsInit, Function::C_DeriveKey}) {
      for (unsigned long n = 1; n <= 6; ++n) {
        const std::string name = std::string("a lost session while a key is made: ") +
                                 kFunctionNames[static_cast<std::size_t>(function)] + " " +
                                 std::to_string(n);
        INFO(name);
        const Deadline deadline(name);
        control().reset();
        control().add({function, n, action});
        const auto made = make();
        if (!made) REQUIRE_ERRC(made, Errc::key_unavailable);
        control().reset();
        REQUIRE(destroy_objects("new") == (made ? 2 : 0));
        REQUIRE(control().live_objects() == 0);
      }
    }
  }
}

TEST_CASE("a pair that cannot derive is replaced by one made with other attributes") {
  const FaultToken token{"key"};
  const auto opened = pkcs11::Token::open(location({}).token, options());
  REQUIRE_OK(opened);
  const auto generate = [&opened] {
    return opened->generate_key(*crypto(), kSuite.kem, {"new", {}});
  };
  constexpr CK_RV kBadAttributes = 0x182;  // the TPM's code for a key without "decrypt"
  // A check derives with each form of the point. So at some number of failures the first pair fails
  // it, and the next one derives.
  unsigned long pairs = 1;
  for (unsigned long failures = 1; pairs == 1; ++failures) {
    REQUIRE(failures < 10);
    control().reset();
    for (unsigned long n = 1; n <= failures; ++n) {
      control().add({Function::C_DeriveKey, n, Action::fail, kBadAttributes});
    }
    REQUIRE_OK(generate());
    REQUIRE(control().faults() == failures);
    REQUIRE(control().live_objects() == 0);
    pairs = control().calls(Function::C_GenerateKeyPair);
    REQUIRE(destroy_objects("new") == 2);
  }
  // If no pair derives, the error is the last one's failure, and no pair is left behind.
  control().reset();
  control().add({Function::C_DeriveKey, 1, Action::fail, kBadAttributes, 1});
  const auto none = generate();
  REQUIRE_ERRC(none, Errc::key_unavailable);
  REQUIRE(none.error().native == kBadAttributes);
  REQUIRE(control().calls(Function::C_GenerateKeyPair) > 2);
  control().reset();
  REQUIRE(destroy_objects("new") == 0);
  // If it cannot be removed either, the function gives up and says so.
  control().add({Function::C_DeriveKey, 1, Action::fail, kBadAttributes, 1});
  control().add({Function::C_DestroyObject, 1, Action::fail, CKR_FUNCTION_FAILED, 1});
  const auto stuck = generate();
  REQUIRE_ERRC(stuck, Errc::key_unavailable);
  REQUIRE(stuck.error().native == kBadAttributes);
  REQUIRE(std::string(stuck.error().message).find("remove it") != std::string::npos);
  REQUIRE(control().calls(Function::C_GenerateKeyPair) == 1);
  control().reset();
  REQUIRE(destroy_objects("new") == 2);
}

TEST_CASE("a module that another component initialised is never finalised") {
  const FaultToken token{"key"};
  CK_C_INITIALIZE_ARGS args{};
  args.flags = CKF_OS_LOCKING_OK;
  REQUIRE(functions().C_Initialize(&args) == CKR_OK);
  {
    const Exchange exchange(opened());
    REQUIRE_OK(exchange.open());
    REQUIRE_OK(open_key("key"));
    REQUIRE_OK(exchange.open());
  }
  REQUIRE(control().calls(Function::C_Finalize) == 0);
  REQUIRE(control().live_sessions() == 0);
  CK_INFO info{};
  REQUIRE(functions().C_GetInfo(&info) == CKR_OK);

  // A module that the provider initialised itself is finalised.
  REQUIRE(functions().C_Finalize(nullptr) == CKR_OK);
  control().reset();
  REQUIRE_OK(Exchange(opened()).open());
  REQUIRE(control().calls(Function::C_Finalize) == 1);
  REQUIRE(functions().C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED);

  // A module that another component finalised is initialised again.
  const Exchange exchange(opened());
  REQUIRE(functions().C_Finalize(nullptr) == CKR_OK);
  REQUIRE_OK(exchange.open());
}

TEST_CASE("a token whose store was deleted fails, and works again when the store is back") {
  const FaultToken token{"key"};
  const test::TemporaryDirectory copy;
  std::filesystem::copy(token.store(), copy.path(), std::filesystem::copy_options::recursive);
  const Exchange exchange(opened());
  const Deadline deadline("a deleted store");
  std::filesystem::remove_all(token.store());
  for (int i = 0; i < 3; ++i) {
    const Status status = exchange.open();  // SoftHSM may hold the key in its memory
    if (!status) REQUIRE_ERRC(status, Errc::key_unavailable);
  }
  control().close_sessions();
  for (int i = 0; i < 3; ++i) {
    const Status status = exchange.open();
    REQUIRE_ERRC(status, Errc::key_unavailable);
    REQUIRE(status.error().native != 0);
  }
  REQUIRE_ERRC(open_key("key"), Errc::key_unavailable);
  REQUIRE(control().live_objects() == 0);

  std::filesystem::copy(copy.path(), token.store(), std::filesystem::copy_options::recursive);
  REQUIRE_OK(exchange.open());  // SoftHSM sees it only after C_Finalize and C_Initialize
}

TEST_CASE("threads wait for another's reconnect no longer than the deadline") {
  const FaultToken token{"key"};
  pkcs11::Options impatient = options();
  impatient.deadline = std::chrono::milliseconds(20);
  const Exchange exchange(opened(impatient));
  const Deadline deadline("a login that does not return");
  control().close_sessions();
  control().reset();
  control().add({Function::C_Login, 1, Action::hold});
  std::atomic<int> right = 0;
  std::thread stuck([&] { right += exchange.open().ok() ? 1 : 0; });
  while (control().held() == 0) std::this_thread::yield();
  // A thread that comes at this time gives up, and does not enter the module.
  for (int i = 0; i < 4; ++i) REQUIRE_ERRC(exchange.open(), Errc::key_unavailable);
  REQUIRE(control().calls(Function::C_Login) == 1);
  REQUIRE(right == 0);
  control().release();
  stuck.join();
  REQUIRE(right == 1);
  REQUIRE_OK(exchange.open());
  REQUIRE(control().live_sessions() == 1);
}

TEST_CASE("a slow token is waited for") {
  const FaultToken token{"key"};
  const Exchange exchange(opened());
  const Deadline deadline("a slow token");
  for (const Function function : {Function::C_DeriveKey, Function::C_GetAttributeValue}) {
    control().add({function, 1, Action::delay, 50, 1});
  }
  REQUIRE(test::on_threads([&](unsigned) { return exchange.open().ok(); }));
  REQUIRE(control().live_objects() == 0);
}
