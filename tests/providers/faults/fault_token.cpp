#include "fault_token.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <string_view>

#include <unistd.h>

#include "catch.hpp"

namespace twoway::test::fault {
namespace {

const RawModule& module() {
  static const RawModule loaded(FAULT_MODULE);
  return loaded;
}

template <typename T>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, T& value) {
  return {type, &value, sizeof(value)};
}

CK_UTF8CHAR* text(const char* value) {
  return reinterpret_cast<CK_UTF8CHAR*>(const_cast<char*>(value));
}

void generate(CK_SESSION_HANDLE session, CK_BYTE id, const char* label) {
  CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  std::array<CK_BYTE, 10> p256{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
  CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
  const CK_ATTRIBUTE name{CKA_LABEL, text(label), std::strlen(label)};
  CK_ATTRIBUTE public_template[] = {attribute(CKA_EC_PARAMS, p256), attribute(CKA_TOKEN, yes),
                                    attribute(CKA_ID, id), name};
  CK_ATTRIBUTE private_template[] = {attribute(CKA_DERIVE, yes),
                                     attribute(CKA_SENSITIVE, yes),
                                     attribute(CKA_PRIVATE, yes),
                                     attribute(CKA_EXTRACTABLE, no),
                                     attribute(CKA_TOKEN, yes),
                                     attribute(CKA_ID, id),
                                     name};
  CK_OBJECT_HANDLE public_key = 0, private_key = 0;
  REQUIRE(functions().C_GenerateKeyPair(
              session, &mechanism, public_template, std::size(public_template), private_template,
              std::size(private_template), &public_key, &private_key) == CKR_OK);
}

/// Applies `change` to the objects of a label, and returns their number.
template <typename Change>
unsigned long for_each_object(const char* label, const Change& change) {
  const CK_FUNCTION_LIST& p11 = functions();
  const CK_SESSION_HANDLE session = module().open_session(FaultToken::kLabel);
  CK_ATTRIBUTE wanted{CKA_LABEL, text(label), std::strlen(label)};
  REQUIRE(p11.C_FindObjectsInit(session, &wanted, 1) == CKR_OK);
  std::array<CK_OBJECT_HANDLE, 16> found{};
  CK_ULONG count = 0;
  REQUIRE(p11.C_FindObjects(session, found.data(), found.size(), &count) == CKR_OK);
  REQUIRE(p11.C_FindObjectsFinal(session) == CKR_OK);
  for (CK_ULONG i = 0; i < count; ++i) REQUIRE(change(session, found[i]) == CKR_OK);
  REQUIRE(p11.C_CloseSession(session) == CKR_OK);
  return count;
}

// The handler of SIGALRM reads this.
std::array<char, 256> overdue{};

void fail_overdue(int) {
  constexpr std::string_view text = "hangs: ";
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
  static_cast<void>(!::write(STDERR_FILENO, overdue.data(), ::strlen(overdue.data())));
  static_cast<void>(!::write(STDERR_FILENO, "\n", 1));
  ::_exit(1);
}

}  // namespace

const char* module_path() { return FAULT_MODULE; }

const Control& control() {
  static const Control* const interface =
      reinterpret_cast<decltype(&twoway_fault_control)>(module().symbol("twoway_fault_control"))();
  return *interface;
}

const CK_FUNCTION_LIST& functions() { return module().functions(); }

FaultToken::FaultToken(std::initializer_list<const char*> key_labels) : SoftToken(kLabel) {
  REQUIRE(module().initialize() == CKR_OK);
  const CK_SESSION_HANDLE session = module().open_session(kLabel);
  CK_BYTE id = 0;
  for (const char* key_label : key_labels) generate(session, ++id, key_label);
  REQUIRE(functions().C_Finalize(nullptr) == CKR_OK);
  control().reset();
}

FaultToken::~FaultToken() {
  functions().C_Finalize(nullptr);  // if nobody else has done it
  control().reset();
}

unsigned long destroy_objects(const char* label) {
  return for_each_object(label, [](CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
    return functions().C_DestroyObject(session, object);
  });
}

void rename_objects(const char* label, const char* to, unsigned char id) {
  const auto rename = [&](CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
    CK_ATTRIBUTE name[] = {{CKA_LABEL, text(to), std::strlen(to)}, attribute(CKA_ID, id)};
    return functions().C_SetAttributeValue(session, object, name, std::size(name));
  };
  REQUIRE(for_each_object(label, rename) == 2);
}

void generate_key(const char* label, unsigned char id) {
  const CK_SESSION_HANDLE session = module().open_session(FaultToken::kLabel);
  generate(session, id, label);
  REQUIRE(functions().C_CloseSession(session) == CKR_OK);
}

void log_out() {
  const CK_SESSION_HANDLE session = module().open_session(FaultToken::kLabel);
  REQUIRE(functions().C_Logout(session) == CKR_OK);
  REQUIRE(functions().C_CloseSession(session) == CKR_OK);
}

Deadline::Deadline(const std::string& name) {
  std::strncpy(overdue.data(), name.c_str(), overdue.size() - 1);
  std::signal(SIGALRM, fail_overdue);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  ::alarm(300);
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  ::alarm(300);
#else
  ::alarm(60);
#endif
#else
  ::alarm(60);
#endif
}

Deadline::~Deadline() { ::alarm(0); }

}  // namespace twoway::test::fault
