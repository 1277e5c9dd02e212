// The commands. Each `add_` function describes one to the parser, which runs it if the arguments
// name it.
#pragma once

#include <CLI/CLI.hpp>

namespace twoway::cli {

void add_keygen(CLI::App& app);
void add_config(CLI::App& app);
void add_inspect(CLI::App& app);
void add_seal_request(CLI::App& app);
void add_open_request(CLI::App& app);
void add_seal_response(CLI::App& app);
void add_open_response(CLI::App& app);
void add_seal_many(CLI::App& app);
void add_open_many(CLI::App& app);
void add_tokens(CLI::App& app);
void add_providers(CLI::App& app);

}  // namespace twoway::cli
