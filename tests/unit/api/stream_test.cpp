// Pull streams: every source, form and size of read, and ends, failures and cuts.
#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <sstream>

#include <unistd.h>

#include "exchange_pair.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
  return bytes;
}

/// The ways in which a source gives its bytes.
enum class Supply { memory, function, function_with_end, function_with_size, stream, pipe };
constexpr std::array kSupplies{
    Supply::memory, Supply::function, Supply::function_with_end, Supply::function_with_size,
    Supply::stream, Supply::pipe};

/// Sources of one content, in pieces of `piece` bytes if the supply has pieces. Owns everything
/// that the sources borrow.
class Supplier {
 public:
  explicit Supplier(Bytes content) : content_(std::move(content)) {}
  Supplier(const Supplier&) = delete;
  Supplier& operator=(const Supplier&) = delete;
  ~Supplier() {
    if (pipe_[0] >= 0) close(pipe_[0]);
  }

  std::unique_ptr<Source> make(Supply supply, std::size_t piece) {
    switch (supply) {
      case Supply::memory: return from_memory(content_);
      case Supply::stream:
        text_.str(std::string(content_.begin(), content_.end()));
        return from_istream(text_);
      case Supply::pipe:
        REQUIRE(pipe(pipe_.data()) == 0);
        REQUIRE(write(pipe_[1], content_.data(), content_.size()) ==
                static_cast<ssize_t>(content_.size()));
        REQUIRE(close(pipe_[1]) == 0);
        return from_descriptor(pipe_[0]);
      default: break;
    }
    const bool says_end = supply == Supply::function_with_end;
    const auto read = [rest = ByteView(content_), piece, says_end](ByteSpan out) mutable {
      const std::size_t size = std::min({rest.size(), piece, out.size()});
      std::copy_n(rest.begin(), size, out.begin());
      rest = rest.subspan(size);
      return Result<SourceRead>(SourceRead{size, says_end && rest.empty() ? End::yes : End::no});
    };
    if (supply == Supply::function_with_size) return from_function(read, content_.size());
    return from_function(read);
  }

 private:
  Bytes content_;
  std::istringstream text_;
  std::array<int, 2> pipe_{-1, -1};
};

/// Reads to the end, in reads of `size` bytes. An error ends it, and must stay.
template <typename Stream>
Result<Bytes> read_all(Stream& stream, std::size_t size, Bytes* before_error = nullptr) {
  Bytes all;
  Bytes buffer(size);
  while (true) {
    const Result<std::size_t> got = stream.read(buffer);
    if (!got) {
      REQUIRE_ERRC(stream.read(buffer), got.error().code);
      if (before_error != nullptr) *before_error = all;
      return got.error();
    }
    REQUIRE(*got <= size);
    if (*got == 0) {
      const Result<std::size_t> again = stream.read(buffer);
      REQUIRE_OK(again);
      REQUIRE(*again == 0);
      return all;
    }
    all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

Result<Bytes> open_bytes(const Pair& pair, Form form, ByteView message,
                         const StreamOptions& options, std::size_t read_size = 1000,
                         Bytes* before_error = nullptr) {
  auto request = RequestReceiver{pair.ring}.stream(form, from_memory(message), kTypes, options);
  if (!request) return request.error();
  return read_all(request->plaintext, read_size, before_error);
}

/// A whole exchange of `text`, both messages through streams.
void exchange(const Pair& pair, Form form, const Bytes& text, Supply supply, std::size_t piece,
              std::size_t read_size, const StreamOptions& options) {
  Supplier plaintext(text);
  RequestSealer sealer = pair.begin(form);
  auto sealing = sealer.stream(plaintext.make(supply, piece), options);
  REQUIRE_OK(sealing);
  REQUIRE(sealing->prefix_size() == sealer.prefix_size());
  auto request = read_all(*sealing, read_size);
  REQUIRE_OK(request);

  Supplier sealed(*request);
  auto opening =
      RequestReceiver{pair.ring}.stream(form, sealed.make(supply, piece), kTypes, options);
  REQUIRE_OK(opening);
  auto opened = read_all(opening->plaintext, read_size);
  REQUIRE_OK(opened);
  REQUIRE(*opened == text);

  auto response_sealer = opening->opener.response_sealer();
  REQUIRE_OK(response_sealer);
  Supplier answer(text);
  auto answering = response_sealer->stream(form, answer.make(supply, piece), kTypes, options);
  REQUIRE_OK(answering);
  REQUIRE(answering->prefix_size() == sealer.response_opener().prefix_size());
  auto response = read_all(*answering, read_size);
  REQUIRE_OK(response);
  Supplier sealed_answer(*response);
  auto reading =
      sealer.response_opener().stream(form, sealed_answer.make(supply, piece), kTypes, options);
  REQUIRE_OK(reading);
  auto again = read_all(*reading, read_size);
  REQUIRE_OK(again);
  REQUIRE(*again == text);
}

/// A number that changes with each call, the same in every run.
class Draw {
 public:
  std::size_t below(std::size_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state_ >> 33) % bound;
  }

 private:
  std::uint64_t state_ = 1;
};

}  // namespace

