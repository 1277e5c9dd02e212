#include <openssl/aead.h>

#include <twoway/core/keyed_aead.hpp>

#include "factories.hpp"
#include "native.hpp"

namespace twoway::boringssl {
namespace {

using core::ByteSpan;
using core::ByteView;

/// BoringSSL's name for an algorithm, and its longest text: RFC 5116 section 5.1, RFC 8439 section
/// 2.8.
struct Row {
  core::AeadId id;
  const EVP_AEAD* (*aead)();
  std::uint64_t max_plaintext;
};
constexpr Row kRows[] = {
    {core::AeadId::aes128_gcm, EVP_aead_aes_128_gcm, (std::uint64_t{1} << 36) - 32},
    {core::AeadId::aes256_gcm, EVP_aead_aes_256_gcm, (std::uint64_t{1} << 36) - 32},
    {core::AeadId::chacha20_poly1305, EVP_aead_chacha20_poly1305, (std::uint64_t{1} << 38) - 64},
};

/// BoringSSL's AES-GCM leaves the nonce and a copy of the hash key on the stack.
using StackWipe = core::StackWipe<2048>;

/// One expanded key, inline. EVP_AEAD_CTX_cleanup leaves it in memory, so it is wiped beside it.
class Key {
 public:
  using Algorithm = const Row*;

  static std::size_t max_plaintext(Algorithm row) noexcept {
    return static_cast<std::size_t>(row->max_plaintext);
  }
  static core::Error failure() noexcept { return backend_failure(); }

  Key() noexcept { EVP_AEAD_CTX_zero(context_.get()); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { EVP_AEAD_CTX_cleanup(context_.get()); }

  bool set(Algorithm row, ByteView key) noexcept {
    return EVP_AEAD_CTX_init(context_.get(), row->aead(), key.data(), key.size(),
                             EVP_AEAD_DEFAULT_TAG_LENGTH, nullptr) == 1;
  }

  bool seal(ByteSpan out, ByteSpan tag, ByteView nonce, ByteView aad, ByteView in) noexcept {
    const StackWipe wipe;
    std::size_t tag_size = 0;
    return EVP_AEAD_CTX_seal_scatter(context_.get(), out.data(), tag.data(), &tag_size, tag.size(),
                                     nonce.data(), nonce.size(), in.data(), in.size(), nullptr, 0,
                                     aad.data(), aad.size()) == 1 &&
           tag_size == tag.size();
  }

  bool open(ByteSpan out, ByteView nonce, ByteView aad, ByteView in, ByteView tag) noexcept {
    const StackWipe wipe;
    if (EVP_AEAD_CTX_open_gather(context_.get(), out.data(), nonce.data(), nonce.size(), in.data(),
                                 in.size(), tag.data(), tag.size(), aad.data(), aad.size()) == 1) {
      return true;
    }
    ERR_clear_error();
    return false;
  }

 private:
  Wiped<EVP_AEAD_CTX> context_;
};

}  // namespace

std::unique_ptr<core::Aead> make_aead(const core::AeadParams& params) {
  for (const Row& row : kRows) {
    if (row.id == params.id) return std::make_unique<core::KeyedAead<Key>>(params, &row);
  }
  return nullptr;
}

}  // namespace twoway::boringssl
