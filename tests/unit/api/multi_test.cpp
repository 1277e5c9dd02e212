// One request to many receivers: exchanges and the order of calls.
#include <algorithm>
#include <memory>
#include <vector>

#include "multi_exchange.hpp"

using namespace twoway;
using namespace twoway::test;

TEST_CASE("one, two and fifty receivers open one request, and each responds") {
  const std::string text(3000, 't');
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{50}}) {
    for (const Form form : {Form::whole, Form::chunked}) {
      INFO(count);
      std::vector<std::unique_ptr<Pair>> pairs;
      for (std::size_t i = 0; i < count; ++i) pairs.push_back(std::make_unique<Pair>());
      MultiRequestSealer sealer = begin(form);
      std::vector<EncapsulatedKey> keys;
      const auto add_keys_up_to = [&](std::size_t end) {
        while (keys.size() < end) keys.push_back(key_for(sealer, *pairs[keys.size()]));
      };
      add_keys_up_to(count / 2);
      const Bytes body = seal_body(sealer, text);
      add_keys_up_to(count);
      for (std::size_t i = 0; i < count; ++i) {
        check_exchange(form, *pairs[i], keys[i], body, text, i);
      }
    }
  }
}

TEST_CASE("receivers may have different KEMs and KDFs") {
  for (const Provider* provider : built::providers()) {
    std::vector<std::unique_ptr<Pair>> pairs;
    for (const core::KemParams& kem : core::kem_table()) {
      for (const core::KdfParams& kdf : core::kdf_table()) {
        const Suite suite{kem.id, kdf.id, AeadId::chacha20_poly1305};
        if (!framing::find_suite(*provider, suite)) continue;
        pairs.push_back(
            std::make_unique<Pair>(*provider, kem.id, SymmetricAlgorithms{kdf.id, suite.aead}));
      }
    }
    REQUIRE(pairs.size() > 1);
    MultiRequestSealer sealer = begin(Form::whole, AeadId::chacha20_poly1305, *provider);
    const Bytes body = seal_body(sealer, "question");
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      INFO(provider->name() << ' ' << i);
      check_exchange(Form::whole, *pairs[i], key_for(sealer, *pairs[i]), body, "question", i);
    }
  }
}

TEST_CASE("keys are encapsulated, and responses arrive, while the body is being sealed") {
  Pair early;
  Pair late;
  MultiRequestSealer sealer = begin(Form::chunked);
  const EncapsulatedKey early_key = key_for(sealer, early);
  auto chunks = sealer.chunk_sealer();
  REQUIRE_OK(chunks);
  Bytes body = copy(sealer.prefix());
  const auto send = [&](std::string_view text, Last last) {
    const std::size_t at = body.size();
    body.resize(at + chunks->sealed_size(text.size(), last));
    REQUIRE_OK(chunks->seal(ByteSpan(body).subspan(at), as_bytes(text), last));
    return at;
  };
  send("first", Last::no);

  MultiRequestOpener opener = accept(Form::chunked, early, early_key);
  auto opening = opener.chunk_opener();
  REQUIRE_OK(opening);
  REQUIRE_ERRC(opener.response_sealer(), Errc::wrong_state);
  Bytes in = body;
  auto step = opening->open_in_place(in, End::no);
  REQUIRE_OK(step);
  REQUIRE(copy(step->plaintext) == bytes("first"));
  auto response_sealer = opener.response_sealer();
  REQUIRE_OK(response_sealer);
  auto response = response_sealer->seal(as_bytes("already"));
  REQUIRE_OK(response);
  REQUIRE_OK(early_key.response_opener.open(*response));

  const EncapsulatedKey late_key = key_for(sealer, late);
  const std::size_t at = send("", Last::yes);
  check_exchange(Form::chunked, late, late_key, body, "first", 0);
  Bytes end = copy(ByteView(body).subspan(at));
  step = opening->open_in_place(end, End::yes);
  REQUIRE_OK(step);
  REQUIRE(step->state == ChunkOpener::State::done);
}

