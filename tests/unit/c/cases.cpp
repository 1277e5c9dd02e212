// Runs the tests in C over every provider.
#include "cases.h"

#include <memory>

#include "bridge_calls.h"
#include "cpp.hpp"

using namespace twoway;

namespace {

/// The blocks from `memory`, until the end of the test.
std::vector<std::unique_ptr<std::uint8_t[]>> g_memory;

void run(void (*test)(const fixture*)) {
  for (const core::Provider* provider : built::providers()) {
    INFO(provider->name());
    const fixture with{c::handle(*provider),
                       {TWOWAY_KEM_X25519, TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305}};
    test(&with);
    g_memory.clear();
  }
}

}  // namespace

#define DEFINE_CASE(name, title) \
  TEST_CASE(title) { run(name); }
C_CASES(DEFINE_CASE)

std::uint8_t* memory(std::size_t size) {
  return g_memory.emplace_back(std::make_unique<std::uint8_t[]>(size)).get();
}

twoway_status key_dh(const twoway_provider* crypto, const twoway_private_key* key,
                     const std::uint8_t* peer, std::size_t peer_size, std::uint8_t* secret,
                     std::size_t secret_size) {
  const auto object = c::object(key);
  const auto kem = core::Kem::find(*c::object(crypto), object->kem_id());
  if (!kem) return TWOWAY_NOT_SUPPORTED;
  const auto pk = kem->import_public({peer, peer_size});
  core::DhSecret dh;
  if (!pk || !object->auth_dh(dh, **pk) || dh.size() != secret_size) return TWOWAY_INVALID_KEY;
  std::ranges::copy(dh.view(), secret);
  return TWOWAY_OK;
}

twoway_status key_decap(const twoway_provider* crypto, const twoway_private_key* key,
                        const std::uint8_t* enc, std::size_t enc_size, std::uint8_t* secret,
                        std::size_t secret_size) {
  const auto object = c::object(key);
  const auto kem = core::Kem::find(*c::object(crypto), object->kem_id());
  if (!kem) return TWOWAY_NOT_SUPPORTED;
  core::SharedSecret shared;
  if (!kem->decap(shared, {enc, enc_size}, *object) || shared.size() != secret_size) {
    return TWOWAY_OPEN_FAILED;
  }
  std::ranges::copy(shared.view(), secret);
  return TWOWAY_OK;
}
