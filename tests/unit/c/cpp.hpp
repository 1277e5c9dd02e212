// What the C++ side of these tests includes.
#pragma once

#include <algorithm>
#include <vector>

#include <twoway/c/bridge.hpp>
#include <twoway/core/hpke.hpp>

#include "support.hpp"
