// Bringing a message that is sealed or opened as it is read to its output.
#pragma once

#include <functional>
#include <string>

#include <twoway/stream.hpp>

#include "failure.hpp"
#include "input.hpp"
#include "output.hpp"

namespace twoway::cli {

/// Gives the next bytes of a message, 0 at its end: a stream's `read`.
using Pull = std::function<Result<std::size_t>(ByteSpan out)>;

/// The state that belongs to a message, and where it goes.
struct StateOutput {
  Output& output;
  std::function<SecretBytes()> save;  ///< asked when the message's first bytes are there
};

struct DeliveryRules {
  Form form = Form::whole;
  std::size_t chunk_size = 0;  ///< plaintext bytes of the largest chunk
  const char* refused = "";    ///< what open_failed is to say
  bool keep_partial = false;   ///< a truncated message keeps what was authentic of it
};

/// Writes all that `pull` gives to `out`. The state has its name before anything of a message
/// leaves the program; where the message fails in the end, the state is taken back, and so is a
/// file, but not what went into a pipe. Of a whole message nothing leaves before all is there.
/// `input` is what a failure names.
void deliver(const Pull& pull, const Input& input, Output& out, const StateOutput* state,
             const DeliveryRules& rules);

/// The failure for an error that `input` caused.
Failure input_failure(const Error& error, const Input& input, const DeliveryRules& rules);

}  // namespace twoway::cli
