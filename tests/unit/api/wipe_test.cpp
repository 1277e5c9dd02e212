// After messages have ended, well or not, their plaintext and keys are gone from this process's
// writable memory. A program of its own, because other tests keep plaintext in buffers that nobody
// wipes.
#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "exchange_pair.hpp"
#include "memory_search.hpp"

using namespace twoway;
using namespace twoway::test;
using core::SecretBuffer;

namespace {

constexpr ChunkLimits kLimits{.max_chunk = 700};
constexpr std::size_t kSize = 3000;  // of a plaintext
constexpr std::size_t kPiece = 97;

/// Secret bytes by a rule, SplitMix64 of a stream and a place, so that the test keeps no copy of
/// them.
std::uint8_t secret_byte(std::uint64_t stream, std::uint64_t place) {
  std::uint64_t z = (stream << 32 | (place + 1)) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return static_cast<std::uint8_t>(z >> 24);
}

void fill(ByteSpan out, std::uint64_t stream, std::uint64_t from = 0) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = secret_byte(stream, from + i);
}

enum Stream : std::uint64_t { kQuestion = 1, kAnswer = 2, kDraws = 100 };

/// Another stream of secret bytes at every draw.
class RuleRng final : public Rng {
 public:
  Status fill(ByteSpan out) noexcept override {
    ::fill(out, kDraws + draws_++);
    return {};
  }

 private:
  std::uint64_t draws_ = 0;
};

void add(Needles& needles, const std::string& name, std::uint64_t stream, std::size_t size) {
  SecretBytes secret(size);
  fill(secret.span(), stream);
  needles.add(name, secret.view());
}

/// Gives a plaintext in pieces. It exists only in the caller's buffer.
std::unique_ptr<Source> plaintext(Stream stream) {
  return from_function([stream, at = std::size_t{0}](ByteSpan out) mutable noexcept {
    const std::size_t size = std::min({out.size(), kPiece, kSize - at});
    fill(out.first(size), stream, at);
    at += size;
    return Result<SourceRead>(SourceRead{size, at == kSize ? End::yes : End::no});
  });
}

/// Gives a message in pieces.
std::unique_ptr<Source> pieces(ByteView message) {
  return from_function([message](ByteSpan out) mutable noexcept {
    const std::size_t size = std::min({out.size(), kPiece, message.size()});
    std::copy_n(message.begin(), size, out.begin());
    message = message.subspan(size);
    return Result<std::size_t>(size);
  });
}

/// The way in which messages are sealed and opened.
enum class Way { push, pull, pull_in_small_reads };
struct Case {
  const char* name;
  Way way;
  Form form;
  bool forged;  // in the last text, so the texts before it were released
};
constexpr Case kCases[] = {
    {"chunks, pushed", Way::push, Form::chunked, false},
    {"chunks, pushed, the last one forged", Way::push, Form::chunked, true},
    {"chunked streams", Way::pull, Form::chunked, false},
    {"chunked streams in small reads", Way::pull_in_small_reads, Form::chunked, false},
    {"chunked streams, the last chunk forged", Way::pull_in_small_reads, Form::chunked, true},
    {"whole streams", Way::pull, Form::whole, false},
    {"whole streams in small reads", Way::pull_in_small_reads, Form::whole, false},
    {"whole streams, forged", Way::pull_in_small_reads, Form::whole, true},
};

const StreamOptions kOptions{.limits = kLimits, .fill = Fill::full};

std::size_t read_size(const Case& c) { return c.way == Way::pull_in_small_reads ? 50 : 5000; }

/// Calls `midway` once, while all objects with secrets live.
using Midway = std::function<void()>;

