// The commands. Each `add_` function describes one to the parser, which runs it if the arguments
// name it.
#pragma once

#include "command.hpp"

namespace twoway::cli {

void add_keygen(Command& program);
void add_config(Command& program);
void add_inspect(Command& program);
void add_seal_request(Command& program);
void add_open_request(Command& program);
void add_seal_response(Command& program);
void add_open_response(Command& program);
void add_seal_multi(Command& program);
void add_open_multi(Command& program);
void add_tokens(Command& program);
void add_providers(Command& program);

}  // namespace twoway::cli
