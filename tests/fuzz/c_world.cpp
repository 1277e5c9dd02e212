// Keys and rings, and the choice of operations.
#include "c_world.hpp"

#include <twoway/c/bridge.hpp>

#include "exchange.hpp"

namespace twoway::fuzz {
namespace {

constexpr twoway_symmetric_algorithms kPair{TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305};

/// Stands for no message.
const SentPtr& nothing() {
  static const SentPtr none = std::make_shared<Sent>();
  return none;
}

void succeed(twoway_status status) { FUZZ_REQUIRE(status == TWOWAY_OK); }

}  // namespace

const twoway_provider* c_provider() { return c::handle(provider()); }

World::World(Choices choices) : choices_(choices) {
  const Bytes sk(32, 0x24);
  succeed(twoway_private_key_import(c_provider(), TWOWAY_KEM_X25519, sk.data(), sk.size(), &key_,
                                    nullptr));
  succeed(twoway_key_ring_new(c_provider(), nullptr, &ring_, nullptr));
  succeed(twoway_key_ring_add(ring_, 1, key_, &kPair, 1, TWOWAY_KEY_ACTIVE, nullptr));
  ring_states_[1] = TWOWAY_KEY_ACTIVE;
  twoway_replay_callbacks callbacks{};
  callbacks.size = sizeof(callbacks);
  callbacks.context = this;
  callbacks.insert_if_absent = ask_store;
  succeed(twoway_replay_filter_new(&callbacks, &filter_, nullptr));
  twoway_rng_callbacks draws{};
  draws.size = sizeof(draws);
  draws.context = this;
  draws.fill = count_up;
  succeed(twoway_rng_new(&draws, &rng_, nullptr));
  Bytes pk(32);
  std::size_t size = 0;
  succeed(twoway_private_key_public_key(key_, pk.data(), pk.size(), &size, nullptr));
  const twoway_suite suite{TWOWAY_KEM_X25519, kPair.kdf, kPair.aead};
  succeed(twoway_request_sender_new_to_key(c_provider(), 1, suite, pk.data(), pk.size(), rng_,
                                           &sender_, nullptr));
  succeed(twoway_request_receiver_new(ring_, rng_, filter_, &receiver_, nullptr));
  succeed(twoway_multi_request_sender_new(c_provider(), kPair.aead, rng_, &multi_sender_, nullptr));
  succeed(twoway_multi_request_receiver_new(ring_, rng_, filter_, &multi_receiver_, nullptr));
}

/// Handles may be freed in any order. The pools free theirs later.
World::~World() {
  twoway_key_ring_free(ring_);
  twoway_private_key_free(key_);
  twoway_replay_filter_free(filter_);
  twoway_rng_free(rng_);
  twoway_request_sender_free(sender_);
  twoway_request_receiver_free(receiver_);
  twoway_multi_request_sender_free(multi_sender_);
  twoway_multi_request_receiver_free(multi_receiver_);
}

twoway_status World::ask_store(void* context, std::uint8_t, const std::uint8_t*, std::size_t,
                               int* absent, std::uint64_t*) noexcept {
  *absent = 1;
  return static_cast<World*>(context)->store_;
}

/// The draws differ from each other, and are the same in every run.
twoway_status World::count_up(void* context, std::uint8_t* out, std::size_t size,
                              std::uint64_t*) noexcept {
  std::uint32_t state = ++static_cast<World*>(context)->draws_;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525 + 1013904223;
    out[i] = static_cast<std::uint8_t>(state >> 24);
  }
  return TWOWAY_OK;
}

/// Returns the library's status for a status of the store.
twoway_status World::store_status() const {
  return store_ == TWOWAY_FILTER_FULL ? TWOWAY_FILTER_FULL : TWOWAY_PROVIDER_FAILURE;
}

Bytes World::text() {
  Bytes text(choices_.below(4) == 0 ? 0 : choices_.below(40));
  for (std::uint8_t& byte : text) byte = static_cast<std::uint8_t>(++exchanges_);
  return text;
}

SentPtr World::pick(const std::vector<SentPtr>& from) {
  return from.empty() ? nothing() : from[choices_.below(from.size())];
}