TEST_CASE("bodies are sealed and opened in place and as whole streams") {
  Pair pair;
  MultiRequestSealer sealer = begin(Form::whole);
  const std::size_t at = sealer.prefix_size();
  const Bytes text = bytes("in place");
  Bytes body(sealer.sealed_size(text.size()));
  std::ranges::copy(text, body.begin() + static_cast<std::ptrdiff_t>(at));
  const ByteView plaintext = ByteView(body).subspan(at, text.size());
  REQUIRE_ERRC(sealer.seal(ByteSpan(body).first(body.size() - 1), plaintext),
               Errc::buffer_too_small);
  auto size = sealer.seal(body, plaintext);
  REQUIRE_OK(size);
  REQUIRE(*size == body.size());

  MultiRequestOpener opener = accept(Form::whole, pair, key_for(sealer, pair));
  REQUIRE(opener.prefix_size() == at);
  REQUIRE(opener.opened_size(body.size()) == text.size());
  REQUIRE(opener.opened_size(at + 15) == 0);
  const ByteSpan out = ByteSpan(body).subspan(at);
  REQUIRE_ERRC(opener.open(out.first(text.size() - 1), body), Errc::buffer_too_small);
  size = opener.open(out, body);
  REQUIRE_OK(size);
  REQUIRE(copy(out.first(*size)) == text);
  REQUIRE_ERRC(opener.open(out, body), Errc::wrong_state);

  MultiRequestSealer streamed = begin(Form::whole);
  const EncapsulatedKey key = key_for(streamed, pair);
  auto sealing = streamed.stream(from_memory(text));
  REQUIRE_OK(sealing);
  REQUIRE(sealing->prefix_size() == at);
  size = sealing->read(body);
  REQUIRE_OK(size);
  REQUIRE(*size == body.size());
  MultiRequestOpener reader = accept(Form::whole, pair, key);
  auto opening = reader.stream(from_memory(body));
  REQUIRE_OK(opening);
  REQUIRE_ERRC(reader.response_sealer(), Errc::wrong_state);
  Bytes read(100);
  size = opening->read(read);
  REQUIRE_OK(size);
  REQUIRE(copy(ByteView(read).first(*size)) == text);
  REQUIRE_OK(reader.response_sealer());
}

TEST_CASE("the body of an AES-128-GCM suite is sealed with AES-256-GCM, its response is not") {
  for (const Provider* provider : built::providers()) {
    const core::Aead* aes256 = provider->aead(AeadId::aes256_gcm);
    if (aes256 == nullptr || !test::offers(*provider, kAes128Suite)) continue;
    INFO(provider->name());
    Pair pair(*provider, kAes128Suite.kem, {kAes128Suite.kdf, kAes128Suite.aead});
    Bytes random(32, 0x11);
    random.resize(32 + 12, 0x22);
    random.resize(32 + 12 + 32, 0x33);
    test::FixedRng rng(random);
    auto sender = MultiRequestSender::create(*provider, AeadId::aes128_gcm, {&rng});
    REQUIRE_OK(sender);
    auto sealer = sender->begin(Form::whole, kTypes);
    REQUIRE_OK(sealer);
    REQUIRE(copy(sealer->prefix()) == Bytes(12, 0x22));
    const EncapsulatedKey key = key_for(*sealer, pair);
    REQUIRE(rng.left() == 0);
    const Bytes body = seal_body(*sealer, "question");

    auto bare = aes256->opener(Bytes(32, 0x11));
    REQUIRE_OK(bare);
    Bytes plaintext(8);
    const ByteView sealed = ByteView(body).subspan(12);
    REQUIRE_OK((*bare)->open(plaintext, Bytes(12, 0x22), {}, sealed.first(8), sealed.subspan(8)));
    REQUIRE(plaintext == bytes("question"));

    check_exchange(Form::whole, pair, key, body, "question", 0);
    REQUIRE(key.response_opener.prefix_size() == 16);  // max(Nn, Nk) of AES-128-GCM
  }
}

TEST_CASE("both sides of a response are restored from their states") {
  Pair pair;
  MultiRequestSealer sealer = begin(Form::whole);
  const EncapsulatedKey key = key_for(sealer, pair);
  const Bytes body = seal_body(sealer, "question");
  auto opened = MultiRequestReceiver{pair.ring}.open(key.message, body, kTypes);
  REQUIRE_OK(opened);
  const auto receiver_state = opened->response_sealer.export_secret_state(SecretAccess{});
  REQUIRE_OK(receiver_state);
  const SecretBytes sender_state = key.response_opener.export_secret_state(SecretAccess{});

  auto response_sealer = ResponseSealer::restore(any_provider(), receiver_state->view());
  REQUIRE_OK(response_sealer);
  auto response = response_sealer->seal(as_bytes("answer"));
  REQUIRE_OK(response);
  auto response_opener = ResponseOpener::restore(any_provider(), sender_state.view());
  REQUIRE_OK(response_opener);
  auto answer = response_opener->open(*response);
  REQUIRE_OK(answer);
  REQUIRE(*answer == bytes("answer"));
}

