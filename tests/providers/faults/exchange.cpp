#include "exchange.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace twoway::test::fault {
namespace {

constexpr std::string_view kQuestion = "question";

class FixedPin final : public core::SecretSource {
 public:
  Status read(core::SecretBuffer& pin) noexcept override {
    const ByteView bytes = as_bytes(kPin);
    pin.assign(bytes.begin(), bytes.end());
    return {};
  }
};

}  // namespace

const Provider* crypto() {
  for (const Provider* provider : built::providers()) {
    if (offers(*provider, kSuite)) return provider;
  }
  return nullptr;
}

pkcs11::KeyLocation location(const std::string& label) {
  pkcs11::KeyLocation where;
  where.token.module_path = module_path();
  where.token.label = FaultToken::kLabel;
  where.key.label = label;
  return where;
}

pkcs11::Options options() { return {.pin = std::make_shared<FixedPin>()}; }

KeyResult open_key(const std::string& label, const pkcs11::Options& with) {
  return pkcs11::open_key(*crypto(), pkcs11::to_uri(location(label)), with);
}

void reset_pin() {
  const auto token = pkcs11::Token::open(location({}).token);
  REQUIRE_OK(token);
  token->reset_pin();
}

Exchange::Exchange(std::shared_ptr<const PrivateKey> key) : ring_(*crypto()) {
  REQUIRE_OK(ring_.add(1, std::move(key), {{kSuite.kdf, kSuite.aead}}));
  const auto configs = ring_.key_configs();
  REQUIRE_OK(configs);
  const auto sender = RequestSender::create(*crypto(), *configs);
  REQUIRE_OK(sender);
  auto request = sender->seal(as_bytes(kQuestion));
  REQUIRE_OK(request);
  message_ = std::move(request->message);
}

Status Exchange::open() const noexcept {
  const auto opened = RequestReceiver{ring_}.open(message_);
  if (!opened) return opened.error();
  if (std::ranges::equal(opened->plaintext, as_bytes(kQuestion))) return {};
  std::fputs("a request was opened to a wrong plaintext\n", stderr);
  std::abort();
}

}  // namespace twoway::test::fault
