// Exchanges of the Go package with one request to many receivers, byte for byte.
#include <algorithm>

#include "go_vectors.hpp"

using namespace twoway;
using test::joined;
using test::Vector;
using test::Way;

namespace {

/// One receiver of the exchange, and its messages.
struct Member {
  Vector vector;
  KeyRing ring;
  RequestSender sender;
};

std::unique_ptr<Member> member(const Provider& provider, Suite suite, const Vector& v) {
  const auto key_id = static_cast<std::uint8_t>(v.number("key_id"));
  auto kem = Kem::find(provider, suite.kem);
  REQUIRE_OK(kem);
  auto key = kem->derive_key_pair(v.bytes("ikmR"));
  REQUIRE_OK(key);
  auto sender = RequestSender::create(provider, key_id, suite, (*key)->public_key());
  REQUIRE_OK(sender);
  std::unique_ptr<Member> made(new Member{v, KeyRing(provider), *sender});
  REQUIRE_OK(made->ring.add(key_id, std::move(*key), {{suite.kdf, suite.aead}}));
  return made;
}

Bytes seal_body(MultiRequestSealer& sealer, const Vector& v, Way way) {
  const std::vector<Bytes> question = test::plaintext(v, "request");
  if (way == Way::pull) {
    return test::read_all(sealer.stream(test::source_of(question), test::stream_options_of(v)));
  }
  if (sealer.form() == Form::chunked) {
    Bytes body = test::copy(sealer.prefix());
    test::seal_chunks(sealer.chunk_sealer(test::limits_of(v)), question, body);
    return body;
  }
  auto body = sealer.seal(joined(question));
  REQUIRE_OK(body);
  return std::move(*body);
}

Bytes open_body(MultiRequestOpener& opener, const Vector& v, const Bytes& body, Way way) {
  if (way == Way::pull) {
    return test::read_all(opener.stream(test::source_of({body}), test::stream_options_of(v)));
  }
  if (opener.form() == Form::chunked)
    return test::open_chunks(opener.chunk_opener(test::limits_of(v)), body);
  Bytes opened(opener.opened_size(body.size()));
  REQUIRE_OK(opener.open(opened, body));
  return opened;
}

/// A whole body opens with the bare AEAD that the vector names.
void check_body_aead(const Provider& provider, const Vector& v, const Bytes& body) {
  const core::Aead* aead =
      provider.aead(AeadId{static_cast<std::uint16_t>(v.number("body_aead_id"))});
  REQUIRE(aead != nullptr);
  const Bytes nonce = v.bytes("message_nonce");
  if (v.flag("request_chunked")) return;
  auto opener = aead->opener(v.bytes("message_key"));
  REQUIRE_OK(opener);
  const ByteView sealed = ByteView(body).subspan(nonce.size());
  Bytes out(sealed.size() - aead->params().nt);
  REQUIRE_OK((*opener)->open(out, nonce, {}, sealed.first(out.size()), sealed.subspan(out.size())));
  REQUIRE(out == joined(test::plaintext(v, "request")));
}

void run(const Provider& provider, const Vector& v, Way way) {
  const Suite suite = test::suite_of(v);
  const std::string type = test::text(v.bytes("request_media_type"));
  std::vector<std::unique_ptr<Member>> members;
  Bytes random = v.bytes("message_key");
  const Bytes message_nonce = v.bytes("message_nonce");
  random.insert(random.end(), message_nonce.begin(), message_nonce.end());
  for (const Vector& receiver : v.list("receivers")) {
    members.push_back(member(provider, suite, receiver));
    const Bytes ikm = receiver.bytes("ikmE");
    random.insert(random.end(), ikm.begin(), ikm.end());
  }

  test::FixedRng rng(random);
  auto sender = MultiRequestSender::create(provider, suite.aead, {&rng});
  REQUIRE_OK(sender);
  const Form form = test::form_of(v, "request_chunked");
  const MediaTypes types = test::only(form, type);
  auto sealer = sender->begin(form, types);
  REQUIRE_OK(sealer);
  REQUIRE(test::copy(sealer->prefix()) == message_nonce);
  const Bytes body = seal_body(*sealer, v, way);
  test::check_ciphertext(provider, v, "body_ciphertext", body);
  check_body_aead(provider, v, body);

  for (const std::unique_ptr<Member>& each : members) {
    const auto& [receiver, ring, to] = *each;
    auto key = sealer->encapsulate_key(to);
    REQUIRE_OK(key);
    REQUIRE(test::hex(key->message) == test::hex(receiver.bytes("encapsulated_key")));
    test::FixedRng nonce(receiver.bytes("response_nonce"));
    auto pending = MultiRequestReceiver{ring, {&nonce}}.begin(form, key->message, types);
    REQUIRE_OK(pending);
    auto opener = pending->decapsulate();
    REQUIRE_OK(opener);
    REQUIRE(open_body(*opener, v, body, way) == joined(test::plaintext(v, "request")));
    test::run_go_response(provider, v, receiver, opener->response_sealer(), nonce,
                          key->response_opener, way);
  }
  REQUIRE(rng.left() == 0);
}

}  // namespace

TEST_CASE("exchanges of the Go package with many receivers, byte for byte") {
  for (const Provider* provider : built::providers()) {
    std::size_t ran = 0;
    std::size_t receivers = 0;
    test::for_each_vector("twoway-go-multi.json", [&](const Vector& v) {
      INFO(provider->name() << ' ' << v.text("name"));
      if (!test::offers(*provider, test::suite_of(v))) return v.skip();
      for (const Way way : {Way::push, Way::pull}) run(*provider, v, way);
      ++ran;
      receivers += v.list("receivers").size();
    });
    WARN(provider->name() << " ran " << ran << " exchanges with " << receivers << " receivers");
    REQUIRE(ran > 0);
  }
}
