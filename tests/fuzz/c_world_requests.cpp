// Operations on requests to one receiver.
#include "c_world.hpp"

namespace twoway::fuzz {
namespace {

constexpr std::size_t kPrefix = 39;

}  // namespace

void World::begin_sealing() {
  const bool chunked = choices_.below(2) == 1;
  twoway_request_sealer* sealer = nullptr;
  const bool null = choices_.below(16) == 15;
  const twoway_status got = twoway_request_sender_begin(null ? nullptr : sender_, form_of(chunked),
                                                        nullptr, &sealer, &error_);
  if (Expect().fails(null, TWOWAY_INVALID_ARGUMENT).judge(got, error_)) {
    sealers_.add(sealer, {chunked, false, ++exchanges_});
  } else {
    FUZZ_REQUIRE(sealer == nullptr);
  }
}

void World::seal_request() {
  auto* slot = sealers_.pick(choices_);
  const Bytes plaintext = text();
  const std::size_t needed = kPrefix + plaintext.size() + 16;
  Room room(choices_, needed);
  std::size_t written = 77;
  const twoway_status got =
      twoway_request_sealer_seal(handle_of(slot), plaintext.data(), plaintext.size(), room.data(),
                                 room.capacity(), &written, &error_);
  Expect expect;
  room.expect(expect);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr && (slot->model.spent || slot->model.chunked), TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) {
    if (got != TWOWAY_BUFFER_TOO_SMALL) FUZZ_REQUIRE(written == 0);
    return;
  }
  room.check(got, written);
  slot->model.spent = true;
  Bytes prefix(kPrefix);
  FUZZ_REQUIRE(twoway_request_sealer_prefix(slot->handle, prefix.data(), kPrefix, &written,
                                            nullptr) == TWOWAY_OK);
  FUZZ_REQUIRE(equal(prefix, room.view(kPrefix)));
  const ByteView sealed = room.view(needed);
  requests_.push_back(std::make_shared<Sent>(Sent{slot->model.chunked,
                                                  false,
                                                  kPrefix,
                                                  slot->model.exchange,
                                                  {sealed.begin(), sealed.end()},
                                                  plaintext}));
}

void World::seal_at_once() {
  const Bytes plaintext = text();
  const std::size_t needed = twoway_request_sender_sealed_size(sender_, plaintext.size());
  Room room(choices_, needed);
  std::size_t written = 77;
  twoway_response_opener* opener = nullptr;
  const twoway_status got =
      twoway_request_sender_seal(sender_, plaintext.data(), plaintext.size(), nullptr, room.data(),
                                 room.capacity(), &written, &opener, &error_);
  Expect expect;
  room.expect(expect);
  room.check(got, written);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(opener == nullptr);
    return;
  }
  const ByteView sealed = room.view(needed);
  requests_.push_back(std::make_shared<Sent>(
      Sent{false, false, kPrefix, ++exchanges_, {sealed.begin(), sealed.end()}, plaintext}));
  response_openers_.add(opener, {exchanges_});
}

/// Limits that may be refused.
Expect& World::chunks_start(Expect& expect, const twoway_chunk_limits*& limits) {
  limits_ = {};
  limits_.size = sizeof(limits_);
  limits = choices_.below(2) == 0 ? nullptr : &limits_;
  const std::size_t how = choices_.below(4);
  if (how == 1) limits_.max_chunk = (std::size_t{1} << 30) + 1;
  if (how == 2) limits_.size = 3;
  return expect.fails(limits != nullptr && (how == 1 || how == 2), TWOWAY_INVALID_ARGUMENT);
}

void World::chunk_request() {
  auto* slot = sealers_.pick(choices_);
  twoway_chunk_sealer* chunks = nullptr;
  const twoway_chunk_limits* limits = nullptr;
  Expect expect;
  chunks_start(expect, limits);
  const twoway_status got =
      twoway_request_sealer_chunk_sealer(handle_of(slot), limits, &chunks, &error_);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr && (slot->model.spent || !slot->model.chunked), TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(chunks == nullptr);
    return;
  }
  slot->model.spent = true;
  Sent message{true, true, kPrefix, slot->model.exchange, Bytes(kPrefix), {}};
  std::size_t written = 0;
  FUZZ_REQUIRE(twoway_request_sealer_prefix(slot->handle, message.bytes.data(), kPrefix, &written,
                                            nullptr) == TWOWAY_OK);
  chunk_sealers_.add(chunks, {message, false, &requests_});
}

