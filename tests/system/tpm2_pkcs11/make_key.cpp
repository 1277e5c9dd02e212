// make_key MODULE TOKEN_LABEL PIN p256|p384|p521: makes a key pair with that label, for derivation.
// With tpm2-pkcs11 a key may derive only if it has CKA_DECRYPT=true, and keys are made only in a
// session for writing. A test's PIN may be an argument.
#include <cstdio>
#include <iterator>
#include <string>
#include <vector>

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

namespace {

const std::vector<unsigned char> kP256{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7};
const std::vector<unsigned char> kP384{6, 5, 0x2b, 0x81, 4, 0, 0x22};
const std::vector<unsigned char> kP521{6, 5, 0x2b, 0x81, 4, 0, 0x23};

int fail(const char* what, CK_RV rv) {
  std::fprintf(stderr, "%s: 0x%lx\n", what, rv);
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) return 2;
  const std::string token = arguments[2], pin = arguments[3], label = arguments[4];
  void* module = ::dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return fail(::dlerror(), 0);
  CK_FUNCTION_LIST* p11 = nullptr;
  CK_RV rv = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module, "C_GetFunctionList"))(&p11);
  if (rv != CKR_OK || (rv = p11->C_Initialize(nullptr)) != CKR_OK) return fail("C_Initialize", rv);

  std::vector<CK_SLOT_ID> slots(16);
  CK_ULONG found = slots.size();
  if ((rv = p11->C_GetSlotList(CK_TRUE, slots.data(), &found)) != CKR_OK) return fail("slots", rv);
  slots.resize(found);
  CK_SESSION_HANDLE session = 0;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    if (p11->C_GetTokenInfo(slot, &info) != CKR_OK) continue;
    const std::string name(reinterpret_cast<const char*>(info.label), sizeof info.label);
    if (name.compare(0, name.find_last_not_of(' ') + 1, token) != 0) continue;
    rv = p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session);
    if (rv != CKR_OK) return fail("C_OpenSession", rv);
  }
  rv = p11->C_Login(session, CKU_USER,
                    reinterpret_cast<unsigned char*>(const_cast<char*>(pin.data())), pin.size());
  if (rv != CKR_OK) return fail("C_Login", rv);

  auto params = label == "p256" ? kP256 : label == "p384" ? kP384 : kP521;
  CK_BBOOL yes = CK_TRUE;
  std::string name = label;
  CK_ATTRIBUTE for_public[] = {{CKA_TOKEN, &yes, sizeof yes},
                               {CKA_EC_PARAMS, params.data(), params.size()},
                               {CKA_ID, name.data(), name.size()},
                               {CKA_LABEL, name.data(), name.size()}};
  CK_ATTRIBUTE for_private[] = {
      {CKA_TOKEN, &yes, sizeof yes},      {CKA_PRIVATE, &yes, sizeof yes},
      {CKA_DERIVE, &yes, sizeof yes},     {CKA_DECRYPT, &yes, sizeof yes},
      {CKA_ID, name.data(), name.size()}, {CKA_LABEL, name.data(), name.size()}};
  CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  CK_OBJECT_HANDLE public_key = 0, private_key = 0;
  rv = p11->C_GenerateKeyPair(session, &mechanism, for_public, std::size(for_public), for_private,
                              std::size(for_private), &public_key, &private_key);
  if (rv != CKR_OK) return fail("C_GenerateKeyPair", rv);
  p11->C_Finalize(nullptr);
  return 0;
}
