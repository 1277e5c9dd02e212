// Streams and HPKE in C with buffers at every distance from each other.
#include "overlap_setup.hpp"

using namespace twoway;
using namespace twoway::test;

TEST_CASE("streams in C write over nothing that their source has still to give") {
  for_each_setup([](const Setup& setup) {
    core::Bytes message;
    const auto source_of = [](core::ByteView in) {
      return made<HANDLE(twoway_source)>(
          [&](auto out) { return twoway_source_from_memory(in.data(), in.size(), out, nullptr); });
    };
    const auto seal = [&](core::ByteSpan out, core::ByteView in) {
      const auto sealer = made<HANDLE(twoway_request_sealer)>([&](auto given) {
        return twoway_request_sender_begin(setup.one.sender, TWOWAY_FORM_WHOLE, nullptr, given,
                                           nullptr);
      });
      const auto source = source_of(in);
      const auto stream = made<HANDLE(twoway_seal_stream)>([&](auto given) {
        return twoway_request_sealer_stream(sealer.get(), source.get(), nullptr, given, nullptr);
      });
      std::size_t size = 0;
      const twoway_status status =
          twoway_seal_stream_read(stream.get(), out.data(), out.size(), &size, nullptr);
      return result(status, size);
    };
    check_overlaps({text(), kPrefix + kText.size() + 16, kNever,
                    [&]() -> OverlapCall { return seal; },
                    [&](core::ByteView sealed) {
                      message = test::copy(sealed);
                      return setup.opens(sealed);
                    }});
    const auto open = [&](core::ByteSpan out, core::ByteView in) {
      const auto pending = made<HANDLE(twoway_pending_request)>([&](auto given) {
        return twoway_request_receiver_begin(setup.one.receiver, TWOWAY_FORM_WHOLE, message.data(),
                                             message.size(), nullptr, given, nullptr);
      });
      const auto opener = made<HANDLE(twoway_request_opener)>([&](auto given) {
        return twoway_pending_request_decapsulate(pending.get(), given, nullptr);
      });
      const auto source = source_of(in);
      const auto stream = made<HANDLE(twoway_open_stream)>([&](auto given) {
        return twoway_request_opener_stream(opener.get(), source.get(), nullptr, given, nullptr);
      });
      std::size_t size = 0;
      const twoway_status status =
          twoway_open_stream_read(stream.get(), out.data(), out.size(), &size, nullptr);
      return result(status, size);
    };
    check_overlaps({test::copy(core::ByteView(message).subspan(kPrefix)), kText.size(), kNever,
                    [&]() -> OverlapCall { return open; }, is_it});
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
    // `own` is the info too.
    core::Bytes enc(32);
    core::Bytes sealed(kText.size() + 16);
    std::size_t written = 0;
    ok(twoway_hpke_seal(crypto, setup.with.suite, own.data(), 32, own.data(), 32, nullptr, nullptr,
                        nullptr, 0, text().data(), kText.size(), enc.data(), 32, &written,
                        sealed.data(), sealed.size(), &written, nullptr));
    for (const bool over_enc : {false, true}) {
      check_overlaps({over_enc ? enc : own, kText.size(), kNever,
                      [&] {
                        return sized([&](const std::uint8_t* in, std::size_t in_size, auto... out) {
                          return twoway_hpke_open(
                              crypto, setup.with.suite, setup.one.key, over_enc ? in : enc.data(),
                              32, over_enc ? own.data() : in, in_size, nullptr, nullptr, 0,
                              sealed.data(), sealed.size(), out..., nullptr);
                        });
                      },
                      is_it});
    }
    for (const bool over_enc : {false, true}) {
      check_overlaps({own, 40, kNever,
                      [&] {
                        return OverlapCall([&](core::ByteSpan out, core::ByteView in) {
                          const core::ByteView from = over_enc ? in : core::ByteView(own);
                          return result(twoway_hpke_receive_export(
                                            crypto, setup.with.suite, setup.one.key, from.data(),
                                            from.size(), nullptr, 0, nullptr, in.data(), in.size(),
                                            out.data(), out.size(), nullptr),
                                        out.size());
                        });
                      },
                      any});
    }
  });
}
