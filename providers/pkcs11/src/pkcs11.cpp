// The public functions.
#include <twoway/pkcs11.hpp>

#include "key.hpp"

namespace twoway::pkcs11 {

using core::ByteView;
using core::Result;
using core::Status;

Token::Token(std::shared_ptr<TokenState> state) noexcept : state_(std::move(state)) {}

Result<Token> Token::open(const TokenLocation& location, const Options& options) noexcept {
  Result<std::shared_ptr<TokenState>> state = TokenState::open(location, options);
  if (!state) return state.error();
  return Token(std::move(*state));
}

Result<TokenInfo> Token::info() const noexcept { return state_->info(); }

Result<std::unique_ptr<core::DhPrivateKey>> Token::open_key(const core::Provider& crypto,
                                                            const KeyName& name,
                                                            ByteView public_key) const noexcept {
  return open_token_key(state_, crypto, name, public_key);
}

Result<std::unique_ptr<core::DhPrivateKey>> Token::generate_key(
    const core::Provider& crypto, core::KemId kem, const KeyName& name) const noexcept {
  return generate_token_key(state_, crypto, kem, name);
}

Result<std::vector<KeyInfo>> Token::list_keys() const noexcept {
  std::vector<KeyInfo> keys;
  const Status listed = state_->run([&](Session& session) noexcept -> Status {
    keys.clear();
    Result<FoundKeys> found = find_keys(session, {});
    if (!found) return found.error();
    for (TokenKeyRecord& key : found->keys) {
      const Result<bool> derivable = read_flag(session, key.handle, CKA_DERIVE, false);
      if (!derivable) return derivable.error();
      const Result<bool> extractable = read_flag(session, key.handle, CKA_EXTRACTABLE, true);
      if (!extractable) return extractable.error();
      auto public_keys = read_public_keys(session, key);
      if (!public_keys) return public_keys.error();
      keys.push_back({.name = std::move(key.name),
                      .kem = key.curve->kem,
                      .derivable = *derivable,
                      .extractable = *extractable,
                      .public_key = public_keys->empty() ? core::Bytes{} : public_keys->front()});
    }
    return {};
  });
  if (!listed) return listed.error();
  return keys;
}

void Token::reset_pin() const noexcept { state_->reset_pin(); }

Result<std::unique_ptr<core::DhPrivateKey>> open_key(const core::Provider& crypto,
                                                     std::string_view uri, const Options& options,
                                                     ByteView public_key) noexcept {
  Result<ParsedUri> parsed = parse_uri(uri);
  if (!parsed) return parsed.error();
  Options complete = options;
  if (complete.pin == nullptr) complete.pin = std::move(parsed->pin);
  const Result<Token> token = Token::open(parsed->location.token, complete);
  if (!token) return token.error();
  return token->open_key(crypto, parsed->location.key, public_key);
}

Result<std::vector<TokenInfo>> list_tokens(const std::string& module_path,
                                           const std::string& init_arguments) noexcept {
  Result<ModuleRef> module = ModuleRef::load(module_path, init_arguments);
  if (!module) return module.error();
  CK_RV failed = CKR_OK;
  auto found = (*module)->ask(Clock::now() + Options{}.deadline, [&]() noexcept {
    return find_tokens(**module, {}, Module::Slots::ask, failed);
  });
  if (!found) return found.error();
  std::vector<TokenInfo> tokens;
  for (TokenDescription& token : *found) tokens.push_back(std::move(token.info));
  return tokens;
}

}  // namespace twoway::pkcs11
