// Sealers in a copy of their process are refused there, while the original goes on.
#include "fork.hpp"

#include "exchange_pair.hpp"
#include "multi_exchange.hpp"

using namespace twoway;
using namespace twoway::test;

namespace {

template <typename T>
bool refused(const Result<T>& result) {
  return !result && result.error().code == Errc::wrong_state;
}

template <typename Child>
void in_copy(const Child& child) {
  REQUIRE(in_child([&] { return child() ? 0 : 1; }) == 0);
}

}  // namespace

TEST_CASE("sealers of requests and their chunks are refused in a forked child") {
  for (const Provider* provider : built::providers()) {
    INFO(provider->name());
    const Pair pair(*provider);
    auto whole = pair.sender->begin(Form::whole);
    auto fresh = pair.sender->begin(Form::chunked);
    auto begun = pair.sender->begin(Form::chunked);
    auto pulled = pair.sender->begin(Form::chunked);
    REQUIRE((whole && fresh && begun && pulled));
    auto chunks = begun->chunk_sealer();
    REQUIRE_OK(chunks);
    Bytes out(1000);
    REQUIRE_OK(chunks->seal(out, as_bytes("first"), Last::no));
    auto stream = pulled->stream(from_memory(as_bytes("text")));
    REQUIRE_OK(stream);
    in_copy([&] {
      const auto own = pair.sender->seal(as_bytes("the child's own"));
      return refused(whole->seal(out, as_bytes("text"))) && refused(fresh->chunk_sealer()) &&
             refused(fresh->stream(from_memory(as_bytes("text")))) &&
             refused(chunks->seal(out, as_bytes("second"), Last::yes)) &&
             refused(read_all(*stream)) && own.ok() &&
             RequestReceiver(pair.ring).open(own->message).ok();
    });
    REQUIRE_OK(whole->seal(out, as_bytes("text")));
    REQUIRE_OK(fresh->chunk_sealer());
    REQUIRE_OK(chunks->seal(out, as_bytes("second"), Last::yes));
    REQUIRE_OK(read_all(*stream));
  }
}

TEST_CASE("a response sealer is refused in a forked child, unless its state is handed over") {
  for (const Provider* provider : built::providers()) {
    INFO(provider->name());
    const Pair pair(*provider);
    const auto request = pair.sender->seal(as_bytes("question"));
    REQUIRE_OK(request);
    auto opened = RequestReceiver(pair.ring).open(request->message);
    REQUIRE_OK(opened);
    ResponseSealer& sealer = opened->response_sealer;
    in_copy([&] {
      const bool all = refused(sealer.seal(as_bytes("answer"))) && refused(sealer.chunk_sealer()) &&
                       refused(sealer.stream(Form::chunked, from_memory(as_bytes("answer"))));
      const auto state = sealer.export_secret_state(SecretAccess{});
      if (!all || !state) return false;
      auto restored = ResponseSealer::restore(*provider, state->view());
      if (!restored) return false;
      const auto answer = restored->seal(as_bytes("answer"));
      return answer && request->response_opener.open(*answer).ok();
    });
    const auto answer = sealer.seal(as_bytes("answer"));
    REQUIRE_OK(answer);
    REQUIRE_OK(request->response_opener.open(*answer));
  }
}

TEST_CASE("the body for many receivers is refused in a forked child, its key messages are not") {
  for (const Provider* provider : built::providers()) {
    INFO(provider->name());
    const Pair pair(*provider);
    MultiRequestSealer sealer = begin(Form::whole, AeadId::chacha20_poly1305, *provider);
    MultiRequestSealer chunked = begin(Form::chunked, AeadId::chacha20_poly1305, *provider);
    Bytes out(1000);
    in_copy([&] {
      return refused(sealer.seal(out, as_bytes("text"))) && refused(chunked.chunk_sealer()) &&
             refused(chunked.stream(from_memory(as_bytes("text")))) &&
             refused(sealer.stream(from_memory(as_bytes("text")))) &&
             sealer.encapsulate_key(*pair.sender).ok();
    });
    const EncapsulatedKey key = key_for(sealer, pair);
    const auto size = sealer.seal(out, as_bytes("text"));
    REQUIRE_OK(size);
    Bytes text(4);
    REQUIRE_OK(accept(Form::whole, pair, key).open(text, ByteView(out).first(*size)));
    REQUIRE(text == bytes("text"));
  }
}
