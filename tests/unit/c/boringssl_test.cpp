// Runs the test in C of the BoringSSL provider's header.
#include "cpp.hpp"
#include "provider_cases.h"

TEST_CASE("the BoringSSL provider in C") { boringssl_provider(); }
