// Everything that the headers promise to be safe to share: every operation of the table below runs
// on many threads at once, over the same objects, and its result is compared. A thread sanitizer
// sees the races that leave results right.
#include "threads.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "multi_exchange.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

constexpr unsigned kRounds = 4;
constexpr std::string_view kQuestion = "question";
constexpr std::string_view kAnswer = "answer";

/// One of many: which thread, in which round.
struct Turn {
  unsigned thread;
  unsigned round;
  unsigned number() const { return round * kThreads + thread; }
  std::string text() const { return "text " + std::to_string(number()); }
};

template <typename T>
T need(Result<T> result) {
  REQUIRE_OK(result);
  return std::move(*result);
}

/// The request that `form` says, as a stream gives it.
Bytes seal_request(const RequestSender& sender, std::string_view type, Form form) {
  RequestSealer sealer = need(sender.start(type));
  SealStream stream = need(sealer.stream(from_memory(as_bytes(kQuestion)), {.form = form}));
  return need(read_all(stream));
}

/// What all threads use at once, and what they must get.
struct Shared {
  Shared(const Provider& crypto, KemId kem_id, SymmetricAlgorithms algorithms)
      : provider(crypto), pair(crypto, kem_id, algorithms) {
    configs = need(pair.ring.key_configs());
    public_key = need(pending.kem().import_public(pending.key().public_key()));
    REQUIRE_OK(pending.key().decap(secret, pending.kem(), pending.enc()));
    REQUIRE_OK(pending.key().decap(multi_secret, multi_pending.request().kem(),
                                   multi_pending.request().enc()));
    OpenedRequest opened = need(receiver.open(whole.message, kType));
    receiver_state = need(opened.response_sealer.export_secret_state(SecretAccess{}));
    sender_state = whole.response_opener.export_secret_state(SecretAccess{});
    response = need(opened.response_sealer.seal(as_bytes(kAnswer)));
    ResponseSealer chunked_sealer = need(ResponseSealer::restore(provider, receiver_state.view()));
    SealStream stream = need(chunked_sealer.stream(from_memory(as_bytes(kAnswer))));
    chunked_response = need(read_all(stream));
    body = seal_body(sealed, kQuestion, Form::whole);
    for (unsigned round = 0; round < kRounds; ++round) {
      sealers.push_back(need(multi_sender.start(kType)));
    }
    for (unsigned i = 0; i < kThreads * kRounds; ++i) {
      new_keys.push_back(new_key(kem_id, provider));
    }
  }

  const Provider& provider;
  Pair pair;
  Bytes configs;
  const RequestSender& sender = *pair.sender;
  RequestReceiver receiver{pair.ring};
  std::unique_ptr<PublicKey> public_key;

  // One request to one receiver.
  SealedRequest whole = need(sender.seal(as_bytes(kQuestion), kType));
  Bytes chunked = seal_request(sender, kType, Form::chunked);
  PendingRequest pending = need(receiver.begin(whole.message, kType));
  SharedSecret secret;  // of `pending`
  Bytes response;
  Bytes chunked_response;
  SecretBytes sender_state;
  SecretBytes receiver_state;

  // One request to many: a sealed one, and one for each round that a thread seals meanwhile.
  MultiRequestSender multi_sender = need(MultiRequestSender::create(provider, sender.suite().aead));
  MultiRequestReceiver multi_receiver{pair.ring};
  MultiRequestSealer sealed = need(multi_sender.start(kType));
  EncapsulatedKey key = key_for(sealed, pair);
  PendingMultiRequest multi_pending = need(multi_receiver.begin(key.message, kType));
  SharedSecret multi_secret;  // of `multi_pending`
  Bytes body;
  std::vector<MultiRequestSealer> sealers;
  std::array<Bytes, kRounds> bodies;
  std::array<std::array<std::optional<EncapsulatedKey>, kThreads>, kRounds> keys;

  // One request that each round sends to all threads at once.
  std::unique_ptr<MemoryReplayFilter> filter = need(MemoryReplayFilter::create(
      provider, {.max_entries = kRounds, .window = std::chrono::hours(1)}));
  RequestReceiver once{pair.ring, {.replay_filter = filter.get()}};
  std::array<Bytes, kRounds> replays;
  std::array<std::array<bool, kThreads>, kRounds> accepted{};

  std::vector<std::shared_ptr<const PrivateKey>> new_keys;  // for the ring, one for each turn
};

