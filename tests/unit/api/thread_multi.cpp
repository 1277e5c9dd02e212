#include "thread_operations.hpp"

namespace twoway::test {
namespace {

bool opens(Result<MultiRequestOpener> opener, ByteView body) {
  if (!opener) return false;
  const auto opened = open_body(*opener, body);
  return opened && is(*opened, kQuestion) && opener->response_sealer().ok();
}

const char* begin_sealing_multi(Shared& s, Turn turn) {
  const std::string text = turn.text();
  auto sealer = s.multi_sender.begin(Form::whole, kTypes);
  WANT(sealer);
  const auto body = sealer->seal(as_bytes(text));
  const auto key = sealer->encapsulate_key(s.sender);
  WANT(body && key);
  const auto opened = s.multi_receiver.open(key->message, *body, kTypes);
  WANT(opened && is(opened->plaintext, text));
  return nullptr;
}

/// One thread, another in each round, seals the body. All threads encapsulate its key.
const char* encapsulate_key(Shared& s, Turn turn) {
  MultiRequestSealer& sealer = s.sealers[turn.round];
  if (turn.thread == turn.round % kThreads) {
    auto body = sealer.seal(as_bytes(kQuestion));
    WANT(body);
    s.bodies[turn.round] = std::move(*body);
  }
  auto key = sealer.encapsulate_key(s.sender);
  WANT(key);
  s.keys[turn.round][turn.thread].emplace(std::move(*key));
  return nullptr;
}

const char* begin_multi(Shared& s, Turn) {
  const auto pending = s.multi_receiver.begin(Form::whole, s.key.message, kTypes);
  WANT(pending);
  WANT(opens(pending->decapsulate(), s.body));
  return nullptr;
}

const char* open_multi(Shared& s, Turn) {
  auto opened = s.multi_receiver.open(s.key.message, s.body, kTypes);
  WANT(opened && is(opened->plaintext, kQuestion));
  const auto reply = opened->response_sealer.seal(as_bytes(kAnswer));
  WANT(reply);
  const auto answer = s.key.response_opener.open(*reply);
  WANT(answer && is(*answer, kAnswer));
  return nullptr;
}

const char* decapsulate_multi(Shared& s, Turn) {
  WANT(opens(s.multi_pending.decapsulate(), s.body));
  WANT(opens(s.multi_pending.complete(s.multi_secret), s.body));
  return nullptr;
}

constexpr Operation kOperations[] = {
    {"MultiRequestSender::begin", begin_sealing_multi},
    {"MultiRequestSealer::encapsulate_key while another thread seals", encapsulate_key},
    {"MultiRequestReceiver::begin", begin_multi},
    {"MultiRequestReceiver::open", open_multi},
    {"PendingMultiRequest::decapsulate, complete", decapsulate_multi},
};

}  // namespace

std::span<const Operation> multi_operations() { return kOperations; }

}  // namespace twoway::test
