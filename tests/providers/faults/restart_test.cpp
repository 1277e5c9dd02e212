// Modules that work again only after C_Finalize and C_Initialize.
#include <atomic>
#include <chrono>
#include <thread>

#include "exchange.hpp"
#include "threads.hpp"

using namespace twoway;
using namespace twoway::test::fault;

namespace {

constexpr CK_RV kBroken[] = {CKR_DEVICE_ERROR,         CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT,
                             CKR_TOKEN_NOT_RECOGNIZED, CKR_GENERAL_ERROR,  CKR_FUNCTION_FAILED};

std::shared_ptr<const PrivateKey> opened(const pkcs11::Options& with = options()) {
  auto key = open_key("key", with);
  REQUIRE_OK(key);
  return std::move(*key);
}

unsigned long finals() { return control().calls(Function::C_Finalize); }
unsigned long initializations() { return control().calls(Function::C_Initialize); }

}  // namespace

TEST_CASE("a broken module is finalised and initialised once, and the request succeeds") {
  const FaultToken token{"key"};
  const Exchange exchange(opened());
  for (const CK_RV rv : kBroken) {
    for (const Function function :
         {Function::C_DeriveKey, Function::C_GetAttributeValue, Function::C_DestroyObject}) {
      INFO(kFunctionNames[static_cast<std::size_t>(function)] << " answers " << rv);
      const Deadline deadline("a broken module");
      control().reset();
      control().add({function, 1, Action::break_module, rv});
      REQUIRE_OK(exchange.open());
      REQUIRE_OK(exchange.open());
      REQUIRE(finals() == 1);
      REQUIRE(initializations() == 1);
      REQUIRE(control().calls(Function::C_Login) == 1);
      REQUIRE(control().live_sessions() == 1);
      REQUIRE(control().live_objects() == 0);
    }
  }
  REQUIRE(control().unclean_finals() == 0);
}

TEST_CASE("a module that stays broken is tried once for each request, and recovers by itself") {
  const FaultToken token{"key"};
  const Exchange exchange(opened());
  for (const CK_RV rv : kBroken) {
    INFO(rv);
    const Deadline deadline("a module that stays broken");
    control().reset();
    control().break_module(rv, 4);
    for (unsigned long request = 1; request <= 3; ++request) {
      const Status status = exchange.open();
      REQUIRE_ERRC(status, Errc::key_unavailable);
      REQUIRE(status.error().native == rv);
      REQUIRE(finals() == request);
    }
    REQUIRE_OK(exchange.open());
    REQUIRE(finals() == 4);
    // C_Initialize itself may fail meanwhile, as it does if a service is stopped.
    control().reset();
    control().break_module(rv, 1);
    control().add({Function::C_Initialize, 1, Action::fail, rv, 1});
    for (int request = 0; request < 3; ++request) {
      const Status status = exchange.open();
      REQUIRE_ERRC(status, Errc::key_unavailable);
      REQUIRE(status.error().native == rv);
    }
    control().reset();
    REQUIRE_OK(exchange.open());
  }
}

TEST_CASE("a module that wants other arguments says so") {
  const FaultToken token{"key"};
  control().reset();
  control().add({Function::C_Initialize, 1, Action::fail, CKR_ARGUMENTS_BAD});
  const auto refused = open_key("key");
  REQUIRE_ERRC(refused, Errc::key_unavailable);
  REQUIRE(refused.error().native == CKR_ARGUMENTS_BAD);
  const std::string message = refused.error().message;
  REQUIRE(message.find("(CKR_ARGUMENTS_BAD, 0x7): ") != std::string::npos);
  REQUIRE(message.find("x-init-reserved") != std::string::npos);
  REQUIRE_OK(open_key("key"));
}

TEST_CASE("one thread restarts a broken module for all, and nobody is inside meanwhile") {
  constexpr unsigned kEach = 10;
  const FaultToken token{"key"};
  const Exchange exchange(opened());
  for (const CK_RV rv : {CKR_DEVICE_ERROR, CKR_GENERAL_ERROR}) {
    const Deadline deadline("threads in a broken module");
    control().reset();
    control().add({Function::C_DeriveKey, 5, Action::break_module, rv});
    std::atomic<unsigned> empty = 0, right = 0;
    test::on_threads([&](unsigned) {
      for (unsigned i = 0; i < kEach; ++i) {
        const Status status = exchange.open();
        if (status) ++right;
        if (!status && status.error().message == nullptr) ++empty;
      }
      return true;
    });
    INFO(right << " right");
    REQUIRE(empty == 0);
    REQUIRE(right == test::kThreads * kEach);
    REQUIRE(finals() == 1);
    REQUIRE(initializations() == 1);
    REQUIRE(control().calls(Function::C_Login) == 1);
  }
  REQUIRE(control().unclean_finals() == 0);
}

