// Catch2 beside check.h, whose macros for C have names of Catch2's.
#pragma once

#undef CHECK
#undef REQUIRE
#undef REQUIRE_OK

#include <algorithm>
#include <vector>

#include <twoway/c/bridge.hpp>
#include <twoway/core/kem.hpp>

#include "support.hpp"
