#include "bench.hpp"

#include <array>
#include <chrono>
#include <map>
#include <utility>

namespace twoway::interop {
namespace {

constexpr std::size_t kPattern = 64 * 1024;

struct Prepared {
  std::function<void()> work;
  std::size_t held = 0;  ///< bytes of the message that the work opens
};

/// A sender and a receiver with one key, and the parameters of the request.
struct Parties {
  Parties(const Provider& chosen, const Json& request)
      : provider(chosen),
        suite(suite_at(request)),
        key(key_of(provider, request, "ikm")),
        ring(provider),
        receiver(ring),
        sender(take(RequestSender::create(provider, key_id, suite, key->public_key()))),
        length(request.at("length").get<std::size_t>()),
        chunk(request.value("chunk", std::size_t{0})),
        receivers(request.value("receivers", std::size_t{0})),
        body(length > kPattern ? 0 : length, 0x5a),
        pattern(kPattern, 0x5a) {
    check(ring.add(key_id, key, {{suite.kdf, suite.aead}}));
  }

  ChunkLimits limits() const { return {.max_chunk = chunk}; }

  static constexpr std::uint8_t key_id = 1;
  const Provider& provider;
  Suite suite;
  std::shared_ptr<const PrivateKey> key;
  KeyRing ring;
  RequestReceiver receiver;
  RequestSender sender;
  std::size_t length, chunk, receivers;
  Bytes body, pattern;
};

using Shared = std::shared_ptr<const Parties>;

void expect(bool condition) {
  if (!condition) throw Unserved{"the plaintext has another length"};
}

/// Pushes the plaintext through a sealer, each chunk from the pattern into one buffer, which `sink`
/// gets.
template <typename Sink>
void seal_pattern(const Parties& parties, ByteView prefix, ChunkSealer sealer, const Sink& sink) {
  Bytes out(sealer.max_sealed_size());
  sink(prefix);
  for (std::size_t at = 0; at < parties.length; at += parties.chunk) {
    const std::size_t size = std::min(parties.chunk, parties.length - at);
    const ByteView piece = ByteView(parties.pattern).subspan(at % (kPattern - size + 1), size);
    sink(ByteView(out).first(take(sealer.seal(out, piece, Last::no))));
  }
  sink(ByteView(out).first(take(sealer.seal(out, {}, Last::yes))));
}

void discard(ByteView) {}

template <typename Seal>
Bytes collect(const Parties& parties, const Seal& seal) {
  Bytes message;
  message.reserve(parties.length + (parties.length / parties.chunk + 2) * 64);
  seal([&message](ByteView bytes) { message.insert(message.end(), bytes.begin(), bytes.end()); });
  return message;
}

/// Pushes a message through an opener, each chunk into one buffer.
void open_message(const Parties& parties, ChunkOpener opener, ByteView message) {
  Bytes out(parties.chunk);
  std::size_t opened = 0;
  while (true) {
    const auto step = take(opener.open(out, message, End::yes));
    opened += step.plaintext.size();
    message = message.subspan(step.consumed);
    if (step.state == ChunkOpener::State::done) break;
  }
  expect(opened == parties.length);
}

Prepared seal_request(const Shared& p) {
  return {[p] { take(p->sender.seal(p->body)); }};
}

Prepared open_request(const Shared& p) {
  Bytes message = take(p->sender.seal(p->body)).message;
  const std::size_t size = message.size();
  return {[p, message = std::move(message)] {
            expect(take(p->receiver.open(message)).plaintext.size() == p->length);
          },
          size};
}

template <typename Sink>
ResponseOpener seal_chunked(const Parties& p, const Sink& sink) {
  auto sealer = take(p.sender.begin(Form::chunked));
  seal_pattern(p, sealer.prefix(), take(sealer.chunk_sealer(p.limits())), sink);
  return sealer.response_opener();
}

Prepared seal_chunked_request(const Shared& p) {
  return {[p] { seal_chunked(*p, discard); }};
}

RequestOpener begin_chunked(const Parties& p, ByteView& message) {
  const auto pending = take(p.receiver.begin(Form::chunked, message));
  message = message.subspan(pending.prefix_size());
  return take(pending.decapsulate());
}

Prepared open_chunked_request(const Shared& p) {
  Bytes message = collect(*p, [&](const auto& sink) { seal_chunked(*p, sink); });
  const std::size_t size = message.size();
  return {[p, message = std::move(message)] {
            ByteView rest = message;
            auto opener = begin_chunked(*p, rest);
            open_message(*p, take(opener.chunk_opener(p->limits())), rest);
          },
          size};
}

/// Both sides of a response. A sealer seals once, so each work restores it anew.
struct Answer {
  explicit Answer(const Shared& p) : opener(exchange(*p)) {}

  template <typename Sink>
  void seal(const Parties& p, const Sink& sink) const {
    auto sealer = take(ResponseSealer::restore(p.provider, state.view()));
    auto chunked = take(sealer.chunk_sealer(kResponseMediaTypes, p.limits()));
    seal_pattern(p, chunked.prefix, std::move(chunked.chunk_sealer), sink);
  }

