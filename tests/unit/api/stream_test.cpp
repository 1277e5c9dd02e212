// Pull streams: every source, form and size of read.
#include "supplier.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

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
