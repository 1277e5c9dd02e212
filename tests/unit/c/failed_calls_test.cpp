// After a failed call every handle is as before, also one whose content the call would take.
#include <twoway/private_key_pem.hpp>

#include "handle.hpp"
#include "peer.h"
#include "wrapping.hpp"

using namespace twoway;
using test::made;
using test::ok;

namespace {

constexpr std::size_t kPrefix = 39;

struct Setup {
  explicit Setup(const core::Provider& provider)
      : with{c::handle(provider),
             {TWOWAY_KEM_X25519, TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305}},
        one(peer_new(&with)) {
    const auto whole = made<HANDLE(twoway_response_opener)>([&](auto out) {
      request.resize(twoway_request_sender_sealed_size(one.sender, 8));
      std::size_t size = 0;
      return twoway_request_sender_seal(one.sender, text(), 8, nullptr, request.data(),
                                        request.size(), &size, out, nullptr);
    });
    const auto started = made<HANDLE(twoway_request_sealer)>([&](auto out) {
      return twoway_request_sender_begin(one.sender, TWOWAY_FORM_CHUNKED, nullptr, out, nullptr);
    });
    chunked = {memory(kPrefix), kPrefix};
    ok(twoway_request_sealer_prefix(started.get(), chunked.data, kPrefix, &chunked.size, nullptr));
    twoway_chunk_sealer* chunks = nullptr;
    ok(twoway_request_sealer_chunk_sealer(started.get(), nullptr, &chunks, nullptr));
    append_chunks(&chunked, chunks, "question", 8);
  }
  ~Setup() { peer_free(&one); }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;

  static const std::uint8_t* text() { return reinterpret_cast<const std::uint8_t*>("question"); }

  /// The key of the whole request.
  HANDLE(twoway_request_opener) whole_key() const {
    const auto pending = made<HANDLE(twoway_pending_request)>([&](auto out) {
      return twoway_request_receiver_begin(one.receiver, TWOWAY_FORM_WHOLE, request.data(),
                                           request.size(), nullptr, out, nullptr);
    });
    return made<HANDLE(twoway_request_opener)>(
        [&](auto out) { return twoway_pending_request_decapsulate(pending.get(), out, nullptr); });
  }

  twoway_status open_whole(twoway_request_opener* key) {
    const twoway_status status = twoway_request_opener_open(
        key, request.data() + kPrefix, request.size() - kPrefix, out, sizeof(out), &size, nullptr);
    if (status == TWOWAY_OK) REQUIRE(is_text(out, size, "question") != 0);
    return status;
  }

  HANDLE(twoway_chunked_request_opener) chunked_opener() const {
    return made<HANDLE(twoway_chunked_request_opener)>([&](auto given) {
      return twoway_request_receiver_chunked_opener(one.receiver, nullptr, nullptr, given, nullptr);
    });
  }

  twoway_chunk_state open_chunked(twoway_chunked_request_opener* opener, std::size_t from) {
    std::size_t consumed = 0;
    twoway_chunk_state state = 0;
    std::vector<std::uint8_t> room(20000);
    ok(twoway_chunked_request_opener_open(opener, chunked.data + from, chunked.size - from, 1,
                                          room.data(), room.size(), &consumed, &size, &state,
                                          nullptr));
    return state;
  }

  fixture with;
  peer one;
  Bytes request;
  message chunked{};
  std::uint8_t out[200]{};
  std::size_t size = 0;
};

template <typename Test>
void for_each_setup(const Test& test) {
  for (const core::Provider* provider : built::providers()) {
    INFO(provider->name());
    Setup setup(*provider);
    test(setup);
  }
}

class FailingRng final : public core::Rng {
 public:
  core::Status fill(core::ByteSpan out) noexcept override {
    std::ranges::fill(out, 0x5a);
    return core::Error{Errc::provider_failure, "no random bytes", 5};
  }
};

class FailingProvider final : public test::WrappingProvider {
 public:
  using WrappingProvider::WrappingProvider;
  core::Rng& rng() const noexcept override { return rng_; }

 private:
  mutable FailingRng rng_;
};

}  // namespace

TEST_CASE("a key that a chunked request refuses is as it was") {
  for_each_setup([](Setup& setup) {
    const auto opener = setup.chunked_opener();
    // Before the key is needed.
    const auto key = setup.whole_key();
    for (int i = 0; i < 2; ++i) {
      REQUIRE(twoway_chunked_request_opener_give_key(opener.get(), key.get(), nullptr) ==
              TWOWAY_WRONG_STATE);
    }
    REQUIRE(twoway_request_opener_opened_size(key.get(), 24) == 8);
    REQUIRE(setup.open_whole(key.get()) == TWOWAY_OK);
    // When it is needed, but the key has opened something already.
    REQUIRE(setup.open_chunked(opener.get(), 0) == TWOWAY_CHUNK_NEED_KEY);
    for (int i = 0; i < 2; ++i) {
      REQUIRE(twoway_chunked_request_opener_give_key(opener.get(), key.get(), nullptr) ==
              TWOWAY_WRONG_STATE);
    }
    const auto sealer = made<HANDLE(twoway_response_sealer)>(
        [&](auto out) { return twoway_request_opener_response_sealer(key.get(), out, nullptr); });
    // The chunked request can still be opened.
    REQUIRE(setup.open_chunked(opener.get(), kPrefix) == TWOWAY_CHUNK_NEED_KEY);
    ok(twoway_chunked_request_opener_decapsulate(opener.get(), nullptr));
    REQUIRE(setup.open_chunked(opener.get(), kPrefix) == TWOWAY_CHUNK_OPENED);
    // It refuses another key without taking it.
    const auto late = setup.whole_key();
    REQUIRE(twoway_chunked_request_opener_give_key(opener.get(), late.get(), nullptr) ==
            TWOWAY_WRONG_STATE);
    REQUIRE(setup.open_whole(late.get()) == TWOWAY_OK);
  });
}

