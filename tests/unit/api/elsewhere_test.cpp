// Keys whose operation runs elsewhere. They never see an invalid `enc`, each kind of result has its
// own completion, and a key may be added before it works.
#include <atomic>

#include "multi_exchange.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

template <typename Pending, typename Result>
concept Completes = requires(const Pending& pending, const Result& result) {
  pending.complete(result);
};
template <typename Pending, typename Result>
concept CompletesDh = requires(const Pending& pending, const Result& result) {
  pending.complete_dh(result);
};

// No completion accepts the other's result, or bytes that may be either.
static_assert(Completes<PendingRequest, SharedSecret> &&
              CompletesDh<PendingRequest, core::DhSecret>);
static_assert(!Completes<PendingRequest, core::DhSecret> &&
              !CompletesDh<PendingRequest, SharedSecret>);
static_assert(!Completes<PendingRequest, ByteView> && !CompletesDh<PendingRequest, ByteView>);
static_assert(Completes<PendingMultiRequest, SharedSecret> &&
              CompletesDh<PendingMultiRequest, core::DhSecret>);
static_assert(!Completes<PendingMultiRequest, core::DhSecret> &&
              !CompletesDh<PendingMultiRequest, SharedSecret>);
// A private key's input comes from Kem::import_enc alone.
static_assert(
    !std::is_constructible_v<core::Encapsulation, KemId, ByteView, std::unique_ptr<PublicKey>>);

/// A key that counts its operations. If `later` is true, it only gives its result through `answer`.
class ElsewhereKey final : public DhPrivateKey {
 public:
  ElsewhereKey(std::shared_ptr<const PrivateKey> inner, bool later)
      : inner_(std::move(inner)), later_(later) {}
  KemId kem_id() const noexcept override { return inner_->kem_id(); }
  ByteView public_key() const noexcept override { return inner_->public_key(); }
  Status dh(core::DhSecret& secret, const PublicKey& peer) const noexcept override {
    ++asked;
    if (!later_) return inner_->auth_dh(secret, peer);
    return Error{Errc::key_unavailable, "this key answers later"};
  }

  core::DhSecret answer(const PublicKey& peer) const {
    core::DhSecret secret;
    REQUIRE_OK(inner_->auth_dh(secret, peer));
    return secret;
  }

  mutable std::atomic<int> asked{0};

 private:
  std::shared_ptr<const PrivateKey> inner_;
  bool later_;
};

/// A ring that holds one such key under the id 7, and senders to it.
struct Gateway {
  Gateway(const Provider& provider, KemId kem, bool later, KeyCheck check,
          std::shared_ptr<const PrivateKey> published = nullptr)
      : ring(provider),
        inner(new_key(kem, provider)),
        key(std::make_shared<ElsewhereKey>(inner, later)) {
    REQUIRE_OK(ring.add(7, key, {kChaCha}, KeyState::pending, check));
    const ByteView pk = (published ? published : inner)->public_key();
    sender = RequestSender::create(provider, 7, {kem, kChaCha.kdf, kChaCha.aead}, pk);
    REQUIRE_OK(sender);
  }

  Bytes request() const {
    auto sealed = sender->seal(as_bytes("question"));
    REQUIRE_OK(sealed);
    return sealed->message;
  }
  bool checked() const { return ring.entries().front()->checked(); }

  KeyRing ring;
  std::shared_ptr<const PrivateKey> inner;
  std::shared_ptr<const ElsewhereKey> key;
  Result<RequestSender> sender = Error{Errc::wrong_state, ""};
};

/// Invalid values of `enc`: off the curve, or of small order.
std::vector<Bytes> bad_encs(const core::DhParams& dh, ByteView good) {
  Bytes changed = copy(good);
  changed.back() ^= 1;
  std::vector<Bytes> bad{Bytes(dh.npk), Bytes(dh.npk, 0x04)};
  bad.back()[0] = 0x04;
  if (dh.order.empty()) {
    bad = {Bytes(dh.npk)};
    bad.push_back(Bytes(dh.npk));
    bad.back()[0] = 1;
  } else {
    bad.push_back(changed);
  }
  return bad;
}

template <typename T>
void refused(const Result<T>& result) {
  REQUIRE_ERRC(result, Errc::open_failed);
  REQUIRE(result.error().native == 0);
}

Result<Bytes> open(const PendingRequest& pending, Result<RequestOpener> opener, ByteView message) {
  if (!opener) return opener.error();
  const ByteView sealed = message.subspan(pending.prefix_size());
  Bytes plaintext(pending.opened_size(sealed.size()));
  const Result<std::size_t> size = opener->open(plaintext, sealed);
  if (!size) return size.error();
  return plaintext;
}

