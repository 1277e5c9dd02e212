// A whole request in one call, to one receiver or to many.
#pragma once

#include <utility>

#include <twoway/request_receiver.hpp>

namespace twoway {

/// Runs the key's operation, opens `sealed` to the front of `out`, and takes the response's sealer.
template <typename Pending>
Result<OpenedText> open_whole(const Pending& pending, ByteSpan out, ByteView sealed) noexcept {
  if (out.size() < pending.opened_size(sealed.size())) {
    return Error{Errc::buffer_too_small, "the output is too small: ask opened_size"};
  }
  auto opener = pending.decapsulate();
  if (!opener) return opener.error();
  const Result<std::size_t> size = opener->open(out, sealed);
  if (!size) return size.error();
  Result<ResponseSealer> sealer = opener->response_sealer();
  if (!sealer) return sealer.error();
  return OpenedText{*size, std::move(*sealer)};
}

/// As above, into bytes of its own.
template <typename Pending>
Result<OpenedRequest> open_whole(const Pending& pending, ByteView sealed) noexcept {
  Bytes plaintext(pending.opened_size(sealed.size()));
  Result<OpenedText> opened = open_whole(pending, plaintext, sealed);
  if (!opened) return opened.error();
  return OpenedRequest{std::move(plaintext), std::move(opened->response_sealer)};
}

}  // namespace twoway