TEST_CASE("a message passes through streams of every source, form and size of read") {
  const Pair pair;
  for (const Supply supply : kSupplies) {
    for (const Form form : {Form::whole, Form::chunked}) {
      for (const Fill fill : {Fill::one_read, Fill::full}) {
        StreamOptions options{.limits = {.max_chunk = 100}, .fill = fill};
        for (const std::size_t size : {0U, 1U, 99U, 100U, 101U, 200U, 517U}) {
          for (const std::size_t read_size : {1U, 7U, 120U, 4096U}) {
            INFO("supply " << static_cast<int>(supply) << " form " << static_cast<int>(form)
                           << " size " << size << " reads " << read_size);
            exchange(pair, form, pattern(size), supply, 37, read_size, options);
          }
        }
      }
    }
  }
}

TEST_CASE("random sizes, pieces, reads and limits, in every suite") {
  Draw draw;
  for (const Provider* provider : built::providers()) {
    for (const core::AeadParams& aead : core::aead_table()) {
      if (provider->aead(aead.id) == nullptr) continue;
      INFO(provider->name() << ' ' << aead.name);
      const Pair pair(*provider, KemId::dhkem_x25519, {KdfId::hkdf_sha256, aead.id});
      for (int round = 0; round < 40; ++round) {
        const Form form = draw.below(4) == 0 ? Form::whole : Form::chunked;
        const StreamOptions options{.limits = {.max_chunk = 1 + draw.below(20000)},
                                    .fill = draw.below(2) == 0 ? Fill::one_read : Fill::full};
        exchange(pair, form, pattern(draw.below(50000)), kSupplies[draw.below(5)],
                 1 + draw.below(5000), 1 + draw.below(30000), options);
      }
    }
  }
}

TEST_CASE("one read of the source becomes one chunk, unless chunks are to be filled") {
  const Pair pair;
  const auto chunk_sizes = [&](Supply supply, Fill fill) {
    Supplier text(pattern(25));
    RequestSealer sealer = pair.begin(Form::chunked);
    auto stream = sealer.stream(text.make(supply, 10), {.limits = {.max_chunk = 12}, .fill = fill});
    REQUIRE_OK(stream);
    auto message = read_all(*stream, 1000);
    REQUIRE_OK(message);
    std::vector<std::size_t> sizes;
    ByteView rest = ByteView(*message).subspan(sealer.prefix_size());
    while (rest[0] != 0) {
      sizes.push_back(rest[0] - 16U);
      rest = rest.subspan(1U + rest[0]);
    }
    sizes.push_back(rest.size() - 1 - 16);
    return sizes;
  };
  using Sizes = std::vector<std::size_t>;
  REQUIRE(chunk_sizes(Supply::function, Fill::one_read) == Sizes{10, 10, 5, 0});
  REQUIRE(chunk_sizes(Supply::function_with_end, Fill::one_read) == Sizes{10, 10, 5});
  REQUIRE(chunk_sizes(Supply::function, Fill::full) == Sizes{12, 12, 1});
  REQUIRE(chunk_sizes(Supply::function_with_size, Fill::full) == Sizes{12, 12, 1});
  REQUIRE(chunk_sizes(Supply::memory, Fill::one_read) == Sizes{12, 12, 1});
}