/// Reads the whole message of a stream.
Bytes read_message(Result<SealStream> stream, const Case& c, const Midway& midway) {
  REQUIRE_OK(stream);
  Bytes message, out(read_size(c));
  while (true) {
    auto got = stream->read(out);
    REQUIRE_OK(got);
    if (*got == 0) return message;
    if (message.empty()) midway();
    message.insert(message.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

Bytes seal_chunks(Result<ChunkSealer> sealer, ByteView prefix, Stream stream) {
  REQUIRE_OK(sealer);
  Bytes message = copy(prefix);
  for (std::size_t at = 0; at < kSize;) {
    const std::size_t size = std::min(kLimits.max_chunk, kSize - at);
    const Last last = at + size == kSize ? Last::yes : Last::no;
    SecretBytes text(size);
    fill(text.span(), stream, at);
    const std::size_t end = message.size();
    message.resize(end + sealer->sealed_size(size, last));
    REQUIRE_OK(sealer->seal(ByteSpan(message).subspan(end), text.view(), last));
    at += size;
  }
  return message;
}

/// Checks bytes that were opened, and counts them.
void check_plaintext(ByteView got, Stream stream, std::size_t& at) {
  std::size_t wrong = 0;
  for (const std::uint8_t byte : got) wrong += byte == secret_byte(stream, at++) ? 0 : 1;
  REQUIRE(wrong == 0);
}

void read_plaintext(Result<OpenStream> opening, const Case& c, Stream stream,
                    const Midway& midway) {
  REQUIRE_OK(opening);
  SecretBytes out(read_size(c));
  std::size_t at = 0;
  while (true) {
    const auto got = opening->read(out.span());
    if (c.forged && !got) {
      REQUIRE_ERRC(got, Errc::open_failed);
      REQUIRE(at < kSize);
      return;
    }
    REQUIRE_OK(got);
    if (*got == 0) break;
    if (at == 0) midway();
    check_plaintext(out.view().first(*got), stream, at);
  }
  REQUIRE(!c.forged);
  REQUIRE(at == kSize);
}

void push_plaintext(Result<ChunkOpener> opener, ByteView message, const Case& c, Stream stream,
                    const Midway& midway) {
  REQUIRE_OK(opener);
  std::size_t at = 0;
  bool done = false;
  while (!done) {
    const std::size_t size = std::min(kPiece, message.size());
    SecretBuffer in(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size));
    message = message.subspan(size);
    for (ByteSpan rest = in;;) {
      const auto step = opener->open_in_place(rest, message.empty() ? End::yes : End::no);
      if (c.forged && !step) {
        REQUIRE_ERRC(step, Errc::open_failed);
        return;
      }
      REQUIRE_OK(step);
      rest = rest.subspan(step->consumed);
      check_plaintext(step->plaintext, stream, at);
      if (step->state == ChunkOpener::State::chunk && at == kLimits.max_chunk) midway();
      done = step->state == ChunkOpener::State::done;
      if (step->state != ChunkOpener::State::chunk) break;
    }
  }
  REQUIRE(!c.forged);
  REQUIRE(at == kSize);
}

void forge(const Case& c, Bytes& message) {
  if (c.forged) message.back() ^= 1;
}

/// The searches of one exchange: while its objects live, and after.
struct Search {
  Needles needles;
  std::string found;  // midway
  void look() { found += findings(needles); }
};

/// Seals and opens a response, and adds its keys and its secret to the search.
void respond(Result<ResponseSealer> sealer, const ResponseOpener& opener, const Provider& provider,
             const Case& c, Search& search) {
  REQUIRE_OK(sealer);
  const Midway look = [&] { search.look(); };
  Bytes message;
  if (c.way == Way::push) {
    auto response = sealer->chunk_sealer(kTypes, kLimits);
    REQUIRE_OK(response);
    message = seal_chunks(std::move(response->chunk_sealer), response->prefix, kAnswer);
  } else {
    message = read_message(sealer->stream(c.form, plaintext(kAnswer), kTypes, kOptions), c, look);
  }
  {
    const SecretBytes state = opener.export_secret_state(SecretAccess{});
    const auto context =
        framing::ResponseContext::restore(provider, framing::Role::sender, state.view());
    REQUIRE_OK(context);
    const std::size_t nh = context->suite().kdf().params().nh;
    search.needles.add("exporter secret", state.view().last(nh));
    const auto type = framing::choose_media_type(c.form, kTypes);
    REQUIRE_OK(type);
    const auto keys = context->derive_keys(ByteView(message).first(context->nonce_size()), *type);
    REQUIRE_OK(keys);
    search.needles.add("response key", keys->key.view());
    search.needles.add("response nonce", keys->nonce.view());
  }
  forge(c, message);
  if (c.way == Way::push) {
    push_plaintext(opener.chunk_opener(kTypes, kLimits), message, c, kAnswer, look);
  } else {
    read_plaintext(opener.stream(c.form, pieces(message), kTypes, kOptions), c, kAnswer, look);
  }
}

/// Exchanges a request to one receiver, and its response. All of it has ended on return.
void exchange(const Pair& pair, const Case& c, Search& search) {
  const Midway look = [&] { search.look(); };
  Bytes message;
  std::optional<ResponseOpener> response_opener;
  {
    RequestSealer sealer = pair.begin(c.form);
    response_opener = sealer.response_opener();
    message = c.way == Way::push
                  ? seal_chunks(sealer.chunk_sealer(kLimits), sealer.prefix(), kQuestion)
                  : read_message(sealer.stream(plaintext(kQuestion), kOptions), c, look);
  }
  auto pending = RequestReceiver{pair.ring}.begin(c.form, message, kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  Case request = c;
  if (c.form == Form::whole) request.forged = false;  // else there is no response
  forge(request, message);
  const ByteView sealed = ByteView(message).subspan(pending->prefix_size());
  if (c.way == Way::push) {
    push_plaintext(opener->chunk_opener(kLimits), sealed, request, kQuestion, look);
  } else {
    read_plaintext(opener->stream(pieces(sealed), kOptions), request, kQuestion, look);
  }
  respond(opener->response_sealer(), *response_opener, pair.ring.provider(), c, search);
}

/// A request to two receivers, and one's response.
void multi_exchange(const Pair& pair, const Case& c, Search& search) {
  const Midway look = [&] { search.look(); };
  const Provider& provider = pair.ring.provider();
  const Pair other(provider, pair.sender->suite().kem,
                   {pair.sender->suite().kdf, pair.sender->suite().aead});
  RuleRng rng;
  add(search.needles, "body key", kDraws, framing::kBodyKeySize);
  Bytes body;
  std::optional<EncapsulatedKey> key;
  {
    auto sender = MultiRequestSender::create(provider, pair.sender->suite().aead, {.rng = &rng});
    REQUIRE_OK(sender);
    auto sealer = sender->begin(c.form, kTypes);
    REQUIRE_OK(sealer);
    for (const Pair* to : {&other, &pair}) {
      auto made = sealer->encapsulate_key(*to->sender);
      REQUIRE_OK(made);
      key.emplace(std::move(*made));
    }
    body = c.way == Way::push
               ? seal_chunks(sealer->chunk_sealer(kLimits), sealer->prefix(), kQuestion)
               : read_message(sealer->stream(plaintext(kQuestion), kOptions), c, look);
    look();
  }
  auto pending = MultiRequestReceiver{pair.ring}.begin(c.form, key->message, kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  Case request = c;
  if (c.form == Form::whole) request.forged = false;
  forge(request, body);
  if (c.way == Way::push) {
    push_plaintext(opener->chunk_opener(kLimits), body, request, kQuestion, look);
  } else {
    read_plaintext(opener->stream(pieces(body), kOptions), request, kQuestion, look);
  }
  respond(opener->response_sealer(), key->response_opener, provider, c, search);
}

/// Neither stream is read to its end.
void abandon(const Pair& pair, const Case& c, Search& search) {
  RequestSealer sealer = pair.begin(c.form);
  const Bytes message = read_message(sealer.stream(plaintext(kQuestion), kOptions), c, [] {});
  RequestSealer another = pair.begin(c.form);
  auto sealing = another.stream(plaintext(kQuestion), kOptions);
  REQUIRE_OK(sealing);
  auto opening = RequestReceiver{pair.ring}.stream(c.form, pieces(message), kTypes, kOptions);
  REQUIRE_OK(opening);
  SecretBytes out(10);
  REQUIRE_OK(sealing->read(out.span()));
  REQUIRE_OK(opening->plaintext.read(out.span()));
  search.look();
}

/// Runs `use` in every suite of every provider, and searches after it.
template <typename Use>
void require_nothing_left(Use use) {
  for (const Provider* provider : built::providers()) {
    std::size_t searches = 0;
    for (const core::AeadParams& aead : core::aead_table()) {
      const Suite suite{KemId::dhkem_x25519, KdfId::hkdf_sha256, aead.id};
      if (!framing::find_suite(*provider, suite)) continue;
      const Pair pair(*provider, suite.kem, {suite.kdf, suite.aead});
      for (const Case& c : kCases) {
        INFO(provider->name() << ", " << aead.name << ", " << c.name);
        Search search;
        add(search.needles, "question", kQuestion, kSize);
        add(search.needles, "answer", kAnswer, kSize);
        REQUIRE(findings(search.needles) == "");
        if (!use(pair, c, search)) continue;
        ++searches;
        const std::string left = findings(search.needles);
        INFO(left);
        REQUIRE(left.empty());
      }
    }
    std::cout << provider->name() << ": " << searches << " searches found nothing\n";
    REQUIRE(searches > 0);
  }
}

/// The search must find something midway, or it looks in the wrong place.
void require_found(const Search& search, std::string_view name) {
  INFO(name);
  REQUIRE(search.found.find(std::string(name) + " byte ") != std::string::npos);
}

void require_all_found(const Case& c, const Search& search) {
  require_found(search, "question");
  if (c.forged && c.form == Form::whole) return;  // none of it was opened
  require_found(search, "answer");
  require_found(search, "exporter secret");
  // The key of a whole response has ended before its first byte is released.
  if (c.form == Form::chunked) require_found(search, "response key");
}

}  // namespace

TEST_CASE("an ended request and its response leave nothing in memory") {
  if (!searchable()) return;
  require_nothing_left([](const Pair& pair, const Case& c, Search& search) {
    exchange(pair, c, search);
    require_all_found(c, search);
    return true;
  });
}

TEST_CASE("an ended request to many receivers leaves nothing in memory") {
  if (!searchable()) return;
  require_nothing_left([](const Pair& pair, const Case& c, Search& search) {
    multi_exchange(pair, c, search);
    require_found(search, "body key");
    require_all_found(c, search);
    return true;
  });
}

TEST_CASE("an abandoned stream leaves nothing in memory") {
  if (!searchable()) return;
  require_nothing_left([](const Pair& pair, const Case& c, Search& search) {
    if (c.way != Way::pull_in_small_reads || c.forged) return false;
    abandon(pair, c, search);
    require_found(search, "question");
    return true;
  });
}