Bytes forged(Bytes message) {
  message.back() ^= 1;
  return message;
}

}  // namespace

TEST_CASE("begin refuses an invalid enc, and no key sees it") {
  for (const Provider* provider : built::providers()) {
    for (const core::KemParams& row : core::kem_table()) {
      if (!Kem::find(*provider, row.id)) continue;
      INFO(provider->name() << ' ' << row.name);
      const Gateway gateway(*provider, row.id, false, KeyCheck::now);
      const RequestReceiver receiver(gateway.ring);
      const core::DhParams& dh = *core::find_dh(core::find_dhkem(row.id)->dh);
      const Bytes good = gateway.request();
      const int asked = gateway.key->asked;
      for (const Bytes& enc : bad_encs(dh, ByteView(good).subspan(framing::kHeaderSize, dh.npk))) {
        INFO(hex(enc));
        Bytes message = good;
        std::copy(enc.begin(), enc.end(), message.begin() + framing::kHeaderSize);
        for (const Form form : {Form::whole, Form::chunked}) {
          refused(receiver.begin(form, message));
          const auto source = from_memory(message);
          refused(receiver.begin(form, *source));
          refused(receiver.stream(form, from_memory(message)));
          Bytes key_message = message;
          key_message.resize(framing::kHeaderSize + dh.npk + framing::kBodyKeySize + 16);
          refused(MultiRequestReceiver{gateway.ring}.begin(form, key_message));
        }
        refused(receiver.open(message));
        auto opener = receiver.chunked_opener();
        REQUIRE_OK(opener);
        refused(opener->open({}, message, framing::End::no));
        refused(opener->open({}, message, framing::End::no));  // it stays
        REQUIRE(opener->pending() == nullptr);
      }
      REQUIRE(gateway.key->asked == asked);
      REQUIRE_OK(receiver.open(good));
    }
  }
}

TEST_CASE("a Diffie-Hellman result and a KEM's secret complete a request, each in its own way") {
  for (const Provider* provider : built::providers()) {
    for (const core::KemParams& row : core::kem_table()) {
      if (!Kem::find(*provider, row.id)) continue;
      INFO(provider->name() << ' ' << row.name);
      const Gateway gateway(*provider, row.id, false, KeyCheck::now);
      const Bytes message = gateway.request();
      const auto pending = RequestReceiver{gateway.ring}.begin(Form::whole, message);
      REQUIRE_OK(pending);
      REQUIRE(pending->peer() != nullptr);
      REQUIRE(copy(pending->peer()->bytes()) == copy(pending->enc()));
      REQUIRE(copy(pending->enc()) == copy(ByteView(message).subspan(7, row.nenc)));
      const core::DhSecret dh = gateway.key->answer(*pending->peer());
      SharedSecret secret;
      REQUIRE_OK(pending->kem().decap(secret, pending->enc(), *gateway.key));
      const Bytes text = bytes("question");
      for (Result<RequestOpener>& opener : std::array{
               pending->decapsulate(), pending->complete_dh(dh), pending->complete(secret)}) {
        const auto opened = open(*pending, std::move(opener), message);
        REQUIRE_OK(opened);
        REQUIRE(*opened == text);
      }
      core::DhSecret wrong;
      wrong.assign(dh.view().first(dh.size() - 1));
      REQUIRE_ERRC(pending->complete_dh(wrong), Errc::key_unavailable);
      REQUIRE_ERRC(pending->complete_dh({}), Errc::key_unavailable);
      REQUIRE_ERRC(pending->complete({}), Errc::invalid_argument);
      wrong.assign(dh.view());
      wrong.span()[0] ^= 1;
      REQUIRE_ERRC(open(*pending, pending->complete_dh(wrong), message), Errc::open_failed);

      MultiRequestSealer sealer = begin(Form::whole, kChaCha.aead, *provider);
      auto key = sealer.encapsulate_key(*gateway.sender);
      REQUIRE_OK(key);
      const Bytes body = seal_body(sealer, "question");
      const auto multi =
          MultiRequestReceiver{gateway.ring}.begin(Form::whole, key->message, kTypes);
      REQUIRE_OK(multi);
      auto opener = multi->complete_dh(gateway.key->answer(*multi->peer()));
      REQUIRE_OK(opener);
      const auto opened = open_body(*opener, body);
      REQUIRE_OK(opened);
      REQUIRE(*opened == text);
      REQUIRE_ERRC(multi->complete_dh(dh), Errc::open_failed);  // of another enc
    }
  }
}

