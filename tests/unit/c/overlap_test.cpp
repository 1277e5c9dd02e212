// Buffers of one call of the C interface at every distance from each other.
#include "overlap_setup.hpp"

using namespace twoway;
using namespace twoway::test;

TEST_CASE("requests in C serve or refuse buffers at every distance") {
  for_each_setup([](const Setup& setup) {
    const peer& one = setup.one;
    core::Bytes message;
    twoway_response_opener* opener = nullptr;
    check_overlaps({text(), twoway_request_sender_sealed_size(one.sender, kText.size()), kPrefix,
                    [&] {
                      return sized([&](auto... buffers) {
                        twoway_response_opener_free(opener);
                        const auto call = [&](const std::uint8_t* in, std::size_t in_size,
                                              auto... out) {
                          return twoway_request_sender_seal(one.sender, in, in_size, nullptr,
                                                            out..., &opener, nullptr);
                        };
                        return call(buffers...);
                      });
                    },
                    [&](core::ByteView sealed) {
                      message = test::copy(sealed);
                      return setup.opens(sealed);
                    }});
    check_overlaps({text(), message.size(), kPrefix,
                    [&] {
                      auto sealer = shared(made<HANDLE(twoway_request_sealer)>([&](auto out) {
                        return twoway_request_sender_begin(one.sender, TWOWAY_FORM_WHOLE, nullptr,
                                                           out, nullptr);
                      }));
                      return sized([sealer](auto... buffers) {
                        return twoway_request_sealer_seal(sealer.get(), buffers..., nullptr);
                      });
                    },
                    [&](core::ByteView sealed) { return setup.opens(sealed); }});
    check_overlaps({message, kText.size(), -kPrefix,
                    [&]() -> OverlapCall {
                      return [&](core::ByteSpan out, core::ByteView in) {
                        std::size_t size = 0;
                        const twoway_status status = setup.open(in, out, &size);
                        return result(status, size);
                      };
                    },
                    is_it});
    core::Bytes response;
    core::Bytes text_out(kText.size());
    std::size_t size = 0;
    const std::size_t nonce = twoway_response_opener_prefix_size(opener);
    check_overlaps({text(), nonce + kText.size() + 16, static_cast<std::ptrdiff_t>(nonce),
                    [&] {
                      auto sealer = shared(made<HANDLE(twoway_response_sealer)>(
                          [&](auto out) { return setup.open(message, text_out, &size, out); }));
                      return sized(
                          [sealer](const std::uint8_t* in, std::size_t in_size, auto... out) {
                            return twoway_response_sealer_seal(sealer.get(), in, in_size, nullptr,
                                                               out..., nullptr);
                          });
                    },
                    [&](core::ByteView sealed) {
                      response = test::copy(sealed);
                      return twoway_response_opener_open(opener, sealed.data(), sealed.size(),
                                                         nullptr, text_out.data(), text_out.size(),
                                                         &size, nullptr) == TWOWAY_OK &&
                             is_it(text_out);
                    }});
    check_overlaps({response, kText.size(), -static_cast<std::ptrdiff_t>(nonce),
                    [&] {
                      return sized([&](const std::uint8_t* in, std::size_t in_size, auto... out) {
                        return twoway_response_opener_open(opener, in, in_size, nullptr, out...,
                                                           nullptr);
                      });
                    },
                    is_it});
    twoway_response_opener_free(opener);
  });
}

