// A user's provider with an AEAD and a KDF of its own, whose ids are in none of the tables.
#include <twoway/c/bridge.hpp>
#include <twoway/twoway.h>
#include <twoway/twoway.hpp>

#include "support.hpp"
#include "wrapping.hpp"

using namespace twoway;

namespace {

constexpr AeadId kOwnAead{0x8001};
constexpr KdfId kOwnKdf{0x8002};

/// Another AEAD under a name, an id and sizes of its own.
class OwnAead final : public core::Aead {
 public:
  OwnAead(const core::Aead& inner, core::AeadParams params) : inner_(inner), params_(params) {}
  const core::AeadParams& params() const noexcept override { return params_; }
  Result<std::unique_ptr<core::AeadSealer>> sealer(ByteView key) const noexcept override {
    return inner_.sealer(key);
  }
  Result<std::unique_ptr<core::AeadOpener>> opener(ByteView key) const noexcept override {
    return inner_.opener(key);
  }

 private:
  const core::Aead& inner_;
  core::AeadParams params_;
};

class OwnKdf final : public core::Kdf {
 public:
  OwnKdf(const core::Kdf& inner, core::KdfParams params) : inner_(inner), params_(params) {}
  const core::KdfParams& params() const noexcept override { return params_; }
  Status extract(core::Prk& prk, ByteView salt, core::Gather ikm) const noexcept override {
    return inner_.extract(prk, salt, ikm);
  }
  Status expand(ByteSpan out, ByteView prk, core::Gather info) const noexcept override {
    return inner_.expand(out, prk, info);
  }

 private:
  const core::Kdf& inner_;
  core::KdfParams params_;
};

core::AeadParams aead_params(std::size_t nk, std::size_t nn, std::size_t nt) {
  return {kOwnAead, "Own", "own", nk, nn, nt};
}

core::KdfParams kdf_params(std::size_t nh, core::KdfStages stages) {
  return {kOwnKdf, "Own", "own", nh, 255 * 32, stages};
}

class OwnProvider final : public test::WrappingProvider {
 public:
  explicit OwnProvider(const Provider& inner, core::AeadParams aead = aead_params(32, 12, 16),
                       core::KdfParams kdf = kdf_params(32, core::KdfStages::two))
      : WrappingProvider(inner),
        aead_(*inner.aead(AeadId::chacha20_poly1305), aead),
        kdf_(*inner.kdf(KdfId::hkdf_sha256), kdf) {}
  const core::Aead* aead(AeadId id) const noexcept override {
    return id == kOwnAead ? &aead_ : WrappingProvider::aead(id);
  }
  const core::Kdf* kdf(KdfId id) const noexcept override {
    return id == kOwnKdf ? &kdf_ : WrappingProvider::kdf(id);
  }

 private:
  OwnAead aead_;
  OwnKdf kdf_;
};

/// A ring with one key, for that suite.
struct Gateway {
  explicit Gateway(const Provider& provider) : ring(provider) {
    auto key = Kem::find(provider, KemId::dhkem_x25519)->generate_key_pair();
    REQUIRE_OK(key);
    REQUIRE_OK(ring.add(1, std::move(*key), {{kOwnKdf, kOwnAead}}));
    auto list = ring.key_configs();
    REQUIRE_OK(list);
    configs = *list;
  }
  KeyRing ring;
  Bytes configs;
};

}  // namespace

TEST_CASE("an AEAD and a KDF of no table carry whole and chunked exchanges") {
  for (const Provider* inner : built::providers()) {
    INFO(inner->name());
    const OwnProvider provider(*inner);
    const Gateway gateway(provider);
    const RequestReceiver receiver(gateway.ring);
    auto sender = RequestSender::create(provider, gateway.configs);
    REQUIRE_OK(sender);

    auto request = sender->seal(as_bytes("question"));
    REQUIRE_OK(request);
    auto opened = receiver.open(request->message);
    REQUIRE_OK(opened);
    REQUIRE(opened->plaintext == test::copy(as_bytes("question")));
    auto reply = opened->response_sealer.seal(as_bytes("answer"));
    REQUIRE_OK(reply);
    auto answer = request->response_opener.open(*reply);
    REQUIRE_OK(answer);
    REQUIRE(*answer == test::copy(as_bytes("answer")));

    auto chunked = sender->begin(Form::chunked);
    REQUIRE_OK(chunked);
    auto chunks = chunked->chunk_sealer();
    REQUIRE_OK(chunks);
    Bytes message = test::copy(chunked->prefix());
    const std::size_t at = message.size();
    message.resize(at + chunks->sealed_size(8, Last::yes));
    REQUIRE_OK(chunks->seal(ByteSpan(message).subspan(at), as_bytes("question"), Last::yes));
    auto stream = receiver.stream(Form::chunked, from_memory(message));
    REQUIRE_OK(stream);
    Bytes text(100);
    auto got = stream->plaintext.read(text);
    REQUIRE_OK(got);
    REQUIRE(*got == 8);
    auto sealer = stream->opener.response_sealer();
    REQUIRE_OK(sealer);
    auto response = sealer->chunk_sealer();
    REQUIRE_OK(response);
    Bytes sealed = response->prefix;
    sealed.resize(sealed.size() + response->chunk_sealer.sealed_size(6, Last::yes));
    REQUIRE_OK(response->chunk_sealer.seal(ByteSpan(sealed).subspan(response->prefix.size()),
                                           as_bytes("answer"), Last::yes));
    auto opener = chunked->response_opener().chunk_opener();
    REQUIRE_OK(opener);
    auto step = opener->open(text, sealed, framing::End::yes);
    REQUIRE_OK(step);
    REQUIRE(test::copy(step->plaintext) == test::copy(as_bytes("answer")));
  }
}

