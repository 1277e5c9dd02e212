// Streams allocate no heap block per chunk, and neither does the crypto library.
#include "allocations.hpp"

#include <algorithm>

#include "exchange_pair.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

constexpr std::size_t kChunk = 1000;
constexpr std::size_t kChunks = 200;

/// Runs `work` once so that it allocates what it keeps, then counts.
template <typename Work>
std::size_t allocations_of(Work work) {
  work();
  const std::size_t before = allocations();
  for (std::size_t i = 1; i < kChunks; ++i) work();
  return allocations() - before;
}

/// Reads a stream to its end and returns the number of allocations after its first two reads.
template <typename Stream>
std::size_t allocations_of_reads(Stream& stream, Bytes& buffer) {
  REQUIRE_OK(stream.read(buffer));
  REQUIRE_OK(stream.read(buffer));
  const std::size_t before = allocations();
  bool good = true;
  while (true) {
    const Result<std::size_t> got = stream.read(buffer);
    good = good && got.ok();
    if (!got || *got == 0) break;
  }
  const std::size_t made = allocations() - before;
  REQUIRE(good);
  return made;
}

/// A source that gives `bytes` in pieces of `piece`.
std::unique_ptr<Source> in_pieces(ByteView bytes, std::size_t piece) {
  return from_function([rest = bytes, piece](ByteSpan out) mutable {
    const std::size_t size = std::min({rest.size(), piece, out.size()});
    std::copy_n(rest.begin(), size, out.begin());
    rest = rest.subspan(size);
    return Result<std::size_t>(size);
  });
}

void push(const Pair& pair) {
  RequestSealer sealer = pair.begin(Form::chunked);
  auto sealing = sealer.chunk_sealer();
  REQUIRE_OK(sealing);
  auto pending = RequestReceiver{pair.ring}.begin(Form::chunked, sealer.prefix(), kTypes);
  REQUIRE_OK(pending);
  auto opener = pending->decapsulate();
  REQUIRE_OK(opener);
  auto opening = opener->chunk_opener();
  REQUIRE_OK(opening);
  Bytes text(kChunk, 7);
  Bytes sealed(sealing->sealed_size(kChunk, Last::no));
  Bytes out(opening->output_size(sealed.size()) + kChunk);
  bool good = true;
  const std::size_t made = allocations_of([&] {
    good = good && sealing->seal(sealed, text, Last::no).ok();
    // In two pieces, so that the opener gathers them.
    const auto first = opening->open(out, ByteView(sealed).first(kChunk / 2), End::no);
    const auto second = opening->open(out, ByteView(sealed).subspan(kChunk / 2), End::no);
    good = good && first.ok() && second.ok() && second->plaintext.size() == kChunk;
  });
  REQUIRE(good);
  REQUIRE(made == 0);
}

void pull(const Pair& pair, std::size_t read_size) {
  const Bytes text(kChunk * kChunks, 7);
  Bytes buffer(read_size);
  for (const bool memory : {true, false}) {
    INFO("reads of " << read_size << (memory ? " from memory" : " from a function"));
    const StreamOptions options{.limits = {.max_chunk = kChunk}};
    RequestSealer sealer = pair.begin(Form::chunked);
    auto sealing = sealer.stream(memory ? from_memory(text) : in_pieces(text, 700), options);
    REQUIRE_OK(sealing);
    REQUIRE(allocations_of_reads(*sealing, buffer) == 0);

    RequestSealer another = pair.begin(Form::chunked);
    auto whole = another.stream(from_memory(text), options);
    REQUIRE_OK(whole);
    Bytes message(text.size() * 2);
    std::size_t size = 0;
    while (true) {
      auto got = whole->read(ByteSpan(message).subspan(size));
      REQUIRE_OK(got);
      if (*got == 0) break;
      size += *got;
    }
    const ByteView sealed = ByteView(message).first(size);
    auto opening = RequestReceiver{pair.ring}.stream(
        Form::chunked, memory ? from_memory(sealed) : in_pieces(sealed, 700), kTypes, options);
    REQUIRE_OK(opening);
    REQUIRE(allocations_of_reads(opening->plaintext, buffer) == 0);
  }
}

}  // namespace

TEST_CASE("chunks cost no heap block, pushed or pulled") {
  const std::size_t before = allocations();
  const auto block = std::make_unique<Bytes>(10);
  REQUIRE(allocations() - before >= 2);  // else nothing is counted here

  for (const Provider* provider : built::providers()) {
    for (const core::AeadParams& aead : core::aead_table()) {
      if (provider->aead(aead.id) == nullptr) continue;
      INFO(provider->name() << ' ' << aead.name);
      const Pair pair(*provider, KemId::dhkem_x25519, {KdfId::hkdf_sha256, aead.id});
      push(pair);
      for (const std::size_t read_size : {100U, 5000U, 100000U}) pull(pair, read_size);
    }
  }
}
