// Buffers of one call of the C interface at every distance from each other.
#include "overlap.hpp"

#include <limits>

#include "handle.hpp"
#include "peer.h"

using namespace twoway;
using test::check_overlaps;
using test::made;
using test::ok;
using test::OverlapCall;

namespace {

constexpr std::string_view kText = "a text of 23 bytes, say";
constexpr std::ptrdiff_t kPrefix = 39;  // of a request
constexpr std::ptrdiff_t kNever = std::numeric_limits<std::ptrdiff_t>::max();

core::Bytes text() { return test::copy(core::as_bytes(kText)); }
bool is_it(core::ByteView bytes) { return std::ranges::equal(bytes, core::as_bytes(kText)); }

core::Result<std::size_t> result(twoway_status status, std::size_t size) {
  if (status == TWOWAY_OK) return size;
  return core::Error{status == TWOWAY_INVALID_ARGUMENT ? core::Errc::invalid_argument
                                                       : core::Errc::provider_failure,
                     twoway_status_name(status)};
}

/// Calls a function that writes its size.
template <typename Function>
OverlapCall sized(Function function) {
  return [function](core::ByteSpan out, core::ByteView in) {
    std::size_t size = 0;
    const twoway_status status = function(in.data(), in.size(), out.data(), out.size(), &size);
    return result(status, size);
  };
}

struct Setup {
  explicit Setup(const core::Provider& provider)
      : with{c::handle(provider),
             {TWOWAY_KEM_X25519, TWOWAY_KDF_HKDF_SHA256, TWOWAY_AEAD_CHACHA20_POLY1305}},
        one(peer_new(&with)) {}
  ~Setup() { peer_free(&one); }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;

  /// Opens a request, and gives the sealer of its response if the caller asks for it.
  twoway_status open(core::ByteView message, core::ByteSpan out, std::size_t* size,
                     twoway_response_sealer** sealer = nullptr) const {
    twoway_response_sealer* given = nullptr;
    const twoway_status status =
        twoway_request_receiver_open(one.receiver, message.data(), message.size(), nullptr,
                                     out.data(), out.size(), size, &given, nullptr);
    if (sealer != nullptr) *sealer = given;
    if (sealer == nullptr) twoway_response_sealer_free(given);
    return status;
  }

  bool opens(core::ByteView message) const {
    core::Bytes out(kText.size());
    std::size_t size = 0;
    return open(message, out, &size) == TWOWAY_OK && is_it(out);
  }

  fixture with;
  peer one;
};

template <typename Test>
void for_each_setup(const Test& test) {
  for (const core::Provider* provider : built::providers()) {
    INFO(provider->name());
    const Setup setup(*provider);
    test(setup);
  }
}

template <typename Unique>
auto shared(Unique handle) {
  return std::shared_ptr<typename Unique::element_type>(std::move(handle));
}

}  // namespace

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
    const auto receiver = made<HANDLE(twoway_multi_receiver)>([&](auto out) {
      return twoway_multi_receiver_new(setup.one.ring, nullptr, nullptr, out, nullptr);
    });
    const auto sender = made<HANDLE(twoway_multi_sender)>([&](auto out) {
      return twoway_multi_sender_new(setup.with.crypto, TWOWAY_AEAD_CHACHA20_POLY1305, nullptr, out,
                                     nullptr);
    });
    core::Bytes key(200);
    core::Bytes body;
    const auto start = [&](twoway_form form) {
      auto sealer = made<HANDLE(twoway_multi_sealer)>([&](auto out) {
        return twoway_multi_sender_begin(sender.get(), form, nullptr, out, nullptr);
      });
      key.resize(200);
      std::size_t size = 0;
      made<HANDLE(twoway_response_opener)>([&](auto out) {
        return twoway_multi_sealer_encapsulate_key(sealer.get(), setup.one.sender, key.data(),
                                                   key.size(), &size, out, nullptr);
      });
      key.resize(size);
      return sealer;
    };
    const auto open = [&](core::ByteView key_message, core::ByteView sealed, core::ByteSpan out,
                          std::size_t* size) {
      twoway_response_sealer* sealer = nullptr;
      const twoway_status status = twoway_multi_receiver_open(
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
                        return twoway_multi_sealer_seal(sealer.get(), buffers..., nullptr);
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
               return twoway_multi_sealer_chunks(sealer.get(), nullptr, out, nullptr);
             }));
             return sized([chunks, last](const std::uint8_t* in, std::size_t in_size, auto... out) {
               return twoway_chunk_sealer_seal(chunks.get(), in, in_size, last, out..., nullptr);
             });
           },
           [](core::ByteView) { return true; }});
    }
  });
}

