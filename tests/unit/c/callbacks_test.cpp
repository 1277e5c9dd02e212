// Every callback with every status, and with numbers that are not statuses. No result passes for
// one of the library's own conditions.
#include <climits>
#include <limits>

#include "handle.hpp"
#include "peer.h"

using namespace twoway;
using test::made;

namespace {

const std::vector<twoway_status> kFailures = [] {
  std::vector<twoway_status> all{INT32_MIN, -1, 99, 256, 4711, INT32_MAX};
  for (twoway_status status = 1; status < 32; ++status) all.push_back(status);
  return all;
}();

constexpr std::uint64_t kNative = 0x1234567890;

/// The result of every callback below.
struct CallbackResult {
  twoway_status status = TWOWAY_OK;
  int absent = 1;
  bool writes_absent = true;
  std::size_t written = 4;
  std::int64_t now = 0;
};

twoway_status fill(void* context, std::uint8_t* out, std::size_t size, std::uint64_t* native) {
  std::fill_n(out, size, std::uint8_t{0x5a});
  *native = kNative;
  return static_cast<CallbackResult*>(context)->status;
}

twoway_status operate(void* context, std::uint8_t* secret, std::size_t size, const std::uint8_t*,
                      std::size_t, std::uint64_t* native) {
  return fill(context, secret, size, native);
}

twoway_status insert(void* context, std::uint8_t, const std::uint8_t*, std::size_t, int* absent,
                     std::uint64_t* native) {
  const auto& answer = *static_cast<CallbackResult*>(context);
  if (answer.writes_absent) *absent = answer.absent;
  *native = kNative;
  return answer.status;
}

twoway_status read_secret(void* context, std::uint8_t* out, std::size_t capacity,
                          std::size_t* written, std::uint64_t* native) {
  *written = static_cast<CallbackResult*>(context)->written;
  return fill(context, out, capacity, native);
}

template <typename Test>
void for_each_fixture(const Test& test) {
  for (const core::Provider* provider : built::providers()) {
    INFO(provider->name());
    test(fixture{c::handle(*provider),
                 {TWOWAY_KEM_X25519, TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305}});
  }
}

const std::uint8_t* bytes(const char* text) { return reinterpret_cast<const std::uint8_t*>(text); }

/// Objects for one exchange, freed at the end.
struct Peer {
  explicit Peer(const fixture& with, twoway_replay_filter* filter = nullptr,
                twoway_private_key* key = nullptr)
      : one(peer_with(&with, filter, 0, key)) {}
  ~Peer() { peer_free(&one); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  Bytes request() const {
    Bytes message(twoway_request_sender_sealed_size(one.sender, 8));
    std::size_t size = 0;
    const auto opener = made<HANDLE(twoway_response_opener)>([&](auto out) {
      return twoway_request_sender_seal(one.sender, bytes("question"), 8, nullptr, message.data(),
                                        message.size(), &size, out, nullptr);
    });
    return message;
  }

  peer one;
};

void judge(const twoway_error& error, twoway_status got, twoway_status expected) {
  REQUIRE(got == expected);
  REQUIRE(error.status == expected);
  REQUIRE(error.native == (expected == TWOWAY_OPEN_FAILED ? 0 : kNative));
  REQUIRE(std::string(error.message) != "");
}

}  // namespace

TEST_CASE("any failure of a random generator's callback is a failure of the provider") {
  for_each_fixture([](const fixture& with) {
    CallbackResult answer;
    const twoway_rng_callbacks callbacks{sizeof(callbacks), &answer, fill, nullptr};
    const auto rng = made<HANDLE(twoway_rng)>(
        [&](auto out) { return twoway_rng_new(&callbacks, out, nullptr); });
    const Peer peer(with);
    const auto receiver = made<HANDLE(twoway_request_receiver)>([&](auto out) {
      return twoway_request_receiver_new(peer.one.ring, rng.get(), nullptr, out, nullptr);
    });
    std::uint8_t out[200];
    std::size_t size = 0;
    const Bytes request = peer.request();
    const auto sealer = made<HANDLE(twoway_response_sealer)>([&](auto given) {
      return twoway_request_receiver_open(receiver.get(), request.data(), request.size(), nullptr,
                                          out, sizeof(out), &size, given, nullptr);
    });
    for (const twoway_status status : kFailures) {
      INFO("status " << status);
      answer.status = status;
      twoway_error error{};
      judge(error,
            twoway_response_sealer_seal(sealer.get(), nullptr, 0, nullptr, out, sizeof(out), &size,
                                        &error),
            TWOWAY_PROVIDER_FAILURE);
      REQUIRE(size == 0);
    }
    answer.status = TWOWAY_OK;
    REQUIRE(twoway_response_sealer_seal(sealer.get(), nullptr, 0, nullptr, out, sizeof(out), &size,
                                        nullptr) == TWOWAY_OK);
  });
}

TEST_CASE("of a private key's callbacks only decap can refuse an enc") {
  for_each_fixture([](const fixture& with) {
    for (const bool whole : {false, true}) {
      INFO((whole ? "decap" : "dh"));
      CallbackResult answer;
      const auto key = made<HANDLE(twoway_private_key)>([&](auto out) {
        return twoway_private_key_generate(with.crypto, with.suite.kem, out, nullptr);
      });
      // The peer's own key, so that only the pending request meets the callbacks.
      const Bytes pk = test::copy(c::object(key.get())->public_key());
      twoway_private_key_callbacks callbacks{sizeof(callbacks), &answer, nullptr, nullptr, nullptr};
      (whole ? callbacks.decap : callbacks.dh) = operate;
      const auto callback_key = made<HANDLE(twoway_private_key)>([&](auto out) {
        return twoway_private_key_new(&callbacks, with.suite.kem, pk.data(), pk.size(), out,
                                      nullptr);
      });
      const auto object = c::object(callback_key.get());
      const auto kem = core::Kem::find(*c::object(with.crypto), core::KemId{with.suite.kem});
      REQUIRE_OK(kem);
      for (const twoway_status status : kFailures) {
        INFO("status " << status);
        answer.status = status;
        core::SharedSecret secret;
        const core::Status got = kem->decap(secret, pk, *object);
        REQUIRE(!got.ok());
        REQUIRE(secret.empty());
        const bool bad_enc = whole && status == TWOWAY_OPEN_FAILED;
        REQUIRE(got.error().code == (bad_enc ? Errc::open_failed : Errc::key_unavailable));
        REQUIRE(got.error().native == (bad_enc ? 0 : kNative));
      }
    }
  });
}

TEST_CASE("any failure of a replay filter's callback refuses the request") {
  for_each_fixture([](const fixture& with) {
    CallbackResult answer;
    const twoway_replay_callbacks callbacks{sizeof(callbacks), &answer, insert, nullptr};
    const auto filter = made<HANDLE(twoway_replay_filter)>(
        [&](auto out) { return twoway_replay_filter_new(&callbacks, out, nullptr); });
    const Peer peer(with, filter.get());
    const Bytes request = peer.request();
    const auto pending = made<HANDLE(twoway_pending_request)>([&](auto out) {
      return twoway_request_receiver_begin(peer.one.receiver, TWOWAY_FORM_WHOLE, request.data(),
                                           request.size(), nullptr, out, nullptr);
    });
    const auto opener = made<HANDLE(twoway_request_opener)>(
        [&](auto out) { return twoway_pending_request_decapsulate(pending.get(), out, nullptr); });
    const std::size_t prefix = twoway_pending_request_prefix_size(pending.get());
    std::uint8_t out[200];
    std::size_t size = 0;
    twoway_response_sealer* sealer = nullptr;
    twoway_error error{};
    const auto refused_with = [&](twoway_status expected) {
      const auto all = [&](twoway_status got) {
        REQUIRE(got == expected);
        REQUIRE(error.native == (expected == TWOWAY_REPLAYED ? 0 : kNative));
        REQUIRE(size == 0);
      };
      all(twoway_request_opener_open(opener.get(), request.data() + prefix, request.size() - prefix,
                                     out, sizeof(out), &size, &error));
      REQUIRE(twoway_request_opener_response_sealer(opener.get(), &sealer, nullptr) ==
              TWOWAY_WRONG_STATE);
      all(twoway_request_receiver_open(peer.one.receiver, request.data(), request.size(), nullptr,
                                       out, sizeof(out), &size, &sealer, &error));
      REQUIRE(sealer == nullptr);
      int absent = 9;
      if (expected == TWOWAY_REPLAYED) return;
      all(twoway_replay_filter_insert(filter.get(), 1, nullptr, 0, &absent, &error));
      REQUIRE(absent == 0);
    };
    for (const twoway_status status : kFailures) {
      INFO("status " << status);
      answer = {.status = status};
      refused_with(status == TWOWAY_FILTER_FULL ? TWOWAY_FILTER_FULL : TWOWAY_PROVIDER_FAILURE);
    }
    for (const int absent : {-1, 2, 256, INT_MIN, INT_MAX}) {
      INFO("absent " << absent);
      answer = {.absent = absent};
      refused_with(TWOWAY_PROVIDER_FAILURE);
    }
    answer = {.writes_absent = false};
    refused_with(TWOWAY_PROVIDER_FAILURE);
    answer = {.absent = 0};
    refused_with(TWOWAY_REPLAYED);
    answer = {};
    REQUIRE(twoway_request_opener_open(opener.get(), request.data() + prefix,
                                       request.size() - prefix, out, sizeof(out), &size,
                                       nullptr) == TWOWAY_OK);
    REQUIRE(is_text(out, size, "question") != 0);
  });
}

TEST_CASE("a chunked request that a replay filter's callback refuses stays refused") {
  for_each_fixture([](const fixture& with) {
    for (const twoway_status status : kFailures) {
      INFO("status " << status);
      CallbackResult answer{.status = status};
      const twoway_replay_callbacks callbacks{sizeof(callbacks), &answer, insert, nullptr};
      const auto filter = made<HANDLE(twoway_replay_filter)>(
          [&](auto out) { return twoway_replay_filter_new(&callbacks, out, nullptr); });
      const Peer peer(with, filter.get());
      const auto request = made<HANDLE(twoway_request_sealer)>([&](auto out) {
        return twoway_request_sender_begin(peer.one.sender, TWOWAY_FORM_CHUNKED, nullptr, out,
                                           nullptr);
      });
      message message{memory(39), 39};
      test::ok(twoway_request_sealer_prefix(request.get(), message.data, message.size,
                                            &message.size, nullptr));
      twoway_chunk_sealer* chunks = nullptr;
      test::ok(twoway_request_sealer_chunk_sealer(request.get(), nullptr, &chunks, nullptr));
      append_chunks(&message, chunks, "question", 8);
      const auto opener = made<HANDLE(twoway_chunked_request_opener)>([&](auto out) {
        return twoway_request_receiver_chunked_opener(peer.one.receiver, nullptr, nullptr, out,
                                                      nullptr);
      });
      std::vector<std::uint8_t> out(20000);
      std::size_t consumed = 0;
      std::size_t size = 0;
      twoway_chunk_state state = 0;
      const auto step = [&](std::size_t from) {
        return twoway_chunked_request_opener_open(opener.get(), message.data + from,
                                                  message.size - from, 1, out.data(), out.size(),
                                                  &consumed, &size, &state, nullptr);
      };
      test::ok(step(0));
      REQUIRE(state == TWOWAY_CHUNK_NEED_KEY);
      test::ok(twoway_chunked_request_opener_decapsulate(opener.get(), nullptr));
      const twoway_status expected =
          status == TWOWAY_FILTER_FULL ? TWOWAY_FILTER_FULL : TWOWAY_PROVIDER_FAILURE;
      for (int i = 0; i < 2; ++i) {
        REQUIRE(step(39) == expected);
        REQUIRE((consumed == 0 && size == 0));
        answer.status = TWOWAY_OK;  // too late: the refusal is final
      }
    }
  });
}

TEST_CASE("any failure of a source's callback ends its streams with source_failed") {
  for_each_fixture([](const fixture& with) {
    const Peer peer(with);
    CallbackResult answer;
    twoway_source_callbacks callbacks{};
    callbacks.size = sizeof(callbacks);
    callbacks.context = &answer;
    callbacks.read = [](void* context, std::uint8_t* out, std::size_t capacity,
                        std::size_t* written, int*, std::uint64_t* native) {
      return read_secret(context, out, capacity, written, native);
    };
    const auto source = [&] {
      return made<HANDLE(twoway_source)>(
          [&](auto out) { return twoway_source_new(&callbacks, out, nullptr); });
    };
    const auto sealing = [&] {
      const auto sealer = made<HANDLE(twoway_request_sealer)>([&](auto out) {
        return twoway_request_sender_begin(peer.one.sender, TWOWAY_FORM_CHUNKED, nullptr, out,
                                           nullptr);
      });
      const auto from = source();
      return made<HANDLE(twoway_seal_stream)>([&](auto out) {
        return twoway_request_sealer_stream(sealer.get(), from.get(), nullptr, out, nullptr);
      });
    };
    std::uint8_t out[200];
    std::size_t size = 0;
    const auto fails = [&](std::uint64_t native) {
      twoway_error error{};
      const auto stream = sealing();
      test::ok(twoway_seal_stream_read(stream.get(), out, sizeof(out), &size, nullptr));  // prefix
      for (int i = 0; i < 2; ++i) {
        REQUIRE(twoway_seal_stream_read(stream.get(), out, sizeof(out), &size, &error) ==
                TWOWAY_SOURCE_FAILED);
        REQUIRE((error.native == native && size == 0));
      }
      twoway_pending_request* pending = nullptr;
      const auto from = source();
      REQUIRE(twoway_request_receiver_begin_from(peer.one.receiver, TWOWAY_FORM_CHUNKED, from.get(),
                                                 nullptr, &pending,
                                                 &error) == TWOWAY_SOURCE_FAILED);
      REQUIRE((error.native == native && pending == nullptr));
    };
    for (const twoway_status status : kFailures) {
      INFO("status " << status);
      answer = {.status = status};
      fails(kNative);
    }
    for (const std::size_t written :
         {std::size_t{65537}, std::size_t{1} << 40, std::numeric_limits<std::size_t>::max()}) {
      INFO("written " << written);
      answer = {.written = written};
      fails(0);
    }
  });
}

TEST_CASE("any failure of a callback for a secret makes the key unavailable") {
  CallbackResult answer;
  const twoway_secret_source source{sizeof(source), &answer, read_secret, nullptr};
  const auto owned = c::take_secret_source(&source);
  REQUIRE_OK(owned);
  core::SecretBuffer secret;
  for (const twoway_status status : kFailures) {
    INFO("status " << status);
    answer = {.status = status};
    const core::Status got = (*owned)->read(secret);
    REQUIRE_ERRC(got, Errc::key_unavailable);
    REQUIRE(got.error().native == kNative);
    REQUIRE(secret.empty());
  }
  for (const std::size_t written :
       {std::size_t{TWOWAY_MAX_PASSPHRASE + 1}, std::numeric_limits<std::size_t>::max()}) {
    answer = {.written = written};
    REQUIRE_ERRC((*owned)->read(secret), Errc::key_unavailable);
    REQUIRE(secret.empty());
  }
  answer = {};
  REQUIRE_OK((*owned)->read(secret));
  REQUIRE(secret.size() == 4);
}

TEST_CASE("a clock's callback may tell any time, in any order") {
  for_each_fixture([](const fixture& with) {
    CallbackResult answer;
    const twoway_clock_callbacks callbacks{
        sizeof(callbacks), &answer,
        [](void* context) -> std::int64_t { return static_cast<CallbackResult*>(context)->now; },
        nullptr};
    const auto clock = made<HANDLE(twoway_clock)>(
        [&](auto out) { return twoway_clock_new(&callbacks, out, nullptr); });
    for (const std::int64_t window : {std::int64_t{1}, std::int64_t{600}, INT64_MAX}) {
      const auto filter = made<HANDLE(twoway_replay_filter)>([&](auto out) {
        return twoway_replay_filter_new_in_memory(with.crypto, 4, window, clock.get(), out,
                                                  nullptr);
      });
      std::uint8_t id = 0;
      for (const std::int64_t now : {INT64_MIN, INT64_MAX, std::int64_t{0}, INT64_MAX, INT64_MIN,
                                     std::int64_t{-1}, INT64_MAX - 1, INT64_MAX}) {
        answer.now = now;
        int absent = 0;
        const twoway_status status =
            twoway_replay_filter_insert(filter.get(), ++id, nullptr, 0, &absent, nullptr);
        REQUIRE((status == TWOWAY_FILTER_FULL || (status == TWOWAY_OK && absent == 1)));
        if (status == TWOWAY_OK) {
          REQUIRE(twoway_replay_filter_insert(filter.get(), id, nullptr, 0, &absent, nullptr) ==
                  TWOWAY_OK);
          REQUIRE(absent == 0);
        }
      }
    }
  });
}
