// Operations on openers of chunks.
#include "c_world.hpp"

namespace twoway::fuzz {

/// Gives an opener the next bytes of its message, or other bytes. `open` makes the call.
template <typename Handle, typename Open>
void World::step(Handle* handle, ChunkOpenerModel& model, const Open& open) {
  const Bytes& all = model.message->bytes;
  const std::size_t left = all.size() - model.at;
  const std::size_t size = choices_.below(3) == 0 ? std::min(choices_.below(64), left) : left;
  const auto from = all.begin() + static_cast<std::ptrdiff_t>(model.at);
  Bytes in(from, from + static_cast<std::ptrdiff_t>(size));
  const bool end = choices_.below(4) != 0 && (size == left || choices_.below(8) == 0);
  bool tainted = model.tainted || (end && size != left);
  if (!in.empty() && choices_.below(8) == 0) {
    in[choices_.below(in.size())] ^= static_cast<std::uint8_t>(1 + choices_.below(255));
    tainted = true;
  }
  std::size_t consumed = 77;
  std::size_t written = 77;
  twoway_chunk_state state = 77;
  Bytes plaintext;
  bool unusable_room = false;
  const twoway_status got =
      open(handle, in, end ? 1 : 0, consumed, written, state, plaintext, unusable_room);
  FUZZ_REQUIRE(error_.status == got);
  if (model.needs_key && !model.has_key) {
    // Until it has its key, it takes header and enc and returns need_key forever.
    if (got == TWOWAY_INVALID_ARGUMENT && unusable_room) return;
    if (model.failed) {
      FUZZ_REQUIRE(got == *model.failed);
      return;
    }
    if (got != TWOWAY_OK) {
      FUZZ_REQUIRE(tainted || ring_states_[1] < 0 || end);
      model.failed = got;
      return;
    }
    FUZZ_REQUIRE(written == 0);
    FUZZ_REQUIRE(state == TWOWAY_CHUNK_NEED_KEY || state == TWOWAY_CHUNK_NEED_INPUT);
    FUZZ_REQUIRE(consumed <= in.size());
    model.at += consumed;
    model.tainted = tainted && consumed != 0 ? true : model.tainted;
    return;
  }
  if (got != TWOWAY_OK) {
    FUZZ_REQUIRE(consumed == 0 && state == 0);
    if (got != TWOWAY_BUFFER_TOO_SMALL) FUZZ_REQUIRE(written == 0);
    if (unusable_room && (got == TWOWAY_INVALID_ARGUMENT || got == TWOWAY_BUFFER_TOO_SMALL)) return;
    if (model.failed) {
      FUZZ_REQUIRE(got == *model.failed);
      return;
    }
    if (model.done) {
      FUZZ_REQUIRE(got == TWOWAY_WRONG_STATE);
      return;
    }
    const bool refused = store_ != TWOWAY_OK && !*model.authentic && got == store_status();
    FUZZ_REQUIRE(tainted || refused);
    model.failed = got;
    return;
  }
  FUZZ_REQUIRE(!model.failed && !model.done);
  FUZZ_REQUIRE(consumed <= in.size());
  const Bytes& text = model.message->text;
  FUZZ_REQUIRE(plaintext.size() <= text.size() - model.opened);  // authentic, so unchanged
  FUZZ_REQUIRE(equal(plaintext, ByteView(text).subspan(model.opened, plaintext.size())));
  model.opened += plaintext.size();
  model.at += consumed;
  model.tainted = tainted;
  if (state == TWOWAY_CHUNK_OPENED || state == TWOWAY_CHUNK_DONE) *model.authentic = true;
  if (state == TWOWAY_CHUNK_NEED_INPUT) FUZZ_REQUIRE(consumed == in.size() && !end);
  if (state == TWOWAY_CHUNK_DONE) {
    model.done = true;
    FUZZ_REQUIRE(model.opened == text.size() && end);
  }
}

namespace {

/// Makes a call into an output of its own, or in place.
template <typename Apart, typename InPlace, typename Size>
auto caller(Choices& choices, const Apart& apart, const InPlace& in_place, const Size& size) {
  return [&choices, &apart, &in_place, &size](
             auto* handle, Bytes& in, int end, std::size_t& consumed, std::size_t& written,
             twoway_chunk_state& state, Bytes& plaintext, bool& unusable_room) {
    if (choices.below(3) == 0) {
      const std::uint8_t* at = nullptr;
      const twoway_status got =
          in_place(handle, in.data(), in.size(), end, &consumed, &at, &written, &state);
      if (got == TWOWAY_OK) plaintext.assign(at, at + written);
      return got;
    }
    const std::size_t needed = size(handle, in.size());
    Room room(choices, needed);
    unusable_room = room.capacity() < needed || room.data() == nullptr;
    const twoway_status got = apart(handle, in.data(), in.size(), end, room.data(), room.capacity(),
                                    &consumed, &written, &state);
    if (got == TWOWAY_BUFFER_TOO_SMALL) FUZZ_REQUIRE(written == needed);
    if (got == TWOWAY_OK) plaintext.assign(room.data(), room.data() + written);
    return got;
  };
}

}  // namespace

void World::open_chunk() {
  auto* slot = chunk_openers_.pick(choices_);
  if (slot == nullptr) return;
  const auto apart = [this](auto... all) { return twoway_chunk_opener_open(all..., &error_); };
  const auto in_place = [this](auto... all) {
    return twoway_chunk_opener_open_in_place(all..., &error_);
  };
  step(slot->handle, slot->model,
       caller(choices_, apart, in_place, twoway_chunk_opener_output_size));
}

void World::open_chunked() {
  auto* slot = chunked_openers_.pick(choices_);
  if (slot == nullptr) return;
  const auto apart = [this](auto... all) {
    return twoway_chunked_request_opener_open(all..., &error_);
  };
  const auto in_place = [this](auto... all) {
    return twoway_chunked_request_opener_open_in_place(all..., &error_);
  };
  step(slot->handle, slot->model,
       caller(choices_, apart, in_place, twoway_chunked_request_opener_output_size));
}

void World::make_chunked_opener() {
  const SentPtr message = pick(requests_);
  twoway_chunked_request_opener* opener = nullptr;
  const twoway_chunk_limits* limits = nullptr;
  Expect expect;
  chunks_start(expect, limits);
  const twoway_status got =
      twoway_request_receiver_chunked_opener(receiver_, nullptr, limits, &opener, &error_);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(opener == nullptr);
    return;
  }
  ChunkOpenerModel model{.message = message, .needs_key = true, .has_key = false};
  model.tainted = !message->chunked || !message->in_chunks;
  chunked_openers_.add(opener, model);
}