/// Leaves an operation with what was wrong.
#define WANT(condition) \
  if (!(condition)) return #condition

bool is(ByteView bytes, std::string_view text) { return copy(bytes) == copy(as_bytes(text)); }

/// The plaintext of all of `in`, given at once; empty where that is no whole message.
template <typename Opener>
Bytes push(Opener& opener, Bytes in) {
  Bytes all;
  for (ByteSpan rest = in;;) {
    const auto step = opener.open_in_place(rest, End::yes);
    if (!step) return {};
    rest = rest.subspan(step->consumed);
    all.insert(all.end(), step->plaintext.begin(), step->plaintext.end());
    if (step->state == ChunkOpener::State::done) return all;
    if (step->state == ChunkOpener::State::chunk) continue;
    if constexpr (requires { opener.pending(); }) {
      auto request = opener.pending()->decapsulate();
      if (!request || !opener.resume(std::move(*request))) return {};
    } else {
      return {};
    }
  }
}

/// What of a request follows its prefix.
ByteView sealed_text(const Shared& s) {
  return ByteView(s.whole.message).subspan(s.pending.prefix_size());
}

bool opens(Result<RequestOpener> opener, ByteView sealed) {
  Bytes out(sealed.size());
  if (!opener) return false;
  const auto size = opener->open(out, sealed);
  return size && is(ByteView(out).first(*size), kQuestion) && opener->response_sealer().ok();
}

bool opens(Result<MultiRequestOpener> opener, ByteView body) {
  if (!opener) return false;
  const auto opened = open_body(*opener, body, Form::whole);
  return opened && is(*opened, kQuestion) && opener->response_sealer().ok();
}

const char* seal_whole(Shared& s, Turn turn) {
  const std::string text = turn.text();
  const auto request = s.sender.seal(as_bytes(text), kType);
  WANT(request);
  auto opened = s.receiver.open(request->message, kType);
  WANT(opened && is(opened->plaintext, text));
  const auto reply = opened->response_sealer.seal(as_bytes(text));
  WANT(reply);
  const auto answer = request->response_opener.open(*reply);
  WANT(answer && is(*answer, text));
  return nullptr;
}

const char* start_chunks(Shared& s, Turn turn) {
  const std::string text = turn.text();
  auto sealer = s.sender.start(kType);
  WANT(sealer);
  auto chunks = sealer->chunk_sealer();
  WANT(chunks);
  Bytes message = copy(sealer->prefix());
  const std::size_t at = message.size();
  message.resize(at + chunks->sealed_size(text.size(), Last::yes));
  WANT(chunks->seal(ByteSpan(message).subspan(at), as_bytes(text), Last::yes));
  auto opener = s.receiver.chunked_opener(kType);
  WANT(is(push(opener, message), text));
  return nullptr;
}

const char* seal_stream(Shared& s, Turn turn) {
  const std::string text = turn.text();
  auto sealer = s.sender.start(kType);
  WANT(sealer);
  auto stream = sealer->stream(from_memory(as_bytes(text)));
  WANT(stream);
  const auto message = read_all(*stream);
  WANT(message);
  auto opened = s.receiver.stream(from_memory(*message), kType);
  WANT(opened);
  const auto plaintext = read_all(opened->plaintext);
  WANT(plaintext && is(*plaintext, text));
  return nullptr;
}

const char* create_sender(Shared& s, Turn turn) {
  const auto sender = RequestSender::create(s.provider, s.configs);
  WANT(sender && sender->suite() == s.sender.suite());
  const auto request = sender->seal(as_bytes(turn.text()), kType);
  WANT(request && s.receiver.open(request->message, kType));
  return nullptr;
}

const char* begin_bytes(Shared& s, Turn) {
  const auto pending = s.receiver.begin(s.whole.message, kType);
  WANT(pending && pending->key_id() == 7 && pending->suite() == s.sender.suite());
  WANT(copy(pending->enc()) == copy(s.pending.enc()));
  WANT(opens(pending->decapsulate(), sealed_text(s)));
  return nullptr;
}

const char* begin_source(Shared& s, Turn) {
  const auto source = from_memory(s.whole.message);
  const auto pending = s.receiver.begin(*source, kType);
  WANT(pending && copy(pending->enc()) == copy(s.pending.enc()));
  WANT(opens(pending->complete(s.secret.view()), sealed_text(s)));
  return nullptr;
}

const char* open_whole(Shared& s, Turn) {
  const auto opened = s.receiver.open(s.whole.message, kType);
  WANT(opened && is(opened->plaintext, kQuestion));
  return nullptr;
}