void World::take_response_opener() {
  auto* slot = sealers_.pick(choices_);
  twoway_response_opener* opener = nullptr;
  const twoway_status got =
      twoway_request_sealer_response_opener(handle_of(slot), &opener, &error_);
  if (Expect().fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT).judge(got, error_)) {
    response_openers_.add(opener, {slot->model.exchange});
  }
}

void World::seal_chunk() {
  auto* slot = chunk_sealers_.pick(choices_);
  const Bytes plaintext = text();
  const int last = choices_.below(3) == 0 ? TWOWAY_YES : TWOWAY_NO;
  const std::size_t needed =
      twoway_chunk_sealer_sealed_size(handle_of(slot), plaintext.size(), last);
  Room room(choices_, needed);
  std::size_t written = 77;
  const twoway_status got =
      twoway_chunk_sealer_seal(handle_of(slot), plaintext.data(), plaintext.size(), last,
                               room.data(), room.capacity(), &written, &error_);
  Expect expect;
  room.expect(expect);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr && slot->model.finished, TWOWAY_WRONG_STATE)
      .fails(plaintext.empty() && last == TWOWAY_NO, TWOWAY_INVALID_ARGUMENT);
  if (!expect.judge(got, error_)) {
    if (slot != nullptr) {
      FUZZ_REQUIRE(twoway_chunk_sealer_finished(slot->handle) == (slot->model.finished ? 1 : 0));
    }
    return;
  }
  room.check(got, written);
  Sent& message = slot->model.message;
  const ByteView sealed = room.view(needed);
  message.bytes.insert(message.bytes.end(), sealed.begin(), sealed.end());
  message.text.insert(message.text.end(), plaintext.begin(), plaintext.end());
  slot->model.finished = last == TWOWAY_YES;
  FUZZ_REQUIRE(twoway_chunk_sealer_finished(slot->handle) == last);
  if (last == TWOWAY_YES && slot->model.to != nullptr) {
    slot->model.to->push_back(std::make_shared<Sent>(message));
  }
}

void World::begin_opening() {
  const SentPtr message = pick(requests_);
  const bool has_key = ring_states_[1] >= 0;
  const bool short_one = choices_.below(8) == 7;
  const std::size_t size =
      std::min(short_one ? choices_.below(kPrefix) : kPrefix, message->bytes.size());
  twoway_pending_request* pending = nullptr;
  const twoway_status got =
      twoway_request_receiver_begin(receiver_, form_of(message->chunked), message->bytes.data(),
                                    size, nullptr, &pending, &error_);
  Expect expect;
  expect.fails(size < 7, TWOWAY_MALFORMED)
      .fails(size >= 7 && size < kPrefix, TWOWAY_OPEN_FAILED)
      .fails(!has_key, TWOWAY_UNKNOWN_KEY);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(pending == nullptr);
    return;
  }
  FUZZ_REQUIRE(twoway_pending_request_key_id(pending) == 1);
  FUZZ_REQUIRE(twoway_pending_request_prefix_size(pending) == kPrefix);
  pendings_.add(pending, {message});
}

void World::decapsulate() {
  auto* slot = pendings_.pick(choices_);
  twoway_request_opener* opener = nullptr;
  twoway_status got = 0;
  Expect expect;
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT);
  if (choices_.below(4) == 0) {  // a secret of the wrong length, or results of another kind of KEM
    const Bytes secret(31);
    const Bytes dh(choices_.below(80));
    if (dh.empty()) {
      got = twoway_pending_request_complete(handle_of(slot), secret.data(), secret.size(), &opener,
                                            &error_);
    } else {
      got = twoway_pending_request_complete_hybrid(handle_of(slot), secret.data(), secret.size(),
                                                   dh.data(), dh.size(), &opener, &error_);
    }
    expect.fails(dh.empty(), TWOWAY_INVALID_ARGUMENT).fails(!dh.empty(), TWOWAY_NOT_SUPPORTED);
  } else {
    got = twoway_pending_request_decapsulate(handle_of(slot), &opener, &error_);
  }
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(opener == nullptr);
    return;
  }
  openers_.add(opener, {slot->model.message});
}

