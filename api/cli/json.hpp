// The JSON of the program.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace twoway::cli {

using Json = nlohmann::ordered_json;

/// Writes JSON in ASCII, so that text from anyone is safe for a terminal. Bytes that are not UTF-8
/// become U+FFFD.
inline std::string json_text(const Json& json) {
  return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace twoway::cli