void World::pend_chunked() {
  auto* slot = chunked_openers_.pick(choices_);
  twoway_pending_request* pending = nullptr;
  const twoway_status got =
      twoway_chunked_request_opener_pending(handle_of(slot), &pending, &error_);
  const bool known = slot != nullptr && slot->model.at >= 39;
  const twoway_status expected = slot == nullptr ? TWOWAY_INVALID_ARGUMENT
                                 : known         ? TWOWAY_OK
                                                 : TWOWAY_WRONG_STATE;
  if (slot == nullptr || !slot->model.tainted) FUZZ_REQUIRE(got == expected);
  if (got != TWOWAY_OK) {
    FUZZ_REQUIRE(pending == nullptr);
    return;
  }
  if (slot->model.tainted) return twoway_pending_request_free(pending);
  pendings_.add(pending, {slot->model.message});
}

void World::decapsulate_chunked() {
  auto* slot = chunked_openers_.pick(choices_);
  const twoway_status got = twoway_chunked_request_opener_decapsulate(handle_of(slot), &error_);
  if (slot == nullptr) {
    FUZZ_REQUIRE(got == TWOWAY_INVALID_ARGUMENT);
    return;
  }
  const bool ready = slot->model.at >= 39 && !slot->model.has_key;
  if (!slot->model.tainted) FUZZ_REQUIRE((got == TWOWAY_OK) == ready);
  if (got == TWOWAY_OK) slot->model.has_key = true;
}

void World::give_chunked_key() {
  auto* slot = chunked_openers_.pick(choices_);
  auto* key = openers_.pick(choices_);
  const twoway_status got =
      twoway_chunked_request_opener_give_key(handle_of(slot), handle_of(key), &error_);
  if (slot == nullptr || key == nullptr) {
    FUZZ_REQUIRE(got == TWOWAY_INVALID_ARGUMENT);
    return;
  }
  const bool usable = !key->model.given && !key->model.opened && key->model.message->chunked;
  const bool ready = slot->model.at >= 39 && !slot->model.has_key;
  if (!usable || slot->model.has_key) FUZZ_REQUIRE(got == TWOWAY_WRONG_STATE);
  if (!slot->model.tainted) FUZZ_REQUIRE((got == TWOWAY_OK) == (ready && usable));
  if (got != TWOWAY_OK) return;
  slot->model.has_key = true;
  key->model.given = true;
  slot->model.authentic = key->model.authentic;
  slot->model.answered = key->model.answered;
  if (key->model.message != slot->model.message) slot->model.tainted = true;
}

void World::answer_chunked() {
  auto* slot = chunked_openers_.pick(choices_);
  twoway_response_sealer* sealer = nullptr;
  const twoway_status got =
      twoway_chunked_request_opener_response_sealer(handle_of(slot), &sealer, &error_);
  Expect expect;
  expect.fails(slot == nullptr, TWOWAY_INVALID_ARGUMENT)
      .fails(slot != nullptr &&
                 (!slot->model.has_key || slot->model.answered || !*slot->model.authentic),
             TWOWAY_WRONG_STATE);
  if (!expect.judge(got, error_)) {
    FUZZ_REQUIRE(sealer == nullptr);
    return;
  }
  slot->model.answered = true;
  answer(sealer, slot->model.message->exchange);
}

}  // namespace twoway::fuzz
