#include "lie_openers.hpp"

#include "sources.hpp"

namespace twoway::fuzz {
namespace {

Form form_of(const Lie& lie) { return lie.chunked ? Form::chunked : Form::whole; }

Opened with_error(Opened opened, const Error& error) {
  opened.error = to_string(error.code);
  return opened;
}

Opened whole(const Result<std::size_t>& size, ByteView out) {
  if (!size) return with_error({}, size.error());
  return {copy(out.first(*size)), {}};
}

RequestOpener request_opener(const Lie& lie) {
  auto pending = exchange().receiver.begin(form_of(lie), lie.message);
  FUZZ_REQUIRE(pending.ok());
  auto opener = pending->decapsulate();
  FUZZ_REQUIRE(opener.ok());
  return std::move(*opener);
}

MultiRequestOpener body_opener(const Lie& lie) {
  auto pending = MultiRequestReceiver(exchange().ring).begin(form_of(lie), lie.key_message);
  FUZZ_REQUIRE(pending.ok());
  auto opener = pending->decapsulate();
  FUZZ_REQUIRE(opener.ok());
  return std::move(*opener);
}

ResponseOpener response_opener(const Lie& lie) {
  auto opener = ResponseOpener::restore(provider(), lie.state.view());
  FUZZ_REQUIRE(opener.ok());
  return std::move(*opener);
}

/// The start of the opener's input.
std::size_t start_of(const Lie& lie) { return lie.kind == Kind::request ? lie.prefix : 0; }

ChunkOpener chunk_opener(const Lie& lie) {
  auto opener = lie.kind == Kind::request ? request_opener(lie).chunk_opener(lie.limits)
                : lie.kind == Kind::response
                    ? response_opener(lie).chunk_opener(kResponseMediaTypes, lie.limits)
                    : body_opener(lie).chunk_opener(lie.limits);
  FUZZ_REQUIRE(opener.ok());
  return std::move(*opener);
}

/// Pushes a message. `give_key` gives the key when the opener needs it.
template <typename Opener, typename GiveKey>
Opened push(Opener opener, ByteView message, const std::vector<std::size_t>& pieces, bool in_place,
            const GiveKey& give_key) {
  Opened opened;
  for (std::size_t turn = 0;; ++turn) {
    Bytes in = copy(message.first(piece(pieces, turn, message.size())));
    const End end = in.size() == message.size() ? End::yes : End::no;
    Bytes out(opener.output_size(in.size()));
    const auto step = in_place ? opener.open_in_place(in, end) : opener.open(out, in, end);
    if (!step) return with_error(opened, step.error());
    opened.text.insert(opened.text.end(), step->plaintext.begin(), step->plaintext.end());
    message = message.subspan(step->consumed);
    if (step->state == ChunkOpener::State::done) return opened;
    if (step->state == ChunkOpener::State::need_key) give_key(opener);
  }
}

Opened push_chunks(const Lie& lie, const std::vector<std::size_t>& pieces, bool in_place) {
  return push(chunk_opener(lie), ByteView(lie.message).subspan(start_of(lie)), pieces, in_place,
              [](auto&) { FUZZ_REQUIRE(false); });
}

/// From the request's first byte.
Opened push_request(const Lie& lie, const std::vector<std::size_t>& pieces, bool in_place) {
  if (lie.kind != Kind::request) return push_chunks(lie, pieces, in_place);
  auto opener = exchange().receiver.chunked_opener(kRequestMediaTypes, lie.limits);
  FUZZ_REQUIRE(opener.ok());
  return push(std::move(*opener), lie.message, pieces, in_place, [](ChunkedRequestOpener& opener) {
    auto key = opener.pending()->decapsulate();
    FUZZ_REQUIRE(key.ok() && opener.give_key(std::move(*key)).ok());
  });
}

Opened pull(const Lie& lie, const std::vector<std::size_t>& pieces, bool memory) {
  Log log;
  const ByteView input = ByteView(lie.message).subspan(start_of(lie));
  Plan plan;
  plan.kind = memory ? Plan::Kind::memory : Plan::Kind::pieces;
  plan.pieces = pieces;
  auto source = make_source(input, plan, log);
  const StreamOptions options{.limits = lie.limits};
  auto stream = lie.kind == Kind::request ? request_opener(lie).stream(std::move(source), options)
                : lie.kind == Kind::response
                    ? response_opener(lie).stream(form_of(lie), std::move(source),
                                                  kResponseMediaTypes, options)
                    : body_opener(lie).stream(std::move(source), options);
  FUZZ_REQUIRE(stream.ok());
  const OpenResult answer = read_all(*stream, pieces, [](std::size_t) {});
  Opened opened{answer.plaintext, {}};
  if (answer.error) opened.error = to_string(*answer.error);
  // A whole text that ends within its tag is truncated for a stream, and not authentic for the
  // others.
  if (!lie.chunked && opened.error == "truncated") opened.error = "open_failed";
  return opened;
}

Opened open_whole(const Lie& lie, bool in_place) {
  Bytes message = lie.message;
  const std::size_t most = message.size() < lie.prefix + 16 ? 0 : message.size() - lie.prefix - 16;
  Bytes apart(most);
  const ByteSpan out = in_place ? ByteSpan(message).subspan(lie.prefix) : ByteSpan(apart);
  switch (lie.kind) {
    case Kind::request:
      return whole(request_opener(lie).open(out, ByteView(message).subspan(lie.prefix)), out);
    case Kind::response: return whole(response_opener(lie).open(out, message), out);
    default: return whole(body_opener(lie).open(out, message), out);
  }
}

Opened open_at_once(const Lie& lie) {
  if (lie.kind == Kind::response) {
    const auto text = response_opener(lie).open(lie.message);
    return text ? Opened{*text, {}} : with_error({}, text.error());
  }
  const auto request =
      lie.kind == Kind::request
          ? exchange().receiver.open(lie.message)
          : MultiRequestReceiver(exchange().ring).open(lie.key_message, lie.message);
  return request ? Opened{request->plaintext, {}} : with_error({}, request.error());
}

using Pieces = std::vector<std::size_t>;

}  // namespace

std::size_t piece(const std::vector<std::size_t>& pieces, std::size_t turn, std::size_t left) {
  return std::min(left, std::max<std::size_t>(pieces[turn % pieces.size()], 1));
}

const std::vector<Way>& ways(bool chunked) {
  static const std::vector<Way> for_chunks{
      {"pushed at once",
       [](const Lie& lie, const Pieces&) { return push_chunks(lie, {lie.message.size()}, false); }},
      {"pushed", [](const Lie& lie, const Pieces& p) { return push_chunks(lie, p, false); }},
      {"in place", [](const Lie& lie, const Pieces& p) { return push_chunks(lie, p, true); }},
      {"pushed from its first byte",
       [](const Lie& lie, const Pieces& p) { return push_request(lie, p, false); }},
      {"in place from its first byte",
       [](const Lie& lie, const Pieces& p) { return push_request(lie, p, true); }},
      {"pulled from memory", [](const Lie& lie, const Pieces& p) { return pull(lie, p, true); }},
      {"pulled", [](const Lie& lie, const Pieces& p) { return pull(lie, p, false); }},
      {"in C", [](const Lie& lie, const Pieces& p) { return open_chunks_in_c(lie, p, false); }},
      {"in C, in place",
       [](const Lie& lie, const Pieces& p) { return open_chunks_in_c(lie, p, true); }}};
  static const std::vector<Way> for_whole{
      {"opened", [](const Lie& lie, const Pieces&) { return open_whole(lie, false); }},
      {"in place", [](const Lie& lie, const Pieces&) { return open_whole(lie, true); }},
      {"in one call", [](const Lie& lie, const Pieces&) { return open_at_once(lie); }},
      {"pulled from memory", [](const Lie& lie, const Pieces& p) { return pull(lie, p, true); }},
      {"pulled", [](const Lie& lie, const Pieces& p) { return pull(lie, p, false); }},
      {"in C", [](const Lie& lie, const Pieces&) { return open_whole_in_c(lie); }}};
  return chunked ? for_chunks : for_whole;
}

}  // namespace twoway::fuzz
