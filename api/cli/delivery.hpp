// Bringing a message that is sealed or opened as it is read to its output.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <twoway/stream.hpp>

#include "failure.hpp"
#include "input.hpp"
#include "output.hpp"

namespace twoway::cli {

/// Gives the next bytes of a message, 0 at its end: a stream's `read`.
using Pull = std::function<Result<std::size_t>(ByteSpan out)>;

/// The files that belong to a message: a state, keys.
struct Companions {
  std::vector<Output*> outputs;
  std::function<void()> write;  ///< called when the message's first bytes are there
};

/// The state that `save` gives, for `output`.
Companions with_state(Output& output, std::function<SecretBytes()> save);

struct DeliveryRules {
  Form form = Form::whole;
  std::size_t chunk_size = 0;  ///< plaintext bytes of the largest chunk
  const char* refused = "";    ///< what open_failed is to say
  bool keep_partial = false;   ///< a truncated message keeps what was authentic of it
};

/// Writes all that `pull` gives to `out`. The companions have their names before anything of the
/// message leaves the program. If the message fails in the end they are taken back, and so is a
/// file, but not what went into a pipe. Of a whole message nothing leaves before all is there.
/// `input` is what a failure names.
void deliver(const Pull& pull, const Input& input, Output& out, const Companions& companions,
             const DeliveryRules& rules);

/// The failure for an error that `input` caused; `begun` if something of it was authentic before.
Failure input_failure(const Error& error, const Input& input, const DeliveryRules& rules,
                      bool begun = false);

}  // namespace twoway::cli
