// Runs the tests in C of the OpenSSL provider's header.
#include <cstdlib>
#include <filesystem>

#include "cpp.hpp"
#include "provider_cases.h"

TEST_CASE("the OpenSSL provider in C") { openssl_providers(); }

TEST_CASE("EVP_PKEYs in C") { openssl_evp_keys(); }

TEST_CASE("key stores in C") {
  std::string directory = (std::filesystem::temp_directory_path() / "twoway-c-XXXXXX").string();
  REQUIRE(::mkdtemp(directory.data()) != nullptr);
  openssl_key_stores(directory.c_str());
  std::filesystem::remove_all(directory);
}
