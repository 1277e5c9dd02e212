// Writes a message to its output while it is sealed or opened.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <twoway/stream.hpp>

#include "failure.hpp"
#include "input.hpp"
#include "output.hpp"

namespace twoway::cli {

/// Writes the next bytes of a message to `out` and returns their number, 0 at its end: a stream's
/// `read`.
using Pull = std::function<Result<std::size_t>(ByteSpan out)>;

/// The files that belong to a message: a state, keys.
struct Companions {
  std::vector<Output*> outputs;
  std::function<void()> write;  ///< called when the message's first bytes are there
};

/// Returns the companion `output`, which gets the state that `save` returns.
Companions with_state(Output& output, std::function<SecretBytes()> save);

struct DeliveryRules {
  Form form = Form::whole;
  std::size_t chunk_size = 0;  ///< plaintext bytes of the largest chunk
  const char* refused = "";    ///< message for open_failed
  bool keep_partial = false;   ///< keep the authentic part of a truncated message
};

/// Writes the bytes of `pull` to `out`, until its end. The companions get their names before any
/// byte of the message leaves the program. If the message fails in the end, they are removed. So is
/// the message's file, but not bytes that went into a pipe. Nothing of a whole message leaves
/// before all of it is there. Failures name `input`.
void deliver(const Pull& pull, const Input& input, Output& out, const Companions& companions,
             const DeliveryRules& rules);

/// Returns the failure for an error that `input` caused. `begun` is true if part of it was
/// authentic before.
Failure input_failure(const Error& error, const Input& input, const DeliveryRules& rules,
                      bool begun = false);

}  // namespace twoway::cli