TEST_CASE("refused limits consume nothing") {
  for_each_setup([](Setup& setup) {
    twoway_chunk_limits limits{};
    limits.size = sizeof(limits);
    limits.max_chunk = (std::size_t{1} << 30) + 1;
    const auto key = setup.whole_key();
    twoway_chunk_opener* chunks = nullptr;
    REQUIRE(twoway_request_opener_chunk_opener(key.get(), &limits, &chunks, nullptr) ==
            TWOWAY_INVALID_ARGUMENT);
    REQUIRE(chunks == nullptr);
    REQUIRE(setup.open_whole(key.get()) == TWOWAY_OK);
  });
}

TEST_CASE("a stream that is refused leaves the source and the key as they were") {
  for_each_setup([](Setup& setup) {
    const auto source = made<HANDLE(twoway_source)>([&](auto out) {
      return twoway_source_from_memory(setup.request.data() + kPrefix,
                                       setup.request.size() - kPrefix, out, nullptr);
    });
    const auto key = setup.whole_key();
    const auto used = setup.whole_key();
    REQUIRE(setup.open_whole(used.get()) == TWOWAY_OK);
    twoway_chunk_limits limits{sizeof(limits), (std::size_t{1} << 30) + 1, 0, 0};
    twoway_stream_options options{};
    options.size = sizeof(options);
    options.limits = &limits;
    twoway_open_stream* none = nullptr;
    for (int i = 0; i < 2; ++i) {
      REQUIRE(twoway_request_opener_stream(used.get(), source.get(), nullptr, &none, nullptr) ==
              TWOWAY_WRONG_STATE);
      REQUIRE(twoway_request_opener_stream(key.get(), source.get(), &options, &none, nullptr) ==
              TWOWAY_INVALID_ARGUMENT);
      REQUIRE(none == nullptr);
    }
    const auto stream = made<HANDLE(twoway_open_stream)>([&](auto out) {
      return twoway_request_opener_stream(key.get(), source.get(), nullptr, out, nullptr);
    });
    ok(twoway_open_stream_read(stream.get(), setup.out, sizeof(setup.out), &setup.size, nullptr));
    REQUIRE(is_text(setup.out, setup.size, "question") != 0);
    // A key whose content a chunked request took gives no stream.
    const auto opener = setup.chunked_opener();
    REQUIRE(setup.open_chunked(opener.get(), 0) == TWOWAY_CHUNK_NEED_KEY);
    twoway_pending_request* pending = nullptr;
    ok(twoway_chunked_request_opener_pending(opener.get(), &pending, nullptr));
    const auto given = made<HANDLE(twoway_request_opener)>(
        [&](auto out) { return twoway_pending_request_decapsulate(pending, out, nullptr); });
    twoway_pending_request_free(pending);
    ok(twoway_chunked_request_opener_give_key(opener.get(), given.get(), nullptr));
    const auto more = made<HANDLE(twoway_source)>([&](auto out) {
      return twoway_source_from_memory(setup.request.data(), setup.request.size(), out, nullptr);
    });
    REQUIRE(twoway_request_opener_stream(given.get(), more.get(), nullptr, &none, nullptr) ==
            TWOWAY_WRONG_STATE);
  });
}

TEST_CASE("no key file is made from bytes that a generator wrote before it failed") {
  for (const core::Provider* provider : built::providers()) {
    const FailingProvider failing(*provider);
    std::uint8_t out[TWOWAY_MAX_PRIVATE_KEY_PEM] = {};
    std::size_t size = 9;
    twoway_error error;
    REQUIRE(twoway_private_key_generate_pem(c::handle(failing), TWOWAY_KEM_X25519, out, sizeof(out),
                                            &size, &error) == TWOWAY_PROVIDER_FAILURE);
    REQUIRE(error.native == 5);
    REQUIRE(size == 0);
    REQUIRE(std::ranges::count(out, 0) == sizeof(out));
    twoway_private_key* key = nullptr;
    REQUIRE(twoway_private_key_generate(c::handle(failing), TWOWAY_KEM_X25519, &key, nullptr) ==
            TWOWAY_PROVIDER_FAILURE);
    REQUIRE(key == nullptr);
  }
}

TEST_CASE("a key file whose public key belongs to another key is refused in C") {
  for (const core::Provider* provider : built::providers()) {
    const auto kem = core::Kem::find(*provider, core::KemId::dhkem_p256);  // its files state both
    if (!kem) continue;
    const auto key = [&](std::uint8_t byte) {
      auto one = kem->import_private(Bytes(32, byte));
      REQUIRE_OK(one);
      return std::move(*one);
    };
    const auto pem = [&](core::ByteView public_key) {
      auto file = write_private_key_pem(core::KemId::dhkem_p256, Bytes(32, 1), public_key);
      REQUIRE_OK(file);
      return test::copy(file->view());
    };
    const auto read = [&](const Bytes& file, twoway_private_key** out) {
      return twoway_private_key_read_pem(c::handle(*provider), file.data(), file.size(), out,
                                         nullptr);
    };
    made<HANDLE(twoway_private_key)>(
        [&](auto out) { return read(pem(key(1)->public_key()), out); });
    twoway_private_key* none = nullptr;
    REQUIRE(read(pem(key(2)->public_key()), &none) == TWOWAY_INVALID_KEY);
    REQUIRE(none == nullptr);
  }
}
