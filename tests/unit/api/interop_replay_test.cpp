// Transcripts of exchanges with other implementations. This library opens the messages that they
// sealed, and seals its own again, byte for byte.
#include <filesystem>
#include <map>

#include "go_vectors.hpp"

using namespace twoway;
using test::hex;
using test::joined;
using test::Vector;

namespace {

/// Returns the key that transcripts name: by the input of DeriveKeyPair, or by the seed that a
/// post-quantum key is.
std::shared_ptr<const PrivateKey> derived(const Provider& provider, KemId id, const Bytes& ikm) {
  auto kem = Kem::find(provider, id);
  REQUIRE_OK(kem);
  auto key = core::find_dhkem(id) != nullptr ? kem->derive_key_pair(ikm) : kem->import_private(ikm);
  REQUIRE_OK(key);
  return std::move(*key);
}

// --- HPKE ----------------------------------------------------------------------------------------

void check_exports(const core::Exporter& exporter, const std::vector<Vector>& exports) {
  for (const Vector& e : exports) {
    Bytes out(e.number("L"));
    REQUIRE_OK(exporter.export_secret(out, e.bytes("exporter_context")));
    REQUIRE(hex(out) == hex(e.bytes("exported_value")));
  }
}

void run_hpke(const Provider& provider, const Vector& v) {
  const auto suite = core::CipherSuite::find(provider, test::suite_of(v));
  REQUIRE_OK(suite);
  const auto mode = v.number("mode");
  const auto key = derived(provider, suite->id().kem, v.bytes("ikmR"));
  const Bytes info = v.bytes("info");
  const Bytes enc = v.bytes("enc");
  const Bytes psk = v.has("psk") ? v.bytes("psk") : Bytes();
  const Bytes psk_id = v.has("psk_id") ? v.bytes("psk_id") : Bytes();
  const auto the_psk = mode % 2 == 1 ? std::optional(core::Psk{psk, psk_id}) : std::nullopt;
  const auto sender = mode >= 2 ? derived(provider, suite->id().kem, v.bytes("ikmS")) : nullptr;
  const std::vector<Vector> encryptions = v.list("encryptions");
  const std::vector<Vector> exports = v.list("exports");

  if (v.text("sealed_by") == "twoway") {
    auto receiver = suite->kem().import_public(key->public_key());
    REQUIRE_OK(receiver);
    test::FixedRng rng(v.bytes("ikmE"));
    Bytes own_enc(suite->nenc());
    auto context = core::SenderContext::setup(*suite, own_enc, **receiver, info,
                                              {the_psk, sender.get()}, &rng);
    REQUIRE_OK(context);
    REQUIRE(hex(own_enc) == hex(enc));
    REQUIRE(rng.left() == 0);
    for (const Vector& e : encryptions) {
      const Bytes pt = e.bytes("pt");
      Bytes out(context->sealed_size(pt.size()));
      REQUIRE_OK(context->seal(out, e.bytes("aad"), pt));
      REQUIRE(hex(out) == hex(e.bytes("ct")));
    }
    check_exports(context->exporter(), exports);
  }

  std::unique_ptr<PublicKey> sender_public;
  if (sender) {
    auto imported = suite->kem().import_public(sender->public_key());
    REQUIRE_OK(imported);
    sender_public = std::move(*imported);
  }
  auto context =
      core::RecipientContext::setup(*suite, enc, *key, info, {the_psk, sender_public.get()});
  REQUIRE_OK(context);
  for (const Vector& e : encryptions) {
    const Bytes ct = e.bytes("ct");
    Bytes out(context->opened_size(ct.size()));
    REQUIRE_OK(context->open(out, e.bytes("aad"), ct));
    REQUIRE(hex(out) == hex(e.bytes("pt")));
  }
  check_exports(context->exporter(), exports);
}

// --- OHTTP, and a one-to-many request ------------------------------------------------------------

/// The plaintext of a message: its chunks, and the text of the last one.
struct Text {
  Text(const Vector& v, const std::string& name)
      : pieces(test::plaintext(v, name)),
        last(v.has(name + "_last") ? v.bytes(name + "_last") : Bytes()) {}

