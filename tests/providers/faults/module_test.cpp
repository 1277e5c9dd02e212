// The module that fails, by itself. Each action works as the other tests assume.
#include <array>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "fault_token.hpp"

using namespace twoway::test::fault;
using twoway::test::kPin;

namespace {

/// A logged-in session, and the key of the token.
class Session {
 public:
  Session() {
    CK_C_INITIALIZE_ARGS args{};
    args.flags = CKF_OS_LOCKING_OK;
    REQUIRE(functions().C_Initialize(&args) == CKR_OK);
    open();
  }
  ~Session() { functions().C_Finalize(nullptr); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void open() {
    REQUIRE(functions().C_OpenSession(slot(), CKF_SERIAL_SESSION, nullptr, nullptr, &handle) ==
            CKR_OK);
    REQUIRE(functions().C_Login(handle, CKU_USER,
                                reinterpret_cast<CK_UTF8CHAR*>(const_cast<char*>(kPin)),
                                6) == CKR_OK);
    key = find(CKO_PRIVATE_KEY);
    std::array<CK_BYTE, 67> der{};
    CK_ATTRIBUTE get[] = {{CKA_EC_POINT, der.data(), der.size()}};
    REQUIRE(functions().C_GetAttributeValue(handle, find(CKO_PUBLIC_KEY), get, 1) == CKR_OK);
    std::copy(der.begin() + 2, der.end(), point_.begin());
  }

  static CK_SLOT_ID slot() {
    std::array<CK_SLOT_ID, 8> slots{};
    CK_ULONG count = slots.size();
    REQUIRE(functions().C_GetSlotList(CK_TRUE, slots.data(), &count) == CKR_OK);
    return slots[0];
  }

  /// Derives the key with itself, as DHKEM does.
  CK_RV derive(CK_OBJECT_HANDLE& object) {
    CK_ECDH1_DERIVE_PARAMS params{CKD_NULL, 0, nullptr, point_.size(), point_.data()};
    CK_MECHANISM mechanism{CKM_ECDH1_DERIVE, &params, sizeof(params)};
    CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
    CK_KEY_TYPE generic = CKK_GENERIC_SECRET;
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG length = 32;
    CK_ATTRIBUTE derived[] = {
        {CKA_CLASS, &secret, sizeof(secret)}, {CKA_KEY_TYPE, &generic, sizeof(generic)},
        {CKA_TOKEN, &no, sizeof(no)},         {CKA_SENSITIVE, &no, sizeof(no)},
        {CKA_EXTRACTABLE, &yes, sizeof(yes)}, {CKA_VALUE_LEN, &length, sizeof(length)}};
    return functions().C_DeriveKey(handle, &mechanism, key, derived, 6, &object);
  }

  CK_RV value(CK_OBJECT_HANDLE object, std::vector<CK_BYTE>& out) const {
    CK_ATTRIBUTE get[] = {{CKA_VALUE, out.data(), out.size()}};
    const CK_RV rv = functions().C_GetAttributeValue(handle, object, get, 1);
    if (rv == CKR_OK) out.resize(get[0].ulValueLen);
    return rv;
  }

  CK_SESSION_HANDLE handle = 0;
  CK_OBJECT_HANDLE key = 0;

 private:
  CK_OBJECT_HANDLE find(CK_OBJECT_CLASS wanted) const {
    CK_ATTRIBUTE attribute{CKA_CLASS, &wanted, sizeof(wanted)};
    REQUIRE(functions().C_FindObjectsInit(handle, &attribute, 1) == CKR_OK);
    CK_OBJECT_HANDLE found = 0;
    CK_ULONG count = 0;
    REQUIRE(functions().C_FindObjects(handle, &found, 1, &count) == CKR_OK);
    REQUIRE(count == 1);
    REQUIRE(functions().C_FindObjectsFinal(handle) == CKR_OK);
    return found;
  }

  std::array<CK_BYTE, 65> point_{};
};

}  // namespace

TEST_CASE("the module counts calls, sessions and objects") {
  const FaultToken token{"key"};
  {
    Session session;
    REQUIRE(control().calls(Function::C_OpenSession) == 1);
    REQUIRE(control().calls(Function::C_FindObjects) == 2);
    REQUIRE(control().calls(Function::C_DeriveKey) == 0);
    REQUIRE(control().live_sessions() == 1);
    CK_OBJECT_HANDLE first = 0, second = 0;
    REQUIRE(session.derive(first) == CKR_OK);
    REQUIRE(session.derive(second) == CKR_OK);
    REQUIRE(control().live_objects() == 2);
    REQUIRE(functions().C_DestroyObject(session.handle, first) == CKR_OK);
    REQUIRE(control().live_objects() == 1);
    REQUIRE(functions().C_CloseSession(session.handle) == CKR_OK);
    REQUIRE(control().live_sessions() == 0);
    REQUIRE(control().live_objects() == 0);
  }
  REQUIRE(control().unclean_finals() == 0);
}

TEST_CASE("the module fails the calls that a rule names, and no others") {
  const FaultToken token{"key"};
  Session session;
  CK_SESSION_INFO info{};
  const auto answers = [&] {
    std::vector<CK_RV> all;
    for (int i = 0; i < 7; ++i) all.push_back(functions().C_GetSessionInfo(session.handle, &info));
    return all;
  };
  control().add({Function::C_GetSessionInfo, 2, Action::fail, 0x30});
  REQUIRE(answers() == std::vector<CK_RV>{0, 0x30, 0, 0, 0, 0, 0});
  REQUIRE(control().faults() == 1);
  control().reset();
  control().add({Function::C_GetSessionInfo, 3, Action::fail, 0x30, 1});
  REQUIRE(answers() == std::vector<CK_RV>{0, 0, 0x30, 0x30, 0x30, 0x30, 0x30});
  control().reset();
  control().add({Function::C_GetSessionInfo, 1, Action::fail, 0x30, 3});
  REQUIRE(answers() == std::vector<CK_RV>{0x30, 0, 0, 0x30, 0, 0, 0x30});
  control().reset();
  REQUIRE(answers() == std::vector<CK_RV>(7, 0));

  control().add({Function::C_CloseSession, 1, Action::answer, 0x30});
  REQUIRE(functions().C_CloseSession(session.handle) == 0x30);
  REQUIRE(control().live_sessions() == 0);
  control().add({Function::C_Initialize, 1, Action::answer, CKR_CRYPTOKI_ALREADY_INITIALIZED});
  REQUIRE(functions().C_Finalize(nullptr) == CKR_OK);
  REQUIRE(functions().C_Initialize(nullptr) == CKR_CRYPTOKI_ALREADY_INITIALIZED);
  CK_INFO general{};
  REQUIRE(functions().C_GetInfo(&general) == CKR_OK);
}

TEST_CASE("the module changes derived secrets") {
  const FaultToken token{"key"};
  Session session;
  CK_OBJECT_HANDLE object = 0;
  REQUIRE(session.derive(object) == CKR_OK);
  std::vector<CK_BYTE> right(40);
  REQUIRE(session.value(object, right) == CKR_OK);
  REQUIRE(right.size() == 32);
  const auto changed = [&](Action action, std::size_t room) {
    control().reset();
    control().add({Function::C_GetAttributeValue, 1, action});
    std::vector<CK_BYTE> value(room);
    const CK_RV rv = session.value(object, value);
    REQUIRE(control().faults() == 1);
    return std::pair{rv, value};
  };
  REQUIRE(changed(Action::zero_secret, 32) == std::pair{CK_RV{0}, std::vector<CK_BYTE>(32)});
  const auto [rv, wrong] = changed(Action::wrong_secret, 32);
  REQUIRE(rv == CKR_OK);
  REQUIRE(wrong != right);
  REQUIRE(changed(Action::short_secret, 32).second.size() == 31);
  REQUIRE(changed(Action::long_secret, 33).second.size() == 33);
  REQUIRE(changed(Action::long_secret, 32).first == CKR_BUFFER_TOO_SMALL);
  // Attributes of other objects are left alone.
  control().reset();
  control().close_sessions();
  control().add({Function::C_GetAttributeValue, 1, Action::zero_secret});
  session.open();
  REQUIRE(control().faults() == 0);
}

TEST_CASE("the module drops sessions, starts anew and loses its token") {
  const FaultToken token{"key"};
  Session session;
  CK_SESSION_INFO info{};
  control().add({Function::C_GetSessionInfo, 1, Action::close_sessions});
  REQUIRE(functions().C_GetSessionInfo(session.handle, &info) == CKR_SESSION_HANDLE_INVALID);
  REQUIRE(control().live_sessions() == 0);

  control().reset();
  session.open();
  control().add({Function::C_GetSessionInfo, 1, Action::reinitialise});
  REQUIRE(functions().C_GetSessionInfo(session.handle, &info) == CKR_SESSION_HANDLE_INVALID);
  REQUIRE(control().live_sessions() == 0);

  control().reset();
  session.open();
  CK_OBJECT_HANDLE object = 0;
  control().add({Function::C_DeriveKey, 1, Action::remove_token});
  REQUIRE(session.derive(object) == CKR_DEVICE_REMOVED);
  CK_ULONG slots = 0;
  REQUIRE(functions().C_GetSlotList(CK_TRUE, nullptr, &slots) == CKR_OK);
  REQUIRE(slots == 0);
  REQUIRE(functions().C_GetSlotList(CK_FALSE, nullptr, &slots) == CKR_OK);
  REQUIRE(slots > 0);
  CK_SESSION_HANDLE other = 0;
  REQUIRE(functions().C_OpenSession(0, CKF_SERIAL_SESSION, nullptr, nullptr, &other) ==
          CKR_TOKEN_NOT_PRESENT);
  control().insert_token();
  REQUIRE(session.derive(object) == CKR_SESSION_HANDLE_INVALID);
  session.open();
  REQUIRE(session.derive(object) == CKR_OK);
}

TEST_CASE("the module holds calls until they are released") {
  const FaultToken token{"key"};
  Session session;
  control().add({Function::C_GetSessionInfo, 1, Action::hold, 0, 1});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&session] {
      CK_SESSION_INFO info{};
      functions().C_GetSessionInfo(session.handle, &info);
    });
  }
  const Deadline deadline("calls that are held");
  while (control().held() < 4) std::this_thread::yield();
  control().release();
  for (std::thread& thread : threads) thread.join();
  REQUIRE(control().held() == 0);
}
