// PKCS#11 URIs (RFC 7512), by p11-kit.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include <p11-kit/uri.h>

#include <twoway/pkcs11.hpp>

#include "native.hpp"

namespace twoway::pkcs11 {
namespace {

using core::ByteView;
using core::Errc;
using core::Error;
using core::Result;
using core::SecretBuffer;
using core::Status;

constexpr CK_SLOT_ID kNoSlot = ~CK_SLOT_ID{0};

struct FreeUri {
  void operator()(P11KitUri* uri) const noexcept {
    // p11-kit frees its copy of the PIN as it is.
    if (const char* pin = p11_kit_uri_get_pin_value(uri); pin != nullptr) {
      core::wipe({reinterpret_cast<std::uint8_t*>(const_cast<char*>(pin)), std::strlen(pin)});
    }
    p11_kit_uri_free(uri);
  }
};
using Uri = std::unique_ptr<P11KitUri, FreeUri>;

/// A PIN that stood in a URI.
class FixedPin final : public core::SecretSource {
 public:
  explicit FixedPin(std::string_view pin) {
    const ByteView bytes = core::as_bytes(pin);
    pin_.assign(bytes.begin(), bytes.end());
  }
  Status read(SecretBuffer& pin) noexcept override {
    pin = pin_;
    return {};
  }

