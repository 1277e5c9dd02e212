// Operations on requests to many receivers.
#include "c_world.hpp"

namespace twoway::fuzz {
namespace {

constexpr std::size_t kNonce = 12;
constexpr std::size_t kKeyMessage = 39 + 32 + 16;

}  // namespace

void World::begin_sealing_body() {
  const bool chunked = choices_.below(2) == 1;
  const bool null = choices_.below(16) == 15;
  twoway_multi_request_sealer* sealer = nullptr;
  const twoway_status got = twoway_multi_request_sender_begin(
      null ? nullptr : multi_sender_, form_of(chunked), nullptr, &sealer, &error_);
  if (Expect().fails(null, TWOWAY_INVALID_ARGUMENT).judge(got, error_)) {
    bodies_sealers_.add(sealer, {chunked, false, ++exchanges_});
  } else {
    FUZZ_REQUIRE(sealer == nullptr);
  }
}

void World::seal_body() {
  auto* slot = bodies_sealers_.pick(choices_);
  const Bytes plaintext = text();
  Room room(choices_, kNonce + plaintext.size() + 16);
  std::size_t written = 77;
  const twoway_status got =
      twoway_multi_request_sealer_seal(handle_of(slot), plaintext.data(), plaintext.size(),
                                       room.data(), room.capacity(), &written, &error_);
  Expect expect;
  room.expect(expect);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr && (slot->model.spent || slot->model.chunked), TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) return;
  room.check(got, written);
  slot->model.spent = true;
  const ByteView sealed = room.view(written);
  bodies_.push_back(std::make_shared<Sent>(Sent{slot->model.chunked,
                                                false,
                                                kNonce,
                                                slot->model.exchange,
                                                {sealed.begin(), sealed.end()},
                                                plaintext}));
}

void World::chunk_body() {
  auto* slot = bodies_sealers_.pick(choices_);
  twoway_chunk_sealer* chunks = nullptr;
  const twoway_chunk_limits* limits = nullptr;
  Expect expect;
  chunks_start(expect, limits);
  const twoway_status got =
      twoway_multi_request_sealer_chunk_sealer(handle_of(slot), limits, &chunks, &error_);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr && (slot->model.spent || !slot->model.chunked), TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(chunks == nullptr);
    return;
  }
  slot->model.spent = true;
  Sent message{true, true, kNonce, slot->model.exchange, Bytes(kNonce), {}};
  std::size_t written = 0;
  FUZZ_REQUIRE(twoway_multi_request_sealer_prefix(slot->handle, message.bytes.data(), kNonce,
                                                  &written, nullptr) == TWOWAY_OK);
  chunk_sealers_.add(chunks, {message, false, &bodies_});
}

void World::encapsulate_key() {
  auto* slot = bodies_sealers_.pick(choices_);
  Room room(choices_, kKeyMessage);
  std::size_t written = 77;
  twoway_response_opener* opener = nullptr;
  const twoway_status got = twoway_multi_request_sealer_encapsulate_key(
      handle_of(slot), sender_, room.data(), room.capacity(), &written, &opener, &error_);
  Expect expect;
  room.expect(expect);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(opener == nullptr);
    return;
  }
  room.check(got, written);
  const ByteView key = room.view(written);
  // `prefix` names the body of the key message, `exchange` this receiver's response.
  keys_.push_back(std::make_shared<Sent>(Sent{slot->model.chunked,
                                              false,
                                              slot->model.exchange,
                                              ++exchanges_,
                                              {key.begin(), key.end()},
                                              {}}));
  response_openers_.add(opener, {exchanges_});
}

