// The objects that all threads use at once, and the operations on them, by area.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "multi_exchange.hpp"
#include "threads.hpp"

namespace twoway::test {

inline constexpr unsigned kRounds = 4;
inline constexpr std::string_view kQuestion = "question";
inline constexpr std::string_view kAnswer = "answer";

/// A turn: one thread in one round.
struct Turn {
  unsigned thread;
  unsigned round;
  unsigned number() const { return round * kThreads + thread; }
  std::string text() const { return "text " + std::to_string(number()); }
};

template <typename T>
T need(Result<T> result) {
  REQUIRE_OK(result);
  return std::move(*result);
}

/// Returns the request of this form, read from a stream.
inline Bytes seal_request(const RequestSender& sender, Form form) {
  RequestSealer sealer = need(sender.begin(form, kTypes));
  SealStream stream = need(sealer.stream(from_memory(as_bytes(kQuestion))));
  return need(read_all(stream));
}

/// The objects that all threads use at once, and the results that they must get.
struct Shared {
  Shared(const Provider& crypto, KemId kem_id, SymmetricAlgorithms algorithms)
      : provider(crypto), pair(crypto, kem_id, algorithms) {
    configs = need(pair.ring.key_configs());
    public_key = need(pending.kem().import_public(pending.key().public_key()));
    REQUIRE_OK(pending.kem().decap(secret, pending.enc(), pending.key()));
    REQUIRE_OK(multi_pending.kem().decap(multi_secret, multi_pending.enc(), pending.key()));
    OpenedRequest opened = need(receiver.open(whole.message, kTypes));
    receiver_state = need(opened.response_sealer.export_secret_state(SecretAccess{}));
    sender_state = whole.response_opener.export_secret_state(SecretAccess{});
    response = need(opened.response_sealer.seal(as_bytes(kAnswer)));
    ResponseSealer chunked_sealer = need(ResponseSealer::restore(provider, receiver_state.view()));
    SealStream stream = need(chunked_sealer.stream(Form::chunked, from_memory(as_bytes(kAnswer))));
    chunked_response = need(read_all(stream));
    body = seal_body(sealed, kQuestion);
    for (unsigned round = 0; round < kRounds; ++round) {
      sealers.push_back(need(multi_sender.begin(Form::whole, kTypes)));
    }
    for (unsigned i = 0; i < kThreads * kRounds; ++i) {
      new_keys.push_back(new_key(kem_id, provider));
    }
  }

  const Provider& provider;
  Pair pair;
  Bytes configs;
  const RequestSender& sender = *pair.sender;
  RequestReceiver receiver{pair.ring};
  std::unique_ptr<PublicKey> public_key;

  // One request to one receiver.
  SealedRequest whole = need(sender.seal(as_bytes(kQuestion), kTypes));
  Bytes chunked = seal_request(sender, Form::chunked);
  PendingRequest pending = need(receiver.begin(Form::whole, whole.message, kTypes));
  SharedSecret secret;  // of `pending`
  Bytes response;
  Bytes chunked_response;
  SecretBytes sender_state;
  SecretBytes receiver_state;

  // A one-to-many request: a sealed one, and one for each round that a thread seals meanwhile.
  MultiRequestSender multi_sender = need(MultiRequestSender::create(provider, sender.suite().aead));
  MultiRequestReceiver multi_receiver{pair.ring};
  MultiRequestSealer sealed = need(multi_sender.begin(Form::whole, kTypes));
  EncapsulatedKey key = key_for(sealed, pair);
  PendingMultiRequest multi_pending = need(multi_receiver.begin(Form::whole, key.message, kTypes));
  SharedSecret multi_secret;  // of `multi_pending`
  Bytes body;
  std::vector<MultiRequestSealer> sealers;
  std::array<Bytes, kRounds> bodies;
  std::array<std::array<std::optional<EncapsulatedKey>, kThreads>, kRounds> keys;

  // One request that each round sends to all threads at once.
  std::unique_ptr<MemoryReplayFilter> filter = need(MemoryReplayFilter::create(
      provider, {.max_entries = kRounds, .window = std::chrono::hours(1)}));
  RequestReceiver once{pair.ring, {.replay_filter = filter.get()}};
  std::array<Bytes, kRounds> replays;
  std::array<std::array<bool, kThreads>, kRounds> accepted{};

  std::vector<std::shared_ptr<const PrivateKey>> new_keys;  // for the ring, one for each turn
};

/// Returns what was wrong, or null. A thread stores objects for later at its own turn.
struct Operation {
  const char* name;
  const char* (*run)(Shared&, Turn);
};

/// Requests to one receiver, and their responses.
std::span<const Operation> request_operations();
/// Requests to many receivers.
std::span<const Operation> multi_operations();
/// Rings, keys and the algorithms of a provider.
std::span<const Operation> key_operations();

/// Returns from an operation with what was wrong.
#define WANT(condition) \
  if (!(condition)) return #condition

inline bool is(ByteView bytes, std::string_view text) {
  return copy(bytes) == copy(as_bytes(text));
}

}  // namespace twoway::test
