#include "hpke.hpp"

#include <optional>

namespace twoway::interop {
namespace {

/// The PSK of a request, whose bytes it holds.
struct OwnedPsk {
  explicit OwnedPsk(const Json& request)
      : psk(bytes_at(request, "psk")), psk_id(bytes_at(request, "psk_id")) {}

  std::optional<core::Psk> get() const {
    if (psk.empty()) return std::nullopt;
    return core::Psk{psk, psk_id};
  }

  Bytes psk;
  Bytes psk_id;
};

/// Runs `process` over the messages, and the exports. An export that is empty has no bytes.
template <typename Context, typename Process>
Json run(Context& context, const Json& request, const Process& process) {
  Json answer{{"messages", Json::array()}, {"exports", Json::array()}};
  for (const Json& message : request.value("messages", Json::array())) {
    const Result<Bytes> out = process(bytes_at(message, "aad"), bytes_at(message, "text"));
    const bool goes_on = !out && flag_at(message, "fails");
    answer["messages"].push_back(goes_on ? std::string() : test::hex(take(out)));
  }
  for (const Json& exported : request.value("exports", Json::array())) {
    Bytes out(exported.at("length").get<std::size_t>());
    check(context.exporter().export_secret(out, bytes_at(exported, "context")));
    answer["exports"].push_back(test::hex(out));
  }
  return answer;
}

}  // namespace

Json hpke_seal(const Provider& provider, const Json& request, Draws& draws) {
  const auto suite = take(core::CipherSuite::find(provider, suite_at(request)));
  const auto receiver = take(suite.kem().import_public(bytes_at(request, "public")));
  const OwnedPsk psk(request);
  const std::shared_ptr<const PrivateKey> key =
      request.contains("sender_ikm") ? key_of(provider, request, "sender_ikm") : nullptr;
  Bytes enc(suite.nenc());
  auto context =
      take(core::SenderContext::setup(suite, enc, *receiver, bytes_at(request, "info"),
                                      {psk.get(), key.get()}, draws.fixed() ? &draws : nullptr));
  Json answer = run(context, request, [&](const Bytes& aad, const Bytes& text) -> Result<Bytes> {
    Bytes out(context.sealed_size(text.size()));
    if (const auto sealed = context.seal(out, aad, text); !sealed) return sealed.error();
    return out;
  });
  answer["enc"] = test::hex(enc);
  return answer;
}

Json hpke_open(const Provider& provider, const Json& request) {
  const auto suite = take(core::CipherSuite::find(provider, suite_at(request)));
  const auto key = key_of(provider, request, "ikm");
  const OwnedPsk psk(request);
  std::unique_ptr<PublicKey> sender;
  if (request.contains("sender_public")) {
    sender = take(suite.kem().import_public(bytes_at(request, "sender_public")));
  }
  auto context = take(core::RecipientContext::setup(
      suite, bytes_at(request, "enc"), *key, bytes_at(request, "info"), {psk.get(), sender.get()}));
  return run(context, request, [&](const Bytes& aad, const Bytes& text) -> Result<Bytes> {
    Bytes out(context.opened_size(text.size()));
    if (const auto opened = context.open(out, aad, text); !opened) return opened.error();
    return out;
  });
}

}  // namespace twoway::interop
