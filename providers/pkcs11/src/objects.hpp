// Objects of a token: templates, attributes, searches.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "curves.hpp"
#include "token.hpp"

namespace twoway::pkcs11 {

/// A list of attributes. The values that they point to must outlive it.
class Template {
 public:
  Template& add(CK_ATTRIBUTE_TYPE type, core::ByteView value) noexcept {
    // The standard has one type for reading and writing. A template is only read.
    rows_[size_++] = {type, const_cast<std::uint8_t*>(value.data()), value.size()};
    return *this;
  }
  Template& add(CK_ATTRIBUTE_TYPE type, const CK_ULONG& value) noexcept {
    return add(type, {reinterpret_cast<const std::uint8_t*>(&value), sizeof(value)});
  }
  Template& add(CK_ATTRIBUTE_TYPE type, bool value) noexcept {
    static constexpr CK_BBOOL kFalse = CK_FALSE, kTrue = CK_TRUE;
    return add(type, core::ByteView(value ? &kTrue : &kFalse, 1));
  }
  CK_ATTRIBUTE* data() noexcept { return rows_.data(); }
  CK_ULONG size() const noexcept { return size_; }

 private:
  std::array<CK_ATTRIBUTE, 16> rows_{};
  CK_ULONG size_ = 0;
};

/// Returns an attribute's bytes, or nothing if the object does not have or does not show it.
core::Result<std::optional<core::Bytes>> read_attribute(Session& session, CK_OBJECT_HANDLE object,
                                                        CK_ATTRIBUTE_TYPE type) noexcept;

/// Returns a boolean attribute, or `otherwise` if the object does not have it.
core::Result<bool> read_flag(Session& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                             bool otherwise) noexcept;

/// All objects that match.
core::Result<std::vector<CK_OBJECT_HANDLE>> find_objects(Session& session,
                                                         Template wanted) noexcept;

/// Destroys an object. A session in which one is left is not used again.
void destroy(Session& session, CK_OBJECT_HANDLE object) noexcept;

/// A private key on the token.
struct TokenKeyRecord {
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  const Curve* curve = nullptr;
  KeyName name;  ///< as the token has it
};

/// The private keys of supported curves that match, in the token's order. If none does, `others`
/// says whether keys of other kinds did.
struct FoundKeys {
  std::vector<TokenKeyRecord> keys;
  bool others = false;
};
core::Result<FoundKeys> find_keys(Session& session, const KeyName& name) noexcept;

/// Returns the one key that matches, or an error with the reason.
core::Result<TokenKeyRecord> find_key(Session& session, const KeyName& name) noexcept;

/// Candidates for SerializePublicKey of a key from the token, the likeliest first: public key
/// objects and then certificates, each first those with the private key's label, then all with its
/// CKA_ID, and CKA_EC_POINT of the private key. Empty if the token has none. Tokens may hold
/// several keys with one CKA_ID: only a derivation tells which candidate is the right one.
core::Result<std::vector<core::Bytes>> read_public_keys(Session& session,
                                                        const TokenKeyRecord& key) noexcept;

}  // namespace twoway::pkcs11