TEST_CASE("an AEAD of no table seals no body for many receivers") {
  const OwnProvider provider(*built::providers().front());
  const Gateway gateway(provider);
  REQUIRE_ERRC(MultiRequestSender::create(provider, kOwnAead), Errc::not_supported);
  auto request = RequestSender::create(provider, gateway.configs)->seal(Bytes(32));
  REQUIRE_OK(request);  // as long as a key message
  REQUIRE_ERRC(MultiRequestReceiver{gateway.ring}.begin(Form::whole, request->message),
               Errc::not_supported);
}

TEST_CASE("an AEAD and a KDF of no table serve C") {
  const OwnProvider provider(*built::providers().front());
  const Gateway gateway(provider);
  const twoway_provider* crypto = c::handle(provider);
  twoway_key_ring* ring = nullptr;
  twoway_private_key* key = nullptr;
  twoway_request_receiver* receiver = nullptr;
  twoway_request_sender* sender = nullptr;
  twoway_response_opener* opener = nullptr;
  twoway_response_sealer* sealer = nullptr;
  const twoway_symmetric_algorithms pair{0x8002, 0x8001};
  REQUIRE(twoway_key_ring_new(crypto, nullptr, &ring, nullptr) == TWOWAY_OK);
  REQUIRE(twoway_private_key_generate(crypto, TWOWAY_KEM_X25519, &key, nullptr) == TWOWAY_OK);
  REQUIRE(twoway_key_ring_add(ring, 1, key, &pair, 1, TWOWAY_KEY_ACTIVE, nullptr) == TWOWAY_OK);
  REQUIRE(twoway_request_receiver_new(ring, nullptr, nullptr, &receiver, nullptr) == TWOWAY_OK);
  Bytes list(200);
  std::size_t size = 0;
  REQUIRE(twoway_key_ring_key_configs(ring, list.data(), list.size(), &size, nullptr) == TWOWAY_OK);
  REQUIRE(twoway_request_sender_new(crypto, list.data(), size, nullptr, &sender, nullptr) ==
          TWOWAY_OK);
  const Bytes text(50, 'x');
  Bytes message(twoway_request_sender_sealed_size(sender, text.size()));
  REQUIRE(twoway_request_sender_seal(sender, text.data(), text.size(), nullptr, message.data(),
                                     message.size(), &size, &opener, nullptr) == TWOWAY_OK);
  REQUIRE(size == message.size());
  // The size of the buffer is checked before the key is used.
  Bytes out(text.size() - 1);
  REQUIRE(twoway_request_receiver_open(receiver, message.data(), message.size(), nullptr,
                                       out.data(), out.size(), &size, &sealer,
                                       nullptr) == TWOWAY_BUFFER_TOO_SMALL);
  REQUIRE(size == text.size());
  out.resize(size);
  REQUIRE(twoway_request_receiver_open(receiver, message.data(), message.size(), nullptr,
                                       out.data(), out.size(), &size, &sealer,
                                       nullptr) == TWOWAY_OK);
  REQUIRE(out == text);
  twoway_response_sealer_free(sealer);
  twoway_response_opener_free(opener);
  twoway_request_sender_free(sender);
  twoway_request_receiver_free(receiver);
  twoway_private_key_free(key);
  twoway_key_ring_free(ring);
}

TEST_CASE("sizes that the library cannot hold, and one-stage KDFs, are not supported") {
  const Provider& inner = *built::providers().front();
  const core::KdfParams kdf = kdf_params(32, core::KdfStages::two);
  const Suite suite{KemId::dhkem_x25519, kOwnKdf, kOwnAead};
  for (const core::AeadParams& aead :
       {aead_params(33, 12, 16), aead_params(0, 12, 16), aead_params(32, 13, 16),
        aead_params(32, 7, 16), aead_params(32, 12, 17), aead_params(32, 12, 0)}) {
    INFO(aead.nk << ' ' << aead.nn << ' ' << aead.nt);
    const OwnProvider provider(inner, aead, kdf);
    REQUIRE_ERRC(core::CipherSuite::find(provider, suite), Errc::not_supported);
  }
  const core::AeadParams aead = aead_params(32, 12, 16);
  REQUIRE_OK(framing::find_suite(OwnProvider(inner, aead, kdf), suite));
  for (const core::KdfParams& wrong :
       {kdf_params(0, core::KdfStages::two), kdf_params(65, core::KdfStages::two),
        kdf_params(32, core::KdfStages::one)}) {
    INFO(wrong.nh);
    REQUIRE_ERRC(framing::find_suite(OwnProvider(inner, aead, wrong), suite), Errc::not_supported);
  }
}