void World::open_request() {
  auto* slot = openers_.pick(choices_);
  const Sent none;
  const Sent& message = slot == nullptr ? none : *slot->model.message;
  Bytes sealed(message.bytes.begin() + static_cast<std::ptrdiff_t>(message.prefix),
               message.bytes.end());
  bool forged = message.in_chunks;  // chunks are not one text
  if (!sealed.empty() && choices_.below(4) == 0) {
    sealed[choices_.below(sealed.size())] ^= 1;
    forged = true;
  }
  Room room(choices_, sealed.size() < 16 ? 0 : sealed.size() - 16);
  std::size_t written = 77;
  const twoway_status got =
      twoway_request_opener_open(handle_of(slot), sealed.data(), sealed.size(), room.data(),
                                 room.capacity(), &written, &error_);
  const bool spent =
      slot != nullptr && (slot->model.given || slot->model.opened || message.chunked);
  Expect expect;
  room.expect(expect);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(spent, TWOWAY_WRONG_STATE)
      .fails(forged, TWOWAY_OPEN_FAILED)
      .fails(store_ != TWOWAY_OK && !forged, store_status());
  if (!expect.judge(got, error_)) return;
  FUZZ_REQUIRE(equal(room.view(written), message.text));
  slot->model.opened = true;
  *slot->model.authentic = true;
}

void World::open_at_once() {
  const SentPtr message = pick(requests_);
  if (message->chunked) return;
  Bytes bytes = message->bytes;
  const bool forged = choices_.below(4) == 0 && bytes.size() > kPrefix;
  if (forged) bytes[kPrefix + choices_.below(bytes.size() - kPrefix)] ^= 1;
  Room room(choices_, message->text.size());
  std::size_t written = 77;
  twoway_response_sealer* sealer = nullptr;
  const twoway_status got =
      twoway_request_receiver_open(receiver_, bytes.data(), bytes.size(), nullptr, room.data(),
                                   room.capacity(), &written, &sealer, &error_);
  Expect expect;
  room.expect(expect);
  expect.fails(ring_states_[1] < 0, TWOWAY_UNKNOWN_KEY)
      .fails(message->bytes.empty(), TWOWAY_MALFORMED)
      .fails(forged, TWOWAY_OPEN_FAILED)
      .fails(store_ != TWOWAY_OK && !forged, store_status());
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(sealer == nullptr);
    return;
  }
  FUZZ_REQUIRE(equal(room.view(written), message->text));
  answer(sealer, message->exchange);
}

void World::chunk_request_opener() {
  auto* slot = openers_.pick(choices_);
  twoway_chunk_opener* chunks = nullptr;
  const twoway_chunk_limits* limits = nullptr;
  Expect expect;
  chunks_start(expect, limits);
  const twoway_status got =
      twoway_request_opener_chunk_opener(handle_of(slot), limits, &chunks, &error_);
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr &&
                 (slot->model.given || slot->model.opened || !slot->model.message->chunked),
             TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(chunks == nullptr);
    return;
  }
  slot->model.opened = true;
  ChunkOpenerModel model{.message = slot->model.message, .at = kPrefix};
  model.authentic = slot->model.authentic;
  model.tainted = !model.message->in_chunks;
  chunk_openers_.add(chunks, model);
}

void World::take_response_sealer() {
  auto* slot = openers_.pick(choices_);
  twoway_response_sealer* sealer = nullptr;
  const twoway_status got =
      twoway_request_opener_response_sealer(handle_of(slot), &sealer, &error_);
  Expect expect;
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(
          slot != nullptr && (slot->model.given || slot->model.answered || !*slot->model.authentic),
          TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(sealer == nullptr);
    return;
  }
  slot->model.answered = true;
  answer(sealer, slot->model.message->exchange);
}

}  // namespace twoway::fuzz