const char* open_stream(Shared& s, Turn) {
  auto opened = s.receiver.stream(from_memory(s.chunked), kType);
  WANT(opened);
  const auto plaintext = read_all(opened->plaintext);
  WANT(plaintext && is(*plaintext, kQuestion));
  return nullptr;
}

const char* open_chunks(Shared& s, Turn) {
  auto opener = s.receiver.chunked_opener(kType);
  WANT(is(push(opener, s.chunked), kQuestion));
  WANT(opener.response_sealer());
  return nullptr;
}

const char* decapsulate(Shared& s, Turn) {
  WANT(opens(s.pending.decapsulate(), sealed_text(s)));
  return nullptr;
}

const char* complete(Shared& s, Turn) {
  WANT(opens(s.pending.complete(s.secret.view()), sealed_text(s)));
  return nullptr;
}

const char* open_replay(Shared& s, Turn turn) {
  const auto opened = s.once.open(s.replays[turn.round], kType);
  WANT(opened || opened.error().code == Errc::replayed);
  s.accepted[turn.round][turn.thread] = opened.ok();
  return nullptr;
}

const char* open_response(Shared& s, Turn) {
  const auto answer = s.whole.response_opener.open(s.response);
  WANT(answer && is(*answer, kAnswer));
  return nullptr;
}

const char* response_chunks(Shared& s, Turn) {
  auto opener = s.whole.response_opener.chunk_opener();
  WANT(opener);
  WANT(is(push(*opener, s.chunked_response), kAnswer));
  return nullptr;
}

const char* response_stream(Shared& s, Turn) {
  auto stream = s.whole.response_opener.stream(from_memory(s.chunked_response));
  WANT(stream);
  const auto answer = read_all(*stream);
  WANT(answer && is(*answer, kAnswer));
  return nullptr;
}

const char* export_state(Shared& s, Turn) {
  const SecretBytes state = s.whole.response_opener.export_secret_state(SecretAccess{});
  WANT(copy(state.view()) == copy(s.sender_state.view()));
  return nullptr;
}

const char* restore_states(Shared& s, Turn turn) {
  const std::string text = turn.text();
  auto sealer = ResponseSealer::restore(s.provider, s.receiver_state.view());
  const auto opener = ResponseOpener::restore(s.provider, s.sender_state.view());
  WANT(sealer && opener);
  const auto reply = sealer->seal(as_bytes(text));
  WANT(reply);
  const auto answer = opener->open(*reply);
  WANT(answer && is(*answer, text));
  return nullptr;
}

const char* start_multi(Shared& s, Turn turn) {
  const std::string text = turn.text();
  auto sealer = s.multi_sender.start(kType);
  WANT(sealer);
  const auto body = sealer->seal(as_bytes(text));
  const auto key = sealer->encapsulate_key(s.sender);
  WANT(body && key);
  const auto opened = s.multi_receiver.open(key->message, *body, kType);
  WANT(opened && is(opened->plaintext, text));
  return nullptr;
}

/// One thread, another in each round, seals the body that all encapsulate the key of.
const char* encapsulate_key(Shared& s, Turn turn) {
  MultiRequestSealer& sealer = s.sealers[turn.round];
  if (turn.thread == turn.round % kThreads) {
    auto body = sealer.seal(as_bytes(kQuestion));
    WANT(body);
    s.bodies[turn.round] = std::move(*body);
  }
  auto key = sealer.encapsulate_key(s.sender);
  WANT(key);
  s.keys[turn.round][turn.thread].emplace(std::move(*key));
  return nullptr;
}

const char* begin_multi(Shared& s, Turn) {
  const auto pending = s.multi_receiver.begin(s.key.message, kType);
  WANT(pending);
  WANT(opens(pending->decapsulate(), s.body));
  return nullptr;
}

const char* open_multi(Shared& s, Turn) {
  auto opened = s.multi_receiver.open(s.key.message, s.body, kType);
  WANT(opened && is(opened->plaintext, kQuestion));
  const auto reply = opened->response_sealer.seal(as_bytes(kAnswer));
  WANT(reply);
  const auto answer = s.key.response_opener.open(*reply);
  WANT(answer && is(*answer, kAnswer));
  return nullptr;
}

const char* decapsulate_multi(Shared& s, Turn) {
  WANT(opens(s.multi_pending.decapsulate(), s.body));
  WANT(opens(s.multi_pending.complete(s.multi_secret.view()), s.body));
  return nullptr;
}