void World::change_ring() {
  const auto id = static_cast<std::uint8_t>(1 + choices_.below(3));
  int& state = ring_states_[id];
  Expect expect;
  twoway_status got = TWOWAY_OK;
  int after = state;
  switch (choices_.below(4)) {
    case 0: {
      const bool pending = choices_.below(2) == 0;
      const std::size_t count = choices_.below(4) == 0 ? 0 : 1;
      got = twoway_key_ring_add(ring_, id, key_, &kPair, count,
                                pending ? TWOWAY_KEY_PENDING : TWOWAY_KEY_ACTIVE, &error_);
      expect.fails(state >= 0 || count == 0, TWOWAY_INVALID_ARGUMENT);
      after = pending ? TWOWAY_KEY_PENDING : TWOWAY_KEY_ACTIVE;
      break;
    }
    case 1:
      got = twoway_key_ring_activate(ring_, id, &error_);
      expect.fails(state < 0, TWOWAY_UNKNOWN_KEY)
          .fails(state == TWOWAY_KEY_ACTIVE, TWOWAY_WRONG_STATE);
      after = TWOWAY_KEY_ACTIVE;
      break;
    case 2:
      got = twoway_key_ring_retire(ring_, id, INT64_MAX, &error_);
      expect.fails(state < 0, TWOWAY_UNKNOWN_KEY);
      after = TWOWAY_KEY_RETIRED;
      break;
    default:
      got = twoway_key_ring_remove(ring_, id, &error_);
      expect.fails(state < 0, TWOWAY_UNKNOWN_KEY);
      after = -1;
  }
  if (expect.judge(got, error_)) state = after;
  read_ring();
}

void World::read_ring() {
  FUZZ_REQUIRE(twoway_key_ring_remove_expired(ring_) == 0);
  std::size_t held = 0;
  for (std::size_t id = 0; id < ring_states_.size(); ++id) {
    twoway_key_state state = 77;
    twoway_private_key* key = nullptr;
    const twoway_status got =
        twoway_key_ring_get(ring_, static_cast<std::uint8_t>(id), &state, nullptr, &key, &error_);
    FUZZ_REQUIRE(got == (ring_states_[id] < 0 ? TWOWAY_UNKNOWN_KEY : TWOWAY_OK));
    if (got == TWOWAY_OK) {
      FUZZ_REQUIRE(state == ring_states_[id]);
      FUZZ_REQUIRE(twoway_private_key_kem(key) == TWOWAY_KEM_X25519);
      ++held;
    }
    twoway_private_key_free(key);
  }
  Room room(choices_, held);
  std::size_t written = 77;
  Expect expect;
  room.expect(expect);
  const twoway_status got =
      twoway_key_ring_ids(ring_, room.data(), room.capacity(), &written, &error_);
  room.check(got, written);
  expect.judge(got, error_);
}

/// Lists of configurations. A failure must not change their count.
void World::use_configs() {
  twoway_key_configs* configs = nullptr;
  succeed(twoway_key_configs_new(c_provider(), &configs, nullptr));
  std::size_t count = 0;
  for (std::size_t i = choices_.below(6); i > 0; --i) {
    const Bytes pk(choices_.below(4) == 0 ? 31 : 32, 9);
    const std::size_t pairs = choices_.below(4) == 0 ? 0 : 1;
    const std::uint16_t kem = choices_.below(4) == 0 ? 0x7777 : TWOWAY_KEM_X25519;
    const twoway_status got =
        twoway_key_configs_add(configs, 3, kem, pk.data(), pk.size(), &kPair, pairs, &error_);
    if (got == TWOWAY_OK) ++count;
    FUZZ_REQUIRE((got == TWOWAY_OK) == (pk.size() == 32 && pairs == 1 && kem == TWOWAY_KEM_X25519));
    FUZZ_REQUIRE(twoway_key_configs_count(configs) == count);
  }
  for (std::size_t index = 0; index <= count; ++index) {
    std::uint8_t id = 0;
    const twoway_status got = twoway_key_configs_get(configs, index, &id, nullptr, &error_);
    FUZZ_REQUIRE((got == TWOWAY_OK) == (index < count));
    Room room(choices_, 41);
    std::size_t written = 77;
    Expect expect;
    room.expect(expect);
    expect.fails(index >= count, TWOWAY_INVALID_ARGUMENT);
    const twoway_status encoded =
        twoway_key_configs_encode(configs, index, room.data(), room.capacity(), &written, &error_);
    if (!expect.judge(encoded, error_)) continue;
    room.check(encoded, written);
    succeed(twoway_key_configs_add_encoded(configs, room.data(), written, nullptr));
    FUZZ_REQUIRE(twoway_key_configs_count(configs) == ++count);
    if (count > 10) break;
  }
  twoway_key_configs_free(configs);
}