TEST_CASE("a stream passes bytes on before it waits for more") {
  const Pair pair;
  int reads = 0;
  const auto read = [&reads](ByteSpan out) {
    ++reads;
    out[0] = static_cast<std::uint8_t>(reads);
    return Result<std::size_t>(std::size_t{1});
  };
  RequestSealer sealer = pair.begin(Form::chunked);
  auto sealing = sealer.stream(from_function(read));
  REQUIRE_OK(sealing);
  Bytes buffer(1000);
  auto header = sealing->read(buffer);
  REQUIRE_OK(header);
  REQUIRE(*header == sealing->prefix_size());
  REQUIRE(reads == 0);
  Bytes message(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*header));
  for (int i = 1; i <= 3; ++i) {
    auto chunk = sealing->read(buffer);
    REQUIRE_OK(chunk);
    REQUIRE(*chunk == 1 + 1 + 16);
    REQUIRE(reads == i);
    message.insert(message.end(), buffer.begin(), buffer.begin() + 18);
  }

  // The opener gives a chunk as soon as it is complete, before it asks for more.
  std::size_t given = 0;
  const auto arrive = [&](ByteSpan out) {
    const std::size_t size = std::min({out.size(), message.size() - given, std::size_t{18}});
    std::copy_n(message.begin() + static_cast<std::ptrdiff_t>(given), size, out.begin());
    given += size;
    return Result<std::size_t>(size);
  };
  auto opening = RequestReceiver{pair.ring}.stream(Form::chunked, from_function(arrive), kTypes);
  REQUIRE_OK(opening);
  REQUIRE(given == *header);
  for (std::size_t i = 1; i <= 3; ++i) {
    auto got = opening->plaintext.read(buffer);
    REQUIRE_OK(got);
    REQUIRE(*got == 1);
    REQUIRE(buffer[0] == i);
    REQUIRE(given == *header + 18 * i);
  }
  REQUIRE_OK(opening->opener.response_sealer());
  REQUIRE_ERRC(opening->plaintext.read(buffer), Errc::truncated);
}

TEST_CASE("the remaining length is right after every read, if it can be known") {
  const Pair pair;
  for (const Form form : {Form::whole, Form::chunked}) {
    for (const std::size_t size : {0U, 1U, 100U, 101U, 1000U}) {
      for (const auto& [supply, fill] : {std::pair{Supply::memory, Fill::one_read},
                                         std::pair{Supply::function_with_size, Fill::full}}) {
        Supplier text(pattern(size));
        RequestSealer sealer = pair.begin(form);
        auto stream =
            sealer.stream(text.make(supply, 33), {.limits = {.max_chunk = 100}, .fill = fill});
        REQUIRE_OK(stream);
        auto left = stream->remaining();
        REQUIRE(left.has_value());
        Bytes buffer(29);
        for (std::uint64_t expected = *left; expected > 0;) {
          auto got = stream->read(buffer);
          REQUIRE_OK(got);
          REQUIRE(*got > 0);
          REQUIRE(*got <= expected);
          expected -= *got;
          REQUIRE(stream->remaining() == expected);
        }
        auto end = stream->read(buffer);
        REQUIRE_OK(end);
        REQUIRE(*end == 0);
      }
    }
  }
  Supplier text(pattern(100));
  RequestSealer sealer = pair.begin(Form::chunked);
  auto unknown = sealer.stream(text.make(Supply::function, 10));
  REQUIRE_OK(unknown);
  REQUIRE(!unknown->remaining().has_value());
  REQUIRE(unknown->max_sealed_chunk() == 4 + 16384 + 16);
  RequestSealer another = pair.begin(Form::whole);
  auto whole = another.stream(text.make(Supply::memory, 10), {.max_whole = 100});
  REQUIRE_OK(whole);
  REQUIRE(whole->max_sealed_chunk() == 100 + 16);
}