TEST_CASE("HPKE's messages in C serve or refuse buffers at every distance") {
  for_each_setup([](const Setup& setup) {
    const twoway_provider* crypto = setup.with.crypto;
    core::Bytes pk(32);
    std::size_t size = 0;
    ok(twoway_private_key_public_key(setup.one.key, pk.data(), pk.size(), &size, nullptr));
    core::Bytes enc(32);
    core::Bytes sealed;
    const auto sender = [&] {
      return shared(made<HANDLE(twoway_hpke_sender)>([&](auto out) {
        return twoway_hpke_sender_setup(crypto, setup.with.suite, pk.data(), pk.size(), nullptr, 0,
                                        nullptr, nullptr, enc.data(), enc.size(), &size, out,
                                        nullptr);
      }));
    };
    const auto recipient = [&] {
      return shared(made<HANDLE(twoway_hpke_recipient)>([&](auto out) {
        return twoway_hpke_recipient_setup(crypto, setup.with.suite, setup.one.key, enc.data(),
                                           enc.size(), nullptr, 0, nullptr, out, nullptr);
      }));
    };
    const auto opens = [&](core::ByteView message) {
      core::Bytes out(kText.size());
      sealed = test::copy(message);
      return twoway_hpke_recipient_open(recipient().get(), nullptr, 0, message.data(),
                                        message.size(), out.data(), out.size(), &size,
                                        nullptr) == TWOWAY_OK &&
             is_it(out);
    };
    check_overlaps({text(), kText.size() + 16, 0,
                    [&] {
                      return sized([one = sender()](auto... buffers) {
                        return twoway_hpke_sender_seal(one.get(), nullptr, 0, buffers..., nullptr);
                      });
                    },
                    opens});
    check_overlaps({sealed, kText.size(), 0,
                    [&] {
                      return sized([one = recipient()](auto... buffers) {
                        return twoway_hpke_recipient_open(one.get(), nullptr, 0, buffers...,
                                                          nullptr);
                      });
                    },
                    is_it});
    check_overlaps(
        {text(), kText.size() + 16, 0,
         [&] {
           return sized([&](auto... buffers) {
             const auto call = [&](const std::uint8_t* in, std::size_t in_size, auto... out) {
               return twoway_hpke_seal(crypto, setup.with.suite, pk.data(), pk.size(), nullptr, 0,
                                       nullptr, nullptr, nullptr, 0, in, in_size, enc.data(),
                                       enc.size(), &size, out..., nullptr);
             };
             return call(buffers...);
           });
         },
         opens});
    check_overlaps({sealed, kText.size(), 0,
                    [&] {
                      return sized([&](auto... buffers) {
                        return twoway_hpke_open(crypto, setup.with.suite, setup.one.key, enc.data(),
                                                enc.size(), nullptr, 0, nullptr, nullptr, 0,
                                                buffers..., nullptr);
                      });
                    },
                    is_it});
  });
}

TEST_CASE("HPKE in C writes over nothing else that it reads") {
  for_each_setup([](const Setup& setup) {
    const twoway_provider* crypto = setup.with.crypto;
    const core::Bytes own = [&] {
      core::Bytes pk(32);
      std::size_t size = 0;
      ok(twoway_private_key_public_key(setup.one.key, pk.data(), pk.size(), &size, nullptr));
      return pk;
    }();
    // Which input an output of 32 bytes is put over: none, the key, info, PSK and its id, AAD.
    const auto any = [](core::ByteView bytes) { return !bytes.empty(); };
    const auto enc_over = [&](int which) {
      return OverlapCall([&, which](core::ByteSpan out, core::ByteView in) {
        const core::ByteView pk = which == 0 ? in : core::ByteView(own);
        twoway_hpke_sender_mode mode{};
        mode.size = sizeof(mode);
        mode.psk = which == 2 ? in.data() : own.data();
        mode.psk_size = 32;
        mode.psk_id = which == 3 ? in.data() : own.data();
        mode.psk_id_size = 32;
        const core::ByteView info = which == 1 ? in : core::ByteView(own);
        std::size_t size = 0;
        twoway_hpke_sender* sender = nullptr;
        const twoway_status status = twoway_hpke_sender_setup(
            crypto, setup.with.suite, pk.data(), pk.size(), info.data(), info.size(), &mode,
            nullptr, out.data(), out.size(), &size, &sender, nullptr);
        twoway_hpke_sender_free(sender);
        if (status == TWOWAY_OK) {
          // Both outputs of the single-shot functions obey the same rule.
          core::Bytes other(64);
          std::size_t sealed = 0;
          REQUIRE(twoway_hpke_seal(crypto, setup.with.suite, own.data(), 32, info.data(),
                                   info.size(), &mode, nullptr, nullptr, 0, nullptr, 0,
                                   other.data(), 32, &sealed, out.data(), out.size(), &size,
                                   nullptr) == TWOWAY_OK);
          size = 32;
        }
        return result(status, size);
      });
    };
    for (const int which : {0, 1, 2, 3}) {
      INFO("input " << which);
      check_overlaps({own, 32, kNever, [&] { return enc_over(which); }, any});
    }
    const auto sender = shared(made<HANDLE(twoway_hpke_sender)>([&](auto out) {
      core::Bytes enc(32);
      std::size_t size = 0;
      return twoway_hpke_sender_setup(crypto, setup.with.suite, own.data(), 32, nullptr, 0, nullptr,
                                      nullptr, enc.data(), 32, &size, out, nullptr);
    }));
    check_overlaps({own, 32, kNever,
                    [&] {
                      return OverlapCall([&](core::ByteSpan out, core::ByteView in) {
                        return result(twoway_hpke_sender_export(sender.get(), in.data(), in.size(),
                                                                out.data(), out.size(), nullptr),
                                      out.size());
                      });
                    },
                    any});
    for (const bool over_enc : {false, true}) {
      check_overlaps({own, 40, kNever,
                      [&] {
                        return OverlapCall([&](core::ByteSpan out, core::ByteView in) {
                          const core::ByteView enc = over_enc ? in : core::ByteView(own);
                          return result(twoway_hpke_receive_export(
                                            crypto, setup.with.suite, setup.one.key, enc.data(),
                                            enc.size(), nullptr, 0, nullptr, in.data(), in.size(),
                                            out.data(), out.size(), nullptr),
                                        out.size());
                        });
                      },
                      any});
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