TEST_CASE("a module is not restarted while a thread is inside") {
  const FaultToken token{"key"};
  pkcs11::Options impatient = options();
  impatient.deadline = std::chrono::milliseconds(20);
  const Exchange slow(opened()), fast(opened(impatient));
  const Deadline deadline("a restart that waits");
  control().reset();
  control().add({Function::C_DeriveKey, 1, Action::hold});
  std::atomic<bool> right = false;
  std::thread inside([&] { right = slow.open().ok(); });
  while (control().held() == 0) std::this_thread::yield();
  control().break_module(CKR_DEVICE_ERROR, 1);
  REQUIRE_ERRC(fast.open(), Errc::key_unavailable);
  REQUIRE(finals() == 0);
  control().release();
  inside.join();
  REQUIRE(right);
  REQUIRE(finals() == 1);
  REQUIRE_OK(fast.open());
}

TEST_CASE("other tokens of a restarted module connect again, and are not disturbed all the time") {
  const FaultToken token{"key"};
  token.add_token("second");
  const Exchange exchange(opened());
  pkcs11::TokenLocation where = location({}).token;
  where.label = "second";
  const auto second = pkcs11::Token::open(where, options());
  REQUIRE_OK(second);
  REQUIRE_OK(second->list_keys());

  // Only the first token fails until the module is initialised for the second time. The thread that
  // logs in to it opens its slot's sessions.
  const Deadline deadline("a module with two tokens");
  control().reset();
  control().break_module(CKR_DEVICE_ERROR, 1);
  REQUIRE_OK(exchange.open());
  REQUIRE(finals() == 1);
  REQUIRE_OK(second->list_keys());
  REQUIRE(finals() == 1);
  REQUIRE(control().calls(Function::C_Login) == 2);
  REQUIRE(control().live_sessions() == 2);

  // The second works, the first does not. Many requests do not cause many restarts.
  control().reset();
  control().close_sessions();
  REQUIRE_OK(second->list_keys());
  control().add({Function::C_OpenSession, 1, Action::fail, CKR_DEVICE_ERROR, 1});
  for (int request = 0; request < 5; ++request) {
    REQUIRE_ERRC(exchange.open(), Errc::key_unavailable);
  }
  REQUIRE(finals() <= 1);
}

TEST_CASE("a module that another component initialised is not restarted") {
  const FaultToken token{"key"};
  CK_C_INITIALIZE_ARGS args{};
  args.flags = CKF_OS_LOCKING_OK;
  REQUIRE(functions().C_Initialize(&args) == CKR_OK);
  const Exchange exchange(opened());
  for (const CK_RV rv : kBroken) {
    const Deadline deadline("a broken module of another component");
    control().reset();
    control().break_module(rv, 1);
    for (int request = 0; request < 3; ++request) {
      const Status status = exchange.open();
      REQUIRE_ERRC(status, Errc::key_unavailable);
      REQUIRE(status.error().native == rv);
    }
    REQUIRE(finals() == 0);
    // The other component restarts it.
    REQUIRE(functions().C_Finalize(nullptr) == CKR_OK);
    REQUIRE(functions().C_Initialize(&args) == CKR_OK);
    REQUIRE_OK(exchange.open());
  }
}

TEST_CASE("a PIN is not sent again to a token that fails a login without a reason") {
  const FaultToken token{"key"};
  const Exchange exchange(opened());
  for (const CK_RV rv : {CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED}) {
    const Deadline deadline("a login that fails");
    control().reset();
    control().close_sessions();
    control().add({Function::C_Login, 1, Action::fail, rv});
    const Status status = exchange.open();
    REQUIRE_ERRC(status, Errc::key_unavailable);
    REQUIRE(status.error().native == rv);
    REQUIRE(control().calls(Function::C_Login) == 1);
    REQUIRE(finals() == 0);
    REQUIRE_OK(exchange.open());
  }
}
