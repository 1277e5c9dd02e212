#include "store_session.hpp"

#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include <openssl/conf.h>
#include <openssl/store.h>
#include <openssl/ui.h>

namespace twoway::openssl {
namespace {

using core::Errc;
using core::Error;
using core::Result;

using Store = std::unique_ptr<OSSL_STORE_CTX, Freer<OSSL_STORE_close>>;
using StoreInfo = std::unique_ptr<OSSL_STORE_INFO, Freer<OSSL_STORE_INFO_free>>;
using UiMethod = std::unique_ptr<UI_METHOD, Freer<UI_destroy_method>>;

/// The response code that tpm2-openssl puts in front of an error's text: "2446 tpm:session(1):…".
std::optional<std::uint32_t> response_code(unsigned long error, const char* text) noexcept {
  if (ERR_GET_LIB(error) < ERR_LIB_USER || text == nullptr) return std::nullopt;
  std::uint32_t code = 0;
  const auto [end, status] = std::from_chars(text, text + std::strlen(text), code);
  if (status != std::errc() || *end != ' ') return std::nullopt;
  return code;
}

struct Cause {
  Fault fault;
  const char* message;  ///< null if the caller's message is the best one
};

/// TCG's response codes (TPM 2.0 Library, Part 2, section 6.6, and TSS 2.0 Overview, section 3.11).
Cause cause_of(std::uint32_t code) noexcept {
  constexpr Cause kLost{Fault::lost, "the connection to the TPM was lost: is it running?"};
  constexpr Cause kGone{Fault::lost, "the TPM holds no key there: is the handle right?"};
  if ((code >> 16 & 0xff) != 0) return kLost;  // a layer above the TPM, whose state is now unknown
  if ((code & 0xfff) == 0x921) {               // TPM_RC_LOCKOUT
    return {Fault::refused,
            "the TPM is locked after wrong authorisation values: reset its lockout, then load the "
            "key again"};
  }
  if ((code & 0xff0) == 0x910) return kGone;  // TPM_RC_REFERENCE_*: a handle that is not loaded
  if ((code & 0x80) == 0) return {Fault::other, nullptr};
  switch (code & 0xbf) {      // format one: the error without parameter, handle or session
    case 0x8b: return kGone;  // TPM_RC_HANDLE
    case 0x8e:                // TPM_RC_AUTH_FAIL
    case 0xa2:                // TPM_RC_BAD_AUTH
      return {
          Fault::refused,
          "the TPM refused the key's authorisation value: load the key again with the right one"};
    default: return {Fault::other, nullptr};
  }
}

/// OpenSSL's questions while it loads, and the results.
struct Asking {
  core::SecretSource* source;
  bool asked = false;
  std::optional<Error> error{};
};

int answer_prompt(UI* ui, UI_STRING* prompt) noexcept {
  const auto type = UI_get_string_type(prompt);
  if (type != UIT_PROMPT && type != UIT_VERIFY) return 1;  // a text to show
  Asking& asking = *static_cast<Asking*>(UI_get0_user_data(ui));
  asking.asked = true;
  if (asking.source == nullptr) return 0;
  core::SecretBuffer passphrase;
  if (const core::Status read = asking.source->read(passphrase); !read) {
    asking.error = read.error();
    return 0;
  }
  if (passphrase.size() > static_cast<std::size_t>(UI_get_result_maxsize(prompt))) {
    asking.error = Error{Errc::invalid_argument, "the pass phrase is longer than OpenSSL takes"};
    return 0;
  }
  const bool set = UI_set_result_ex(ui, prompt, reinterpret_cast<const char*>(passphrase.data()),
                                    static_cast<int>(passphrase.size())) >= 0;
  return set ? 1 : 0;
}

/// Whether `uri` can only be what an OpenSSL provider knows: it has a scheme, and that is not file.
bool has_other_scheme(std::string_view uri) noexcept {
  const std::size_t colon = uri.find(':');
  return colon != uri.npos && uri.substr(0, colon).find('/') == uri.npos &&
         !uri.starts_with("file:");
}

/// Why OSSL_STORE_open failed. What it cannot place it also tries as the path of a file.
Outcome not_opened(std::string_view uri) noexcept {
  const bool system = ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_SYS && !has_other_scheme(uri);
  return system ? store_failure(Errc::key_unavailable,
                                "the key file cannot be opened: see the native code, its errno")
                : store_failure(Errc::not_supported,
                                "no loaded OpenSSL provider takes this URI: a key file's path, or "
                                "handle:0x81000100 with the provider tpm2");
}

/// Why nothing was loaded.
Outcome not_loaded(const Asking& asking) noexcept {
  if (asking.error) {
    ERR_clear_error();
    return *asking.error;
  }
  if (asking.asked && asking.source == nullptr) {
    return store_failure(Errc::key_unavailable,
                         "the key has a pass phrase: load it with a SecretSource");
  }
  if (asking.asked) {
    return store_failure(Errc::key_unavailable, "the key does not open: is the pass phrase right?");
  }
  // An OpenSSL provider's own error, if nothing was to be decoded.
  if (ERR_GET_LIB(ERR_peek_error()) >= ERR_LIB_USER) {
    return store_failure(Errc::key_unavailable,
                         "the OpenSSL provider cannot load the key: see the native code");
  }
  return store_failure(
      Errc::malformed,
      "no private key there that the loaded OpenSSL providers can read: a TSS2 file "
      "needs tpm2, PKCS#8 needs default");
}

}  // namespace

Outcome store_failure(Errc code, const char* otherwise) noexcept {
  Error failure{code, otherwise, 0};
  Fault fault = Fault::other;
  const char* text = nullptr;
  int flags = 0;
  while (const auto error = ERR_get_error_all(nullptr, nullptr, nullptr, &text, &flags)) {
    if (fault != Fault::other) continue;  // the later errors follow from it
    failure.native = static_cast<std::uint64_t>(ERR_GET_REASON(error));
    const auto response = response_code(error, (flags & ERR_TXT_STRING) != 0 ? text : nullptr);
    if (!response) continue;
    const Cause cause = cause_of(*response);
    fault = cause.fault;
    if (cause.message == nullptr) continue;
    failure.code = Errc::key_unavailable;
    failure.message = cause.message;
  }
  return {failure, fault};
}

Result<std::unique_ptr<StoreSession>> StoreSession::open(const KeyStoreOptions& options) noexcept {
  if (const char* fault = foreign_symbols()) return Error{Errc::not_supported, fault};
  ERR_clear_error();
  auto session = std::make_unique<StoreSession>();
  session->context_.reset(OSSL_LIB_CTX_new());
  session->properties_ = options.properties;
  if (session->context_ == nullptr) return backend_failure();
  if (!options.config.empty() &&
      OSSL_LIB_CTX_load_config(session->context_.get(), options.config.c_str()) != 1) {
    return failure(Errc::malformed,
                   "the OpenSSL configuration file cannot be used: see the native code");
  }
  for (const std::string& name : options.providers) {
    LoadedProvider loaded(OSSL_PROVIDER_load(session->context_.get(), name.c_str()));
    if (loaded == nullptr) {
      if (ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_INIT_FAIL) {
        return failure(
            Errc::key_unavailable,
            "an OpenSSL provider does not start: for tpm2, see that the TPM runs and that the "
            "environment variable TPM2OPENSSL_TCTI names it");
      }
      return failure(
          Errc::not_supported,
          "the module of an OpenSSL provider is not installed: install it (tpm2 is in the "
          "package tpm2-openssl), or name its directory in OPENSSL_MODULES");
    }
    session->providers_.push_back(std::move(loaded));
  }
  ERR_clear_error();
  return session;
}

Outcome StoreSession::load(Pkey& key, const std::string& uri,
                           core::SecretSource* passphrase) noexcept {
  key.reset();
  ERR_clear_error();
  // OpenSSL's own wrapper of a callback would leave the pass phrase on the stack.
  const UiMethod method(UI_create_method("twoway"));
  Asking asking{passphrase};
  if (method == nullptr || UI_method_set_reader(method.get(), answer_prompt) != 0) {
    return backend_failure();
  }
  const char* properties = properties_.empty() ? nullptr : properties_.c_str();
  const Store store(OSSL_STORE_open_ex(uri.c_str(), context_.get(), properties, method.get(),
                                       &asking, nullptr, nullptr, nullptr));
  if (store == nullptr) return not_opened(uri);
  OSSL_STORE_expect(store.get(), OSSL_STORE_INFO_PKEY);
  while (OSSL_STORE_eof(store.get()) != 1) {
    const StoreInfo info(OSSL_STORE_load(store.get()));
    if (info == nullptr) {
      if (OSSL_STORE_error(store.get()) == 1) break;
      continue;
    }
    if (OSSL_STORE_INFO_get_type(info.get()) != OSSL_STORE_INFO_PKEY) continue;
    key.reset(OSSL_STORE_INFO_get1_PKEY(info.get()));
    ERR_clear_error();
    if (key != nullptr) return {};
  }
  return not_loaded(asking);
}

}  // namespace twoway::openssl
