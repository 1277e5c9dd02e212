// A provider over a crypto library of one's own: an example of docs/providers.md.
#include <algorithm>
#include <cstring>

#include <twoway/c/bridge.hpp>
#include <twoway/core/algorithm_list.hpp>
#include <twoway/core/hkdf.hpp>
#include <twoway/core/hmac.hpp>
#include <twoway/core/keyed_aead.hpp>
#include <twoway/core/raw_x25519.hpp>
#include <twoway/twoway.hpp>

// Stands for your library's header.
struct AcmeHash {
  std::uint64_t state[4];
};
void acme_random(std::uint8_t* out, std::size_t size);
bool acme_x25519(std::uint8_t* out, const std::uint8_t* sk, const std::uint8_t* pk);
void acme_x25519_public(std::uint8_t* pk, const std::uint8_t* sk);
void acme_sha256_init(AcmeHash* hash);
void acme_sha256_update(AcmeHash* hash, const std::uint8_t* data, std::size_t size);
void acme_sha256_final(AcmeHash* hash, std::uint8_t* out);
bool acme_seal(const std::uint8_t* key, std::uint8_t* out, std::uint8_t* tag,
               const std::uint8_t* nonce, const std::uint8_t* aad, std::size_t aad_size,
               const std::uint8_t* in, std::size_t size);
bool acme_open(const std::uint8_t* key, std::uint8_t* out, const std::uint8_t* tag,
               const std::uint8_t* nonce, const std::uint8_t* aad, std::size_t aad_size,
               const std::uint8_t* in, std::size_t size);

using namespace twoway;

// example {
constexpr Error kAcmeFailed{Errc::provider_failure, "the acme library failed"};

/// For core::RawX25519, which makes a group of it.
struct AcmeX25519 {
  static constexpr Error kFailure = kAcmeFailed;
  static bool derive(ByteSpan secret, ByteView sk, ByteView pk) noexcept {
    return acme_x25519(secret.data(), sk.data(), pk.data());  // false for an all-zero result
  }
  static bool public_of(ByteSpan pk, ByteView sk) noexcept {
    acme_x25519_public(pk.data(), sk.data());
    return true;
  }
  static bool generate(ByteSpan pk, ByteSpan sk) noexcept {
    acme_random(sk.data(), sk.size());
    return public_of(pk, sk);
  }
};

/// For core::Hmac, which core::Hkdf makes a KDF of.
struct AcmeSha256 {
  struct Run {
    ~Run() { core::wipe({reinterpret_cast<std::uint8_t*>(&hash_), sizeof hash_}); }
    bool hash(ByteSpan out, ByteView first, core::Gather rest) noexcept {
      acme_sha256_init(&hash_);
      acme_sha256_update(&hash_, first.data(), first.size());
      for (const ByteView part : rest) acme_sha256_update(&hash_, part.data(), part.size());
      acme_sha256_final(&hash_, out.data());
      return true;
    }
    AcmeHash hash_;
  };
  static constexpr std::size_t block_size() noexcept { return 64; }
  static Error failure() noexcept { return kAcmeFailed; }
  Run start() const noexcept { return {}; }
};

/// For core::KeyedAead: one key. Lengths and overlap have been checked.
class AcmeChaCha {
 public:
  struct Algorithm {};  // of a library that has one function for all of them
  static std::size_t max_plaintext(Algorithm) noexcept { return (std::uint64_t{1} << 38) - 64; }
  static Error failure() noexcept { return kAcmeFailed; }

  bool set(Algorithm, ByteView key) noexcept {
    key_.assign(key);
    return true;
  }
  bool seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad, ByteView in) noexcept {
    return acme_seal(key_.view().data(), out.data(), tag.data(), nonce.data(), aad.data(),
                     aad.size(), in.data(), in.size());
  }
  bool open(ByteSpan out, ByteView nonce, ByteView aad, ByteView in, ByteView tag) noexcept {
    return acme_open(key_.view().data(), out.data(), tag.data(), nonce.data(), aad.data(),
                     aad.size(), in.data(), in.size());
  }

 private:
  core::AeadKey key_;
};

class AcmeRng final : public Rng {
 public:
  Status fill(ByteSpan out) noexcept override {
    acme_random(out.data(), out.size());
    return {};
  }
};

/// The algorithms of the library. Other lookups return null, the default.
class AcmeProvider final : public Provider {
 public:
  const char* name() const noexcept override { return "acme"; }
  Rng& rng() const noexcept override { return rng_; }
  const core::DhGroup* dh(core::DhId id) const noexcept override {
    return id == core::DhId::x25519 ? &x25519_ : nullptr;
  }
  const core::Kdf* kdf(KdfId id) const noexcept override {
    return id == KdfId::hkdf_sha256 ? &hkdf_ : nullptr;
  }
  const core::Aead* aead(AeadId id) const noexcept override {
    return id == AeadId::chacha20_poly1305 ? &chacha_ : nullptr;
  }

