// Whole messages. Only the authentic one opens, and every error is the right one for the message's
// prefix.
#include "exchange.hpp"

using namespace twoway;
using namespace twoway::fuzz;

namespace {

void check_request(ByteView message) {
  const Exchange& e = exchange();
  const auto opened = e.receiver.open(message);
  if (equal(message, e.request)) {
    FUZZ_REQUIRE(opened.ok() && opened->plaintext == e.plaintext);
    return;
  }
  const bool ours =
      message.size() >= kHeader.size() && equal(message.first(kHeader.size()), kHeader);
  FUZZ_REQUIRE(!opened);
  FUZZ_REQUIRE(opened.error().code == (message.size() < kHeader.size() ? Errc::malformed
                                       : ours                          ? Errc::open_failed
                                                                       : Errc::unknown_key));
  FUZZ_REQUIRE(opened.error().native == 0);

  // The prefix alone. Its key is known as soon as `enc` is complete, and `enc` must be valid.
  const auto pending = e.receiver.begin(Form::whole, message);
  const bool begins = ours && message.size() >= kPrefixSize &&
                      Kem::find(provider(), kSuite.kem)
                          ->import_public(message.subspan(kHeader.size(), kEncSize))
                          .ok();
  FUZZ_REQUIRE(pending.ok() == begins);
  if (!pending) {
    FUZZ_REQUIRE(pending.error().code == opened.error().code);
    return;
  }
  FUZZ_REQUIRE(pending->key_id() == kKeyId && pending->suite() == kSuite);
  FUZZ_REQUIRE(equal(pending->enc(), message.subspan(kHeader.size(), 32)));
}

void check_response(ByteView message) {
  const Exchange& e = exchange();
  const auto opened = e.opener->open(message);
  if (equal(message, e.response)) {
    FUZZ_REQUIRE(opened.ok() && *opened == e.answer);
  } else {
    FUZZ_REQUIRE(!opened && opened.error().code == Errc::open_failed);
    FUZZ_REQUIRE(opened.error().native == 0);
  }
}

}  // namespace

// The first byte of an input is the kind of the rest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView rest = ByteView(data, size).subspan(1);
  if (data[0] % 2 == 0) {
    check_request(rest);
  } else {
    check_response(rest);
  }
  return 0;
}
