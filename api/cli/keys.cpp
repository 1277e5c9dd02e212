#include "keys.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include <twoway/key_configs.hpp>
#include <twoway/private_key_pem.hpp>

#include "algorithm_names.hpp"
#include "built_providers.hpp"
#include "failure.hpp"
#include "input.hpp"
#include "joined_keys.hpp"
#include "text.hpp"
#include "tpm_keys.hpp"

namespace twoway::cli {
namespace {

constexpr std::array kDefaultAlgorithms{
    SymmetricAlgorithms{KdfId::hkdf_sha256, AeadId::aes128_gcm},
    SymmetricAlgorithms{KdfId::hkdf_sha256, AeadId::chacha20_poly1305},
};

/// Returns true for a key file that only its TPM can use (TSS2 PRIVATE KEY).
bool is_tpm_key_file(ByteView file) {
  constexpr std::string_view kMark = "-----BEGIN TSS2 PRIVATE KEY-----";
  return std::search(file.begin(), file.end(), kMark.begin(), kMark.end()) != file.end();
}

std::shared_ptr<const PrivateKey> read_key(const Provider& provider, const std::string& path,
                                           const PinOptions& pin) {
  const std::string name = input_name(path);
  const Input input(path);
  const core::SecretBuffer file =
      read_input(input, {.max = kMaxPrivateKeyPem, .what = "a key file"});
  if (is_tpm_key_file(file)) return open_tpm_key(path, pin);  // of no use without that TPM
  input.require_private("a private key");
  const PrivateKeyData data = require(read_private_key_pem(file), name);
  const Kem kem = require(Kem::find(provider, data.kem), name);
  std::shared_ptr<const PrivateKey> key = require(kem.import_private(data.bytes.view()), name);
  if (!data.public_key.empty() && !std::ranges::equal(data.public_key, key->public_key())) {
    throw Failure(Exit::refused,
                  name + ": its public key does not belong to its private key: make a new key");
  }
  return key;
}

std::shared_ptr<const PrivateKey> open_key(const Provider& provider, const std::string& name,
                                           const PinOptions& pin) {
  if (const auto halves = parse_halves(name)) {
    return open_joined_key(provider, *halves,
                           [&](const std::string& half) { return open_key(provider, half, pin); });
  }
  if (is_token_uri(name)) return open_token_key(provider, name, pin);
  if (is_tpm_handle(name)) return open_tpm_key(name, pin);
  return read_key(provider, name, pin);
}

std::vector<SymmetricAlgorithms> algorithms_for(const Provider& provider, KemId kem,
                                                const std::vector<std::string>& names) {
  std::vector<SymmetricAlgorithms> algorithms;
  for (const std::string& name : names) {
    const SymmetricAlgorithms pair = parse_algorithms(name);
    const auto found = framing::find_suite(provider, {kem, pair.kdf, pair.aead});
    if (!found) throw Failure(Exit::usage, "--algorithms " + name + ": " + found.error().message);
    algorithms.push_back(pair);
  }
  if (!names.empty()) return algorithms;
  for (const SymmetricAlgorithms& pair : kDefaultAlgorithms) {
    if (framing::find_suite(provider, {kem, pair.kdf, pair.aead})) algorithms.push_back(pair);
  }
  if (algorithms.empty()) {
    throw Failure(Exit::usage,
                  std::string(provider.name()) +
                      " offers none of the default algorithms: name some with --algorithms");
  }
  return algorithms;
}

/// Parses a key id in decimal.
std::optional<std::uint8_t> parse_key_id(std::string_view text) {
  std::uint8_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

struct NamedKey {
  std::uint8_t id;
  std::string key;
};

/// Pairs every --key with its id: the one in front of it, or the next --key-id.
std::vector<NamedKey> named_keys(const KeyOptions& options) {
  std::vector<NamedKey> named;
  auto id = options.ids.begin();
  for (const std::string& key : options.keys) {
    const std::size_t equals = key.find('=');
    if (equals != std::string::npos) {
      if (const auto own = parse_key_id(std::string_view(key).substr(0, equals))) {
        named.push_back({*own, key.substr(equals + 1)});
        if (equals + 1 == key.size()) throw Failure(Exit::usage, "--key " + key + ": names no key");
        continue;
      }
      if (key.find_first_not_of("0123456789") == equals) {
        throw Failure(Exit::usage, "--key " + key + ": a key id is 0 to 255");
      }
    }
    if (id == options.ids.end()) {
      throw Failure(Exit::usage, "--key " + key + ": every key needs one id: write --key ID=" +
                                     key + ", or give as many --key-id as --key");
    }
    named.push_back({static_cast<std::uint8_t>(*id++), key});
  }
  if (id != options.ids.end()) {
    throw Failure(Exit::usage, "--key-id " + std::to_string(*id) + ": belongs to no --key");
  }
  for (auto key = named.begin(); key != named.end(); ++key) {
    const auto same_id = [key](const NamedKey& other) { return other.id == key->id; };
    if (std::any_of(std::next(key), named.end(), same_id)) {
      throw Failure(Exit::usage, "the key id " + std::to_string(key->id) +
                                     " is given to two keys: choose another id for one");
    }
  }
  return named;
}

/// Returns all keys that are opened, the halves of joined keys among them.
std::vector<std::string> opened_keys(const std::vector<NamedKey>& named) {
  std::vector<std::string> keys;
  for (const auto& [id, key] : named) {
    if (const auto halves = parse_halves(key)) {
      keys.insert(keys.end(), {halves->ml_kem, halves->group});
    } else {
      keys.push_back(key);
    }
  }
  return keys;
}

/// A token or TPM counts the wrong PINs sent to it, so one PIN goes to one token, or to the TPM.
void require_one_holder(const std::vector<NamedKey>& named) {
  std::string holder;
  for (const std::string& key : opened_keys(named)) {
    std::string own = is_tpm_handle(key) ? "the TPM" : "";
    if (is_token_uri(key)) own = token_holder(key);
    if (holder.empty()) holder = own;
    if (own.empty() || own == holder) continue;
    throw Failure(Exit::usage, "the keys are in several places, " + holder + " and " + own +
                                   ", and the PIN is for one: give each pkcs11: URI its own "
                                   "?pin-source=file:FILE in place of --pin-file and --pin-env");
  }
}

}  // namespace

std::vector<std::string> provider_names() {
  std::vector<std::string> names;
  for (const Provider* provider : built::providers()) names.emplace_back(provider->name());
  return names;
}

void add_provider_option(Command& command, std::string& name) {
  const std::string names = list_of(provider_names());
  command.option("--provider", name, "PROVIDER",
                 "Crypto library to use: " + (names.empty() ? "none is built" : names) +
                     " (default: the first)");
}

std::string check_key_id(std::string& text) {
  return parse_key_id(text) ? "" : "a key id is 0 to 255";
}

void require_usable(const Provider& provider) {
  const char* reason = provider.unusable();
  if (reason == nullptr) return;
  std::string line = std::string(provider.name()) + ": " + reason;
  for (const Provider* other : built::providers()) {
    if (other->unusable() != nullptr) continue;
    line += std::string(", or use --provider ") + other->name();
    break;
  }
  throw Failure(Exit::refused, line);
}

const Provider& choose_provider(const std::string& name) {
  const auto all = built::providers();
  if (all.empty()) {
    throw Failure(Exit::usage,
                  "this program was built without any crypto library: build it with "
                  "-Dopenssl=enabled or -Dsodium=enabled");
  }
  for (const Provider* provider : all) {
    if (!name.empty() && provider->name() != name) continue;
    require_usable(*provider);
    return *provider;
  }
  throw Failure(Exit::usage, "no provider '" + name + "' in this build: " + see("providers"));
}

void add_key_options(Command& command, KeyOptions& options) {
  command
      .option("--key", options.keys, "ID=KEY",
              "Private key with its id (0 to 255) in front: a file, a pkcs11: URI, a TPM's "
              "handle:0x81000100, or KEM:SEED+KEY to join a hybrid's key of an ML-KEM file and "
              "any of these. Repeat it for more keys")
      .required();
  command.option("--key-id", options.ids, "N", "Id of a --key that has none in front, in order")
      .check(check_key_id);
  command.option("--algorithms", options.algorithms, "KDF:AEAD",
                 "KDF and AEAD that the keys accept. Repeat it for more");
  add_pin_options(command, options.pin);
  add_provider_option(command, options.provider);
}

std::string ids_of(const std::vector<KeyConfig>& keys) {
  std::vector<std::string> ids;
  for (const KeyConfig& key : keys) ids.push_back(std::to_string(key.key_id));
  if (ids.empty()) return {};
  return (ids.size() == 1 ? "id " : "ids ") + list_of(ids);
}

std::vector<KeyConfig> read_list(const Provider& provider, const std::string& list) {
  const core::SecretBuffer file =
      read_input(list, {.max = kMaxKeyConfigs, .what = "a key configuration list"});
  return require(read_key_configs(provider, file), input_name(list));
}

std::vector<NamedFile> key_files(const KeyOptions& options) {
  std::vector<NamedFile> files;
  for (const std::string& key : opened_keys(named_keys(options))) {
    if (!is_token_uri(key) && !is_tpm_handle(key)) files.push_back({"--key", key});
  }
  if (!options.pin.file.empty()) files.push_back({"--pin-file", options.pin.file});
  return files;
}

RequestSender make_sender(const Provider& provider, const std::string& list,
                          std::optional<unsigned> key_id) {
  const std::string name = input_name(list);
  std::vector<KeyConfig> configs = read_list(provider, list);
  if (key_id) {
    const std::string ids = ids_of(configs);
    std::erase_if(configs, [&](const KeyConfig& c) { return c.key_id != *key_id; });
    if (configs.empty()) {
      throw Failure(Exit::refused, name + ": no usable key with id " + std::to_string(*key_id) +
                                       (ids.empty() ? " or any other id" : ": it has " + ids));
    }
  }
  return require(RequestSender::create(provider, configs), name);
}

void load_keys(KeyRing& ring, const KeyOptions& options) {
  if (options.pin.given()) require_one_holder(named_keys(options));
  for (const auto& [id, name] : named_keys(options)) {
    std::shared_ptr<const PrivateKey> key = open_key(ring.provider(), name, options.pin);
    auto algorithms = algorithms_for(ring.provider(), key->kem_id(), options.algorithms);
    require(ring.add(id, std::move(key), std::move(algorithms)), input_name(name));
  }
}

}  // namespace twoway::cli