 private:
  using Hmac = core::Hmac<AcmeSha256>;
  mutable AcmeRng rng_;
  core::RawX25519<AcmeX25519> x25519_{*core::find_dh(core::DhId::x25519)};
  core::Hkdf<Hmac> hkdf_{*core::find_kdf(KdfId::hkdf_sha256), Hmac(AcmeSha256{})};
  core::KeyedAead<AcmeChaCha> chacha_{*core::find_aead(AeadId::chacha20_poly1305), {}};
};
// } example

// example {
const Provider& acme() {
  static const AcmeProvider provider;
  return provider;
}

extern "C" const twoway_provider* acme_twoway_provider() noexcept {
  return twoway::c::handle(acme());
}
// } example

int main() {
  const Provider& crypto = acme();
  if (std::strcmp(twoway_provider_name(acme_twoway_provider()), "acme") != 0) return 1;
  KeyRing ring{crypto};
  auto key = Kem::find(crypto, KemId::dhkem_x25519)->generate_key_pair();
  if (!ring.add(1, std::move(*key), {{KdfId::hkdf_sha256, AeadId::chacha20_poly1305}})) return 1;
  auto request = RequestSender::create(crypto, *ring.key_configs())->seal(as_bytes("question"));
  auto opened = RequestReceiver{ring}.open(request->message);
  if (!opened || !std::ranges::equal(opened->plaintext, as_bytes("question"))) return 1;
  auto reply = opened->response_sealer.seal(as_bytes("answer"));
  auto answer = request->response_opener.open(*reply);
  if (!answer || !std::ranges::equal(*answer, as_bytes("answer"))) return 1;
  request->message.back() ^= 1;
  return RequestReceiver{ring}.open(request->message).ok() ? 1 : 0;
}

// The stand-in for the library. It has the shapes of the algorithms and protects nothing.

void acme_random(std::uint8_t* out, std::size_t size) {
  static std::uint64_t state = 1;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    out[i] = static_cast<std::uint8_t>(state >> 56);
  }
}

namespace {
constexpr std::uint64_t kPrime = 0xfffffffb;

/// base^exponent mod kPrime, for numbers of 8 bytes.
std::uint64_t power(std::uint64_t base, const std::uint8_t* exponent) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, exponent, sizeof bits);
  std::uint64_t result = 1;
  for (base %= kPrime; bits != 0; bits >>= 1) {
    if ((bits & 1) != 0) result = result * base % kPrime;
    base = base * base % kPrime;
  }
  return result;
}

bool put(std::uint8_t* out, std::uint64_t number) {
  std::memset(out, 0, 32);
  std::memcpy(out, &number, sizeof number);
  return number != 0;
}

void stream(const std::uint8_t* key, const std::uint8_t* nonce, std::uint8_t* out,
            const std::uint8_t* in, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<std::uint8_t>(in[i] ^ key[i % 32] ^ nonce[i % 12]);
  }
}

void mac(const std::uint8_t* key, const std::uint8_t* nonce, const std::uint8_t* aad,
         std::size_t aad_size, const std::uint8_t* sealed, std::size_t size, std::uint8_t* tag) {
  AcmeHash hash;
  std::uint8_t digest[32];
  acme_sha256_init(&hash);
  acme_sha256_update(&hash, key, 32);
  acme_sha256_update(&hash, nonce, 12);
  acme_sha256_update(&hash, aad, aad_size);
  acme_sha256_update(&hash, sealed, size);
  acme_sha256_final(&hash, digest);
  std::memcpy(tag, digest, 16);
}
}  // namespace

bool acme_x25519(std::uint8_t* out, const std::uint8_t* sk, const std::uint8_t* pk) {
  std::uint64_t base = 0;
  std::memcpy(&base, pk, sizeof base);
  return put(out, power(base, sk));
}

void acme_x25519_public(std::uint8_t* pk, const std::uint8_t* sk) { put(pk, power(5, sk)); }

void acme_sha256_init(AcmeHash* hash) { *hash = {{1, 2, 3, 4}}; }

void acme_sha256_update(AcmeHash* hash, const std::uint8_t* data, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    for (std::uint64_t& word : hash->state) word = (word ^ data[i]) * 1099511628211U + (word >> 29);
  }
}

void acme_sha256_final(AcmeHash* hash, std::uint8_t* out) {
  std::memcpy(out, hash->state, sizeof hash->state);
}

bool acme_seal(const std::uint8_t* key, std::uint8_t* out, std::uint8_t* tag,
               const std::uint8_t* nonce, const std::uint8_t* aad, std::size_t aad_size,
               const std::uint8_t* in, std::size_t size) {
  stream(key, nonce, out, in, size);
  mac(key, nonce, aad, aad_size, out, size, tag);
  return true;
}

bool acme_open(const std::uint8_t* key, std::uint8_t* out, const std::uint8_t* tag,
               const std::uint8_t* nonce, const std::uint8_t* aad, std::size_t aad_size,
               const std::uint8_t* in, std::size_t size) {
  std::uint8_t expected[16];
  mac(key, nonce, aad, aad_size, in, size, expected);
  stream(key, nonce, out, in, size);
  return std::memcmp(expected, tag, sizeof expected) == 0;
}
