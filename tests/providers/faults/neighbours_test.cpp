// Other handles of a token, other components of the process, and changes of the token's content.
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "exchange.hpp"

using namespace twoway;
using namespace twoway::test::fault;

namespace {

std::shared_ptr<const PrivateKey> opened() {
  auto key = open_key("key");
  REQUIRE_OK(key);
  return std::move(*key);
}

pkcs11::Token opened_token(const pkcs11::Options& with = options()) {
  const auto token = pkcs11::Token::open(location({}).token, with);
  REQUIRE_OK(token);
  return *token;
}

void initialize_elsewhere() {
  CK_C_INITIALIZE_ARGS args{};
  args.flags = CKF_OS_LOCKING_OK;
  REQUIRE(functions().C_Initialize(&args) == CKR_OK);
}

}  // namespace

TEST_CASE("a module that another component initialised and finalised is initialised again") {
  const FaultToken token{"key"};
  initialize_elsewhere();
  {
    const Exchange exchange(opened());
    const Exchange second(opened());
    REQUIRE(functions().C_Finalize(nullptr) == CKR_OK);
    // Each slot is known once, so no token matches twice.
    REQUIRE_OK(open_key("key"));
    REQUIRE_OK(exchange.open());
    REQUIRE_OK(second.open());
    const auto tokens = pkcs11::list_tokens(module_path());
    REQUIRE_OK(tokens);
    REQUIRE(tokens->size() == 1);
    // From here on the module is ours, and stays ours if it is found finalised once more.
    REQUIRE(functions().C_Finalize(nullptr) == CKR_OK);
    REQUIRE_OK(second.open());
    REQUIRE_OK(exchange.open());
    control().reset();
  }
  REQUIRE(control().calls(Function::C_Finalize) == 1);
  CK_INFO info{};
  REQUIRE(functions().C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED);
}

TEST_CASE("threads that find a module finalised initialise it once, and it stays ours") {
  const FaultToken token{"key"};
  {
    const Exchange first(opened()), second(opened());
    const Deadline deadline("two threads in a finalised module");
    control().reset();
    for (const unsigned long nth : {1UL, 2UL}) {
      control().add({Function::C_DeriveKey, nth, Action::hold});
    }
    std::atomic<int> right = 0;
    std::thread one([&] { right += first.open().ok() ? 1 : 0; });
    std::thread two([&] { right += second.open().ok() ? 1 : 0; });
    while (control().held() < 2) std::this_thread::yield();
    REQUIRE(functions().C_Finalize(nullptr) == CKR_OK);
    control().release();
    one.join();
    two.join();
    REQUIRE(right == 2);
    REQUIRE(control().calls(Function::C_Initialize) == 1);
    control().reset();
  }
  REQUIRE(control().calls(Function::C_Finalize) == 1);
}

TEST_CASE("a session handle from before a new start is neither used nor closed") {
  const FaultToken token{"key"};
  initialize_elsewhere();
  const pkcs11::Token first = opened_token();
  REQUIRE_OK(first.list_keys());
  std::optional<pkcs11::Token> used = opened_token();
  REQUIRE_OK(used->list_keys());
  std::optional<pkcs11::Token> unused = opened_token();
  REQUIRE_OK(unused->list_keys());

  REQUIRE(functions().C_Finalize(nullptr) == CKR_OK);
  REQUIRE_OK(first.list_keys());  // initialises the module
  // Another component gets the handles of the old sessions.
  std::vector<CK_SESSION_HANDLE> others(64);
  CK_SLOT_ID slots[8];
  CK_ULONG count = 8;
  REQUIRE(functions().C_GetSlotList(CK_TRUE, slots, &count) == CKR_OK);
  for (CK_SESSION_HANDLE& other : others) {
    REQUIRE(functions().C_OpenSession(slots[0], CKF_SERIAL_SESSION, nullptr, nullptr, &other) ==
            CKR_OK);
  }
  REQUIRE_OK(used->list_keys());
  const auto check = [&others] {
    for (const CK_SESSION_HANDLE other : others) {
      CK_SESSION_INFO info{};
      REQUIRE(functions().C_GetSessionInfo(other, &info) == CKR_OK);
    }
  };
  check();
  control().reset();
  used.reset();
  unused.reset();
  check();
  REQUIRE(control().calls(Function::C_CloseSession) == 1);
}