/// Key files and bytes.
void World::use_keys() {
  Room room(choices_, TWOWAY_MAX_PRIVATE_KEY_PEM);
  std::size_t written = 77;
  const twoway_status got = twoway_private_key_generate_pem(
      c_provider(), TWOWAY_KEM_X25519, room.data(), room.capacity(), &written, &error_);
  if (got != TWOWAY_OK) return;
  Bytes pem(room.data(), room.data() + written);
  const bool changed = choices_.below(2) == 0;
  if (changed)
    pem[choices_.below(pem.size())] ^= static_cast<std::uint8_t>(1 + choices_.below(127));
  twoway_private_key* key = nullptr;
  const twoway_status read =
      twoway_private_key_read_pem(c_provider(), pem.data(), pem.size(), &key, &error_);
  FUZZ_REQUIRE((read == TWOWAY_OK) == (key != nullptr));
  if (!changed) FUZZ_REQUIRE(read == TWOWAY_OK);
  twoway_private_key_free(key);
  const Bytes ikm(choices_.below(64), 5);
  const twoway_status derived = twoway_private_key_derive(c_provider(), TWOWAY_KEM_X25519,
                                                          ikm.data(), ikm.size(), &key, &error_);
  FUZZ_REQUIRE((derived == TWOWAY_OK) == (ikm.size() >= 32));
  FUZZ_REQUIRE((derived == TWOWAY_OK) == (key != nullptr));
  twoway_private_key* joined = nullptr;
  const twoway_status unjoined = twoway_private_key_join(
      c_provider(), changed ? TWOWAY_KEM_X25519 : TWOWAY_KEM_MLKEM768_X25519, key_, key, &joined,
      &error_);
  Expect()
      .fails(key == nullptr || !changed, TWOWAY_INVALID_ARGUMENT)
      .fails(true, TWOWAY_NOT_SUPPORTED)
      .judge(unjoined, error_);
  FUZZ_REQUIRE(joined == nullptr);
  twoway_private_key_free(key);
}

void World::set_store() {
  store_ = choices_.below(2) == 0 ? TWOWAY_OK : static_cast<twoway_status>(choices_.byte()) - 8;
}

void World::free_one() {
  sealers_.drop_one(choices_);
  chunk_sealers_.drop_one(choices_);
  pendings_.drop_one(choices_);
  openers_.drop_one(choices_);
  response_openers_.drop_one(choices_);
  response_sealers_.drop_one(choices_);
  chunk_openers_.drop_one(choices_);
  chunked_openers_.drop_one(choices_);
  bodies_sealers_.drop_one(choices_);
  body_pendings_.drop_one(choices_);
  body_openers_.drop_one(choices_);
}

const std::vector<World::Operation>& World::operations() {
  static const std::vector<Operation> all{&World::begin_sealing,
                                          &World::seal_request,
                                          &World::seal_at_once,
                                          &World::chunk_request,
                                          &World::take_response_opener,
                                          &World::seal_chunk,
                                          &World::begin_opening,
                                          &World::decapsulate,
                                          &World::open_request,
                                          &World::open_at_once,
                                          &World::chunk_request_opener,
                                          &World::take_response_sealer,
                                          &World::seal_response,
                                          &World::chunk_response,
                                          &World::save_states,
                                          &World::open_response,
                                          &World::chunk_response_opener,
                                          &World::open_chunk,
                                          &World::make_chunked_opener,
                                          &World::open_chunked,
                                          &World::pend_chunked,
                                          &World::decapsulate_chunked,
                                          &World::give_chunked_key,
                                          &World::answer_chunked,
                                          &World::begin_sealing_body,
                                          &World::seal_body,
                                          &World::chunk_body,
                                          &World::encapsulate_key,
                                          &World::begin_opening_body,
                                          &World::decapsulate_body,
                                          &World::open_body,
                                          &World::chunk_body_opener,
                                          &World::answer_body,
                                          &World::change_ring,
                                          &World::read_ring,
                                          &World::use_configs,
                                          &World::use_keys,
                                          &World::set_store,
                                          &World::free_one,
                                          &World::stream_request,
                                          &World::begin_from_source,
                                          &World::stream_request_opener,
                                          &World::stream_response,
                                          &World::stream_response_opener,
                                          &World::stream_body,
                                          &World::stream_body_opener,
                                          &World::use_hpke};
  return all;
}

void World::run() {
  for (int i = 0; i < 400 && choices_.left(); ++i) {
    (this->*operations()[choices_.below(operations().size())])();
  }
}

}  // namespace twoway::fuzz