TEST_CASE("a source that fails ends the stream with its error and without a last chunk") {
  const Pair pair;
  for (const Form form : {Form::whole, Form::chunked}) {
    const auto failing = [calls = 0](ByteSpan out) mutable -> Result<std::size_t> {
      if (++calls == 3) return Error{Errc::source_failed, "the cable was pulled", 5};
      out[0] = 1;
      return std::size_t{1};
    };
    RequestSealer sealer = pair.begin(form);
    auto sealing = sealer.stream(from_function(failing));
    REQUIRE_OK(sealing);
    Bytes message;
    auto failed = read_all(*sealing, 11, &message);
    REQUIRE_ERRC(failed, Errc::source_failed);
    REQUIRE(failed.error().native == 5);
    if (form == Form::whole) {
      REQUIRE(message.size() == sealing->prefix_size());
    } else {
      REQUIRE(message.size() == sealing->prefix_size() + 2 * 18);
    }
    REQUIRE_ERRC(open_bytes(pair, form, message, {}), Errc::truncated);

    // A source that returns nonsense, or ends before its stated size, counts as failed.
    for (const auto& bad :
         {from_function([](ByteSpan out) { return Result<std::size_t>(out.size() + 1); }),
          from_function([](ByteSpan out) { return Result<std::size_t>(out.size() + 1); }, 10),
          from_function([](ByteSpan) { return Result<std::size_t>(std::size_t{0}); }, 10)}) {
      RequestSealer another = pair.begin(form);
      auto stream = another.stream(from_function([&bad](ByteSpan out) { return bad->read(out); }));
      REQUIRE_OK(stream);
      REQUIRE_ERRC(read_all(*stream, 1000), Errc::source_failed);
    }
  }
  const auto pull = [](ByteSpan) -> Result<std::size_t> {
    return Error{Errc::source_failed, "the cable was pulled"};
  };
  REQUIRE_ERRC(RequestReceiver{pair.ring}.stream(Form::chunked, from_function(pull)),
               Errc::source_failed);
  REQUIRE_ERRC(RequestReceiver{pair.ring}.stream(Form::chunked, from_descriptor(-1)),
               Errc::source_failed);
  std::istringstream broken;
  broken.setstate(std::ios::badbit);
  REQUIRE_ERRC(RequestReceiver{pair.ring}.stream(Form::chunked, from_istream(broken)),
               Errc::source_failed);
}

TEST_CASE("a stream that is cut anywhere never ends well") {
  const Pair pair;
  for (const Form form : {Form::whole, Form::chunked}) {
    const StreamOptions options{.limits = {.max_chunk = 10}};
    const Bytes text = pattern(25);
    RequestSealer sealer = pair.begin(form);
    auto sealing = sealer.stream(from_memory(text), options);
    REQUIRE_OK(sealing);
    auto message = read_all(*sealing, 1000);
    REQUIRE_OK(message);
    for (std::size_t cut = 0; cut < message->size(); ++cut) {
      for (const std::size_t read_size : {1U, 1000U}) {
        for (const bool memory : {true, false}) {
          INFO("cut " << cut);
          Supplier supplier(copy(ByteView(*message).first(cut)));
          auto request = RequestReceiver{pair.ring}.stream(
              form, supplier.make(memory ? Supply::memory : Supply::function, 3), kTypes, options);
          if (!request) {
            REQUIRE(cut < sealer.prefix_size());
            REQUIRE_ERRC(request, Errc::truncated);
            continue;
          }
          Bytes before;
          auto opened = read_all(request->plaintext, read_size, &before);
          REQUIRE(!opened.ok());
          // A part of a tag cannot be told from a forged tag.
          REQUIRE(
              (opened.error().code == Errc::truncated || opened.error().code == Errc::open_failed));
          REQUIRE(std::equal(before.begin(), before.end(), text.begin()));
          REQUIRE(before.size() <= (form == Form::whole ? 0U : 20U));
        }
      }
    }
  }
}