TEST_CASE("bodies and chunks in C serve or refuse buffers at every distance") {
  for_each_setup([](const Setup& setup) {
    const auto receiver = made<HANDLE(twoway_multi_request_receiver)>([&](auto out) {
      return twoway_multi_request_receiver_new(setup.one.ring, nullptr, nullptr, out, nullptr);
    });
    const auto sender = made<HANDLE(twoway_multi_request_sender)>([&](auto out) {
      return twoway_multi_request_sender_new(setup.with.crypto, TWOWAY_AEAD_CHACHA20_POLY1305,
                                             nullptr, out, nullptr);
    });
    core::Bytes key(200);
    core::Bytes body;
    const auto start = [&](twoway_form form) {
      auto sealer = made<HANDLE(twoway_multi_request_sealer)>([&](auto out) {
        return twoway_multi_request_sender_begin(sender.get(), form, nullptr, out, nullptr);
      });
      key.resize(200);
      std::size_t size = 0;
      made<HANDLE(twoway_response_opener)>([&](auto out) {
        return twoway_multi_request_sealer_encapsulate_key(
            sealer.get(), setup.one.sender, key.data(), key.size(), &size, out, nullptr);
      });
      key.resize(size);
      return sealer;
    };
    const auto open = [&](core::ByteView key_message, core::ByteView sealed, core::ByteSpan out,
                          std::size_t* size) {
      twoway_response_sealer* sealer = nullptr;
      const twoway_status status = twoway_multi_request_receiver_open(
          receiver.get(), key_message.data(), key_message.size(), sealed.data(), sealed.size(),
          nullptr, out.data(), out.size(), size, &sealer, nullptr);
      twoway_response_sealer_free(sealer);
      return status;
    };
    constexpr std::ptrdiff_t kNonce = 12;
    const std::size_t sealed_size = kNonce + kText.size() + 16;
    check_overlaps({text(), sealed_size, kNonce,
                    [&] {
                      auto sealer = shared(start(TWOWAY_FORM_WHOLE));
                      return sized([sealer](auto... buffers) {
                        return twoway_multi_request_sealer_seal(sealer.get(), buffers..., nullptr);
                      });
                    },
                    [&](core::ByteView sealed) {
                      body = test::copy(sealed);
                      core::Bytes out(kText.size());
                      std::size_t size = 0;
                      return open(key, sealed, out, &size) == TWOWAY_OK && is_it(out);
                    }});
    check_overlaps({body, kText.size(), -kNonce,
                    [&]() -> OverlapCall {
                      return [&](core::ByteSpan out, core::ByteView in) {
                        std::size_t size = 0;
                        const twoway_status status = open(key, in, out, &size);
                        return result(status, size);
                      };
                    },
                    is_it});
    check_overlaps({key, kText.size(), kNever,
                    [&]() -> OverlapCall {
                      return [&](core::ByteSpan out, core::ByteView in) {
                        std::size_t size = 0;
                        const twoway_status status = open(in, body, out, &size);
                        return result(status, size);
                      };
                    },
                    is_it});
    for (const int last : {TWOWAY_NO, TWOWAY_YES}) {
      check_overlaps(
          {text(), 1 + kText.size() + 16, 1,
           [&] {
             const auto sealer = start(TWOWAY_FORM_CHUNKED);
             auto chunks = shared(made<HANDLE(twoway_chunk_sealer)>([&](auto out) {
               return twoway_multi_request_sealer_chunk_sealer(sealer.get(), nullptr, out, nullptr);
             }));
             return sized([chunks, last](const std::uint8_t* in, std::size_t in_size, auto... out) {
               return twoway_chunk_sealer_seal(chunks.get(), in, in_size, last, out..., nullptr);
             });
           },
           [](core::ByteView) { return true; }});
    }
  });
}

TEST_CASE("key files in C are not written over the key that they are made of") {
  for_each_setup([](const Setup& setup) {
    const core::Bytes sk(32, 7);
    core::Bytes file(TWOWAY_MAX_PRIVATE_KEY_PEM);
    std::size_t size = 0;
    ok(twoway_private_key_write_pem(setup.with.crypto, TWOWAY_KEM_X25519, sk.data(), sk.size(),
                                    file.data(), file.size(), &size, nullptr));
    file.resize(size);
    check_overlaps({sk, size, kNever,
                    [&] {
                      return sized([&](auto... buffers) {
                        return twoway_private_key_write_pem(setup.with.crypto, TWOWAY_KEM_X25519,
                                                            buffers..., nullptr);
                      });
                    },
                    [&](core::ByteView written) { return std::ranges::equal(written, file); }});
  });
}
