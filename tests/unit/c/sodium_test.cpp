// Runs the test in C of the libsodium provider's header.
#include "cpp.hpp"
#include "provider_cases.h"

TEST_CASE("the libsodium provider in C") { sodium_provider(); }
