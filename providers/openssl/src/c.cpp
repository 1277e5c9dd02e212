// The C interface of this provider.
#include <string>

#include <twoway/c/bridge.hpp>
#include <twoway/openssl.h>
#include <twoway/openssl.hpp>

struct twoway_openssl_key_store {
  std::unique_ptr<twoway::openssl::KeyStore> object;
};

using namespace twoway;

namespace {

class CallbackPassphrase final : public openssl::PassphraseSource {
 public:
  explicit CallbackPassphrase(c::Owned<twoway_secret_source> source) noexcept
      : source_(std::move(source)) {}
  core::Status read(core::SecretBuffer& passphrase) noexcept override {
    return c::read_secret(source_, passphrase);
  }

 private:
  c::Owned<twoway_secret_source> source_;
};

core::Status give_key(twoway_private_key** out,
                      core::Result<std::unique_ptr<core::PrivateKey>> key) noexcept {
  if (!key) return key.error();
  *out = c::handle(std::move(*key));
  return {};
}

}  // namespace

const twoway_provider* twoway_openssl_provider() noexcept { return c::handle(openssl::provider()); }

twoway_status twoway_openssl_provider_new(ossl_lib_ctx_st* library_context, const char* properties,
                                          twoway_provider** provider,
                                          twoway_error* error) noexcept {
  if (provider == nullptr) return c::answer(error, c::kNull);
  *provider = nullptr;
  auto made = openssl::create({library_context, properties});
  if (!made) return c::answer(error, made.error());
  *provider = const_cast<twoway_provider*>(c::handle(*made->release()));
  return c::answer(error, {});
}

void twoway_openssl_provider_free(twoway_provider* provider) noexcept {
  delete c::object(provider);
}

twoway_status twoway_openssl_private_key(evp_pkey_st* pkey, int concurrent,
                                         twoway_private_key** key, twoway_error* error) noexcept {
  if (key == nullptr) return c::answer(error, c::kNull);
  *key = nullptr;
  openssl::OpaqueOptions options;
  options.concurrent = concurrent != 0;
  return c::answer(error, give_key(key, openssl::opaque_key(pkey, options)));
}

twoway_status twoway_openssl_key_store_open(const char* const* providers, size_t count,
                                            const char* config, const char* properties,
                                            twoway_openssl_key_store** store,
                                            twoway_error* error) noexcept {
  if (store == nullptr) return c::answer(error, c::kNull);
  *store = nullptr;
  if (providers == nullptr && count != 0) return c::answer(error, c::kNull);
  openssl::KeyStoreOptions options;
  if (count != 0) options.providers.clear();
  for (std::size_t i = 0; i < count; ++i) {
    if (providers[i] == nullptr) return c::answer(error, c::kNull);
    options.providers.emplace_back(providers[i]);
  }
  if (config != nullptr) options.config = config;
  if (properties != nullptr) options.properties = properties;
  auto opened = openssl::KeyStore::open(options);
  if (!opened) return c::answer(error, opened.error());
  *store = new twoway_openssl_key_store{std::move(*opened)};
  return c::answer(error, {});
}

void twoway_openssl_key_store_free(twoway_openssl_key_store* store) noexcept { delete store; }

twoway_status twoway_openssl_key_store_load(twoway_openssl_key_store* store, const char* uri,
                                            const twoway_secret_source* passphrase,
                                            twoway_private_key** key,
                                            twoway_error* error) noexcept {
  return c::answer(error, [&]() -> core::Status {
    if (key != nullptr) *key = nullptr;
    std::shared_ptr<openssl::PassphraseSource> source;
    if (passphrase != nullptr) {
      auto owned = c::take_secret_source(passphrase);
      if (!owned) return owned.error();
      source = std::make_shared<CallbackPassphrase>(std::move(*owned));
    }
    if (store == nullptr || uri == nullptr || key == nullptr) return c::kNull;
    return give_key(key, store->object->load(uri, std::move(source)));
  }());
}