TEST_CASE("a body is sealed once and opened once, in one form") {
  Pair pair;
  Bytes out(1000);
  for (int first = 0; first < 3; ++first) {
    INFO(first);
    const Form form = first == 0 ? Form::whole : Form::chunked;
    MultiRequestSealer sealer = begin(form);
    const EncapsulatedKey key = key_for(sealer, pair);
    MultiRequestOpener opener = accept(form, pair, key);
    if (first == 0) REQUIRE_OK(opener.open(out, seal_body(sealer, "text")));
    if (first == 1) REQUIRE_OK(sealer.chunk_sealer());
    if (first == 1) REQUIRE_OK(opener.chunk_opener());
    if (first == 2) REQUIRE_OK(sealer.stream(from_memory({})));
    if (first == 2) REQUIRE_OK(opener.stream(from_memory({})));
    REQUIRE_ERRC(sealer.seal(out, as_bytes("text")), Errc::wrong_state);
    REQUIRE_ERRC(sealer.seal(as_bytes("text")), Errc::wrong_state);
    REQUIRE_ERRC(sealer.chunk_sealer(), Errc::wrong_state);
    REQUIRE_ERRC(sealer.stream(from_memory({})), Errc::wrong_state);
    REQUIRE_ERRC(opener.open(out, out), Errc::wrong_state);
    REQUIRE_ERRC(opener.chunk_opener(), Errc::wrong_state);
    REQUIRE_ERRC(opener.stream(from_memory({})), Errc::wrong_state);
    REQUIRE(opener.opened_size(28 + 5) == 5);
    REQUIRE_OK(sealer.encapsulate_key(*pair.sender));
  }
  REQUIRE_ERRC(begin(Form::chunked).chunk_sealer({.max_chunk = 0}), Errc::invalid_argument);
  REQUIRE_ERRC(begin(Form::chunked).stream(nullptr), Errc::invalid_argument);
  const EncapsulatedKey key = key_for(begin(Form::chunked), pair);
  REQUIRE_ERRC(accept(Form::chunked, pair, key).chunk_opener({.max_chunk = 0}),
               Errc::invalid_argument);
  REQUIRE_ERRC(accept(Form::chunked, pair, key).stream(nullptr), Errc::invalid_argument);
}

TEST_CASE("a response sealer is given once, after the body is authentic") {
  Pair pair;
  MultiRequestSealer sealer = begin(Form::whole);
  MultiRequestOpener opener = accept(Form::whole, pair, key_for(sealer, pair));
  REQUIRE_ERRC(opener.response_sealer(), Errc::wrong_state);
  Bytes out(100);
  REQUIRE_ERRC(opener.open(out, Bytes(50)), Errc::open_failed);
  REQUIRE_ERRC(opener.response_sealer(), Errc::wrong_state);
  REQUIRE_OK(opener.open(out, seal_body(sealer, "question")));
  REQUIRE_OK(opener.response_sealer());
  REQUIRE_ERRC(opener.response_sealer(), Errc::wrong_state);
}

TEST_CASE("the private key's operation may be done elsewhere") {
  Pair pair;
  MultiRequestSealer sealer = begin(Form::whole);
  const EncapsulatedKey key = key_for(sealer, pair);
  const Bytes body = seal_body(sealer, "question");
  auto pending = MultiRequestReceiver{pair.ring}.begin(Form::whole, key.message, kTypes);
  REQUIRE_OK(pending);
  const PendingMultiRequest& request = *pending;
  REQUIRE(request.key_id() == 7);
  SharedSecret secret;
  REQUIRE_OK(request.kem().decap(secret, request.enc(), request.key()));
  auto opener = pending->complete(secret);
  REQUIRE_OK(opener);
  REQUIRE_OK(open_body(*opener, body));
  REQUIRE_ERRC(pending->complete(secret_of<SharedSecret>(Bytes(secret.size()))), Errc::open_failed);
  REQUIRE_ERRC(pending->complete(secret_of<SharedSecret>(Bytes(secret.size() - 1))),
               Errc::invalid_argument);
}