std::uint8_t id_of(Turn turn, unsigned first) {
  return static_cast<std::uint8_t>(first + turn.number());
}

SymmetricAlgorithms algorithms(const Shared& s) {
  const Suite suite = s.sender.suite();
  return {suite.kdf, suite.aead};
}

const char* add_key(Shared& s, Turn turn) {
  const std::uint8_t id = id_of(turn, 100);
  const auto& key = s.new_keys[turn.number()];
  WANT(s.pair.ring.add(id, key, {algorithms(s)}));
  WANT(s.pair.ring.add(7, key, {algorithms(s)}).error().code == Errc::invalid_argument);
  const auto match = s.pair.ring.find({id, s.sender.suite()});
  WANT(match && match->entry->key == key);
  return nullptr;
}

const char* rotate_key(Shared& s, Turn turn) {
  KeyRing& ring = s.pair.ring;
  const std::uint8_t id = id_of(turn, 150);
  const RequestHeader header{id, s.sender.suite()};
  WANT(ring.add(id, s.new_keys[turn.number()], {algorithms(s)}, KeyState::pending));
  WANT(ring.find(header)->entry->state == KeyState::pending);
  WANT(ring.activate(id));
  WANT(ring.find(header)->entry->state == KeyState::active);
  WANT(ring.retire(id, TimePoint::max()));
  WANT(ring.find(header)->entry->state == KeyState::retired);
  WANT(ring.retire(id, TimePoint::min()));
  WANT(ring.find(header).error().code == Errc::unknown_key);
  if (turn.thread % 2 == 0) {
    ring.remove_expired();
    WANT(ring.remove(id).error().code == Errc::unknown_key);
  } else if (const Status removed = ring.remove(id); !removed) {
    WANT(removed.error().code == Errc::unknown_key);  // another thread's remove_expired was faster
  }
  return nullptr;
}

const char* list_keys(Shared& s, Turn) {
  const auto entries = s.pair.ring.entries();
  WANT(!entries.empty() && entries.front()->key.get() == &s.pending.key());
  for (const auto& entry : entries) WANT(entry->key != nullptr && entry->suites.size() == 1);
  return nullptr;
}

const char* find_key(Shared& s, Turn) {
  const auto match = s.pair.ring.find({7, s.sender.suite()});
  WANT(match && match->entry->key.get() == &s.pending.key());
  WANT(s.pair.ring.find({8, s.sender.suite()}).error().code == Errc::unknown_key);
  return nullptr;
}

/// The list changes, in whole configurations, behind what it was at first.
const char* key_configs(Shared& s, Turn) {
  const auto configs = s.pair.ring.key_configs();
  WANT(configs && configs->size() % s.configs.size() == 0);
  WANT(copy(ByteView(*configs).first(s.configs.size())) == s.configs);
  WANT(RequestSender::create(s.provider, *configs));
  return nullptr;
}

const char* use_keys(Shared& s, Turn) {
  const Kem& kem = s.pending.kem();
  SharedSecret sent, received;
  Bytes enc(kem.params().nenc);
  WANT(kem.encap(sent, enc, *s.public_key));
  WANT(s.pending.key().decap(received, kem, enc));
  WANT(copy(sent.view()) == copy(received.view()));
  WANT(s.pending.key().decap(received, kem, s.pending.enc()));
  WANT(copy(received.view()) == copy(s.secret.view()));
  return nullptr;
}

const char* use_provider(Shared& s, Turn) {
  Bytes random(64);
  WANT(s.provider.rng().fill(random) && random != Bytes(64));
  const auto kem = Kem::find(s.provider, s.sender.suite().kem);
  WANT(kem);
  const auto made = kem->generate_key_pair();
  WANT(made && kem->import_public((*made)->public_key()));
  return nullptr;
}

/// Answers what was wrong, or null. What a thread leaves for later lies at its own turn.
struct Operation {
  const char* name;
  const char* (*run)(Shared&, Turn);
};

