// Private keys: made, imported, read from key files, and behind callbacks.
#include <algorithm>

#include <twoway/private_key_pem.hpp>

#include "call.hpp"
#include "handles.hpp"

namespace twoway::c {
namespace {

using Callbacks = Owned<twoway_private_key_callbacks>;

class DhCallbackKey final : public DhPrivateKey {
 public:
  DhCallbackKey(Callbacks callbacks, KemId kem, std::size_t ndh, ByteView public_key) noexcept
      : callbacks_(std::move(callbacks)),
        kem_(kem),
        ndh_(ndh),
        public_key_(public_key.begin(), public_key.end()) {}

  KemId kem_id() const noexcept override { return kem_; }
  ByteView public_key() const noexcept override { return public_key_; }

  Status dh(core::DhSecret& secret, const PublicKey& peer) const noexcept override {
    std::uint64_t native = 0;
    const ByteSpan out = secret.reset(ndh_);
    const twoway_status status = callbacks_->dh(callbacks_->context, out.data(), out.size(),
                                                peer.bytes().data(), peer.bytes().size(), &native);
    if (status == TWOWAY_OK) return {};
    secret.clear();
    return callback_error(kDhRule, status, native);
  }

 private:
  Callbacks callbacks_;
  KemId kem_;
  std::size_t ndh_;
  Bytes public_key_;
};

class DecapCallbackKey final : public PrivateKey {
 public:
  DecapCallbackKey(Callbacks callbacks, KemId kem, ByteView public_key) noexcept
      : callbacks_(std::move(callbacks)),
        kem_(kem),
        public_key_(public_key.begin(), public_key.end()) {}

  KemId kem_id() const noexcept override { return kem_; }
  ByteView public_key() const noexcept override { return public_key_; }

  Status decap(SharedSecret& shared_secret, const Kem& kem,
               const core::Encapsulation& enc) const noexcept override {
    std::uint64_t native = 0;
    const ByteSpan out = shared_secret.reset(kem.params().nsecret);
    const twoway_status status = callbacks_->decap(callbacks_->context, out.data(), out.size(),
                                                   enc.bytes().data(), enc.bytes().size(), &native);
    if (status == TWOWAY_OK) return {};
    shared_secret.clear();
    return callback_error(kDecapRule, status, native);
  }

 private:
  Callbacks callbacks_;
  KemId kem_;
  Bytes public_key_;
};

/// The key behind `callbacks`, once they and the public key are seen to be complete.
Result<std::shared_ptr<const PrivateKey>> callback_key(Callbacks callbacks, KemId kem,
                                                       ByteView public_key) noexcept {
  if ((callbacks->dh == nullptr) == (callbacks->decap == nullptr)) {
    return Error{Errc::invalid_argument, "a private key has one operation: set dh or decap"};
  }
  const core::KemParams* params = core::find_kem(kem);
  if (params != nullptr ? public_key.size() != params->npk
                        : public_key.empty() || public_key.size() > core::kMaxPublicKey) {
    return Error{Errc::invalid_argument, "the public key has another length than its KEM's"};
  }
  if (callbacks->decap != nullptr) {
    return {std::make_shared<const DecapCallbackKey>(std::move(callbacks), kem, public_key)};
  }
  const core::DhKemParams* dhkem = core::find_dhkem(kem);
  if (dhkem == nullptr) {
    return Error{Errc::not_supported, "this KEM is not a DHKEM: set decap in place of dh"};
  }
  return {std::make_shared<const DhCallbackKey>(std::move(callbacks), kem,
                                                core::find_dh(dhkem->dh)->ndh, public_key)};
}

Result<Kem> find_kem(const twoway_provider* provider, std::uint16_t kem) noexcept {
  if (provider == nullptr) return kNull;
  return Kem::find(*object(provider), KemId{kem});
}

Status give_key(twoway_private_key** out, Result<std::unique_ptr<PrivateKey>> key) noexcept {
  if (!key) return key.error();
  return give(out, std::shared_ptr<const PrivateKey>(std::move(*key)));
}

Result<std::unique_ptr<PrivateKey>> read_pem(const Provider& provider, ByteView pem) noexcept {
  const Result<PrivateKeyData> data = read_private_key_pem(pem);
  if (!data) return data.error();
  const Result<Kem> kem = Kem::find(provider, data->kem);
  if (!kem) return kem.error();
  auto key = kem->import_private(data->bytes.view());
  if (key && !data->public_key.empty() && !core::equal(data->public_key, (*key)->public_key())) {
    return Error{Errc::invalid_key,
                 "the file's public key does not belong to its private key: make a new key"};
  }
  return key;
}

Status write_pem(const Kem& kem, ByteView sk, const Output& out) noexcept {
  const auto key = kem.import_private(sk);
  if (!key) return key.error();
  const auto pem = write_private_key_pem(kem.params().id, sk, (*key)->public_key());
  return pem ? out.write(pem->view()) : pem.error();
}

}  // namespace

twoway_private_key* handle(std::shared_ptr<const core::PrivateKey> key) noexcept {
  return new twoway_private_key{{std::move(key)}};
}

std::shared_ptr<const core::PrivateKey> object(const twoway_private_key* key) noexcept {
  return key == nullptr ? nullptr : key->object;
}

}  // namespace twoway::c

