// Includes of the C++ side of these tests.
#pragma once

#include <algorithm>
#include <vector>

#include <twoway/c/bridge.hpp>
#include <twoway/core/hpke.hpp>

#include "support.hpp"
