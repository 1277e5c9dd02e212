// Small helpers for all tests.
#pragma once

#include <string>
#include <string_view>

#include <twoway/core/bytes.hpp>
#include <twoway/core/kem.hpp>

#include "built_providers.hpp"
#include "catch.hpp"

namespace twoway::test {

/// Decodes lower-case hex. Aborts the test program on anything else.
core::Bytes unhex(std::string_view hex);
std::string hex(core::ByteView bytes);

/// Copies a view, for comparing and for changing.
inline core::Bytes copy(core::ByteView bytes) { return {bytes.begin(), bytes.end()}; }

/// Returns a secret of these bytes, or an empty one if they are too many.
template <typename Secret>
Secret secret_of(core::ByteView bytes) {
  Secret secret;
  secret.try_assign(bytes);
  return secret;
}

/// Gives out fixed bytes in order, and fails when they are used up.
class FixedRng final : public core::Rng {
 public:
  explicit FixedRng(core::Bytes bytes) : bytes_(std::move(bytes)) {}
  core::Status fill(core::ByteSpan out) noexcept override;
  std::size_t left() const { return bytes_.size() - used_; }

 private:
  core::Bytes bytes_;
  std::size_t used_ = 0;
};

/// Returns the result of Kem::import_enc. Fails the test if `enc` is not valid. Borrows `enc`.
core::Encapsulation encapsulation(const core::Kem& kem, core::ByteView enc);

/// Returns true if a provider offers every part of the suite.
bool offers(const core::Provider& provider, core::Suite suite);

}  // namespace twoway::test

// For results: shows an error that was not expected.
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
