// Every way to open a message, in C++ and in C.
#pragma once

#include <functional>

#include "lying_sealer.hpp"

namespace twoway::fuzz {

struct Way {
  const char* name;
  std::function<Opened(const Lie& lie, const std::vector<std::size_t>& pieces)> open;
};

/// Returns the ways for the chunked form, or for the whole one. `pieces` are sizes, to be used in
/// turn.
const std::vector<Way>& ways(bool chunked);

/// The same in C.
Opened open_chunks_in_c(const Lie& lie, const std::vector<std::size_t>& pieces, bool in_place);
Opened open_whole_in_c(const Lie& lie);

/// Returns the size of the next piece: at least 1 byte, and no more than the rest.
std::size_t piece(const std::vector<std::size_t>& pieces, std::size_t turn, std::size_t left);

}  // namespace twoway::fuzz