constexpr Operation kOperations[] = {
    {"RequestSender::seal", seal_whole},
    {"RequestSender::start, in chunks", start_chunks},
    {"RequestSender::start, as a stream", seal_stream},
    {"RequestSender::create from one provider", create_sender},
    {"RequestReceiver::begin from bytes", begin_bytes},
    {"RequestReceiver::begin from a source", begin_source},
    {"RequestReceiver::open", open_whole},
    {"RequestReceiver::open with one MemoryReplayFilter", open_replay},
    {"RequestReceiver::stream", open_stream},
    {"RequestReceiver::chunked_opener", open_chunks},
    {"PendingRequest::decapsulate", decapsulate},
    {"PendingRequest::complete", complete},
    {"ResponseOpener::open", open_response},
    {"ResponseOpener::chunk_opener", response_chunks},
    {"ResponseOpener::stream", response_stream},
    {"ResponseOpener::export_secret_state", export_state},
    {"ResponseOpener::restore, ResponseSealer::restore of one state", restore_states},
    {"MultiRequestSender::start", start_multi},
    {"MultiRequestSealer::encapsulate_key while another thread seals", encapsulate_key},
    {"MultiRequestReceiver::begin", begin_multi},
    {"MultiRequestReceiver::open", open_multi},
    {"PendingMultiRequest::decapsulate, complete", decapsulate_multi},
    {"KeyRing::add", add_key},
    {"KeyRing::activate, retire, remove, remove_expired", rotate_key},
    {"KeyRing::entries", list_keys},
    {"KeyRing::find", find_key},
    {"KeyRing::key_configs", key_configs},
    {"Kem::encap to one PublicKey, PrivateKey::decap", use_keys},
    {"Provider's generator and KEM", use_provider},
};
constexpr std::size_t kCount = std::size(kOperations);

/// Runs all operations in every round, each thread from another one on. Answers what was wrong.
std::string run_all(Shared& shared, unsigned thread) {
  for (unsigned round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < kCount; ++i) {
      const Operation& operation = kOperations[(i + thread * kCount / kThreads) % kCount];
      const char* wrong = operation.run(shared, {thread, round});
      if (wrong != nullptr) return std::string(operation.name) + ": " + wrong;
    }
  }
  return {};
}

/// Runs one operation on all threads at the same time, so that it meets itself.
std::string run_one(Shared& shared, const Operation& operation, unsigned thread) {
  for (unsigned round = 0; round < kRounds; ++round) {
    const char* wrong = operation.run(shared, {thread, round});
    if (wrong != nullptr) return std::string(operation.name) + ": " + wrong;
  }
  return {};
}

template <typename Run>
void require_on_threads(Run run) {
  std::array<std::string, kThreads> wrong;
  on_threads([&](unsigned thread) {
    wrong[thread] = run(thread);
    return true;
  });
  for (const std::string& text : wrong) REQUIRE(text == "");
}

/// What only all turns together show.
void check_turns(Shared& s) {
  for (unsigned round = 0; round < kRounds; ++round) {
    unsigned accepted = 0;
    for (unsigned thread = 0; thread < kThreads; ++thread) {
      accepted += s.accepted[round][thread] ? 1 : 0;
      check_exchange(s.pair, *s.keys[round][thread], s.bodies[round], kQuestion, Form::whole,
                     thread);
    }
    REQUIRE(accepted == 1);
  }
  const std::size_t added = kRounds * kThreads;
  REQUIRE(need(s.pair.ring.key_configs()).size() == (1 + added) * s.configs.size());
}

template <typename Use>
void for_each_shared(Use use) {
  constexpr Suite kSuites[] = {
      {KemId::dhkem_x25519, KdfId::hkdf_sha256, AeadId::chacha20_poly1305},
      {KemId::dhkem_p256, KdfId::hkdf_sha256, AeadId::aes128_gcm},
  };
  for (const Provider* provider : built::providers()) {
    for (const Suite& suite : kSuites) {
      if (!test::offers(*provider, suite)) continue;
      INFO(provider->name() << ' ' << core::find_kem(suite.kem)->name);
      Shared shared(*provider, suite.kem, {suite.kdf, suite.aead});
      for (Bytes& replay : shared.replays) {
        replay = need(shared.sender.seal(as_bytes(kQuestion), kType)).message;
      }
      use(shared);
      check_turns(shared);
    }
  }
}

}  // namespace

TEST_CASE("threads share senders, receivers, keys and rings, every operation beside the others") {
  for_each_shared([](Shared& shared) {
    require_on_threads([&](unsigned thread) { return run_all(shared, thread); });
  });
}

TEST_CASE("threads share senders, receivers, keys and rings, every operation beside itself") {
  for_each_shared([](Shared& shared) {
    for (const Operation& operation : kOperations) {
      require_on_threads([&](unsigned thread) { return run_one(shared, operation, thread); });
    }
  });
}
