// A whole message through the sealer and the opener that have the calls of chunks.
#include <twoway/framing/whole.hpp>

#include "support.hpp"

using namespace twoway;
using namespace twoway::framing;

namespace {

const core::Aead& aead() { return *built::providers().front()->aead(AeadId::chacha20_poly1305); }

const Bytes kKey(32, 7);
const Bytes kNonce(12, 9);
const Bytes kText(20, 't');
constexpr std::size_t kPrefix = 5;
constexpr std::size_t kTag = 16;

WholeSealer sealer(std::size_t max) {
  auto sequence = core::SealSequence::create(aead(), kKey, kNonce);
  REQUIRE_OK(sequence);
  return WholeSealer(std::move(*sequence), max);
}

/// The key of a message behind a prefix of five bytes.
class Prefixed final : public OpenSequenceFactory {
 public:
  std::size_t prefix_size() const noexcept override { return kPrefix; }
  std::size_t overhead() const noexcept override { return kPrefix + kTag; }
  Result<core::OpenSequence> open_sequence(ByteView prefix) noexcept override {
    if (prefix.size() != kPrefix) std::abort();
    return core::OpenSequence::create(aead(), kKey, kNonce);
  }
};

WholeOpener opener(std::size_t max = kText.size()) {
  return WholeOpener(std::make_unique<Prefixed>(), max);
}

Bytes message() {
  Bytes bytes(kPrefix + kText.size() + kTag, 'p');
  REQUIRE_OK(sealer(kText.size()).seal(ByteSpan(bytes).subspan(kPrefix), kText, Last::yes));
  return bytes;
}

}  // namespace

TEST_CASE("a whole message is sealed without a head, up to its limit") {
  WholeSealer whole = sealer(kText.size());
  REQUIRE(whole.prefix_size(kText.size(), Last::yes) == 0);
  REQUIRE(whole.max_plaintext() == kText.size());
  REQUIRE(whole.max_sealed_size() == kText.size() + kTag);
  Bytes out(whole.sealed_size(kText.size(), Last::yes));
  REQUIRE_ERRC(whole.seal(out, kText, Last::no), Errc::limit_exceeded);
  auto size = whole.seal(out, kText, Last::yes);
  REQUIRE_OK(size);
  REQUIRE(*size == out.size());
  REQUIRE_ERRC(sealer(kText.size() - 1).seal(out, kText, Last::yes), Errc::limit_exceeded);
}

TEST_CASE("a whole message is opened once it is complete, and only once") {
  const Bytes sealed = message();
  WholeOpener whole = opener();
  REQUIRE(whole.output_size(sealed.size()) == kText.size());
  REQUIRE(whole.output_size(kPrefix + kTag - 1) == 0);
  REQUIRE(whole.output_size(1000) == kText.size());
  Bytes out(kText.size());
  for (std::size_t size = 0; size <= sealed.size(); ++size) {
    auto step = whole.open(out, ByteView(sealed).first(size), End::no);
    REQUIRE_OK(step);
    REQUIRE(step->state == WholeOpener::State::need_input);
    REQUIRE(step->consumed == 0);
  }
  auto step = whole.open(out, sealed, End::yes);
  REQUIRE_OK(step);
  REQUIRE(step->state == WholeOpener::State::done);
  REQUIRE(step->consumed == sealed.size());
  REQUIRE(out == kText);
  REQUIRE_ERRC(whole.open(out, sealed, End::yes), Errc::wrong_state);
  REQUIRE(whole.output_size(sealed.size()) == 0);
}

TEST_CASE("a whole message is opened over its ciphertext") {
  Bytes sealed = message();
  auto step = opener().open_in_place(sealed, End::yes);
  REQUIRE_OK(step);
  REQUIRE(step->plaintext.data() == sealed.data() + kPrefix);
  REQUIRE(test::copy(step->plaintext) == kText);
}

TEST_CASE("a whole message that is cut, too long or changed does not open") {
  Bytes sealed = message();
  Bytes out(kText.size());
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    INFO(size);
    REQUIRE_ERRC(opener().open(out, ByteView(sealed).first(size), End::yes),
                 size < kPrefix + kTag ? Errc::truncated : Errc::open_failed);
    REQUIRE_ERRC(opener().open_in_place(ByteSpan(sealed).first(size), End::yes),
                 size < kPrefix + kTag ? Errc::truncated : Errc::open_failed);
    sealed = message();
  }
  REQUIRE_ERRC(opener(kText.size() - 1).open(out, sealed, End::no), Errc::limit_exceeded);
  REQUIRE_ERRC(opener(kText.size() - 1).open(out, sealed, End::yes), Errc::limit_exceeded);
  sealed.back() ^= 1;
  REQUIRE_ERRC(opener().open(out, sealed, End::yes), Errc::open_failed);
}
