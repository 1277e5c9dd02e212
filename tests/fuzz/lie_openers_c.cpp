#include <twoway/c/bridge.hpp>
#include <twoway/twoway.h>

#include "lie_openers.hpp"

namespace twoway::fuzz {
namespace {

/// A handle that is freed at the end.
template <typename Handle, void (*free)(Handle*) noexcept>
struct Owner {
  Owner() = default;
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  ~Owner() { free(handle); }
  Handle* handle = nullptr;
};
#define OWNER(name) Owner<name, name##_free>

const twoway_provider* crypto() { return c::handle(provider()); }

void succeed(twoway_status status) { FUZZ_REQUIRE(status == TWOWAY_OK); }

/// Receivers with the key of exchange.cpp, which are never freed.
struct Receivers {
  OWNER(twoway_key_ring) ring;
  OWNER(twoway_request_receiver) one;
  OWNER(twoway_multi_request_receiver) multi;
  Receivers() {
    OWNER(twoway_private_key) key;
    const Bytes sk(32, 0x24);
    const twoway_symmetric_algorithms pair{TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305};
    succeed(twoway_private_key_import(crypto(), TWOWAY_KEM_X25519, sk.data(), sk.size(),
                                      &key.handle, nullptr));
    succeed(twoway_key_ring_new(crypto(), nullptr, &ring.handle, nullptr));
    succeed(
        twoway_key_ring_add(ring.handle, kKeyId, key.handle, &pair, 1, TWOWAY_KEY_ACTIVE, nullptr));
    succeed(twoway_request_receiver_new(ring.handle, nullptr, nullptr, &one.handle, nullptr));
    succeed(
        twoway_multi_request_receiver_new(ring.handle, nullptr, nullptr, &multi.handle, nullptr));
  }
};

const Receivers& receivers() {
  static const Receivers all;
  return all;
}

void restore(const Lie& lie, twoway_response_opener** opener) {
  succeed(twoway_response_opener_restore(crypto(), lie.state.view().data(), lie.state.size(),
                                         opener, nullptr));
}

void begin(const Lie& lie, twoway_multi_request_opener** opener) {
  OWNER(twoway_pending_multi_request) pending;
  succeed(twoway_multi_request_receiver_begin(
      receivers().multi.handle, lie.chunked ? TWOWAY_FORM_CHUNKED : TWOWAY_FORM_WHOLE,
      lie.key_message.data(), lie.key_message.size(), nullptr, &pending.handle, nullptr));
  succeed(twoway_pending_multi_request_decapsulate(pending.handle, opener, nullptr));
}

template <typename Open, typename OpenInPlace, typename OutputSize, typename GiveKey>
Opened push(const Lie& lie, const std::vector<std::size_t>& pieces, bool in_place, const Open& open,
            const OpenInPlace& open_in_place, const OutputSize& output_size,
            const GiveKey& give_key) {
  Opened opened;
  ByteView message = lie.message;
  for (std::size_t turn = 0;; ++turn) {
    Bytes in = copy(message.first(piece(pieces, turn, message.size())));
    const int end = in.size() == message.size() ? TWOWAY_YES : TWOWAY_NO;
    Bytes out(output_size(in.size()));
    std::size_t consumed = 0;
    std::size_t written = 0;
    twoway_chunk_state state = 0;
    const std::uint8_t* text = out.data();
    const twoway_status status =
        in_place
            ? open_in_place(in.data(), in.size(), end, &consumed, &text, &written, &state)
            : open(in.data(), in.size(), end, out.data(), out.size(), &consumed, &written, &state);
    if (status != TWOWAY_OK) {
      opened.error = twoway_status_name(status);
      return opened;
    }
    opened.text.insert(opened.text.end(), text, text + written);
    message = message.subspan(consumed);
    if (state == TWOWAY_CHUNK_DONE) return opened;
    if (state == TWOWAY_CHUNK_NEED_KEY) give_key();
  }
}

}  // namespace

Opened open_chunks_in_c(const Lie& lie, const std::vector<std::size_t>& pieces, bool in_place) {
  twoway_chunk_limits limits{sizeof(limits), lie.limits.max_chunk, lie.limits.max_chunks,
                             lie.limits.max_plaintext};
  if (lie.kind == Kind::request) {
    OWNER(twoway_chunked_request_opener) opener;
    succeed(twoway_request_receiver_chunked_opener(receivers().one.handle, nullptr, &limits,
                                                   &opener.handle, nullptr));
    return push(
        lie, pieces, in_place,
        [&](auto... all) {
          return twoway_chunked_request_opener_open(opener.handle, all..., nullptr);
        },
        [&](auto... all) {
          return twoway_chunked_request_opener_open_in_place(opener.handle, all..., nullptr);
        },
        [&](std::size_t size) {
          return twoway_chunked_request_opener_output_size(opener.handle, size);
        },
        [&] { succeed(twoway_chunked_request_opener_decapsulate(opener.handle, nullptr)); });
  }
  OWNER(twoway_chunk_opener) opener;
  if (lie.kind == Kind::response) {
    OWNER(twoway_response_opener) response;
    restore(lie, &response.handle);
    succeed(twoway_response_opener_chunk_opener(response.handle, nullptr, &limits, &opener.handle,
                                                nullptr));
  } else {
    OWNER(twoway_multi_request_opener) body;
    begin(lie, &body.handle);
    succeed(
        twoway_multi_request_opener_chunk_opener(body.handle, &limits, &opener.handle, nullptr));
  }
  return push(
      lie, pieces, in_place,
      [&](auto... all) { return twoway_chunk_opener_open(opener.handle, all..., nullptr); },
      [&](auto... all) {
        return twoway_chunk_opener_open_in_place(opener.handle, all..., nullptr);
      },
      [&](std::size_t size) { return twoway_chunk_opener_output_size(opener.handle, size); },
      [] { FUZZ_REQUIRE(false); });
}

Opened open_whole_in_c(const Lie& lie) {
  Bytes out(lie.message.size());
  std::size_t size = 0;
  twoway_status status = TWOWAY_OK;
  OWNER(twoway_response_sealer) sealer;
  if (lie.kind == Kind::request) {
    status = twoway_request_receiver_open(receivers().one.handle, lie.message.data(),
                                          lie.message.size(), nullptr, out.data(), out.size(),
                                          &size, &sealer.handle, nullptr);
  } else if (lie.kind == Kind::response) {
    OWNER(twoway_response_opener) response;
    restore(lie, &response.handle);
    status = twoway_response_opener_open(response.handle, lie.message.data(), lie.message.size(),
                                         nullptr, out.data(), out.size(), &size, nullptr);
  } else {
    status = twoway_multi_request_receiver_open(receivers().multi.handle, lie.key_message.data(),
                                                lie.key_message.size(), lie.message.data(),
                                                lie.message.size(), nullptr, out.data(), out.size(),
                                                &size, &sealer.handle, nullptr);
  }
  if (status != TWOWAY_OK) return {{}, twoway_status_name(status)};
  out.resize(size);
  return {out, {}};
}

}  // namespace twoway::fuzz
