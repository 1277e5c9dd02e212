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

/// Returns the error of a Result or a Status, or null if it has none.
template <typename Outcome>
const core::Error* error_of(const Outcome& outcome) {
  return outcome.ok() ? nullptr : &outcome.error();
}

/// Fails the test if there is an error, and shows it with `what` and its place.
void require_ok(const core::Error* error, const char* what, const char* file, int line);

/// Fails the test unless there is an error with this code.
void require_errc(const core::Error* error, core::Errc expected, const char* what, const char* file,
                  int line);

}  // namespace twoway::test

// One assertion on a Result or a Status. What it shows is compiled once, in require.cpp.
#define REQUIRE_OK(result) \
  ::twoway::test::require_ok(::twoway::test::error_of(result), #result, __FILE__, __LINE__)
#define REQUIRE_ERRC(result, expected)                                                        \
  ::twoway::test::require_errc(::twoway::test::error_of(result), expected, #result, __FILE__, \
                               __LINE__)
