#include "refusals.hpp"

#include <algorithm>

#include "algorithm_names.hpp"
#include "keys.hpp"

namespace twoway::cli {
namespace {

std::string words_for(const Provider& provider, const RequestHeader& header,
                      const std::vector<KeyConfig>& keys) {
  if (core::find_kem(provider, header.suite.kem) == nullptr) {
    return "does not begin as a request does: give the sealed request, unchanged";
  }
  const std::string id = std::to_string(header.key_id);
  const auto key = std::find_if(keys.begin(), keys.end(), [&header](const KeyConfig& candidate) {
    return candidate.key_id == header.key_id;
  });
  if (key == keys.end()) {
    return "is sealed to key id " + id + ", and --key gave " + ids_of(keys) +
           ": give the key of that id with --key " + id + "=KEY";
  }
  const core::Suite& suite = header.suite;
  if (key->kem != suite.kem) {
    return "is sealed to a key of kind " + name_of(suite.kem) + " with id " + id +
           ", and --key gave one of kind " + name_of(key->kem) + ": give the key of that kind";
  }
  const std::string pair = name_of(suite.kdf) + ":" + name_of(suite.aead);
  return "is sealed with " + pair + ", which key " + id +
         " does not accept: if the key configuration lists it, add --algorithms " + pair;
}

}  // namespace

Failure unknown_key(const KeyRing& ring, ByteView head, const std::string& about) {
  const RequestHeader header = require(framing::parse_header(head), about);
  const Bytes list = require(ring.key_configs());
  const auto keys = require(framing::parse_key_configs(ring.provider(), list));
  return {Exit::refused, about + ": " + words_for(ring.provider(), header, keys)};
}

Failure unusable_state(const Error& error, const std::string& about, const char* writer) {
  if (error.code != Errc::malformed) return failure(error, about);
  return {Exit::refused, about + ": is not a state of " + writer +
                             ", or is damaged: give the file " + "that " + writer +
                             " wrote with --state for this request"};
}

}  // namespace twoway::cli