TEST_CASE("streams keep to their limits") {
  const Pair pair;
  const Bytes text = pattern(100);
  const StreamOptions whole{.max_whole = 99};
  for (const Supply supply : {Supply::memory, Supply::function}) {
    Supplier supplier(text);
    RequestSealer sealer = pair.begin(Form::whole);
    auto sealing = sealer.stream(supplier.make(supply, 7), whole);
    REQUIRE_OK(sealing);
    REQUIRE_ERRC(read_all(*sealing, 1000), Errc::limit_exceeded);
    auto sealed = pair.sender->seal(text, kTypes);
    REQUIRE_OK(sealed);
    Supplier message(sealed->message);
    auto opening =
        RequestReceiver{pair.ring}.stream(Form::whole, message.make(supply, 7), kTypes, whole);
    REQUIRE_OK(opening);
    REQUIRE_ERRC(read_all(opening->plaintext, 1000), Errc::limit_exceeded);
    REQUIRE_ERRC(opening->opener.response_sealer(), Errc::wrong_state);
  }
  RequestSealer sealer = pair.begin(Form::chunked);
  auto sealing = sealer.stream(from_memory(text), {.limits = {.max_plaintext = 99}});
  REQUIRE_OK(sealing);
  REQUIRE_ERRC(read_all(*sealing, 1000), Errc::limit_exceeded);
}

TEST_CASE("a whole message may have the size that max_whole allows, or any size without it") {
  const Pair pair;
  const Bytes text = pattern(100);
  for (const std::size_t max : {text.size(), std::numeric_limits<std::size_t>::max()}) {
    for (const Supply supply : kSupplies) {
      for (const std::size_t piece : {7U, 50U, 1000U}) {
        exchange(pair, Form::whole, text, supply, piece, 1000, {.max_whole = max});
      }
    }
  }
}

