// Operations on responses.
#include "c_world.hpp"

namespace twoway::fuzz {
namespace {

constexpr std::size_t kNonce = 32;

}  // namespace

void World::answer(twoway_response_sealer* sealer, std::size_t exchange) {
  response_sealers_.add(sealer, {false, false, exchange});
}

void World::seal_response() {
  auto* slot = response_sealers_.pick(choices_);
  const Bytes plaintext = text();
  Room room(choices_, kNonce + plaintext.size() + 16);
  std::size_t written = 77;
  const twoway_status got =
      twoway_response_sealer_seal(handle_of(slot), plaintext.data(), plaintext.size(), nullptr,
                                  room.data(), room.capacity(), &written, &error_);
  Expect expect;
  room.expect(expect);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr && slot->model.spent, TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) return;
  room.check(got, written);
  slot->model.spent = true;
  const ByteView sealed = room.view(written);
  responses_.push_back(std::make_shared<Sent>(
      Sent{false, false, kNonce, slot->model.exchange, {sealed.begin(), sealed.end()}, plaintext}));
}

void World::chunk_response() {
  auto* slot = response_sealers_.pick(choices_);
  twoway_chunk_sealer* chunks = nullptr;
  const twoway_chunk_limits* limits = nullptr;
  Room room(choices_, kNonce);
  std::size_t written = 77;
  Expect expect;
  chunks_start(expect, limits);
  const twoway_status got = twoway_response_sealer_chunk_sealer(
      handle_of(slot), nullptr, limits, room.data(), room.capacity(), &written, &chunks, &error_);
  room.expect(expect);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr && slot->model.spent, TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(chunks == nullptr);
    return;
  }
  room.check(got, written);
  slot->model.spent = true;
  const ByteView nonce = room.view(kNonce);
  chunk_sealers_.add(chunks,
                     {{true, true, kNonce, slot->model.exchange, {nonce.begin(), nonce.end()}, {}},
                      false,
                      &responses_});
}

void World::open_response() {
  auto* slot = response_openers_.pick(choices_);
  const SentPtr message = pick(responses_);
  Bytes bytes = message->bytes;
  const bool mine = slot != nullptr && slot->model.exchange == message->exchange;
  bool forged = !mine || message->in_chunks;
  if (choices_.below(4) == 0 && !bytes.empty()) {
    bytes[choices_.below(bytes.size())] ^= 1;
    forged = true;
  }
  const std::size_t needed = bytes.size() < kNonce + 16 ? 0 : bytes.size() - kNonce - 16;
  Room room(choices_, needed);
  std::size_t written = 77;
  const twoway_status got =
      twoway_response_opener_open(handle_of(slot), bytes.data(), bytes.size(), nullptr, room.data(),
                                  room.capacity(), &written, &error_);
  Expect expect;
  room.expect(expect);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT).fails(forged, TWOWAY_OPEN_FAILED);
  if (!expect.judge(got, error_)) return;
  FUZZ_REQUIRE(equal(room.view(written), message->text));
}

void World::chunk_response_opener() {
  auto* slot = response_openers_.pick(choices_);
  const SentPtr message = pick(responses_);
  twoway_chunk_opener* chunks = nullptr;
  const twoway_chunk_limits* limits = nullptr;
  Expect expect;
  chunks_start(expect, limits);
  const twoway_status got =
      twoway_response_opener_chunk_opener(handle_of(slot), nullptr, limits, &chunks, &error_);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(chunks == nullptr);
    return;
  }
  ChunkOpenerModel model{.message = message};
  model.tainted = !message->in_chunks || message->exchange != slot->model.exchange;
  *model.authentic = true;  // no store is asked
  chunk_openers_.add(chunks, model);
}

void World::save_states() {
  auto* opener = response_openers_.pick(choices_);
  auto* sealer = response_sealers_.pick(choices_);
  const std::size_t saved = 8 + 1 + 7 + 2 + 32 + 32;
  Room room(choices_, saved);
  Room other(choices_, saved);
  std::size_t written = 77;
  Expect expect;
  room.expect(expect);
  expect.fails(opener == nullptr, TWOWAY_INVALID_ARGUMENT);
  twoway_status got = twoway_response_opener_export_secret_state(
      handle_of(opener), room.data(), room.capacity(), &written, &error_);
  if (expect.judge(got, error_)) {
    room.check(got, written);
    twoway_response_sealer* none = nullptr;
    FUZZ_REQUIRE(twoway_response_sealer_restore(c_provider(), room.data(), written, &none,
                                                nullptr) == TWOWAY_MALFORMED);
    twoway_response_opener* restored = nullptr;
    FUZZ_REQUIRE(twoway_response_opener_restore(c_provider(), room.data(), written, &restored,
                                                nullptr) == TWOWAY_OK);
    response_openers_.add(restored, opener->model);
  }
  Expect second;
  other.expect(second);
  second.fails(sealer == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(sealer != nullptr && sealer->model.spent, TWOWAY_WRONG_STATE);
  got = twoway_response_sealer_export_secret_state(handle_of(sealer), other.data(),
                                                   other.capacity(), &written, &error_);
  if (second.judge(got, error_)) {
    twoway_response_sealer* restored = nullptr;
    FUZZ_REQUIRE(twoway_response_sealer_restore(c_provider(), other.data(), written, &restored,
                                                nullptr) == TWOWAY_OK);
    answer(restored, sealer->model.exchange);
  }
}

}  // namespace twoway::fuzz
