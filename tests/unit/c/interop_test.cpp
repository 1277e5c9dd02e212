// C and C++ exchange messages in every suite. One side seals through one interface, and the other
// opens through the other: whole and chunked, to one and to many.
#include <functional>
#include <memory>

#include <twoway/twoway.h>
#include <twoway/twoway.hpp>

#include "cpp.hpp"
#include "handle.hpp"

using namespace twoway;
using test::made;
using test::ok;

namespace {

// Types that hold zero bytes, so that both languages read all of them.
constexpr std::string_view kWhole("ty\0pe", 5);
constexpr std::string_view kChunked("ty\0pe chunked", 13);
constexpr twoway_media_types kTypes{kWhole.data(), kChunked.data(), kWhole.size(), kChunked.size()};

/// Returns the bytes that a function writes, after asking it for their size.
template <typename Function>
Bytes written(Function function) {
  std::size_t size = 0;
  const twoway_status status = function(static_cast<std::uint8_t*>(nullptr), std::size_t{0}, &size);
  if (status == TWOWAY_OK) return {};
  REQUIRE(status == TWOWAY_BUFFER_TOO_SMALL);
  Bytes bytes(size);
  ok(function(bytes.data(), bytes.size(), &size));
  REQUIRE(size == bytes.size());
  return bytes;
}

const Bytes kQuestion = test::copy(as_bytes("a question in several chunks"));
const Bytes kAnswer = test::copy(as_bytes("an answer"));

struct Sides {
  const Provider& provider;
  const twoway_provider* crypto;
  KeyRing ring;
  HANDLE(twoway_key_ring) c_ring;
  Result<RequestSender> sender;
  HANDLE(twoway_request_sender) c_sender;

  Sides(const Provider& with, Suite suite)
      : provider(with),
        crypto(c::handle(with)),
        ring(with),
        c_ring(made<HANDLE(twoway_key_ring)>(
            [&](auto out) { return twoway_key_ring_new(crypto, nullptr, out, nullptr); })),
        sender(Error{Errc::wrong_state, ""}) {
    const auto key = made<HANDLE(twoway_private_key)>([&](auto out) {
      return twoway_private_key_generate(crypto, static_cast<std::uint16_t>(suite.kem), out,
                                         nullptr);
    });
    REQUIRE_OK(ring.add(5, c::object(key.get()), {{suite.kdf, suite.aead}}));
    const twoway_symmetric_algorithms pair{static_cast<std::uint16_t>(suite.kdf),
                                           static_cast<std::uint16_t>(suite.aead)};
    ok(twoway_key_ring_add(c_ring.get(), 5, key.get(), &pair, 1, TWOWAY_KEY_ACTIVE, nullptr));
    const auto list = ring.key_configs();
    REQUIRE_OK(list);
    REQUIRE(*list == written([&](auto... out) {
      return twoway_key_ring_key_configs(c_ring.get(), out..., nullptr);
    }));
    sender = RequestSender::create(provider, *list);
    REQUIRE_OK(sender);
    c_sender = made<HANDLE(twoway_request_sender)>([&](auto out) {
      return twoway_request_sender_new(crypto, list->data(), list->size(), nullptr, out, nullptr);
    });
  }