TEST_CASE("logins of one token come one at a time, so that a wrong PIN is sent once") {
  const FaultToken token{"key"};
  const auto wrong = [](std::chrono::milliseconds deadline) {
    pkcs11::Options with;
    with.pin = core::secret_from_function([](core::SecretBuffer& pin) -> Status {
      pin.assign(6, '0');
      return {};
    });
    with.deadline = deadline;
    return with;
  };
  const pkcs11::Token first = opened_token(wrong(std::chrono::minutes(2)));
  const pkcs11::Token second = opened_token(wrong(std::chrono::milliseconds(20)));
  const Deadline deadline("two logins");
  control().reset();
  control().add({Function::C_Login, 1, Action::hold});
  std::atomic<CK_RV> refused = CKR_OK;
  std::thread held([&] {
    const auto keys = first.list_keys();
    refused = keys ? CKR_OK : keys.error().native;
  });
  while (control().held() == 0) std::this_thread::yield();
  REQUIRE_ERRC(second.list_keys(), Errc::key_unavailable);
  REQUIRE(control().calls(Function::C_Login) == 1);
  control().release();
  held.join();
  REQUIRE(refused == CKR_PIN_INCORRECT);
  REQUIRE_ERRC(second.list_keys(), Errc::key_unavailable);
  REQUIRE(control().calls(Function::C_Login) == 1);
  reset_pin();
}

TEST_CASE("any failure may hide a lost login") {
  const FaultToken token{"key"};
  const Exchange exchange(opened());
  for (const CK_RV rv : {CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_ATTRIBUTE_VALUE_INVALID,
                         CKR_TEMPLATE_INCONSISTENT, CKR_VENDOR_DEFINED + 1}) {
    INFO(rv);
    log_out();
    control().reset();
    control().add({Function::C_DeriveKey, 1, Action::fail, rv});
    REQUIRE_OK(exchange.open());
    REQUIRE(control().calls(Function::C_Login) == 1);

    control().close_sessions();
    control().reset();
    REQUIRE_OK(exchange.open());
    control().reset();
    control().add({Function::C_DeriveKey, 1, Action::fail, rv});
    control().add({Function::C_GetSessionInfo, 1, Action::fail, CKR_SESSION_HANDLE_INVALID});
    REQUIRE_OK(exchange.open());

    // The login exists, so the failure is the token's own.
    control().reset();
    control().add({Function::C_DeriveKey, 1, Action::fail, rv});
    const Status status = exchange.open();
    REQUIRE_ERRC(status, Errc::key_unavailable);
    REQUIRE(status.error().native == rv);
    REQUIRE(control().calls(Function::C_Login) == 0);
    REQUIRE(control().calls(Function::C_OpenSession) == 0);
  }
}

TEST_CASE("a key that took the name of the opened one makes it unavailable") {
  const FaultToken token{"key", "other"};
  const Exchange exchange(opened());
  const auto require_another = [&exchange] {
    for (int request = 0; request < 3; ++request) {
      const Status status = exchange.open();
      REQUIRE_ERRC(status, Errc::key_unavailable);
      REQUIRE(std::string(status.error().message).find("another one than") != std::string::npos);
    }
    REQUIRE(control().live_objects() == 0);
  };
  rename_objects("key", "away", 9);
  rename_objects("other", "key", 1);
  control().close_sessions();
  require_another();
  rename_objects("key", "other", 2);
  rename_objects("away", "key", 1);
  REQUIRE_OK(exchange.open());

  REQUIRE(destroy_objects("key") == 2);
  generate_key("key", 1);
  require_another();
  control().close_sessions();
  require_another();
  REQUIRE_OK(Exchange(opened()).open());
}
