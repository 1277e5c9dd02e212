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

/// Null for NULL.
core::Result<std::shared_ptr<core::SecretSource>> source_of(
    const twoway_secret_source* given) noexcept {
  if (given == nullptr) return {nullptr};
  return c::take_secret_source(given);
}

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
  return c::call(error, provider).then([&]() -> core::Status {
    auto made = openssl::create({library_context, properties});
    if (!made) return made.error();
    *provider = const_cast<twoway_provider*>(c::handle(*made->release()));
    return {};
  });
}

void twoway_openssl_provider_free(twoway_provider* provider) noexcept {
  delete c::object(provider);
}

twoway_status twoway_openssl_private_key(evp_pkey_st* pkey, int concurrent,
                                         twoway_private_key** key, twoway_error* error) noexcept {
  return c::call(error, key).then([&] {
    openssl::OpaqueOptions options;
    options.concurrent = concurrent != 0;
    return give_key(key, openssl::opaque_key(pkey, options));
  });
}

twoway_status twoway_openssl_key_store_open(const char* const* providers, size_t count,
                                            const char* config, const char* properties,
                                            twoway_openssl_key_store** store,
                                            twoway_error* error) noexcept {
  const c::Span<const char* const> names{providers, count};
  return c::call(error, store, names).then([&]() -> core::Status {
    openssl::KeyStoreOptions options;
    if (count != 0) options.providers.clear();
    for (const char* name : std::span<const char* const>(names)) {
      if (name == nullptr) return c::kNull;
      options.providers.emplace_back(name);
    }
    if (config != nullptr) options.config = config;
    if (properties != nullptr) options.properties = properties;
    auto opened = openssl::KeyStore::open(options);
    if (!opened) return opened.error();
    *store = new twoway_openssl_key_store{std::move(*opened)};
    return {};
  });
}

void twoway_openssl_key_store_free(twoway_openssl_key_store* store) noexcept { delete store; }

twoway_status twoway_openssl_key_store_load(twoway_openssl_key_store* store, const char* uri,
                                            const twoway_secret_source* passphrase,
                                            twoway_private_key** key,
                                            twoway_error* error) noexcept {
  auto source = source_of(passphrase);
  return c::call(error, source, store, uri, key).then([&] {
    return give_key(key, store->object->load(uri, std::move(*source)));
  });
}
