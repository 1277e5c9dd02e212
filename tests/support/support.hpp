// Small things that every test needs.
#pragma once

#include <string>
#include <string_view>

#include <twoway/core/bytes.hpp>
#include <twoway/core/kem.hpp>

#include "built_providers.hpp"
#include "catch.hpp"

namespace twoway::test {

/// Bytes of lower-case hex; aborts the test program on anything else.
core::Bytes unhex(std::string_view hex);
std::string hex(core::ByteView bytes);

/// Copies a view, for comparing and for changing.
inline core::Bytes copy(core::ByteView bytes) { return {bytes.begin(), bytes.end()}; }

/// A secret of these bytes; empty if they are more than it can hold.
template <typename Secret>
Secret secret_of(core::ByteView bytes) {
  Secret secret;
  secret.try_assign(bytes);
  return secret;
}

/// Gives out bytes that were fixed beforehand, in order; fails when they are used up.
class FixedRng final : public core::Rng {
 public:
  explicit FixedRng(core::Bytes bytes) : bytes_(std::move(bytes)) {}
  core::Status fill(core::ByteSpan out) noexcept override;
  std::size_t left() const { return bytes_.size() - used_; }

 private:
  core::Bytes bytes_;
  std::size_t used_ = 0;
};

/// What Kem::import_enc gives; fails the test over an `enc` that is not valid. Borrows `enc`.
core::Encapsulation encapsulation(const core::Kem& kem, core::ByteView enc);

/// Whether a provider offers every part of the suite.
bool offers(const core::Provider& provider, core::Suite suite);

}  // namespace twoway::test

// For results: shows the error where one was not expected.
#define REQUIRE_OK(result)                                        \
  do {                                                            \
    INFO(#result);                                                \
    const auto& twoway_result = (result);                         \
    if (!twoway_result.ok()) FAIL(twoway_result.error().message); \
    SUCCEED();                                                    \
  } while (false)

#define REQUIRE_ERRC(result, expected)                                          \
  do {                                                                          \
    INFO(#result);                                                              \
    const auto& twoway_result = (result);                                       \
    if (twoway_result.ok()) FAIL("expected " #expected ", but it succeeded");   \
    REQUIRE(std::string(twoway::core::to_string(twoway_result.error().code)) == \
            twoway::core::to_string(expected));                                 \
  } while (false)