 private:
  SecretBuffer pin_;
};

/// Returns a field of a token's description. The field is zeros if the URI does not name it.
template <std::size_t Size>
std::string text(const CK_UTF8CHAR (&field)[Size]) {
  std::size_t size = ::strnlen(reinterpret_cast<const char*>(field), Size);
  while (size > 0 && field[size - 1] == ' ') --size;
  return {reinterpret_cast<const char*>(field), size};
}

template <std::size_t Size>
bool put(CK_UTF8CHAR (&field)[Size], const std::string& value) noexcept {
  if (value.empty()) return true;
  if (value.size() > Size) return false;
  std::memset(field, ' ', Size);
  std::memcpy(field, value.data(), value.size());
  return true;
}

ByteView attribute(P11KitUri* uri, CK_ATTRIBUTE_TYPE type) noexcept {
  const CK_ATTRIBUTE* found = p11_kit_uri_get_attribute(uri, type);
  if (found == nullptr || found->pValue == nullptr) return {};
  return {static_cast<const std::uint8_t*>(found->pValue), found->ulValueLen};
}

bool names_private_key(P11KitUri* uri) noexcept {
  const ByteView type = attribute(uri, CKA_CLASS);
  CK_OBJECT_CLASS value = CKO_PRIVATE_KEY;
  if (type.size() == sizeof(value)) std::memcpy(&value, type.data(), sizeof(value));
  return value == CKO_PRIVATE_KEY;
}

constexpr const char* kInitArguments = "x-init-reserved";  // as in p11-kit's .module files

/// The queries that are used here.
constexpr std::string_view kQueries[] = {"module-path", "module-name", "pin-source", "pin-value",
                                         kInitArguments};

bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool percent_encoding_is_right(std::string_view uri) noexcept {
  for (std::size_t at = uri.find('%'); at != uri.npos; at = uri.find('%', at + 1)) {
    if (uri.size() - at < 3 || !is_hex(uri[at + 1]) || !is_hex(uri[at + 2])) return false;
  }
  return true;
}

/// Refuses texts that p11-kit accepts: it leaves out blanks, takes unknown queries for a vendor's,
/// and of two queries of one name the last. It frees a PIN unwiped if another follows or if the
/// PIN's percent-encoding is wrong.
Status check_text(std::string_view uri) noexcept {
  if (uri.find_first_of(" \t\n\v\f\r") != uri.npos) {
    return Error{Errc::malformed, "a PKCS#11 URI holds no blanks: write %20 for each"};
  }
  if (!percent_encoding_is_right(uri)) {
    return Error{Errc::malformed,
                 "the PKCS#11 URI has a % without two hexadecimal digits: write %25 for the sign"};
  }
  std::array<bool, std::size(kQueries)> seen{};
  std::string_view rest = uri.substr(std::min(uri.find('?'), uri.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the '?' or '&'
    const std::string_view query = rest.substr(0, rest.find('&'));
    rest.remove_prefix(query.size());
    const std::string_view name = query.substr(0, query.find('='));
    if (query.empty()) continue;
    const auto known = std::find(std::begin(kQueries), std::end(kQueries), name);
    if (known == std::end(kQueries)) {
      return Error{Errc::not_supported,
                   "the PKCS#11 URI has a query that is not known: module-path, module-name, "
                   "pin-source, pin-value and x-init-reserved are"};
    }
    if (std::exchange(seen[static_cast<std::size_t>(known - std::begin(kQueries))], true)) {
      return Error{Errc::malformed, "the PKCS#11 URI has a query twice: leave one out"};
    }
  }
  return {};
}

bool names_library_or_slot(P11KitUri* uri) noexcept {
  const CK_INFO& module = *p11_kit_uri_get_module_info(uri);
  const CK_SLOT_INFO& slot = *p11_kit_uri_get_slot_info(uri);
  return module.manufacturerID[0] != 0 || module.libraryDescription[0] != 0 ||
         module.libraryVersion.major != 0xff || slot.slotDescription[0] != 0 ||
         slot.manufacturerID[0] != 0;
}

/// RFC 7512 section 2.4: "file:" and a path, or a path alone. "|" would run a command.
Result<std::shared_ptr<core::SecretSource>> pin_source(std::string_view source) {
  std::string_view path = source;
  if (path.starts_with("file://")) path.remove_prefix(std::strlen("file://"));
  if (path.starts_with("file:")) path.remove_prefix(std::strlen("file:"));
  if (path.starts_with('|') || (path == source && !path.starts_with('/'))) {
    return Error{Errc::not_supported,
                 "the URI's pin-source is not a file: use pin-source=file:/path"};
  }
  return core::secret_from_file(std::string(path));
}

}  // namespace

Result<ParsedUri> parse_uri(std::string_view text_of_uri) noexcept {
  if (Status s = check_text(text_of_uri); !s) return s.error();
  const Uri uri(p11_kit_uri_new());
  SecretBuffer terminated(text_of_uri.begin(), text_of_uri.end());  // it may hold a PIN
  terminated.push_back(0);
  if (uri == nullptr || p11_kit_uri_parse(reinterpret_cast<const char*>(terminated.data()),
                                          P11_KIT_URI_FOR_ANY, uri.get()) != P11_KIT_URI_OK) {
    return Error{Errc::malformed,
                 "this is no PKCS#11 URI: pkcs11:token=...;object=...?module-path=..."};
  }
  if (p11_kit_uri_any_unrecognized(uri.get()) != 0) {
    return Error{Errc::not_supported,
                 "the PKCS#11 URI has an attribute that is not known: check its spelling"};
  }
  if (names_library_or_slot(uri.get())) {
    return Error{Errc::not_supported,
                 "library and slot descriptions are not used in a PKCS#11 URI: name the module by "
                 "module-path or module-name, the slot by slot-id"};
  }
  if (!names_private_key(uri.get())) {
    return Error{Errc::not_supported, "the PKCS#11 URI names no private key: use type=private"};
  }

  ParsedUri parsed;
  TokenLocation& token = parsed.location.token;
  const CK_TOKEN_INFO& info = *p11_kit_uri_get_token_info(uri.get());
  token.label = text(info.label);
  token.serial = text(info.serialNumber);
  token.manufacturer = text(info.manufacturerID);
  token.model = text(info.model);
  if (const CK_SLOT_ID slot = p11_kit_uri_get_slot_id(uri.get()); slot != kNoSlot) {
    token.slot_id = slot;
  }
  if (const char* path = p11_kit_uri_get_module_path(uri.get()); path != nullptr) {
    token.module_path = path;
  }
  if (const char* name = p11_kit_uri_get_module_name(uri.get()); name != nullptr) {
    token.module_name = name;
  }
  if (const char* text_for_module = p11_kit_uri_get_vendor_query(uri.get(), kInitArguments);
      text_for_module != nullptr) {
    token.init_arguments = text_for_module;
  }
  const ByteView label = attribute(uri.get(), CKA_LABEL), id = attribute(uri.get(), CKA_ID);
  parsed.location.key.label.assign(label.begin(), label.end());
  parsed.location.key.id.assign(id.begin(), id.end());

  const char* value = p11_kit_uri_get_pin_value(uri.get());
  const char* source = p11_kit_uri_get_pin_source(uri.get());
  if (value != nullptr && source != nullptr) {
    return Error{Errc::malformed, "a PKCS#11 URI has a pin-source or a pin-value, not both"};
  }
  if (value != nullptr) parsed.pin = std::make_shared<FixedPin>(value);
  if (source != nullptr) {
    Result<std::shared_ptr<core::SecretSource>> pin = pin_source(source);
    if (!pin) return pin.error();
    parsed.pin = std::move(*pin);
  }
  return parsed;
}

std::string to_uri(const KeyLocation& location) {
  const Uri uri(p11_kit_uri_new());
  if (uri == nullptr) std::abort();
  CK_TOKEN_INFO& info = *p11_kit_uri_get_token_info(uri.get());
  const TokenLocation& token = location.token;
  if (!put(info.label, token.label) || !put(info.serialNumber, token.serial) ||
      !put(info.manufacturerID, token.manufacturer) || !put(info.model, token.model)) {
    return {};
  }
  if (token.slot_id && token.label.empty() && token.serial.empty()) {
    p11_kit_uri_set_slot_id(uri.get(), *token.slot_id);
  }
  if (!token.module_path.empty()) {
    p11_kit_uri_set_module_path(uri.get(), token.module_path.c_str());
  }
  if (!token.module_name.empty()) {
    p11_kit_uri_set_module_name(uri.get(), token.module_name.c_str());
  }
  if (!token.init_arguments.empty()) {
    p11_kit_uri_set_vendor_query(uri.get(), kInitArguments, token.init_arguments.c_str());
  }
  const auto set = [&](CK_ATTRIBUTE_TYPE type, ByteView value) {
    if (value.empty()) return;
    CK_ATTRIBUTE row{type, const_cast<std::uint8_t*>(value.data()), value.size()};
    p11_kit_uri_set_attribute(uri.get(), &row);
  };
  set(CKA_LABEL, core::as_bytes(location.key.label));
  set(CKA_ID, location.key.id);
  char* formatted = nullptr;
  if (p11_kit_uri_format(uri.get(), P11_KIT_URI_FOR_ANY, &formatted) != P11_KIT_URI_OK) return {};
  std::string result = formatted;
  std::free(formatted);
  return result;
}

}  // namespace twoway::pkcs11