  HANDLE(twoway_request_receiver) c_receiver() const {
    return made<HANDLE(twoway_request_receiver)>([&](auto out) {
      return twoway_request_receiver_new(c_ring.get(), nullptr, nullptr, out, nullptr);
    });
  }
};

/// Seals chunks of 7 bytes and an empty last one, through C.
Bytes seal_chunks(twoway_chunk_sealer* sealer, ByteView text) {
  Bytes message;
  for (bool last = false; !last;) {
    last = text.empty();
    const ByteView part = text.first(std::min<std::size_t>(7, text.size()));
    text = text.subspan(part.size());
    const Bytes chunk = written([&](auto... out) {
      return twoway_chunk_sealer_seal(sealer, part.data(), part.size(), last, out..., nullptr);
    });
    message.insert(message.end(), chunk.begin(), chunk.end());
  }
  return message;
}

/// Opens through C, in pieces of 11 bytes, by the functions `open` and `output_size` of an opener.
template <typename Opener, typename Open, typename Size>
Bytes open_chunks(Opener* opener, Open open, Size output_size, ByteView message,
                  const std::function<void()>& need_key = nullptr) {
  Bytes text;
  std::size_t end = 0;
  twoway_chunk_state state = TWOWAY_CHUNK_NEED_INPUT;
  while (state != TWOWAY_CHUNK_DONE) {
    if (state == TWOWAY_CHUNK_NEED_INPUT) end = std::min<std::size_t>(end + 11, message.size());
    if (state == TWOWAY_CHUNK_NEED_KEY) need_key();
    Bytes out(output_size(opener, end));
    std::size_t consumed = 0, size = 0;
    ok(open(opener, message.data(), end, end == message.size(), out.data(), out.size(), &consumed,
            &size, &state, nullptr));
    text.insert(text.end(), out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
    message = message.subspan(consumed);
    end -= consumed;
  }
  REQUIRE(message.empty());
  return text;
}

Bytes read_all(Result<OpenStream> stream) {
  REQUIRE_OK(stream);
  Bytes text(1000);
  std::size_t size = 0;
  while (true) {
    const auto got = stream->read(ByteSpan(text).subspan(size));
    REQUIRE_OK(got);
    if (*got == 0) break;
    size += *got;
  }
  text.resize(size);
  return text;
}

void c_to_cpp_whole(const Sides& sides) {
  twoway_response_opener* opener = nullptr;
  const Bytes message = written([&](auto... out) {
    return twoway_request_sender_seal(sides.c_sender.get(), kQuestion.data(), kQuestion.size(),
                                      &kTypes, out..., &opener, nullptr);
  });
  const HANDLE(twoway_response_opener) response(opener);
  auto opened = RequestReceiver{sides.ring}.open(message, {.whole = kWhole});
  REQUIRE_OK(opened);
  REQUIRE(opened->plaintext == kQuestion);
  const auto reply = opened->response_sealer.seal(kAnswer);
  REQUIRE_OK(reply);
  REQUIRE(kAnswer == written([&](auto... out) {
            return twoway_response_opener_open(opener, reply->data(), reply->size(), nullptr,
                                               out..., nullptr);
          }));
}

void cpp_to_c_whole(const Sides& sides) {
  const auto request = sides.sender->seal(kQuestion);
  REQUIRE_OK(request);
  twoway_response_sealer* sealer = nullptr;
  const auto receiver = sides.c_receiver();
  REQUIRE(kQuestion == written([&](auto... out) {
            return twoway_request_receiver_open(receiver.get(), request->message.data(),
                                                request->message.size(), nullptr, out..., &sealer,
                                                nullptr);
          }));
  const HANDLE(twoway_response_sealer) response(sealer);
  const Bytes reply = written([&](auto... out) {
    return twoway_response_sealer_seal(sealer, kAnswer.data(), kAnswer.size(), nullptr, out...,
                                       nullptr);
  });
  const auto answer = request->response_opener.open(reply);
  REQUIRE_OK(answer);
  REQUIRE(*answer == kAnswer);
}

void c_to_cpp_chunked(const Sides& sides) {
  const auto sealer = made<HANDLE(twoway_request_sealer)>([&](auto out) {
    return twoway_request_sender_begin(sides.c_sender.get(), TWOWAY_FORM_CHUNKED, nullptr, out,
                                       nullptr);
  });
  Bytes message = written(
      [&](auto... out) { return twoway_request_sealer_prefix(sealer.get(), out..., nullptr); });
  const auto chunks = made<HANDLE(twoway_chunk_sealer)>([&](auto out) {
    return twoway_request_sealer_chunk_sealer(sealer.get(), nullptr, out, nullptr);
  });
  const Bytes sealed = seal_chunks(chunks.get(), kQuestion);
  message.insert(message.end(), sealed.begin(), sealed.end());
  auto request = RequestReceiver{sides.ring}.stream(Form::chunked, from_memory(message));
  REQUIRE_OK(request);
  REQUIRE(read_all(std::move(request->plaintext)) == kQuestion);

  auto response = request->opener.response_sealer();
  REQUIRE_OK(response);
  auto reply = response->chunk_sealer();
  REQUIRE_OK(reply);
  Bytes answer = reply->prefix;
  const std::size_t at = answer.size();
  answer.resize(at + reply->chunk_sealer.sealed_size(kAnswer.size(), Last::yes));
  REQUIRE_OK(reply->chunk_sealer.seal(ByteSpan(answer).subspan(at), kAnswer, Last::yes));
  const auto opener = made<HANDLE(twoway_response_opener)>(
      [&](auto out) { return twoway_request_sealer_response_opener(sealer.get(), out, nullptr); });
  const auto chunk_opener = made<HANDLE(twoway_chunk_opener)>([&](auto out) {
    return twoway_response_opener_chunk_opener(opener.get(), nullptr, nullptr, out, nullptr);
  });
  REQUIRE(open_chunks(chunk_opener.get(), twoway_chunk_opener_open, twoway_chunk_opener_output_size,
                      answer) == kAnswer);
}

void cpp_to_c_chunked(const Sides& sides) {
  auto sealer = sides.sender->begin(Form::chunked);
  REQUIRE_OK(sealer);
  auto chunks = sealer->chunk_sealer();
  REQUIRE_OK(chunks);
  Bytes message = test::copy(sealer->prefix());
  for (const auto& [part, last] : {std::pair{ByteView(kQuestion), Last::no}, {{}, Last::yes}}) {
    const std::size_t at = message.size();
    message.resize(at + chunks->sealed_size(part.size(), last));
    REQUIRE_OK(chunks->seal(ByteSpan(message).subspan(at), part, last));
  }
  const auto receiver = sides.c_receiver();
  const auto opener = made<HANDLE(twoway_chunked_request_opener)>([&](auto out) {
    return twoway_request_receiver_chunked_opener(receiver.get(), nullptr, nullptr, out, nullptr);
  });
  REQUIRE(open_chunks(opener.get(), twoway_chunked_request_opener_open,
                      twoway_chunked_request_opener_output_size, message, [&] {
                        ok(twoway_chunked_request_opener_decapsulate(opener.get(), nullptr));
                      }) == kQuestion);
  const auto response = made<HANDLE(twoway_response_sealer)>([&](auto out) {
    return twoway_chunked_request_opener_response_sealer(opener.get(), out, nullptr);
  });
  twoway_chunk_sealer* answer_sealer = nullptr;
  Bytes answer = written([&](auto... out) {
    return twoway_response_sealer_chunk_sealer(response.get(), nullptr, nullptr, out...,
                                               &answer_sealer, nullptr);
  });
  const HANDLE(twoway_chunk_sealer) kept(answer_sealer);
  const Bytes sealed = seal_chunks(answer_sealer, kAnswer);
  answer.insert(answer.end(), sealed.begin(), sealed.end());
  REQUIRE(read_all(sealer->response_opener().stream(Form::chunked, from_memory(answer))) ==
          kAnswer);
}

void multi(const Sides& sides, Suite suite) {
  const auto c_sender = made<HANDLE(twoway_multi_request_sender)>([&](auto out) {
    return twoway_multi_request_sender_new(sides.crypto, static_cast<std::uint16_t>(suite.aead),
                                           nullptr, out, nullptr);
  });
  const auto c_sealer = made<HANDLE(twoway_multi_request_sealer)>([&](auto out) {
    return twoway_multi_request_sender_begin(c_sender.get(), TWOWAY_FORM_WHOLE, &kTypes, out,
                                             nullptr);
  });
  const Bytes body = written([&](auto... out) {
    return twoway_multi_request_sealer_seal(c_sealer.get(), kQuestion.data(), kQuestion.size(),
                                            out..., nullptr);
  });
  twoway_response_opener* opener = nullptr;
  const Bytes key = written([&](auto... out) {
    return twoway_multi_request_sealer_encapsulate_key(c_sealer.get(), sides.c_sender.get(), out...,
                                                       &opener, nullptr);
  });
  const HANDLE(twoway_response_opener) kept(opener);
  auto opened = MultiRequestReceiver{sides.ring}.open(key, body, {.whole = kWhole});
  REQUIRE_OK(opened);
  REQUIRE(opened->plaintext == kQuestion);
  const auto reply = opened->response_sealer.seal(kAnswer);
  REQUIRE_OK(reply);
  REQUIRE(kAnswer == written([&](auto... out) {
            return twoway_response_opener_open(opener, reply->data(), reply->size(), nullptr,
                                               out..., nullptr);
          }));

  auto sender = MultiRequestSender::create(sides.provider, suite.aead);
  REQUIRE_OK(sender);
  auto sealer = sender->begin(Form::whole, {.whole = kWhole});
  REQUIRE_OK(sealer);
  const auto cpp_body = sealer->seal(kQuestion);
  REQUIRE_OK(cpp_body);
  const auto cpp_key = sealer->encapsulate_key(*sides.sender);
  REQUIRE_OK(cpp_key);
  const auto receiver = made<HANDLE(twoway_multi_request_receiver)>([&](auto out) {
    return twoway_multi_request_receiver_new(sides.c_ring.get(), nullptr, nullptr, out, nullptr);
  });
  twoway_response_sealer* response = nullptr;
  REQUIRE(kQuestion == written([&](auto... out) {
            return twoway_multi_request_receiver_open(
                receiver.get(), cpp_key->message.data(), cpp_key->message.size(), cpp_body->data(),
                cpp_body->size(), &kTypes, out..., &response, nullptr);
          }));
  const HANDLE(twoway_response_sealer) kept_response(response);
}

}  // namespace

TEST_CASE("C and C++ understand each other in every suite") {
  std::size_t suites = 0;
  for (const Provider* provider : built::providers()) {
    for (const core::KemParams& kem : core::kem_table()) {
      for (const core::KdfParams& kdf : core::kdf_table()) {
        for (const core::AeadParams& aead : core::aead_table()) {
          const Suite suite{kem.id, kdf.id, aead.id};
          const bool offered = framing::find_suite(*provider, suite).ok();
          REQUIRE(
              (twoway_provider_offers(c::handle(*provider),
                                      {static_cast<uint16_t>(kem.id), static_cast<uint16_t>(kdf.id),
                                       static_cast<uint16_t>(aead.id)},
                                      nullptr) == TWOWAY_OK) == offered);
          if (!offered) continue;
          INFO(provider->name() << ", " << kem.name << ", " << kdf.name << ", " << aead.name);
          const Sides sides(*provider, suite);
          c_to_cpp_whole(sides);
          cpp_to_c_whole(sides);
          c_to_cpp_chunked(sides);
          cpp_to_c_chunked(sides);
          if (framing::find_body_aead(*provider, suite.aead)) multi(sides, suite);
          ++suites;
        }
      }
    }
  }
  REQUIRE((suites != 0 || built::providers().empty()));
}

TEST_CASE("an Errc that a user's key returns reaches C") {
  twoway_error error;
  REQUIRE(c::report(&error, Error{Errc::source_failed, "text", 5}) == TWOWAY_SOURCE_FAILED);
  REQUIRE(error.native == 5);
  REQUIRE(std::string(error.message) == "text");
  REQUIRE(c::report(nullptr, Error{Errc::message_limit, "text"}) == TWOWAY_MESSAGE_LIMIT);
  REQUIRE(c::report(&error, Error{static_cast<Errc>(99), "text"}) == TWOWAY_PROVIDER_FAILURE);
  REQUIRE(c::object(static_cast<const twoway_private_key*>(nullptr)) == nullptr);
}
