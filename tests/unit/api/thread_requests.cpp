#include "thread_operations.hpp"

namespace twoway::test {
namespace {

/// Opens all of `in` at once. Returns nothing if it is not a whole message.
template <typename Opener>
Bytes push(Opener& opener, Bytes in) {
  Bytes all;
  for (ByteSpan rest = in;;) {
    const auto step = opener.open_in_place(rest, End::yes);
    if (!step) return {};
    rest = rest.subspan(step->consumed);
    all.insert(all.end(), step->plaintext.begin(), step->plaintext.end());
    if (step->state == ChunkOpener::State::done) return all;
    if (step->state == ChunkOpener::State::chunk) continue;
    if constexpr (requires { opener.pending(); }) {
      auto request = opener.pending()->decapsulate();
      if (!request || !opener.give_key(std::move(*request))) return {};
    } else {
      return {};
    }
  }
}

/// Returns the part of a request that follows its prefix.
ByteView sealed_text(const Shared& s) {
  return ByteView(s.whole.message).subspan(s.pending.prefix_size());
}

bool opens(Result<RequestOpener> opener, ByteView sealed) {
  Bytes out(sealed.size());
  if (!opener) return false;
  const auto size = opener->open(out, sealed);
  return size && is(ByteView(out).first(*size), kQuestion) && opener->response_sealer().ok();
}

const char* seal_whole(Shared& s, Turn turn) {
  const std::string text = turn.text();
  const auto request = s.sender.seal(as_bytes(text), kTypes);
  WANT(request);
  auto opened = s.receiver.open(request->message, kTypes);
  WANT(opened && is(opened->plaintext, text));
  const auto reply = opened->response_sealer.seal(as_bytes(text));
  WANT(reply);
  const auto answer = request->response_opener.open(*reply);
  WANT(answer && is(*answer, text));
  return nullptr;
}

const char* seal_chunks(Shared& s, Turn turn) {
  const std::string text = turn.text();
  auto sealer = s.sender.begin(Form::chunked, kTypes);
  WANT(sealer);
  auto chunks = sealer->chunk_sealer();
  WANT(chunks);
  Bytes message = copy(sealer->prefix());
  const std::size_t at = message.size();
  message.resize(at + chunks->sealed_size(text.size(), Last::yes));
  WANT(chunks->seal(ByteSpan(message).subspan(at), as_bytes(text), Last::yes));
  auto opener = s.receiver.chunked_opener(kTypes);
  WANT(opener && is(push(*opener, message), text));
  return nullptr;
}

const char* seal_stream(Shared& s, Turn turn) {
  const std::string text = turn.text();
  auto sealer = s.sender.begin(Form::chunked, kTypes);
  WANT(sealer);
  auto stream = sealer->stream(from_memory(as_bytes(text)));
  WANT(stream);
  const auto message = read_all(*stream);
  WANT(message);
  auto opened = s.receiver.stream(Form::chunked, from_memory(*message), kTypes);
  WANT(opened);
  const auto plaintext = read_all(opened->plaintext);
  WANT(plaintext && is(*plaintext, text));
  return nullptr;
}

const char* create_sender(Shared& s, Turn turn) {
  const auto sender = RequestSender::create(s.provider, s.configs);
  WANT(sender && sender->suite() == s.sender.suite());
  const auto request = sender->seal(as_bytes(turn.text()), kTypes);
  WANT(request && s.receiver.open(request->message, kTypes));
  return nullptr;
}

const char* begin_bytes(Shared& s, Turn) {
  const auto pending = s.receiver.begin(Form::whole, s.whole.message, kTypes);
  WANT(pending && pending->key_id() == 7 && pending->suite() == s.sender.suite());
  WANT(copy(pending->enc()) == copy(s.pending.enc()));
  WANT(opens(pending->decapsulate(), sealed_text(s)));
  return nullptr;
}

const char* begin_source(Shared& s, Turn) {
  const auto source = from_memory(s.whole.message);
  const auto pending = s.receiver.begin(Form::whole, *source, kTypes);
  WANT(pending && copy(pending->enc()) == copy(s.pending.enc()));
  WANT(opens(pending->complete(s.secret), sealed_text(s)));
  return nullptr;
}

const char* open_whole(Shared& s, Turn) {
  const auto opened = s.receiver.open(s.whole.message, kTypes);
  WANT(opened && is(opened->plaintext, kQuestion));
  return nullptr;
}

const char* open_stream(Shared& s, Turn) {
  auto opened = s.receiver.stream(Form::chunked, from_memory(s.chunked), kTypes);
  WANT(opened);
  const auto plaintext = read_all(opened->plaintext);
  WANT(plaintext && is(*plaintext, kQuestion));
  return nullptr;
}

const char* open_chunks(Shared& s, Turn) {
  auto opener = s.receiver.chunked_opener(kTypes);
  WANT(opener && is(push(*opener, s.chunked), kQuestion));
  WANT(opener->response_sealer());
  return nullptr;
}

const char* decapsulate(Shared& s, Turn) {
  WANT(opens(s.pending.decapsulate(), sealed_text(s)));
  return nullptr;
}

const char* complete(Shared& s, Turn) {
  WANT(opens(s.pending.complete(s.secret), sealed_text(s)));
  return nullptr;
}

const char* open_replay(Shared& s, Turn turn) {
  const auto opened = s.once.open(s.replays[turn.round], kTypes);
  WANT(opened || opened.error().code == Errc::replayed);
  s.accepted[turn.round][turn.thread] = opened.ok();
  return nullptr;
}

const char* open_response(Shared& s, Turn) {
  const auto answer = s.whole.response_opener.open(s.response);
  WANT(answer && is(*answer, kAnswer));
  return nullptr;
}

const char* response_chunks(Shared& s, Turn) {
  auto opener = s.whole.response_opener.chunk_opener();
  WANT(opener);
  WANT(is(push(*opener, s.chunked_response), kAnswer));
  return nullptr;
}

const char* response_stream(Shared& s, Turn) {
  auto stream = s.whole.response_opener.stream(Form::chunked, from_memory(s.chunked_response));
  WANT(stream);
  const auto answer = read_all(*stream);
  WANT(answer && is(*answer, kAnswer));
  return nullptr;
}

const char* export_state(Shared& s, Turn) {
  const SecretBytes state = s.whole.response_opener.export_secret_state(SecretAccess{});
  WANT(copy(state.view()) == copy(s.sender_state.view()));
  return nullptr;
}

const char* restore_states(Shared& s, Turn turn) {
  const std::string text = turn.text();
  auto sealer = ResponseSealer::restore(s.provider, s.receiver_state.view());
  const auto opener = ResponseOpener::restore(s.provider, s.sender_state.view());
  WANT(sealer && opener);
  const auto reply = sealer->seal(as_bytes(text));
  WANT(reply);
  const auto answer = opener->open(*reply);
  WANT(answer && is(*answer, text));
  return nullptr;
}

constexpr Operation kOperations[] = {
    {"RequestSender::seal", seal_whole},
    {"RequestSender::begin, in chunks", seal_chunks},
    {"RequestSender::begin, as a stream", seal_stream},
    {"RequestSender::create from one provider", create_sender},
    {"RequestReceiver::begin from bytes", begin_bytes},
    {"RequestReceiver::begin from a source", begin_source},
    {"RequestReceiver::open", open_whole},
    {"RequestReceiver::open with one MemoryReplayFilter", open_replay},
    {"RequestReceiver::stream", open_stream},
    {"RequestReceiver::chunked_opener", open_chunks},
    {"PendingRequest::decapsulate", decapsulate},
    {"PendingRequest::complete", complete},
    {"ResponseOpener::open", open_response},
    {"ResponseOpener::chunk_opener", response_chunks},
    {"ResponseOpener::stream", response_stream},
    {"ResponseOpener::export_secret_state", export_state},
    {"ResponseOpener::restore, ResponseSealer::restore of one state", restore_states},
};

}  // namespace

std::span<const Operation> request_operations() { return kOperations; }

}  // namespace twoway::test