  SecretBytes state;
  ResponseOpener opener;

 private:
  ResponseOpener exchange(const Parties& p) {
    auto request = take(p.sender.seal(p.body));
    state = take(
        take(p.receiver.open(request.message)).response_sealer.export_secret_state(SecretAccess{}));
    return std::move(request.response_opener);
  }
};

Prepared seal_chunked_response(const Shared& p) {
  return {[p, answer = std::make_shared<const Answer>(p)] { answer->seal(*p, discard); }};
}

Prepared open_chunked_response(const Shared& p) {
  const auto answer = std::make_shared<const Answer>(p);
  Bytes message = collect(*p, [&](const auto& sink) { answer->seal(*p, sink); });
  const std::size_t size = message.size();
  return {[p, message = std::move(message), answer] {
            open_message(*p, take(answer->opener.chunk_opener(kResponseMediaTypes, p->limits())),
                         message);
          },
          size};
}

Prepared seal_multi(const Shared& p) {
  const auto kem = take(Kem::find(p->provider, p->suite.kem));
  std::vector<RequestSender> receivers;
  while (receivers.size() < p->receivers) {
    receivers.push_back(take(RequestSender::create(p->provider, Parties::key_id, p->suite,
                                                   take(kem.generate_key_pair())->public_key())));
  }
  const auto sender = take(MultiRequestSender::create(p->provider, p->suite.aead));
  return {[p, receivers, sender] {
    auto sealer = take(sender.begin(Form::whole));
    for (const RequestSender& to : receivers) take(sealer.encapsulate_key(to));
    take(sealer.seal(p->body));
  }};
}

Prepared open_multi(const Shared& p) {
  auto sealer =
      take(take(MultiRequestSender::create(p->provider, p->suite.aead)).begin(Form::whole));
  Bytes key = take(sealer.encapsulate_key(p->sender)).message;
  Bytes body = take(sealer.seal(p->body));
  const std::size_t size = body.size();
  return {
      [p, receiver = MultiRequestReceiver(p->ring), key = std::move(key), body = std::move(body)] {
        expect(take(receiver.open(key, body)).plaintext.size() == p->length);
      },
      size};
}

/// One message of HPKE alone: a context and one text.
struct OneMessage {
  explicit OneMessage(const Shared& parties)
      : p(parties),
        suite(take(core::CipherSuite::find(p->provider, p->suite))),
        receiver(take(suite.kem().import_public(p->key->public_key()))) {}

  Bytes seal() const {
    Bytes message(suite.nenc() + p->length + suite.nt());
    const ByteSpan out(message);
    take(core::seal(suite, out.first(suite.nenc()), out.subspan(suite.nenc()), *receiver, kInfo, {},
                    p->body));
    return message;
  }

  void open(ByteView message) const {
    Bytes plaintext(p->length);
    expect(take(core::open(suite, plaintext, message.first(suite.nenc()), *p->key, kInfo, {},
                           message.subspan(suite.nenc()))) == p->length);
  }

  static constexpr std::array<std::uint8_t, 21> kInfo{};
  Shared p;
  core::CipherSuite suite;
  std::unique_ptr<PublicKey> receiver;
};

Prepared seal_message(const Shared& p) {
  return {[one = std::make_shared<const OneMessage>(p)] { one->seal(); }};
}

Prepared open_message(const Shared& p) {
  const auto one = std::make_shared<const OneMessage>(p);
  Bytes message = one->seal();
  const std::size_t size = message.size();
  return {[one, message = std::move(message)] { one->open(message); }, size};
}

using Make = Prepared (*)(const Shared&);

const std::map<std::string, Make>& table() {
  static const std::map<std::string, Make> works{
      {"seal_request", seal_request},
      {"open_request", open_request},
      {"seal_chunked_request", seal_chunked_request},
      {"open_chunked_request", open_chunked_request},
      {"seal_chunked_response", seal_chunked_response},
      {"open_chunked_response", open_chunked_response},
      {"seal_multi", seal_multi},
      {"open_multi", open_multi},
      {"seal_message", seal_message},
      {"open_message", open_message},
  };
  return works;
}

}  // namespace

Json Bench::works() {
  Json names = Json::array();
  for (const auto& [name, make] : table()) names.push_back(name);
  return names;
}

Json Bench::prepare(const Json& request) {
  work_ = nullptr;  // frees the previous message first
  const auto found = table().find(request.at("work").get<std::string>());
  if (found == table().end()) throw Unserved{"there is no such work"};
  Prepared prepared = found->second(std::make_shared<const Parties>(provider_, request));
  work_ = std::move(prepared.work);
  return {{"held", prepared.held}};
}

Json Bench::run(const Json& request) const {
  if (!work_) throw Unserved{"no work is prepared"};
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const std::chrono::duration<double> wanted(request.at("duration").get<double>());
  std::uint64_t count = 0;
  do {
    work_();
    ++count;
  } while (Clock::now() - start < wanted);
  const std::chrono::duration<double> took = Clock::now() - start;
  return {{"count", count}, {"seconds", took.count()}};
}

}  // namespace twoway::interop