  Bytes all() const {
    Bytes bytes = joined(pieces);
    bytes.insert(bytes.end(), last.begin(), last.end());
    return bytes;
  }

  std::vector<Bytes> pieces;
  Bytes last;
};

bool by_us(const Vector& v) { return v.text("request_by") == "twoway"; }

/// The response by this library, for a request of the peer's.
void seal_response(const Vector& exchange, const Vector& v, Result<ResponseSealer> sealer) {
  REQUIRE_OK(sealer);
  const Text text(v, "response");
  const std::string type = test::text(exchange.bytes("response_media_type"));
  const Form form = test::form_of(exchange, "response_chunked");
  Bytes response;
  if (form == Form::chunked) {
    auto chunked = sealer->chunk_sealer(test::only(form, type));
    REQUIRE_OK(chunked);
    response = std::move(chunked->prefix);
    test::seal_chunks(std::move(chunked->chunk_sealer), text.pieces, response, text.last);
  } else {
    auto sealed = sealer->seal(text.all(), test::only(form, type));
    REQUIRE_OK(sealed);
    response = std::move(*sealed);
  }
  REQUIRE(hex(response) == hex(v.bytes("response_ciphertext")));
}

/// The peer's response to a request of ours.
void open_response(const Vector& exchange, const Vector& v, const ResponseOpener& opener) {
  const Bytes response = v.bytes("response_ciphertext");
  const std::string type = test::text(exchange.bytes("response_media_type"));
  const Form form = test::form_of(exchange, "response_chunked");
  Bytes text;
  if (form == Form::chunked) {
    text = test::open_chunks(opener.chunk_opener(test::only(form, type)), response);
  } else {
    auto opened = opener.open(response, test::only(form, type));
    REQUIRE_OK(opened);
    text = std::move(*opened);
  }
  REQUIRE(hex(text) == hex(Text(v, "response").all()));
}

void run_ohttp(const Provider& provider, const Vector& v) {
  const Suite suite = test::suite_of(v);
  const auto key_id = static_cast<std::uint8_t>(v.number("key_id"));
  const auto key = derived(provider, suite.kem, v.bytes("ikmR"));
  const std::string type = test::text(v.bytes("request_media_type"));
  const Form form = test::form_of(v, "request_chunked");
  const MediaTypes types = test::only(form, type);
  const Text text(v, "request");
  const Bytes expected = v.bytes("request_ciphertext");

  if (by_us(v)) {
    test::FixedRng rng(v.bytes("ikmE"));
    auto sender = RequestSender::create(provider, key_id, suite, key->public_key(), {&rng});
    REQUIRE_OK(sender);
    auto sealer = sender->begin(form, types);
    REQUIRE_OK(sealer);
    REQUIRE(rng.left() == 0);
    Bytes request;
    if (form == Form::chunked) {
      request = test::copy(sealer->prefix());
      test::seal_chunks(sealer->chunk_sealer(), text.pieces, request, text.last);
    } else {
      request.resize(sealer->sealed_size(text.all().size()));
      REQUIRE_OK(sealer->seal(request, text.all()));
    }
    REQUIRE(hex(request) == hex(expected));
    open_response(v, v, sealer->response_opener());
    return;
  }
  KeyRing ring{provider};
  REQUIRE_OK(ring.add(key_id, key, {{suite.kdf, suite.aead}}));
  test::FixedRng nonce(v.bytes("response_nonce"));
  auto pending = RequestReceiver{ring, {.rng = &nonce}}.begin(form, expected, types);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  const ByteView sealed = ByteView(expected).subspan(pending->prefix_size());
  Bytes opened;
  if (form == Form::chunked) {
    opened = test::open_chunks(opener->chunk_opener(), sealed);
  } else {
    opened.resize(opener->opened_size(sealed.size()));
    REQUIRE_OK(opener->open(opened, sealed));
  }
  REQUIRE(hex(opened) == hex(text.all()));
  seal_response(v, v, opener->response_sealer());
  REQUIRE(nonce.left() == 0);
}

void seal_multi(const Provider& provider, const Vector& v, const std::vector<Vector>& receivers) {
  const Suite suite = test::suite_of(v);
  Bytes random = joined({v.bytes("message_key"), v.bytes("message_nonce")});
  for (const Vector& r : receivers) random = joined({random, r.bytes("ikmE")});
  test::FixedRng rng(random);
  auto sender = MultiRequestSender::create(provider, suite.aead, {&rng});
  REQUIRE_OK(sender);
  const std::string type = test::text(v.bytes("request_media_type"));
  const Form form = test::form_of(v, "request_chunked");
  auto sealer = sender->begin(form, test::only(form, type));
  REQUIRE_OK(sealer);
  const Text text(v, "request");
  Bytes body;
  if (form == Form::chunked) {
    body = test::copy(sealer->prefix());
    test::seal_chunks(sealer->chunk_sealer(), text.pieces, body, text.last);
  } else {
    auto sealed = sealer->seal(text.all());
    REQUIRE_OK(sealed);
    body = std::move(*sealed);
  }
  REQUIRE(hex(body) == hex(v.bytes("body_ciphertext")));
  for (const Vector& r : receivers) {
    const auto key = derived(provider, suite.kem, r.bytes("ikmR"));
    auto to = RequestSender::create(provider, static_cast<std::uint8_t>(r.number("key_id")), suite,
                                    key->public_key());
    REQUIRE_OK(to);
    auto sent = sealer->encapsulate_key(*to);
    REQUIRE_OK(sent);
    REQUIRE(hex(sent->message) == hex(r.bytes("encapsulated_key")));
    open_response(v, r, sent->response_opener);
  }
  REQUIRE(rng.left() == 0);
}

void open_multi(const Provider& provider, const Vector& v, const Vector& r) {
  const Suite suite = test::suite_of(v);
  KeyRing ring{provider};
  REQUIRE_OK(ring.add(static_cast<std::uint8_t>(r.number("key_id")),
                      derived(provider, suite.kem, r.bytes("ikmR")), {{suite.kdf, suite.aead}}));
  test::FixedRng nonce(r.bytes("response_nonce"));
  const std::string type = test::text(v.bytes("request_media_type"));
  const Form form = test::form_of(v, "request_chunked");
  auto pending = MultiRequestReceiver{ring, {.rng = &nonce}}.begin(
      form, r.bytes("encapsulated_key"), test::only(form, type));
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  const Bytes body = v.bytes("body_ciphertext");
  Bytes opened;
  if (form == Form::chunked) {
    opened = test::open_chunks(opener->chunk_opener(), body);
  } else {
    opened.resize(opener->opened_size(body.size()));
    REQUIRE_OK(opener->open(opened, body));
  }
  REQUIRE(hex(opened) == hex(Text(v, "request").all()));
  seal_response(v, r, opener->response_sealer());
  REQUIRE(nonce.left() == 0);
}

void run_multi(const Provider& provider, const Vector& v) {
  const std::vector<Vector> receivers = v.list("receivers");
  if (by_us(v)) {
    seal_multi(provider, v, receivers);
  } else {
    for (const Vector& r : receivers) open_multi(provider, v, r);
  }
}

}  // namespace

TEST_CASE("transcripts of exchanges with other implementations, byte for byte") {
  const std::map<std::string, void (*)(const Provider&, const Vector&)> kinds{
      {"hpke", run_hpke}, {"ohttp", run_ohttp}, {"many", run_multi}};
  for (const auto& entry : std::filesystem::directory_iterator(TWOWAY_VECTORS_DIR "/interop")) {
    const std::string file = "interop/" + entry.path().filename().string();
    for (const Provider* provider : built::providers()) {
      std::map<std::string, int> ran;
      test::for_each_vector(file, [&](const Vector& v) {
        const std::string kind = v.text("kind");
        INFO(provider->name() << ' ' << kind);
        if (!test::offers(*provider, test::suite_of(v))) return v.skip();
        // A body for many receivers is sealed under a key of 32 bytes, and so by another AEAD.
        if (kind == "many" && !MultiRequestSender::create(*provider, test::suite_of(v).aead)) {
          return v.skip();
        }
        kinds.at(kind)(*provider, v);
        ++ran[kind];
      });
      for (const auto& [kind, count] : ran) {
        WARN(provider->name() << " replayed " << count << ' ' << kind << " of " << file);
      }
      REQUIRE_FALSE(ran.empty());
    }
  }
}
