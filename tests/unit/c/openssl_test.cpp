// Runs the tests in C of the OpenSSL provider's header.
#include "cpp.hpp"
#include "provider_cases.h"
#include "temporary_directory.hpp"

TEST_CASE("the OpenSSL provider in C") { openssl_providers(); }

TEST_CASE("EVP_PKEYs in C") { openssl_evp_keys(); }

TEST_CASE("key stores in C") {
  const twoway::test::TemporaryDirectory directory;
  openssl_key_stores(directory.path().c_str());
}

TEST_CASE("NULL is refused in the place of every pointer of OpenSSL's header in C") {
  const twoway::test::TemporaryDirectory directory;
  openssl_null_calls((directory.path() / "key.pem").c_str());
}