TEST_CASE("a stream is started once, from a source, with possible limits") {
  const Pair pair;
  RequestSealer sealer = pair.begin(Form::chunked);
  REQUIRE_OK(sealer.stream(from_memory({})));
  REQUIRE_ERRC(sealer.stream(from_memory({})), Errc::wrong_state);
  REQUIRE_ERRC(sealer.chunk_sealer(), Errc::wrong_state);
  REQUIRE_ERRC(pair.begin(Form::chunked).stream(nullptr), Errc::invalid_argument);
  REQUIRE_ERRC(pair.begin(Form::chunked).stream(from_memory({}), {.limits = {.max_chunk = 0}}),
               Errc::invalid_argument);

  auto request = pair.sender->seal(as_bytes("whole"), kTypes);
  REQUIRE_OK(request);
  const RequestReceiver receiver{pair.ring};
  REQUIRE_ERRC(receiver.stream(Form::chunked, nullptr), Errc::invalid_argument);
  auto source = from_memory(request->message);
  auto pending = receiver.begin(Form::whole, *source, kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  auto plaintext = opener->stream(std::move(source));
  REQUIRE_OK(plaintext);
  REQUIRE_ERRC(opener->stream(from_memory({})), Errc::wrong_state);
  REQUIRE_ERRC(opener->chunk_opener(), Errc::wrong_state);
  REQUIRE_ERRC(plaintext->read({}), Errc::invalid_argument);
  auto text = read_all(*plaintext, 3);
  REQUIRE_OK(text);
  REQUIRE(*text == copy(as_bytes("whole")));

  auto response_sealer = opener->response_sealer();
  REQUIRE_OK(response_sealer);
  REQUIRE_ERRC(response_sealer->stream(Form::chunked, nullptr), Errc::invalid_argument);
  REQUIRE_OK(response_sealer->stream(Form::chunked, from_memory({})));
  REQUIRE_ERRC(response_sealer->stream(Form::chunked, from_memory({})), Errc::wrong_state);
  REQUIRE_ERRC(response_sealer->seal(Bytes{}), Errc::wrong_state);
  REQUIRE_ERRC(request->response_opener.stream(Form::chunked, nullptr), Errc::invalid_argument);
}

TEST_CASE("a request's chunks replayed as its response do not open") {
  const Pair pair;
  RequestSealer sealer = pair.begin(Form::chunked);
  const Bytes text = pattern(50);
  auto sealing = sealer.stream(from_memory(text));
  REQUIRE_OK(sealing);
  auto message = read_all(*sealing, 1000);
  REQUIRE_OK(message);
  const std::size_t front = sealer.prefix_size();
  const std::size_t nonce = sealer.response_opener().prefix_size();
  REQUIRE(nonce <= front);
  for (const std::size_t at : {front, front - nonce}) {
    auto reading = sealer.response_opener().stream(
        Form::chunked, from_memory(ByteView(*message).subspan(at)), kTypes);
    REQUIRE_OK(reading);
    REQUIRE(!read_all(*reading, 1000).ok());
  }
  // Chunks of another request to the same key.
  RequestSealer other = pair.begin(Form::chunked);
  auto other_sealing = other.stream(from_memory(text));
  auto other_message = read_all(*other_sealing, 1000);
  REQUIRE_OK(other_message);
  std::copy(other_message->begin() + static_cast<std::ptrdiff_t>(front), other_message->end(),
            message->begin() + static_cast<std::ptrdiff_t>(front));
  REQUIRE_ERRC(open_bytes(pair, Form::chunked, *message, {}), Errc::open_failed);
}

TEST_CASE("a source that gives nothing and never ends does not block the reader of a prefix") {
  // Reading no bytes means the end as well. The source fails if it is asked too often, so that a
  // loop ends.
  class QuietSource final : public Source {
   public:
    explicit QuietSource(ByteView content) : content_(content) {}
    Result<SourceRead> read(ByteSpan out) noexcept override {
      if (++asked_ > 100) return Error{Errc::source_failed, "asked too often"};
      const std::size_t size = std::min(out.size(), content_.size());
      std::copy_n(content_.begin(), size, out.begin());
      content_ = content_.subspan(size);
      return SourceRead{size, End::no};
    }

   private:
    ByteView content_;
    int asked_ = 0;
  };
  const Pair pair;
  auto sealer = pair.sender->begin(Form::chunked);
  REQUIRE_OK(sealer);
  const Bytes prefix = copy(sealer->prefix());
  const RequestReceiver receiver{pair.ring};
  QuietSource whole(prefix);
  REQUIRE_OK(receiver.begin(Form::chunked, whole));
  for (std::size_t size = 0; size < prefix.size(); ++size) {
    QuietSource cut(ByteView(prefix).first(size));
    REQUIRE_ERRC(receiver.begin(Form::chunked, cut), Errc::truncated);
  }
}

TEST_CASE("one stream is the source of another") {
  const Pair pair;
  const Bytes text = pattern(40000);
  RequestSealer sealer = pair.begin(Form::chunked);
  auto sealing = sealer.stream(from_memory(text));
  REQUIRE_OK(sealing);
  auto opening = RequestReceiver{pair.ring}.stream(
      Form::chunked, from_function([&](ByteSpan out) { return sealing->read(out); }), kTypes);
  REQUIRE_OK(opening);
  auto sealer2 = pair.begin(Form::chunked);
  auto again =
      sealer2.stream(from_function([&](ByteSpan out) { return opening->plaintext.read(out); }));
  REQUIRE_OK(again);
  auto message = read_all(*again, 777);
  REQUIRE_OK(message);
  auto opened = open_bytes(pair, Form::chunked, *message, {});
  REQUIRE_OK(opened);
  REQUIRE(*opened == text);
}