TEST_CASE("a key that answers later is added unchecked, and proven by its first request") {
  const Provider& provider = any_provider();
  KeyRing strict{provider};
  const auto later = std::make_shared<ElsewhereKey>(new_key(), true);
  REQUIRE_ERRC(strict.add(7, later, {kChaCha}), Errc::key_unavailable);
  REQUIRE_ERRC(strict.add(7, later, {kChaCha}, KeyState::pending), Errc::key_unavailable);

  Gateway gateway(provider, KemId::dhkem_x25519, true, KeyCheck::deferred);
  const RequestReceiver receiver(gateway.ring);
  REQUIRE(gateway.key->asked == 0);
  REQUIRE(!gateway.checked());
  REQUIRE_ERRC(gateway.ring.key_configs(), Errc::invalid_argument);  // not published

  const Bytes message = gateway.request();
  const Bytes bad = forged(message);
  const auto complete = [&](ByteView bytes) {
    const auto pending = receiver.begin(Form::whole, bytes);
    REQUIRE_OK(pending);
    return open(*pending, pending->complete_dh(gateway.key->answer(*pending->peer())), bytes);
  };
  // First the key is out of reach. Then a message fails, and nobody can tell yet if it was forged
  // or if the key is wrong.
  REQUIRE_ERRC(receiver.open(message), Errc::key_unavailable);
  REQUIRE_ERRC(complete(bad), Errc::key_unavailable);
  REQUIRE(!gateway.checked());
  REQUIRE_OK(complete(message));
  REQUIRE(gateway.checked());
  REQUIRE_ERRC(complete(bad), Errc::open_failed);

  REQUIRE_OK(gateway.ring.activate(7));  // another entry of the same key
  REQUIRE(gateway.checked());
  REQUIRE_OK(gateway.ring.key_configs());
}

TEST_CASE("a key that does not fit its public key is never reported as a forged message") {
  // The device's key is another than the one that senders know.
  const Provider& provider = any_provider();
  const Gateway gateway(provider, KemId::dhkem_x25519, false, KeyCheck::deferred, new_key());
  const RequestReceiver receiver(gateway.ring);
  REQUIRE_ERRC(receiver.open(gateway.request()), Errc::key_unavailable);

  auto chunked = gateway.sender->begin(Form::chunked);
  REQUIRE_OK(chunked);
  auto sealing = chunked->stream(from_memory(as_bytes("question")));
  REQUIRE_OK(sealing);
  const auto message = read_all(*sealing);
  REQUIRE_OK(message);
  auto stream = receiver.stream(Form::chunked, from_memory(*message));
  REQUIRE_OK(stream);
  REQUIRE_ERRC(read_all(stream->plaintext), Errc::key_unavailable);
  auto opener = receiver.chunked_opener();
  REQUIRE_OK(opener);
  REQUIRE_OK(opener->open({}, *message, framing::End::yes));
  auto key = opener->pending()->decapsulate();
  REQUIRE_OK(key);
  REQUIRE_OK(opener->give_key(std::move(*key)));
  Bytes out(100);
  const ByteView rest = ByteView(*message).subspan(opener->pending()->prefix_size());
  REQUIRE_ERRC(opener->open(out, rest, framing::End::yes), Errc::key_unavailable);

  MultiRequestSealer sealer = begin(Form::whole);
  auto key_message = sealer.encapsulate_key(*gateway.sender);
  REQUIRE_OK(key_message);
  const auto multi =
      MultiRequestReceiver{gateway.ring}.begin(Form::whole, key_message->message, kTypes);
  REQUIRE_OK(multi);
  REQUIRE_ERRC(multi->decapsulate(), Errc::key_unavailable);
  REQUIRE(!gateway.checked());
}

TEST_CASE(
    "the key message of a one-to-many request proves a key, so that its body cannot blame it") {
  const Gateway gateway(any_provider(), KemId::dhkem_x25519, false, KeyCheck::deferred);
  MultiRequestSealer sealer = begin(Form::whole);
  auto key = sealer.encapsulate_key(*gateway.sender);
  REQUIRE_OK(key);
  const Bytes body = forged(seal_body(sealer, "question"));
  const auto pending = MultiRequestReceiver{gateway.ring}.begin(Form::whole, key->message, kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  REQUIRE(gateway.checked());
  REQUIRE_ERRC(open_body(*opener, body), Errc::open_failed);
}
