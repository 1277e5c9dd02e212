// Calls of the C interface whose buffers lie at every distance from each other.
#pragma once

#include <limits>

#include "handle.hpp"
#include "overlap.hpp"
#include "peer.h"

namespace twoway::test {

inline constexpr std::string_view kText = "a text of 23 bytes, say";
inline constexpr std::ptrdiff_t kPrefix = 39;  // of a request
inline constexpr std::ptrdiff_t kNever = std::numeric_limits<std::ptrdiff_t>::max();

inline core::Bytes text() { return test::copy(core::as_bytes(kText)); }
inline bool is_it(core::ByteView bytes) { return std::ranges::equal(bytes, core::as_bytes(kText)); }

inline core::Result<std::size_t> result(twoway_status status, std::size_t size) {
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

}  // namespace twoway::test