void World::begin_opening_body() {
  const SentPtr key = pick(keys_);
  const std::size_t size = choices_.below(8) == 7 ? choices_.below(kKeyMessage) : key->bytes.size();
  twoway_pending_multi_request* pending = nullptr;
  const Bytes bytes(key->bytes.begin(), key->bytes.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                 size, key->bytes.size())));
  const twoway_status got =
      twoway_multi_request_receiver_begin(multi_receiver_, form_of(key->chunked), bytes.data(),
                                          bytes.size(), nullptr, &pending, &error_);
  Expect expect;
  expect.fails(bytes.size() < 7, TWOWAY_MALFORMED)
      .fails(ring_states_[1] < 0, TWOWAY_UNKNOWN_KEY)
      .fails(bytes.size() >= 7 && bytes.size() < kKeyMessage, TWOWAY_OPEN_FAILED);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(pending == nullptr);
    return;
  }
  body_pendings_.add(pending, {key});
}

void World::decapsulate_body() {
  auto* slot = body_pendings_.pick(choices_);
  twoway_multi_request_opener* opener = nullptr;
  const bool wrong = choices_.below(4) == 0;
  const Bytes secret(32, 9);
  const twoway_status got =
      wrong ? twoway_pending_multi_request_complete(handle_of(slot), secret.data(), secret.size(),
                                                    &opener, &error_)
            : twoway_pending_multi_request_decapsulate(handle_of(slot), &opener, &error_);
  Expect expect;
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT).fails(wrong, TWOWAY_OPEN_FAILED);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(opener == nullptr);
    return;
  }
  body_openers_.add(opener, {slot->model.message});
}

void World::open_body() {
  auto* slot = body_openers_.pick(choices_);
  const SentPtr body = pick(bodies_);
  Bytes bytes = body->bytes;
  // The key's `prefix` names its body.
  bool forged = body->in_chunks || slot == nullptr || slot->model.message->prefix != body->exchange;
  if (!bytes.empty() && choices_.below(4) == 0) {
    bytes[choices_.below(bytes.size())] ^= 1;
    forged = true;
  }
  const std::size_t needed = bytes.size() < kNonce + 16 ? 0 : bytes.size() - kNonce - 16;
  Room room(choices_, needed);
  std::size_t written = 77;
  const twoway_status got = twoway_multi_request_opener_open(
      handle_of(slot), bytes.data(), bytes.size(), room.data(), room.capacity(), &written, &error_);
  Expect expect;
  room.expect(expect);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr && (slot->model.opened || slot->model.message->chunked),
             TWOWAY_WRONG_STATE)
      .fails(forged, TWOWAY_OPEN_FAILED)
      .fails(store_ != TWOWAY_OK && !forged, store_status());
  if (!expect.judge(got, error_)) return;
  FUZZ_REQUIRE(equal(room.view(written), body->text));
  slot->model.opened = true;
  *slot->model.authentic = true;
}

void World::chunk_body_opener() {
  auto* slot = body_openers_.pick(choices_);
  const SentPtr body = pick(bodies_);
  twoway_chunk_opener* chunks = nullptr;
  const twoway_chunk_limits* limits = nullptr;
  Expect expect;
  chunks_start(expect, limits);
  const twoway_status got =
      twoway_multi_request_opener_chunk_opener(handle_of(slot), limits, &chunks, &error_);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr && (slot->model.opened || !slot->model.message->chunked),
             TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(chunks == nullptr);
    return;
  }
  slot->model.opened = true;
  ChunkOpenerModel model{.message = body};
  model.authentic = slot->model.authentic;
  model.tainted = !body->in_chunks || slot->model.message->prefix != body->exchange;
  chunk_openers_.add(chunks, model);
}

void World::answer_body() {
  auto* slot = body_openers_.pick(choices_);
  twoway_response_sealer* sealer = nullptr;
  const twoway_status got =
      twoway_multi_request_opener_response_sealer(handle_of(slot), &sealer, &error_);
  Expect expect;
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr && (slot->model.answered || !*slot->model.authentic),
             TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(sealer == nullptr);
    return;
  }
  slot->model.answered = true;
  answer(sealer, slot->model.message->exchange);
}

}  // namespace twoway::fuzz
