#include <algorithm>

#include <twoway/framing/request.hpp>

#include "wire.hpp"

namespace twoway::framing {
namespace {

// RFC 9458 section 4.3:
//   info = concat(encode_str("message/bhttp request"), encode(1, 0), hdr)
Bytes request_info(std::string_view media_type,
                   const std::array<std::uint8_t, kHeaderSize>& header) noexcept {
  Bytes info(media_type.size() + 1 + kHeaderSize);
  Writer writer(info);
  writer.bytes(core::as_bytes(media_type));
  writer.u8(0);
  writer.bytes(header);
  return info;
}

}  // namespace

// RFC 9458 section 4.3:
//   hdr = concat(encode(1, key_id), encode(2, kem_id), encode(2, kdf_id), encode(2, aead_id))
//   enc, sctxt = SetupBaseS(pkR, info)
//   enc_request = concat(hdr, enc, ct)
Result<BegunRequest> begin_request(const core::CipherSuite& suite, std::uint8_t key_id,
                                   const core::PublicKey& receiver, std::string_view media_type,
                                   core::Rng* rng) noexcept {
  const auto header = serialize({key_id, suite.id()});
  Bytes prefix(kHeaderSize + suite.nenc());
  std::copy(header.begin(), header.end(), prefix.begin());
  const ByteSpan enc = ByteSpan(prefix).subspan(kHeaderSize);
  Result<core::SenderContext> context =
      core::SenderContext::setup(suite, enc, receiver, request_info(media_type, header), {}, rng);
  if (!context) return context.error();
  return BegunRequest{std::move(prefix), std::move(*context)};
}

// RFC 9458 section 4.3: rctxt = SetupBaseR(enc, skR, info)
Result<core::RecipientContext> accept_request(const core::CipherSuite& suite, std::uint8_t key_id,
                                              const core::SharedSecret& shared_secret,
                                              std::string_view media_type) noexcept {
  const auto header = serialize({key_id, suite.id()});
  return core::RecipientContext::from_shared_secret(suite, shared_secret,
                                                    request_info(media_type, header));
}

}  // namespace twoway::framing