using namespace twoway;

twoway_status twoway_private_key_generate(const twoway_provider* provider, uint16_t kem,
                                          twoway_private_key** key, twoway_error* error) noexcept {
  const Result<Kem> found = c::find_kem(provider, kem);
  return c::call(error, key, found).then([&] {
    return c::give_key(key, found->generate_key_pair());
  });
}

twoway_status twoway_private_key_derive(const twoway_provider* provider, uint16_t kem,
                                        const uint8_t* ikm, size_t ikm_size,
                                        twoway_private_key** key, twoway_error* error) noexcept {
  const Result<Kem> found = c::find_kem(provider, kem);
  return c::call(error, key, c::Input{ikm, ikm_size}, found).then([&] {
    return c::give_key(key, found->derive_key_pair({ikm, ikm_size}));
  });
}

twoway_status twoway_private_key_import(const twoway_provider* provider, uint16_t kem,
                                        const uint8_t* sk, size_t sk_size, twoway_private_key** key,
                                        twoway_error* error) noexcept {
  const Result<Kem> found = c::find_kem(provider, kem);
  return c::call(error, key, c::Input{sk, sk_size}, found).then([&] {
    return c::give_key(key, found->import_private({sk, sk_size}));
  });
}

twoway_status twoway_private_key_join(const twoway_provider* provider, uint16_t kem,
                                      const twoway_private_key* ml_kem,
                                      const twoway_private_key* dh, twoway_private_key** key,
                                      twoway_error* error) noexcept {
  const Result<Kem> found = c::find_kem(provider, kem);
  return c::call(error, ml_kem, dh, key, found).then([&] {
    return c::give_key(key, found->join_private(ml_kem->object, dh->object));
  });
}

twoway_status twoway_private_key_read_pem(const twoway_provider* provider, const uint8_t* pem,
                                          size_t pem_size, twoway_private_key** key,
                                          twoway_error* error) noexcept {
  return c::call(error, provider, key, c::Input{pem, pem_size}).then([&] {
    return c::give_key(key, c::read_pem(*c::object(provider), {pem, pem_size}));
  });
}

twoway_status twoway_private_key_generate_pem(const twoway_provider* provider, uint16_t kem,
                                              uint8_t* out, size_t capacity, size_t* written,
                                              twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  const Result<Kem> found = c::find_kem(provider, kem);
  return c::call(error, output, found).then([&]() -> Status {
    core::PrivateKeyBytes ikm;
    core::PrivateKeyBytes sk;
    Rng& rng = c::object(provider)->rng();
    if (Status s = rng.fill(ikm.reset(found->params().nsk)); !s) return s;
    if (Status s = found->derive_private(sk, ikm.view()); !s) return s;
    return c::write_pem(*found, sk.view(), output);
  });
}

twoway_status twoway_private_key_write_pem(const twoway_provider* provider, uint16_t kem,
                                           const uint8_t* sk, size_t sk_size, uint8_t* out,
                                           size_t capacity, size_t* written,
                                           twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, provider, c::Input{sk, sk_size}, output).then([&]() -> Status {
    if (core::overlap({sk, sk_size}, output.span())) return core::kBadOverlap;
    const Result<Kem> found = Kem::find(*c::object(provider), KemId{kem});
    if (!found) return found.error();
    return c::write_pem(*found, {sk, sk_size}, output);
  });
}

twoway_status twoway_private_key_new(const twoway_private_key_callbacks* callbacks, uint16_t kem,
                                     const uint8_t* public_key, size_t public_key_size,
                                     twoway_private_key** key, twoway_error* error) noexcept {
  auto owned = c::Callbacks::take(callbacks);
  return c::call(error, owned, key, c::Input{public_key, public_key_size}).then([&]() -> Status {
    auto made = c::callback_key(std::move(*owned), KemId{kem}, {public_key, public_key_size});
    if (!made) return made.error();
    return c::give(key, std::move(*made));
  });
}

uint16_t twoway_private_key_kem(const twoway_private_key* key) noexcept {
  return key == nullptr ? std::uint16_t{0} : static_cast<std::uint16_t>(key->object->kem_id());
}

twoway_status twoway_private_key_public_key(const twoway_private_key* key, uint8_t* out,
                                            size_t capacity, size_t* written,
                                            twoway_error* error) noexcept {
  const c::Output output{out, capacity, written};
  return c::call(error, key, output).then([&] { return output.write(key->object->public_key()); });
}

void twoway_private_key_free(twoway_private_key* key) noexcept { delete key; }
